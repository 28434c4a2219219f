//! Files, read up to a length that they cannot have. They are written through the gate of `strongroom-files`.

use std::fs;
use std::fs::File;
use std::io;
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use crate::Error;

/// All of a list. One that is too long is not read, and one that grows is not taken for the whole.
pub(crate) fn list(path: &Path, most: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
    let refused = |why: String| Error::Read {
        path: path.to_owned(),
        source: io::Error::new(io::ErrorKind::InvalidData, why),
    };
    // What is wrong with a file that is not there, `read` says.
    let len = fs::metadata(path).map_or(0, |metadata| metadata.len());
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    if len > most {
        return Err(refused(format!("it is longer than {} MiB", most >> 20)));
    }
    let bytes = read(path, most)?;
    if bytes.len() != len {
        return Err(refused("it changed while it was read".to_owned()));
    }
    Ok(bytes)
}

/// At most so many bytes of a plain file, and one more where it has more. Wiped on drop: a sender's file is a secret.
pub(crate) fn read(path: &Path, most: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
    let failure = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let metadata = fs::metadata(path).map_err(failure)?;
    if metadata.is_dir() {
        return Err(failure(io::ErrorKind::IsADirectory.into()));
    }
    // It is not opened: whoever opens a pipe waits for its writer.
    if !metadata.is_file() {
        let what = "it is a pipe or a device";
        return Err(failure(io::Error::new(io::ErrorKind::InvalidInput, what)));
    }
    // Never outgrown, so nothing of it stays behind.
    let len = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    let room = most.min(len).saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    let file = File::open(path).map_err(failure)?;
    file.take(u64::try_from(room).unwrap_or(u64::MAX))
        .read_to_end(&mut bytes)
        .map_err(failure)?;
    Ok(bytes)
}

/// A text: with NUL, which no parser takes, for what is not UTF-8.
pub(crate) fn text(path: &Path, most: usize) -> Result<Zeroizing<String>, Error> {
    let bytes = read(path, most)?;
    let mut text = Zeroizing::new(String::with_capacity(bytes.len()));
    for piece in bytes.utf8_chunks() {
        text.push_str(piece.valid());
        if !piece.invalid().is_empty() {
            text.push('\0');
        }
    }
    Ok(text)
}
