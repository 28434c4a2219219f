//! How an operation fails, and of what kind that is.

use strongroom_core::crypto::RandomError;
use strongroom_core::drop::ParseKeyFileError;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_core::values::LogText;

use crate::store::Alarm;
use crate::store::StoreError;
use crate::tpm::TpmError;

/// Why an operation did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder or the file.
    #[error(transparent)]
    Store(StoreError),
    /// The TPM.
    #[error(transparent)]
    Tpm(TpmError),
    /// The vault asks for a PIN, and none was given.
    #[error("the vault asks for a PIN")]
    PinNeeded,
    /// A PIN was given, and the vault asks for none.
    #[error("the vault takes no PIN")]
    PinNotTaken,
    /// There is no such escrow.
    #[error("there is no escrow {escrow}")]
    NoEscrow {
        /// The escrow.
        escrow: EscrowId,
    },
    /// The log has no such leaf.
    #[error("there is no leaf {leaf}: the log has {events} events")]
    NoLeaf {
        /// The leaf, from 0.
        leaf: u64,
        /// How many events there are.
        events: u64,
    },
    /// What was asked about is not what is there now.
    #[error("escrow {escrow} has changed since it was asked about")]
    Changed {
        /// The escrow.
        escrow: EscrowId,
    },
    /// Only an escrow that came without a device is given one.
    #[error("escrow {escrow} is of device {device}, so it needs no place")]
    HasDevice {
        /// The escrow.
        escrow: EscrowId,
        /// Its device.
        device: DeviceName,
    },
    /// Only an escrow whose source had no standing is given it.
    #[error("escrow {escrow} has standing, so there is nothing to confirm")]
    HasStanding {
        /// The escrow.
        escrow: EscrowId,
    },
    /// Nobody of that name is enrolled.
    #[error("no sender {name} is enrolled")]
    NoSender {
        /// The name.
        name: LogText,
    },
    /// Somebody of that name is enrolled.
    #[error("a sender {name} is enrolled already")]
    SenderThere {
        /// The name.
        name: LogText,
    },
    /// A sender's file cannot be made.
    #[error("the sender's file cannot be made")]
    SenderFile(#[source] ParseKeyFileError),
    /// Only an exposure can be waived.
    #[error("escrow {escrow} is not exposed, so there is nothing to waive")]
    NotExposed {
        /// The escrow.
        escrow: EscrowId,
    },
    /// The vault uses another TPM than the simulator, whose PCRs mean something.
    #[error("the simulator's PCRs are void, so nothing can be sealed to them")]
    PcrsOfSimulator,
    /// There is no interrupted init.
    #[error("no init was interrupted here")]
    NothingToClean,
}

/// What kind of failure: what a script can make of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ErrorKind {
    /// Correct the request.
    Refused,
    /// There is no such thing.
    NotFound,
    /// The file or the anchor is not what the vault wrote.
    Integrity,
    /// The TPM is absent or refuses.
    Tpm,
    /// Another process is at it; the only one worth trying again.
    Busy,
    /// The machine, or a bug.
    Internal,
}

impl Error {
    /// Of what kind it is.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Store(error) => store_kind(error),
            Self::Tpm(_) => ErrorKind::Tpm,
            Self::NoEscrow { .. } | Self::NoLeaf { .. } | Self::NoSender { .. } => ErrorKind::NotFound,
            Self::Changed { .. }
            | Self::HasDevice { .. }
            | Self::HasStanding { .. }
            | Self::NotExposed { .. }
            | Self::NothingToClean
            | Self::PcrsOfSimulator
            | Self::PinNeeded
            | Self::PinNotTaken
            | Self::SenderFile(_)
            | Self::SenderThere { .. } => ErrorKind::Refused,
        }
    }
}

const fn store_kind(error: &StoreError) -> ErrorKind {
    match error {
        StoreError::Alarm(_) | StoreError::ExportDiffers { .. } => ErrorKind::Integrity,
        StoreError::Busy | StoreError::ExportBusy { .. } => ErrorKind::Busy,
        StoreError::NoVault { .. } => ErrorKind::NotFound,
        StoreError::Random(_) | StoreError::Sqlite(_) => ErrorKind::Internal,
        StoreError::DiskFails(_)
        | StoreError::DiskFull
        | StoreError::Event(_)
        | StoreError::InitPending { .. }
        | StoreError::Io { .. }
        | StoreError::NewerSchema { .. }
        | StoreError::NotAnExport { .. }
        | StoreError::NotEmpty { .. }
        | StoreError::NotPlain { .. }
        | StoreError::Owner { .. }
        | StoreError::Path(_)
        | StoreError::Permissions { .. }
        | StoreError::ReadOnly
        | StoreError::VaultExists { .. } => ErrorKind::Refused,
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Alarm> for Error {
    fn from(alarm: Alarm) -> Self {
        Self::Store(StoreError::Alarm(alarm))
    }
}

impl From<TpmError> for Error {
    fn from(error: TpmError) -> Self {
        // An anchor that is not there, or not ours, is an alarm like a file that was put back.
        if let TpmError::AnchorMissing { handle } = error {
            return Alarm::Missing { handle }.into();
        }
        if let TpmError::AnchorReplaced { handle } = error {
            return Alarm::Replaced { handle }.into();
        }
        Self::Tpm(error)
    }
}

impl From<RandomError> for Error {
    fn from(error: RandomError) -> Self {
        Self::Store(StoreError::Random(error))
    }
}
