//! The note of an init that is under way.

use std::fs;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use serde::Deserialize;
use serde::Serialize;
use strongroom_core::state::canonical;
use strongroom_core::state::from_canonical;

use crate::store::Alarm;
use crate::store::Folder;
use crate::store::StoreError;
use crate::store::folder::FILE_MODE;

/// What an init was about to do: written before the TPM is changed, removed when the vault is whole.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Pending {
    /// Which TPM.
    pub tcti: String,
    /// The NV index that becomes the anchor.
    pub handle: u32,
}

impl Pending {
    /// Notes it, durably.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be written.
    pub fn write(&self, folder: &Folder) -> Result<(), StoreError> {
        let new = folder.new_pending_file();
        // What a kill in here leaves says nothing, and the next init writes over it.
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(FILE_MODE)
            .open(&new)
            .and_then(|mut file| {
                file.write_all(&canonical(self))?;
                file.sync_all()?;
                fs::rename(&new, folder.pending_file())
            })
            .map_err(|source| StoreError::io(&new, source))?;
        folder.sync()
    }

    /// What is noted, if anything is.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be read, or is nothing that an init wrote.
    pub fn read(folder: &Folder) -> Result<Option<Self>, StoreError> {
        let path = folder.pending_file();
        match fs::read(&path) {
            Ok(text) => from_canonical(&text)
                .map(Some)
                .map_err(|_| Alarm::tampered("init.pending is nothing that an init wrote").into()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StoreError::io(&path, source)),
        }
    }

    /// Removes the note, durably.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be removed.
    pub fn clear(folder: &Folder) -> Result<(), StoreError> {
        let path = folder.pending_file();
        match fs::remove_file(&path) {
            Ok(()) => folder.sync(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(source) => Err(StoreError::io(&path, source)),
        }
    }
}
