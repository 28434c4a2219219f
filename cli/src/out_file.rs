//! A file that an answer goes to: it is there whole, or as if nobody had begun it, and takes no other's place.

use std::fs;
use std::fs::File;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::failure::Failure;

/// A file whose place is taken, empty, before anything is put on record for it; dropped unwritten, it is removed again.
pub(crate) struct OutFile {
    path: PathBuf,
    is_written: bool,
}

impl OutFile {
    /// Takes the place. A file that is there already is left as it is, and refused; unless it is empty, as one is whose
    /// writer was killed.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        match File::create_new(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_empty(path) => {}
            created => drop(created.map_err(|source| failure(path, source))?),
        }
        Ok(Self {
            path: path.to_owned(),
            is_written: false,
        })
    }

    /// Writes it beside its place, waits until the disk has it, and moves it there.
    pub(crate) fn write(mut self, text: &str) -> Result<(), Failure> {
        let beside = self.beside();
        let write = || {
            let mut file = File::create(&beside)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, &self.path)
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

    fn beside(&self) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        self.path.with_file_name(name)
    }
}

impl Drop for OutFile {
    fn drop(&mut self) {
        if !self.is_written {
            // What cannot be removed is empty, and the failure that led here says so.
            drop(fs::remove_file(&self.path));
        }
    }
}

fn is_empty(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0)
}

fn failure(path: &Path, source: io::Error) -> Failure {
    Failure::Write {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests;
