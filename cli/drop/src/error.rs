//! How it fails, and of what kind that is.

use std::error::Error as _;
use std::io;
use std::path::PathBuf;

use strongroom_core::drop::EncryptDropError;
use strongroom_core::drop::ParseDropError;
use strongroom_core::drop::ParseKeyFileError;
use strongroom_core::drop::ReceiptError;
use strongroom_core::intake::IntakeError;
use strongroom_core::intake::Position;
use strongroom_core::log::ParseEventProofError;
use strongroom_core::values::ParseRecoveryPasswordError;
use strongroom_files::PathError;

/// Why something was not done or not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read.
    #[error("{}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// How.
        source: io::Error,
    },
    /// A file cannot be written, or may not be.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A file is no key of a vault and no sender's file.
    #[error("{} holds no key of a vault", path.display())]
    KeyFile {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: ParseKeyFileError,
    },
    /// A file is no drop.
    #[error("{} is no drop", path.display())]
    Drop {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: ParseDropError,
    },
    /// A file is no proof of an event.
    #[error("{} is no receipt", path.display())]
    ProofText {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: ParseEventProofError,
    },
    /// A file with the last sequence holds something else, or the greatest there is.
    #[error("{} is not a file that `--sequence-file` wrote", path.display())]
    Sequence {
        /// Which.
        path: PathBuf,
    },
    /// A file holds no recovery passwords that can be read.
    #[error("{}", path.display())]
    Intake {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: IntakeError,
    },
    /// A record of a file cannot be taken.
    #[error("{}, {at}: {why}", path.display())]
    Record {
        /// Which file.
        path: PathBuf,
        /// Where.
        at: Position,
        /// Which field, and what is wrong with it.
        why: String,
    },
    /// A drop cannot be made.
    #[error("the drop cannot be made")]
    Encrypt(#[from] EncryptDropError),
    /// A receipt is none of this drop.
    #[error("the receipt shows nothing of this drop")]
    Receipt(#[from] ReceiptError),
    /// The vault holds the password, and nobody there vouches for it.
    #[error("the vault holds this password as unconfirmed: its people have not vouched for the sender of the drop")]
    Unconfirmed,
    /// The vault holds the password as an older one.
    #[error("the vault holds this password as superseded, and not as one that opens the volume now")]
    Superseded,
    /// The machine's clock gives no time that can be written.
    #[error("the clock of this machine stands outside of the years -9999 to 9999")]
    Clock,
    /// Neither a key nor a sender was named.
    #[error("no key of a vault was named")]
    NoKey,
    /// There is nothing on stdin.
    #[error("there is no recovery password on stdin")]
    NoPassword,
    /// There is more than a password on stdin.
    #[error("stdin holds more than one line")]
    SeveralPasswords,
    /// What is on stdin is not UTF-8.
    #[error("stdin holds something else than text")]
    NotText,
    /// What is on stdin is no recovery password.
    #[error("the recovery password on stdin is malformed")]
    Password(#[source] ParseRecoveryPasswordError),
    /// Stdin cannot be read.
    #[error("stdin cannot be read")]
    Stdin(#[source] io::Error),
    /// Stdout does not take the drop.
    #[error("the drop cannot be written to stdout")]
    Stdout(#[source] io::Error),
    /// Stdin is a terminal.
    #[error("a password that is typed here would be seen")]
    Terminal,
    /// Stdout is a terminal, and the drop would go there.
    #[error("a drop is no text for a terminal")]
    DropOnTerminal,
    /// Stdout cannot take both the answer and the drop.
    #[error("the argument '--json' cannot be used without '--out <FILE>'")]
    AnswerAndDrop,
}

/// What a script can make of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Correct the request: exit code 1.
    Refused,
    /// Correct the command line: exit code 2.
    Usage,
    /// There is no such thing: exit code 3.
    NotFound,
    /// What was checked is not to be accepted: exit code 4.
    Integrity,
}

impl Error {
    /// Of what kind it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Read { source, .. } if source.kind() == io::ErrorKind::NotFound => Kind::NotFound,
            // What begins as a drop or a proof was one, and somebody changed it.
            Self::ProofText { source, .. } if source.line > 1 => Kind::Integrity,
            Self::Drop {
                source: ParseDropError::Length | ParseDropError::Mode,
                ..
            } => Kind::Integrity,
            Self::Receipt(_) => Kind::Integrity,
            Self::NoKey | Self::Terminal | Self::DropOnTerminal | Self::AnswerAndDrop => Kind::Usage,
            Self::Read { .. }
            | Self::Path(_)
            | Self::KeyFile { .. }
            | Self::Drop { .. }
            | Self::ProofText { .. }
            | Self::Sequence { .. }
            | Self::Clock
            | Self::Encrypt(_)
            | Self::Superseded
            | Self::Unconfirmed
            | Self::Intake { .. }
            | Self::Record { .. }
            | Self::NoPassword
            | Self::SeveralPasswords
            | Self::NotText
            | Self::Password(_)
            | Self::Stdin(_)
            | Self::Stdout(_) => Kind::Refused,
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
