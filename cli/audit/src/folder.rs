//! The files of an exported log.

use std::fs::File;
use std::io;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;

use strongroom_core::log::MAX_LEAF_LEN;
use strongroom_core::log::Note;
use strongroom_core::tiles::Rows;
use strongroom_core::tiles::Tile;

use crate::Error;

/// A folder that an export wrote.
pub(crate) struct LogFolder<'p>(pub(crate) &'p Path);

impl LogFolder<'_> {
    /// The log's checkpoint.
    pub(crate) fn checkpoint(&self) -> Result<Note, Error> {
        let path = self.0.join("checkpoint");
        match note(&path) {
            Err(Error::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => Err(Error::NoExport {
                path: self.0.to_owned(),
            }),
            Err(Error::Note { path, source }) => Err(Error::Checkpoint { path, source }),
            result => result,
        }
    }

    /// What a tile holds.
    pub(crate) fn tile(&self, tile: Tile) -> Result<Vec<u8>, Error> {
        let path = self.path(tile);
        let row = match tile.rows {
            Rows::Entries => 2 + MAX_LEAF_LEN,
            Rows::Hashes { .. } => 32,
        };
        let most = u64::try_from(row).unwrap_or(u64::MAX).saturating_mul(tile.width);
        match read(&path, most) {
            Err(Error::Read { source, .. }) => Err(in_its_place(path, source)),
            result => result,
        }
    }

    /// Where a tile stands.
    pub(crate) fn path(&self, tile: Tile) -> PathBuf {
        self.0.join(tile.to_string())
    }
}

/// What it means that a tile cannot be read: it is not there, or something else stands in its place or on the way to it; or
/// the disk fails.
fn in_its_place(path: PathBuf, source: io::Error) -> Error {
    let kind = source.kind();
    if kind == io::ErrorKind::NotFound {
        Error::Missing { path }
    } else if [io::ErrorKind::NotADirectory, io::ErrorKind::IsADirectory].contains(&kind) {
        Error::Tile { path }
    } else {
        Error::Read { path, source }
    }
}

/// A signed note in a file.
pub(crate) fn note(path: &Path) -> Result<Note, Error> {
    text(path)?.parse().map_err(|source| Error::Note {
        path: path.to_owned(),
        source,
    })
}

/// A text in a file; what is not UTF-8 no parser takes.
pub(crate) fn text(path: &Path) -> Result<String, Error> {
    let bytes = read(path, MAX_TEXT_LEN)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// At most so many bytes of a plain file, and one more where it has more.
fn read(path: &Path, most: u64) -> Result<Vec<u8>, Error> {
    let failure = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let metadata = std::fs::metadata(path).map_err(failure)?;
    if !metadata.is_file() {
        return Err(failure(io::ErrorKind::IsADirectory.into()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failure)?;
    file.take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(failure)?;
    Ok(bytes)
}

/// A proof holds a leaf in base64, and a checkpoint.
const MAX_TEXT_LEN: u64 = 1 << 20;
