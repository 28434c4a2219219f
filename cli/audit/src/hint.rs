//! The way out of each failure.

use strongroom_core::audit::AuditAlarm;
use strongroom_core::log::EventProofError;

use crate::Error;

impl Error {
    /// What the person can do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::NoExport { .. } => "name the folder that `strongroom audit export` wrote to",
            Self::Read { .. } => "see whether the file is there and may be read",
            Self::Note { .. } => "name a file that `strongroom audit checkpoint` wrote, or an export's checkpoint",
            Self::ProofText { .. } => "name a file that `strongroom audit prove` wrote",
            Self::Checkpoint { .. } | Self::Missing { .. } | Self::Tile { .. } | Self::Entries { .. } => {
                "keep it as it is, and have the log exported again into another folder: if that is whole, this copy was \
                 damaged; see docs/audit.md#what-an-alarm-means"
            }
            Self::Alarm(
                AuditAlarm::Shorter { .. } | AuditAlarm::Rewritten { .. } | AuditAlarm::TwoHistories { .. },
            ) => {
                "keep both, and tell whoever sent you: together they prove that events were taken away or changed; see \
                 docs/audit.md#what-an-alarm-means"
            }
            Self::Alarm(AuditAlarm::OtherVault { .. }) => {
                "name the checkpoint of this vault by --since; if there is none, leave it out"
            }
            Self::Alarm(AuditAlarm::OtherEpoch { .. }) => {
                "keep both: the log was cut off before that epoch began, or the checkpoint is a forged one; see \
                 docs/audit.md#what-an-alarm-means"
            }
            Self::Proof(EventProofError::OtherEpoch { .. }) => {
                "have the log exported and check that: it alone shows who vouches for the keys of a later epoch"
            }
            Self::Alarm(_) | Self::Proof(_) => {
                "keep it as it is; see whether the keys are those that were noted down when the vault was made; see \
                 docs/audit.md#what-an-alarm-means"
            }
        }
    }
}
