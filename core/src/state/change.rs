//! What an event changes.

use serde::Deserialize;
use serde::Serialize;

use crate::state::EscrowRecord;
use crate::state::SenderRecord;
use crate::state::VaultRecord;
use crate::state::VolumeRecord;

/// One record, as it is after the event. Replaying a log is putting these in place, one after the other.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The vault record.
    Vault(Box<VaultRecord>),
    /// A sender is new or has changed.
    Sender(Box<SenderRecord>),
    /// A volume is new or is named otherwise; without its escrows.
    Volume(VolumeRecord),
    /// An escrow is new or has changed.
    Escrow {
        /// The volume in which it is.
        volume: u64,
        /// Its record.
        record: Box<EscrowRecord>,
    },
    /// An escrow is in another volume than before.
    Moved {
        /// The volume in which it was.
        from: u64,
        /// The volume in which it is.
        volume: u64,
        /// Its record.
        record: Box<EscrowRecord>,
    },
}
