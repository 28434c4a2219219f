//! The vault folder: whose it is, who may look in, and the names of what lies there.

use std::fs;
use std::fs::File;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::path::PathBuf;

use strongroom_files::{VAULT_FILE as FILE, VAULT_LOCK as LOCK, VAULT_NEW as NEW_FILE, VAULT_PENDING as PENDING};

use crate::store::StoreError;

/// A folder that belongs to the effective user and that nobody else can use.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder of a vault, after looking whose it and its files are.
    ///
    /// # Errors
    ///
    /// Fails if it is not there, belongs to somebody else, is a link, or may be used by others.
    pub fn existing(path: &Path) -> Result<Self, StoreError> {
        // First of all: whoever names the wrong folder is not to be told to close it to others.
        let absent = |name: &str| {
            fs::symlink_metadata(path.join(name)).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
        };
        if absent(FILE) && absent(PENDING) {
            return Err(StoreError::NoVault { path: path.to_owned() });
        }
        // A slash at its end would have a link followed.
        let path = path.components().as_path();
        require_no_link(path)?;
        // SQLite follows no link on its way to the file, not even the system's own.
        Self::checked(&strongroom_files::resolved(path)?)
    }

    fn checked(path: &Path) -> Result<Self, StoreError> {
        let folder = Self(path.to_owned());
        let metadata = fs::symlink_metadata(path).map_err(|source| StoreError::io(path, source))?;
        check(path, &metadata, FOLDER_MODE)?;
        for name in [FILE, LOCK, PENDING, WAL, SHM, JOURNAL] {
            let path = path.join(name);
            match fs::symlink_metadata(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(StoreError::io(&path, source)),
                Ok(metadata) => check(&path, &metadata, FILE_MODE)?,
            }
        }
        Ok(folder)
    }

    /// A folder to make a vault in: made with mode 0700 where it is not there.
    ///
    /// # Errors
    ///
    /// Fails as [`Self::existing`] does, and if it cannot be made.
    pub fn to_be(path: &Path) -> Result<Self, StoreError> {
        let path = path.components().as_path();
        require_no_link(path)?;
        strongroom_files::Folder::make_private(path)?;
        let path = &strongroom_files::resolved(path)?;
        let folder = Self(path.to_owned());
        if folder.has_vault() {
            return Err(StoreError::VaultExists { path: path.to_owned() });
        }
        if fs::symlink_metadata(folder.pending_file()).is_err() {
            folder.require_empty()?;
        }
        Self::checked(path)
    }

    /// Whether there is nothing in it but what an init that was killed early leaves: the lock, and a simulator that no
    /// vault was sealed by.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be listed, or holds anything else.
    pub fn require_empty(&self) -> Result<(), StoreError> {
        for entry in fs::read_dir(&self.0).map_err(|source| StoreError::io(&self.0, source))? {
            let entry = entry.map_err(|source| StoreError::io(&self.0, source))?;
            if ![LOCK, SIMULATOR, NEW_PENDING]
                .iter()
                .any(|name| entry.file_name() == *name)
            {
                return Err(StoreError::NotEmpty { path: self.0.clone() });
            }
        }
        Ok(())
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The vault file.
    pub fn file(&self) -> PathBuf {
        self.0.join(FILE)
    }

    /// The vault file while an init is still making it.
    pub fn new_file(&self) -> PathBuf {
        self.0.join(NEW_FILE)
    }

    /// Removes what an init wrote of a file that never came to its place.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be removed.
    pub fn remove_new_file(&self) -> Result<(), StoreError> {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let path = self.0.join(format!("{NEW_FILE}{suffix}"));
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(StoreError::io(&path, error)),
                _ => {}
            }
        }
        self.sync()
    }

    /// Removes the state of a simulator that belongs to no vault.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be removed.
    pub fn remove_simulator(&self) -> Result<(), StoreError> {
        let path = self.0.join(SIMULATOR);
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io(&path, error)),
            _ => self.sync(),
        }
    }

    /// Whether there is a vault file.
    pub fn has_vault(&self) -> bool {
        fs::symlink_metadata(self.file()).is_ok()
    }

    /// Makes the names in the folder durable.
    ///
    /// # Errors
    ///
    /// Fails if the folder cannot be synced.
    pub fn sync(&self) -> Result<(), StoreError> {
        sync(&self.0)
    }

    /// Makes durable what a killed process may have left in the write-ahead log: it is read back without ever having
    /// been synced. SQLite itself never begins that log anew before the file is synced.
    ///
    /// Not the vault file: to close it here would end the locks that SQLite holds on it in this process
    /// (<https://www.sqlite.org/howtocorrupt.html>, section 2.2).
    ///
    /// # Errors
    ///
    /// Fails if a file or the folder cannot be synced.
    pub fn sync_file(&self) -> Result<(), StoreError> {
        let path = self.0.join(WAL);
        if path.exists() {
            sync(&path)?;
        }
        self.sync()
    }

    pub(super) fn lock_file(&self) -> PathBuf {
        self.0.join(LOCK)
    }

    pub(super) fn pending_file(&self) -> PathBuf {
        self.0.join(PENDING)
    }

    pub(super) fn new_pending_file(&self) -> PathBuf {
        self.0.join(NEW_PENDING)
    }
}

fn require_no_link(path: &Path) -> Result<(), StoreError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => Err(StoreError::NotPlain { path: path.to_owned() }),
        _ => Ok(()),
    }
}

fn sync(path: &Path) -> Result<(), StoreError> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(|source| StoreError::io(path, source))
}

fn check(path: &Path, metadata: &Metadata, wanted: u32) -> Result<(), StoreError> {
    let path = path.to_owned();
    let plain = if wanted == FOLDER_MODE {
        metadata.is_dir()
    } else {
        metadata.is_file()
    };
    if !plain {
        return Err(StoreError::NotPlain { path });
    }
    let user = rustix::process::geteuid().as_raw();
    if metadata.uid() != user {
        return Err(StoreError::Owner {
            path,
            owner: metadata.uid(),
            user,
        });
    }
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(StoreError::Permissions { path, mode, wanted });
    }
    Ok(())
}

const WAL: &str = "vault.db-wal";
const SHM: &str = "vault.db-shm";
const JOURNAL: &str = "vault.db-journal";
const SIMULATOR: &str = "tpm";
const NEW_PENDING: &str = "init.pending.new";
const FOLDER_MODE: u32 = 0o700;
pub(super) const FILE_MODE: u32 = 0o600;
