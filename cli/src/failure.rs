//! How a verb fails.

use std::io;
use std::path::PathBuf;

use strongroom_core::drop::ParseDropError;
use strongroom_core::fve::LocateError;
use strongroom_core::fve::ReadError;
use strongroom_core::intake::IntakeError;
use strongroom_core::values::ParseRecoveryPasswordError;
use strongroom_core::values::TextError;
use strongroom_files::PathError;
use strongroom_vault::ops;
use strongroom_vault::ops::ErrorKind;
use strongroom_vault::store::Alarm;
use strongroom_vault::store::StoreError;

use crate::exit::Kind;
use crate::in_file::InFileError;
use crate::ui::PinError;
use crate::ui::PromptError;

/// Why a verb did not do what was asked; no variant carries a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The operation.
    #[error(transparent)]
    Vault(ops::Error),
    /// What was handed out is not to be accepted, or could not be checked.
    #[error(transparent)]
    Audit(#[from] strongroom_audit::Error),
    /// A drop could not be made.
    #[error(transparent)]
    Agent(#[from] strongroom_drop::Error),
    /// The command line.
    #[error("{what}")]
    Usage {
        /// What is wrong with it.
        what: String,
        /// The way out.
        hint: String,
    },
    /// A text that may not stand in the log.
    #[error("{argument}")]
    Text {
        /// Where it was given.
        argument: String,
        /// What is wrong with it.
        source: TextError,
    },
    /// An argument that holds what may be a recovery password.
    #[error("an argument holds what may be a recovery password; it is not repeated here")]
    PasswordInArgument,
    /// The PIN was not to be had.
    #[error(transparent)]
    Pin(#[from] PinError),
    /// A question was not answered.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// What was typed or piped in is no recovery password.
    #[error("not a recovery password")]
    Password(#[from] ParseRecoveryPasswordError),
    /// Input that is not what the verb reads.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A file that was handed in cannot be taken.
    #[error("{}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: FileFault,
    },
    /// What was presented is no volume that can be read.
    #[error("{}", path.display())]
    Image {
        /// Which.
        path: PathBuf,
        /// Why.
        source: ImageFault,
    },
    /// What was asked for is not there, or too often.
    #[error(transparent)]
    Choice(#[from] ChoiceError),
    /// Passwords were tried on a volume, and none opened it.
    #[error("{} opened the volume", if *tried == 1 { "the password that was tried has not" } else { "none of the passwords that were tried" })]
    DidNotOpen {
        /// How many were tried.
        tried: usize,
    },
    /// An image was presented that has another master key than its volume is proven to have.
    #[error(
        "the image has another master key than the one that its volume is proven to have: it is not that volume, and counts for nothing"
    )]
    OtherMasterKey,
    /// A look at the vault found something to see to.
    #[error("{}", _0.join("; "))]
    Attention(Vec<String>),
    /// The program is wrong.
    #[error("the program failed at {place}")]
    Bug {
        /// Where.
        place: String,
    },
    /// There is no folder to look for a vault in.
    #[error("no vault folder is named")]
    NoFolder,
    /// A path cannot be written to, or may not be.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A folder cannot be used as a spool.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The answer could not be written.
    #[error("the answer could not be written")]
    Output(#[from] io::Error),
}

/// Why a folder cannot be used as a spool.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SpoolError {
    /// It has no mark of this user's.
    #[error("{} is not a spool", path.display())]
    NotMarked {
        /// Which.
        path: PathBuf,
    },
    /// Another run holds it.
    #[error("another import holds the spool {}", path.display())]
    Busy {
        /// Which.
        path: PathBuf,
    },
    /// It holds something else than a spool does.
    #[error("{} is not empty: it holds {name}", path.display())]
    NotEmpty {
        /// Which.
        path: PathBuf,
        /// What it holds.
        name: String,
    },
    /// The vault is in it.
    #[error("{} holds the vault's folder", path.display())]
    HoldsVault {
        /// Which.
        path: PathBuf,
    },
    /// Another user owns it.
    #[error("the spool folder {} belongs to user {owner}, and this is user {user}", path.display())]
    Owner {
        /// The spool, or a folder in it.
        path: PathBuf,
        /// Its owner.
        owner: u32,
        /// The effective user.
        user: u32,
    },
    /// Others can write to a folder in it that is for the vault's user alone.
    #[error("others may write to {}", path.display())]
    Writable {
        /// Which.
        path: PathBuf,
    },
    /// An agent could put another file in the place of a colleague's.
    #[error("others may write to {}, and it has no sticky bit", path.display())]
    NotSticky {
        /// Which.
        path: PathBuf,
    },
}

/// What stdin brought is not what the verb reads.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum InputError {
    /// Nothing came.
    #[error("no recovery password was given")]
    Nothing,
    /// More than one line came.
    #[error("more than one line was given, and only one recovery password is taken")]
    MoreLines,
    /// A line of no sensible length.
    #[error("the line is too long for a recovery password")]
    TooLong,
    /// A line that is no text.
    #[error("the line is not UTF-8 text")]
    NotText,
    /// Some of the passwords of an import were not taken.
    #[error("{rejected} of {passwords} password{} rejected", counted(*rejected, *passwords))]
    Rejected {
        /// How many.
        rejected: usize,
        /// Of how many.
        passwords: usize,
    },
    /// Some of the drops were not taken.
    #[error("{rejected} of {drops} drop{} rejected", counted(*rejected, *drops))]
    DropsRejected {
        /// How many.
        rejected: usize,
        /// Of how many.
        drops: usize,
    },
    /// Some of the passwords that were checked are none.
    #[error("{bad} of {lines} lines {} no recovery password", if *bad == 1 { "is" } else { "are" })]
    Malformed {
        /// How many.
        bad: u64,
        /// Of how many.
        lines: u64,
    },
}

/// Why a file that was handed in cannot be taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileFault {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] InFileError),
    /// No recovery password is read in it.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// It begins as a drop does, and is none.
    #[error(transparent)]
    Drop(#[from] ParseDropError),
}

/// Why an image is no volume that can be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImageFault {
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] io::Error),
    /// It is neither a file nor a block device.
    #[error("it is neither a file nor a block device")]
    NotAnImage,
    /// No volume is found in it.
    #[error(transparent)]
    Locate(#[from] LocateError<io::Error>),
    /// It has several.
    #[error("it holds {volumes} BitLocker volumes, at the bytes {offsets}")]
    Several {
        /// How many.
        volumes: usize,
        /// Where.
        offsets: String,
    },
    /// Its metadata cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError<io::Error>),
}

/// Nothing, or too much, is meant.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum ChoiceError {
    /// Nothing matches.
    #[error("there is no {what}")]
    Nothing {
        /// What was looked for.
        what: String,
    },
    /// Several match.
    #[error("there is more than one {what}: the list shows {}", listed_of(*listed, *matching))]
    Several {
        /// What was looked for.
        what: String,
        /// How many were listed.
        listed: usize,
        /// How many match.
        matching: usize,
    },
    /// A question that needs a person, and no terminal to ask on.
    #[error("nobody was asked: stdin is no terminal, and --yes was not given")]
    NobodyToAsk,
    /// The person said no.
    #[error("nothing was done")]
    Declined,
}

/// What goes on from "1 of 3 drop".
const fn counted(some: usize, all: usize) -> &'static str {
    match (some, all) {
        (1, 1) => " was",
        (1, _) => "s was",
        _ => "s were",
    }
}

impl Failure {
    /// A command line that says nothing that can be done.
    pub(crate) fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage {
            what: what.into(),
            hint: hint.into(),
        }
    }

    /// Of what kind it is.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Audit(error) => Kind::Operation(match error.kind() {
                strongroom_audit::Kind::Refused => ErrorKind::Refused,
                strongroom_audit::Kind::NotFound => ErrorKind::NotFound,
                strongroom_audit::Kind::Integrity => ErrorKind::Integrity,
            }),
            Self::Agent(error) => match error.kind() {
                strongroom_drop::Kind::Refused => Kind::Operation(ErrorKind::Refused),
                strongroom_drop::Kind::Usage => Kind::Usage,
                strongroom_drop::Kind::NotFound => Kind::Operation(ErrorKind::NotFound),
                strongroom_drop::Kind::Integrity => Kind::Operation(ErrorKind::Integrity),
            },
            Self::Vault(error) => Kind::Operation(error.kind()),
            Self::Spool(SpoolError::Busy { .. }) => Kind::Operation(ErrorKind::Busy),
            Self::Usage { .. } | Self::NoFolder => Kind::Usage,
            Self::File {
                source: FileFault::Read(InFileError::Io(error)),
                ..
            }
            | Self::Image {
                source: ImageFault::Open(error),
                ..
            } if error.kind() == io::ErrorKind::NotFound => Kind::Operation(ErrorKind::NotFound),
            Self::Choice(ChoiceError::Nothing { .. }) => Kind::Operation(ErrorKind::NotFound),
            Self::Bug { .. } => Kind::Operation(ErrorKind::Internal),
            Self::Attention(_)
            | Self::Choice(_)
            | Self::DidNotOpen { .. }
            | Self::OtherMasterKey
            | Self::File { .. }
            | Self::Image { .. }
            | Self::Input(_)
            | Self::Output(_)
            | Self::Password(_)
            | Self::PasswordInArgument
            | Self::Pin(_)
            | Self::Prompt(_)
            | Self::Path(_)
            | Self::Spool(_)
            | Self::Text { .. } => Kind::Operation(ErrorKind::Refused),
        }
    }

    /// Whether the reader of the answer has closed the pipe.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// What went wrong and all that caused it, in one line.
    pub(crate) fn line(&self) -> String {
        Self::line_of(self)
    }

    /// The same of any error.
    pub(crate) fn line_of(error: &dyn std::error::Error) -> String {
        let mut line = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            line.push_str(": ");
            line.push_str(&error.to_string());
            cause = error.source();
        }
        line
    }
}

impl From<ops::Error> for Failure {
    fn from(error: ops::Error) -> Self {
        Self::Vault(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Vault(error.into())
    }
}

impl From<Alarm> for Failure {
    fn from(alarm: Alarm) -> Self {
        Self::Vault(alarm.into())
    }
}

/// How much of what matches a list shows.
fn listed_of(listed: usize, matching: usize) -> String {
    if listed == matching {
        "them".to_owned()
    } else {
        format!("{listed} of {matching}")
    }
}
