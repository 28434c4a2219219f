//! The way out of each failure.

use strongroom_core::audit::AuditAlarm;

use crate::Error;

impl Error {
    /// What the person can do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::NoExport { .. } => "name the folder that `strongroom audit export` wrote to",
            Self::Read { .. } => "see whether the file is there and may be read",
            Self::Note { .. } => "name a file that `strongroom audit checkpoint` wrote, or an export's checkpoint",
            Self::ProofText { .. } => "name a file that `strongroom audit prove` wrote",
            Self::Missing { .. } | Self::Tile { .. } | Self::Entries { .. } => {
                "keep it as it is, and have the log exported again into another folder: if that is whole, this copy was \
                 damaged; see docs/audit.md#what-an-alarm-means"
            }
            Self::Alarm(
                AuditAlarm::Shorter { .. } | AuditAlarm::Rewritten { .. } | AuditAlarm::TwoHistories { .. },
            ) => {
                "keep both, and tell whoever sent you: together they prove that events were taken away or changed; see \
                 docs/audit.md#what-an-alarm-means"
            }
            Self::Alarm(_) | Self::Proof(_) => {
                "keep it as it is; see whether the keys are those that were noted down when the vault was made; see \
                 docs/audit.md#what-an-alarm-means"
            }
        }
    }
}
