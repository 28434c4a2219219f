//! What every verb needs to know beside its own arguments.

use std::path::PathBuf;
use std::time::Duration;

use crate::args::Global;
use crate::failure::Failure;
use crate::folder;
use crate::render::text;

/// Where the vault is, and how long to wait for it.
pub(crate) struct Setting {
    /// The vault folder.
    pub(crate) folder: PathBuf,
    /// The folder as it was given, where it was.
    folder_given: Option<PathBuf>,
    /// For how long to queue for the lock.
    pub(crate) wait: Duration,
}

impl Setting {
    /// How a command that we suggest begins: pasted, it must mean this vault.
    pub(crate) fn command(&self) -> String {
        match &self.folder_given {
            Some(folder) => format!("strongroom --vault {}", text::shell(&folder.to_string_lossy())),
            None => "strongroom".to_owned(),
        }
    }

    pub(crate) fn of(global: &Global) -> Result<Self, Failure> {
        Ok(Self {
            folder: folder::choose(global.vault.clone())?,
            folder_given: global.vault.clone(),
            wait: Duration::from_secs(global.wait),
        })
    }
}
