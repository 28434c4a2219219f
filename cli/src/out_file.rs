//! A file that an answer goes to: it is there whole, or not at all, and takes no other's place.

use std::fs;
use std::fs::File;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::failure::Failure;

/// A file whose place is taken, before anything is put on record for it; dropped unwritten, it is removed again.
pub(crate) struct OutFile {
    path: PathBuf,
    file: Option<File>,
}

impl OutFile {
    /// Makes the file, empty; one that is there already is left as it is, and refused.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let file = File::create_new(path).map_err(|source| failure(path, source))?;
        Ok(Self {
            path: path.to_owned(),
            file: Some(file),
        })
    }

    /// Writes it, and waits until the disk has it.
    pub(crate) fn write(mut self, text: &str) -> Result<(), Failure> {
        let Some(mut file) = self.file.take() else {
            return Ok(());
        };
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        if written.is_err() {
            self.file = Some(file);
        }
        written.map_err(|source| failure(&self.path, source))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for OutFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // What cannot be removed is empty or half written, and the failure that led here says so.
            drop(fs::remove_file(&self.path));
        }
    }
}

fn failure(path: &Path, source: io::Error) -> Failure {
    Failure::Write {
        path: path.to_owned(),
        source,
    }
}
