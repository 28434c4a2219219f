//! A file that somebody hands in: plain, of a bounded size, and wiped from memory.

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Read;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;
use zeroize::Zeroizing;

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InFileError {
    /// It grew or shrank.
    #[error("it changed while it was read")]
    Changed,
    /// A device.
    #[error("it is a device")]
    Device,
    /// A folder.
    #[error("it is a folder")]
    Folder,
    /// It cannot be opened or read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A pipe or a socket.
    #[error("it is a pipe")]
    Pipe,
    /// More than is read.
    #[error("it is longer than {}", size(*limit))]
    TooLong {
        /// The most bytes.
        limit: usize,
    },
}

/// All of a plain file of at most `limit` bytes.
pub(crate) fn read(path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>, InFileError> {
    // Whoever opens a pipe waits for its writer, unless told not to.
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    read_opened(&OpenOptions::new().read(true).custom_flags(flags).open(path)?, limit)
}

/// All of a plain file of at most `limit` bytes that was opened without waiting.
pub(crate) fn read_opened(file: &File, limit: usize) -> Result<Zeroizing<Vec<u8>>, InFileError> {
    let len = plain_len(file)?;
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    if len > limit {
        return Err(InFileError::TooLong { limit });
    }
    let bytes = all(file, len, limit)?;
    if bytes.len() != len {
        return Err(InFileError::Changed);
    }
    Ok(bytes)
}

/// All of a stream of at most `limit` bytes.
pub(crate) fn read_stream(stream: impl Read, limit: usize) -> Result<Zeroizing<Vec<u8>>, InFileError> {
    all(stream, PIECE, limit)
}

fn plain_len(file: &File) -> Result<u64, InFileError> {
    let metadata = file.metadata()?;
    let kind = metadata.file_type();
    if kind.is_dir() {
        return Err(InFileError::Folder);
    }
    if kind.is_fifo() || kind.is_socket() {
        return Err(InFileError::Pipe);
    }
    if !kind.is_file() {
        return Err(InFileError::Device);
    }
    Ok(metadata.len())
}

/// Reads up to one byte more than `limit`, to know whether there are more. A buffer that grows leaves no copy behind.
fn all(mut stream: impl Read, expected: usize, limit: usize) -> Result<Zeroizing<Vec<u8>>, InFileError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(expected.saturating_add(1)));
    loop {
        let room = bytes.capacity().saturating_sub(bytes.len());
        if room == 0 {
            let mut larger = Zeroizing::new(Vec::with_capacity(bytes.capacity().saturating_mul(2)));
            larger.extend_from_slice(&bytes);
            bytes = larger;
            continue;
        }
        let room = u64::try_from(room).unwrap_or(u64::MAX);
        if stream.by_ref().take(room).read_to_end(&mut bytes)? == 0 {
            return Ok(bytes);
        }
        if bytes.len() > limit {
            return Err(InFileError::TooLong { limit });
        }
    }
}

fn size(bytes: usize) -> String {
    match bytes >> 20 {
        0 => format!("{} KiB", bytes >> 10),
        mib => format!("{mib} MiB"),
    }
}

const PIECE: usize = 64 * 1024;

#[cfg(test)]
mod tests;
