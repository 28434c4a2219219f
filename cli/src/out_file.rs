//! A file that an answer goes to: it is there whole, or empty where its writer was killed, and takes no other's place.

use std::fs;
use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::path::PathBuf;

use rustix::fs::FlockOperation;
use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::failure::Failure;

/// A file whose place is taken, empty, before anything is put on record for it; dropped unwritten, it is removed again.
pub(crate) struct OutFile {
    path: PathBuf,
    /// The empty file, locked: whoever else is given this path finds it taken.
    place: File,
    /// Who may read it.
    mode: u32,
    is_written: bool,
}

impl OutFile {
    /// Takes the place. A file that is there already is left as it is, and refused; unless it is empty and nobody's, as
    /// one is whose writer was killed.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        Self::create_for(path, PUBLIC)
    }

    /// The same for a secret, which its owner alone may read.
    pub(crate) fn create_private(path: &Path) -> Result<Self, Failure> {
        Self::create_for(path, PRIVATE)
    }

    fn create_for(path: &Path, mode: u32) -> Result<Self, Failure> {
        let place = match create_new(path, mode) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => abandoned(path).ok_or(error),
            created => created,
        };
        let place = place.map_err(|source| failure(path, source))?;
        let held = rustix::fs::flock(&place, FlockOperation::NonBlockingLockExclusive) == Err(Errno::WOULDBLOCK);
        // Whoever held it until now may have written.
        if held || !is_empty(path, &place) {
            return Err(failure(path, io::ErrorKind::AlreadyExists.into()));
        }
        Ok(Self {
            path: path.to_owned(),
            place,
            mode,
            is_written: false,
        })
    }

    /// Writes it beside its place, waits until the disk has it, and moves it there.
    pub(crate) fn write(mut self, text: &str) -> Result<(), Failure> {
        let beside = self.beside();
        let write = || {
            // What a killed writer of ours left; neither it nor anything in its place is followed.
            drop(fs::remove_file(&beside));
            let mut file = create_new(&beside, self.mode)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, &self.path)?;
            File::open(folder(&self.path))?.sync_all()
        };
        let written = write();
        if written.is_err() {
            drop(fs::remove_file(&beside));
        }
        self.is_written = written.is_ok();
        written.map_err(|source| failure(&self.path, source))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A name that nobody gives a file of their own.
    fn beside(&self) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        self.path.with_file_name(format!(".{name}.strongroom"))
    }
}

impl Drop for OutFile {
    fn drop(&mut self) {
        if !self.is_written && is_empty(&self.path, &self.place) {
            // What cannot be removed is empty, and the failure that led here says so.
            drop(fs::remove_file(&self.path));
        }
    }
}

fn create_new(path: &Path, mode: u32) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

/// A plain file that is empty.
fn abandoned(path: &Path) -> Option<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut options = OpenOptions::new();
    options.write(true).custom_flags(flags.bits().cast_signed());
    options.open(path).ok().filter(|file| is_empty(path, file))
}

/// Whether this file stands there, plain and empty.
fn is_empty(path: &Path, file: &File) -> bool {
    let (Ok(there), Ok(held)) = (fs::symlink_metadata(path), file.metadata()) else {
        return false;
    };
    there.is_file() && there.len() == 0 && (there.dev(), there.ino()) == (held.dev(), held.ino())
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

fn failure(path: &Path, source: io::Error) -> Failure {
    Failure::Write {
        path: path.to_owned(),
        source,
    }
}

const PUBLIC: u32 = 0o666;
const PRIVATE: u32 = 0o600;

#[cfg(test)]
mod tests;
