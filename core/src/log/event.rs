//! An event: what changed, when, by whom and why.

use serde::Deserialize;
use serde::Serialize;

use crate::crypto::Digest;
use crate::log::Action;
use crate::log::EpochStart;
use crate::log::Salt;
use crate::state::Change;
use crate::state::Rule;
use crate::state::Tally;
use crate::values::DeviceName;
use crate::values::EscrowId;
use crate::values::LogText;
use crate::values::MountPoint;
use crate::values::Operator;
use crate::values::ProtectorId;
use crate::values::SenderId;
use crate::values::Time;
use crate::values::VolumeId;

/// One event as it stands in the log.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Event {
    /// Format of the event: 1.
    pub version: u32,
    /// Its place in the log, from 0.
    pub leaf: u64,
    /// The time as the clock gave it; the order of events is `leaf`.
    pub time: Time,
    /// Milliseconds from the event before, where the clock went back or leapt by more than a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_step: Option<i64>,
    /// Who did it.
    pub operator: Operator,
    /// Wrong PINs that the TPM had counted when the vault was opened, where it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrong_pins: Option<u32>,
    /// What happened.
    #[serde(flatten)]
    pub body: EventBody,
    /// What the whole commit came to, in its last event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitSummary>,
    /// 16 random bytes, so that nobody who holds a proof of one event can guess its neighbours.
    pub salt: Salt,
}

/// What happened, apart from when and by whom.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EventBody {
    /// The word for it.
    pub action: Action,
    /// The escrow it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escrow: Option<EscrowId>,
    /// Its protector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protector: Option<ProtectorId>,
    /// Its device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceName>,
    /// Where its volume was last mounted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<MountPoint>,
    /// The identifier of its volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_id: Option<VolumeId>,
    /// A reason code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Words of the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<LogText>,
    /// A ticket of the help desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<LogText>,
    /// Who called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<LogText>,
    /// The rule that decided of an arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// SHA-256 of the drop that brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drop: Option<Digest>,
    /// The enrolled sender that made the drop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<DropSender>,
    /// What it came to, in a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// The file that it came from, or the image that was looked at, by its name alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<LogText>,
    /// How the epoch began of which this is the first event; absent in the first epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Box<EpochStart>>,
    /// Every record that is new or has changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// The sender of a drop, as the vault knew it when it took the drop in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DropSender {
    /// Its id.
    pub id: SenderId,
    /// What people call it.
    pub name: LogText,
}

/// What a commit came to.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CommitSummary {
    /// Number of the commit; the first is 1.
    pub number: u64,
    /// Root of the state tree behind it.
    pub state_root: Digest,
    /// Leaves of the state tree.
    pub state_size: u64,
    /// All escrows.
    pub escrows: u64,
    /// The exposed ones.
    pub exposed: u64,
    /// The other numbers of escrows; absent in logs of older programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tally: Option<Tally>,
    /// Number of the first commit of the same day in UTC; absent in logs of older programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_of_day: Option<u64>,
}

impl CommitSummary {
    /// Returns the number of the first commit of the day, for a commit `number` at `now` after `before`, which was at
    /// `then`.
    pub fn first_of_day(number: u64, now: Time, before: Option<(&Self, Time)>) -> u64 {
        let same_day = before.filter(|(_, then)| then.day() == now.day());
        same_day.and_then(|(before, _)| before.first_of_day).unwrap_or(number)
    }
}

impl EventBody {
    /// An event of this kind that says nothing more yet.
    pub const fn new(action: Action) -> Self {
        Self {
            action,
            escrow: None,
            protector: None,
            device: None,
            volume: None,
            volume_id: None,
            reason: None,
            note: None,
            ticket: None,
            caller: None,
            rule: None,
            drop: None,
            sender: None,
            result: None,
            file: None,
            epoch: None,
            changes: Vec::new(),
        }
    }
}
