//! How the store fails.

use std::io;
use std::path::Path;
use std::path::PathBuf;

use strongroom_core::tree::MissingNode;
use strongroom_core::tree::ProofError;

/// The folder or the file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no vault in the folder.
    #[error("there is no vault in {}", path.display())]
    NoVault {
        /// The folder.
        path: PathBuf,
    },
    /// There is one already.
    #[error("there is a vault in {} already", path.display())]
    VaultExists {
        /// The folder.
        path: PathBuf,
    },
    /// An init was interrupted.
    #[error("an init of {} was interrupted", path.display())]
    InitPending {
        /// The folder.
        path: PathBuf,
    },
    /// A folder that is to become a vault holds something else.
    #[error("{} is not empty", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A folder that the log is to be exported to holds something else.
    #[error("{} holds something that no export writes: {name}", path.display())]
    NotAnExport {
        /// The folder.
        path: PathBuf,
        /// What it holds.
        name: String,
    },
    /// The log in a folder is not the beginning of the vault's.
    #[error("the log in {} is not the beginning of this one: its {size} events have another root", path.display())]
    ExportDiffers {
        /// The folder.
        path: PathBuf,
        /// How many events the log in it has.
        size: u64,
    },
    /// Another export into the folder is under way.
    #[error("another export into {} is under way", path.display())]
    ExportBusy {
        /// The folder.
        path: PathBuf,
    },
    /// A path that is written to cannot be used, or may not be.
    #[error(transparent)]
    Path(#[from] strongroom_files::PathError),
    /// Others could read or write the folder or a file in it.
    #[error("{} may be used by others (mode {mode:04o})", path.display())]
    Permissions {
        /// What is too open.
        path: PathBuf,
        /// Its mode bits.
        mode: u32,
        /// What it should be.
        wanted: u32,
    },
    /// The folder or a file in it belongs to somebody else.
    #[error("{} belongs to user {owner}, and this is user {user}", path.display())]
    Owner {
        /// What it is.
        path: PathBuf,
        /// Its owner.
        owner: u32,
        /// The effective user.
        user: u32,
    },
    /// A symbolic link, or something else that is no plain file or folder.
    #[error("{} is not a plain file or folder", path.display())]
    NotPlain {
        /// What it is.
        path: PathBuf,
    },
    /// Somebody else holds the lock.
    #[error("another process is using the vault")]
    Busy,
    /// The disk under the file does not do what it is asked to.
    #[error("the disk failed under the vault file")]
    DiskFails(#[source] rusqlite::Error),
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The file cannot be written.
    #[error("the vault file is read-only")]
    ReadOnly,
    /// The file is of a newer version.
    #[error("the vault file has schema {found}; this program knows {known}")]
    NewerSchema {
        /// Its version.
        found: u32,
        /// The newest that is known.
        known: u32,
    },
    /// A file or folder failed.
    #[error("{}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// How.
        source: io::Error,
    },
    /// SQLite failed.
    #[error("the vault file could not be used")]
    Sqlite(#[source] rusqlite::Error),
    /// What was read is not what the vault wrote.
    #[error(transparent)]
    Alarm(#[from] Alarm),
    /// The system has no randomness.
    #[error(transparent)]
    Random(#[from] strongroom_core::crypto::RandomError),
    /// The event cannot be recorded, so nothing is done.
    #[error("the event cannot be recorded")]
    Event(#[source] strongroom_core::log::LeafError),
}

/// The file is not what the vault wrote, or not the last of it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Alarm {
    /// It is no SQLite file, or one of another program.
    #[error("the file is not a vault")]
    NotAVault,
    /// Its tables are not those of its version.
    #[error("the vault file has a foreign schema")]
    ForeignSchema,
    /// Something in it is not what the log says.
    #[error("the vault file was changed: {what}")]
    Tampered {
        /// What differs, and where.
        what: String,
    },
    /// The TPM remembers a later commit.
    #[error("the vault file was rolled back: it ends with commit {file}, the TPM remembers {anchor}")]
    RolledBack {
        /// The file's last commit.
        file: u64,
        /// The TPM's.
        anchor: u64,
    },
    /// The TPM remembers another commit of the same number.
    #[error("the vault file was forked: the TPM remembers another commit {number}")]
    Forked {
        /// The number of both.
        number: u64,
    },
    /// The TPM remembers something earlier than a power cut explains.
    #[error("the TPM was put back: it remembers {}, and the file ends with commit {file}", commit(*anchor))]
    TpmPutBack {
        /// The file's last commit.
        file: u64,
        /// The TPM's, if it remembers any.
        anchor: Option<u64>,
    },
    /// There is no anchor.
    #[error("the anchor is missing from the TPM (NV index {handle:#010x})")]
    Missing {
        /// Where it should be.
        handle: u32,
    },
    /// The anchor is not the one that the vault made.
    #[error("the anchor in the TPM was replaced (NV index {handle:#010x})")]
    Replaced {
        /// Its handle.
        handle: u32,
    },
}

fn commit(number: Option<u64>) -> String {
    number.map_or_else(|| "nothing".to_owned(), |number| format!("commit {number}"))
}

impl Alarm {
    /// Something that differs.
    pub(crate) fn tampered(what: impl Into<String>) -> Self {
        Self::Tampered { what: what.into() }
    }
}

impl StoreError {
    /// What a file or folder's failure means.
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        if [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded].contains(&source.kind()) {
            return Self::DiskFull;
        }
        if source.kind() == io::ErrorKind::ReadOnlyFilesystem {
            return Self::ReadOnly;
        }
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi::ErrorCode;

        if matches!(
            error,
            rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::ToSqlConversionFailure(..)
                | rusqlite::Error::Utf8Error(..)
        ) {
            return Alarm::tampered("a column holds what no vault writes").into();
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) => Alarm::tampered("a row stands where a new one belongs").into(),
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            // What SQLite says where there is no room for the file beside the write-ahead log.
            Some(ErrorCode::SystemIoFailure)
                if error
                    .sqlite_error()
                    .is_some_and(|failure| failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE) =>
            {
                Self::DiskFull
            }
            Some(ErrorCode::SystemIoFailure) => Self::DiskFails(error),
            // The folder and the file are ours and may be used, so what cannot be opened is read-only.
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) => Self::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => {
                Self::Busy
            }
            Some(ErrorCode::NotADatabase) => Alarm::NotAVault.into(),
            Some(ErrorCode::DatabaseCorrupt) => Alarm::tampered("SQLite finds it malformed").into(),
            // The schema is ours, so a statement that SQLite cannot carry out met a search index that is not.
            Some(ErrorCode::Unknown) if matches!(error, rusqlite::Error::SqliteFailure(..)) => {
                Alarm::tampered(format!("the search index cannot be read ({error})")).into()
            }
            _ => Self::Sqlite(error),
        }
    }
}

impl From<MissingNode> for StoreError {
    fn from(missing: MissingNode) -> Self {
        Alarm::tampered(missing.to_string()).into()
    }
}

impl From<ProofError<Self>> for StoreError {
    fn from(error: ProofError<Self>) -> Self {
        match error {
            ProofError::Missing(missing) => missing.into(),
            ProofError::Read(error) => error,
        }
    }
}
