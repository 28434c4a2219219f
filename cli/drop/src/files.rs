//! Files, read up to a length that they cannot have, and written whole or not at all.

use std::fs;
use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

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

/// That nothing is in a file's place.
pub(crate) fn free(path: &Path) -> Result<(), Error> {
    match fs::symlink_metadata(path) {
        Ok(_) => Err(Error::Exists { path: path.to_owned() }),
        // Whatever else is wrong shows when it is written.
        Err(_) => Ok(()),
    }
}

/// Writes a file that was not there.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    free(path)?;
    replace(path, bytes)
}

/// Writes a file in the place of the one that is there: beside it, and moved there when the disk has it. So whoever looks
/// finds the whole of it, and a stick that is pulled out holds the old one or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let beside = beside(path);
    let write = || {
        // What a killed run left; neither it nor anything in its place is followed.
        drop(fs::remove_file(&beside));
        let mut file = File::create_new(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&beside, path)
    };
    let written = write();
    if written.is_err() {
        drop(fs::remove_file(&beside));
    }
    written.map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })?;
    // Not every system opens a folder, and none needs this to keep the file whole.
    if let Ok(folder) = File::open(folder(path)) {
        drop(folder.sync_all());
    }
    Ok(())
}

/// A name that nobody gives a file of their own, and that begins as hidden files do.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.strongroom"))
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}
