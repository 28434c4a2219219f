//! A file that a command line names and that is not there yet.

use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;

use crate::PathError;
use crate::Readers;
use crate::unix::folder::Folder;

/// The place of a file that is to be written, looked at and found free.
///
/// Nothing stands in the place until [`Self::write`]: a run that waits at a prompt meanwhile holds no name.
#[derive(Debug)]
pub struct OutFile {
    path: PathBuf,
    folder: Folder,
    name: OsString,
    readers: Readers,
}

impl OutFile {
    /// Opens the folder of a file that is to be written, and finds out whether it can be.
    ///
    /// # Errors
    ///
    /// Fails if something has the name, if the folder is a vault's or reached through a link, or cannot be written to.
    pub fn new(path: &Path, readers: Readers) -> Result<Self, PathError> {
        let (folder, name) = Folder::of_file(path)?;
        if folder.look(&name)?.is_some() {
            return Err(PathError::Exists { path: path.to_owned() });
        }
        // Before anything is put on record for the file: a folder that takes none is found out now.
        drop(folder.begin(readers)?);
        Ok(Self {
            path: path.to_owned(),
            folder,
            name,
            readers,
        })
    }

    /// Its path, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the file, whole and durably.
    ///
    /// # Errors
    ///
    /// Fails if another program has taken the name meanwhile, or the file cannot be written.
    pub fn write(self, bytes: &[u8]) -> Result<(), PathError> {
        self.folder.write_new(&self.name, bytes, self.readers)
    }
}
