//! Why a path is not written to.

use std::io;
use std::path::Path;
use std::path::PathBuf;

/// A path cannot be used, or may not be.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    /// Something has the name already.
    #[error("{} is there already", path.display())]
    Exists {
        /// The path.
        path: PathBuf,
    },
    /// A link that is not the system's own.
    #[error("{} is a link, and nothing is written through one", path.display())]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// A file in the place of a folder.
    #[error("{} is not a folder", path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// A path that can only name a folder, for a file.
    #[error("{} names a folder, and a file is expected", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// Something else in the place of a file that the program keeps.
    #[error("{} is not a plain file with a single name", path.display())]
    NotPlain {
        /// The path.
        path: PathBuf,
    },
    /// A vault's folder, or a folder in it.
    #[error("{} is in the folder of a vault, which holds {found}", path.display())]
    Vault {
        /// The path.
        path: PathBuf,
        /// The file by which the vault is known.
        found: &'static str,
    },
    /// The file is not the one that was read.
    #[error("{} was changed by another program meanwhile", path.display())]
    Changed {
        /// The path.
        path: PathBuf,
    },
    /// The system refused.
    #[error("{}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl PathError {
    /// Returns the error of the system for a path.
    pub fn io(path: &Path, source: impl Into<io::Error>) -> Self {
        let (path, source) = (path.to_owned(), source.into());
        if source.kind() == io::ErrorKind::AlreadyExists {
            return Self::Exists { path };
        }
        Self::Io { path, source }
    }

    /// Returns whether there is nothing at the path.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}
