//! How a check fails, and what can be done about it.

use std::error::Error as _;
use std::io;
use std::path::PathBuf;

use strongroom_core::audit::AuditAlarm;
use strongroom_core::log::EventProofError;
use strongroom_core::log::ParseEventProofError;
use strongroom_core::log::ParseNoteError;
use strongroom_core::tiles::BundleError;

/// Why something was not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no exported log in the folder.
    #[error("there is no exported log in {}", path.display())]
    NoExport {
        /// The folder.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("{}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// How.
        source: io::Error,
    },
    /// The checkpoint of an exported log is no signed note.
    #[error("{} is no signed checkpoint any more", path.display())]
    Checkpoint {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: ParseNoteError,
    },
    /// A file is no signed note.
    #[error("{} is no signed checkpoint", path.display())]
    Note {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: ParseNoteError,
    },
    /// A file is no proof of an event.
    #[error("{} is no proof of an event", path.display())]
    ProofText {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: ParseEventProofError,
    },
    /// A file of an exported log is missing.
    #[error("{} is missing", path.display())]
    Missing {
        /// Which.
        path: PathBuf,
    },
    /// A file of an exported log is not what its log makes it.
    #[error("{} is not what the events make it", path.display())]
    Tile {
        /// Which.
        path: PathBuf,
    },
    /// A bundle of entries is cut off.
    #[error("{} is cut off", path.display())]
    Entries {
        /// Which.
        path: PathBuf,
        /// Where.
        source: BundleError,
    },
    /// The log is not to be accepted.
    #[error(transparent)]
    Alarm(#[from] AuditAlarm),
    /// A proof shows nothing.
    #[error("the proof shows nothing")]
    Proof(#[from] EventProofError),
}

/// What a script can make of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Correct the request: exit code 1.
    Refused,
    /// There is no such thing: exit code 3.
    NotFound,
    /// What was checked is not to be accepted: exit code 4.
    Integrity,
}

impl Error {
    /// Of what kind it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::NoExport { .. } => Kind::NotFound,
            Self::Read { source, .. } if source.kind() == io::ErrorKind::NotFound => Kind::NotFound,
            // What begins as a proof was one, and somebody changed it.
            Self::ProofText { source, .. } if source.line > 1 => Kind::Integrity,
            Self::Read { .. } | Self::Note { .. } | Self::ProofText { .. } => Kind::Refused,
            Self::Checkpoint { .. }
            | Self::Missing { .. }
            | Self::Tile { .. }
            | Self::Entries { .. }
            | Self::Alarm(_)
            | Self::Proof(_) => Kind::Integrity,
        }
    }

    /// What is wrong and what caused it, in one line.
    pub fn line(&self) -> String {
        let mut line = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            line.push_str(": ");
            line.push_str(&error.to_string());
            cause = error.source();
        }
        line
    }
}
