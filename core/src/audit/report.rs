//! A log, summed up.

use serde::Serialize;

use crate::audit::Subject;
use crate::crypto::Digest;
use crate::log::Action;
use crate::state::HowEnded;
use crate::values::LogText;
use crate::values::Time;

/// What a log comes to; its fields are those of the JSON. What is unknown is null.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Report {
    /// Leaves of the log.
    pub events: u64,
    /// The time of the first event, as the clock gave it.
    pub first_at: Option<Time>,
    /// The time of the last event.
    pub last_at: Option<Time>,
    /// The least time of any event: another than the first's where the clock stepped.
    pub earliest_at: Option<Time>,
    /// The greatest time of any event: another than the last's where the clock stepped.
    pub latest_at: Option<Time>,
    /// Passwords shown.
    pub reveals: u64,
    /// Reveals that were refused, each on record.
    pub reveals_denied: u64,
    /// Other requests that were refused, each on record.
    pub refused: u64,
    /// Refusals that are on record as a number alone.
    pub refusals_counted: u64,
    /// All escrows.
    pub escrows: u64,
    /// Passwords exposed now.
    pub exposed: u64,
    /// Everybody who did anything, by name.
    pub operators: Vec<OperatorCounts>,
    /// Exposures that have not ended, the one to be rotated first at the front.
    pub exposures: Vec<Exposure>,
    /// Exposures that ended on somebody's word and without proof, in order of their ends.
    pub claimed_ends: Vec<ClaimedEnd>,
    /// Epochs after the first: restores, and alarms that were accepted.
    pub epochs: Vec<EpochBegun>,
    /// Where the keys of a new generation came.
    pub rekeys: Vec<Rekey>,
    /// Exposures that ended where no newer password can come.
    pub waivers: Vec<Waiver>,
    /// Where the clock went back or leapt.
    pub clock_steps: Vec<ClockStep>,
    /// Where the TPM told of wrong PINs.
    pub wrong_pins: Vec<WrongPins>,
    /// What left the vault for an auditor.
    pub handed_out: Vec<HandedOut>,
}

/// What one operator did.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct OperatorCounts {
    /// Who: the login user where there is one, else the effective one.
    pub operator: String,
    /// Events of this operator.
    pub events: u64,
    /// Passwords shown to them.
    pub reveals: u64,
    /// Reveals that were refused them.
    pub reveals_denied: u64,
    /// Other requests that were refused them.
    pub refused: u64,
}

/// An exposure that has not ended.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Exposure {
    /// The password.
    #[serde(flatten)]
    pub subject: Subject,
    /// When it began.
    pub exposed_at: Option<Time>,
    /// Who began it.
    pub exposed_by: Option<String>,
    /// When the password is to be rotated.
    pub rotate_by: Option<Time>,
}

/// An exposure that ended on somebody's word.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ClaimedEnd {
    /// The password.
    #[serde(flatten)]
    pub subject: Subject,
    /// When the exposure began.
    pub exposed_at: Option<Time>,
    /// Who began it.
    pub exposed_by: Option<String>,
    /// When the password was to be rotated.
    pub rotate_by: Option<Time>,
    /// When the exposure ended.
    pub at: Time,
    /// Who escrowed the newer password.
    pub claimed_by: String,
    /// Whether the password was ever shown to that operator.
    pub self_claimed: bool,
    /// Whether a newer password was escrowed, or a volume presented by an operator who had a hand in it.
    pub how: HowEnded,
}

/// An epoch that began after another.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct EpochBegun {
    /// Its first event.
    pub leaf: u64,
    /// When.
    pub time: Time,
    /// By whom.
    pub operator: String,
    /// How: `restore` or `alarm-accept`.
    pub action: Action,
    /// Origin of the log before.
    pub old_origin: String,
    /// How many commits the TPM remembered that the log lacks, where that is known.
    pub missing_commits: Option<u64>,
    /// Why, in words.
    pub note: Option<LogText>,
}

/// Keys of a new generation.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Rekey {
    /// The event.
    pub leaf: u64,
    /// When.
    pub time: Time,
    /// By whom.
    pub operator: String,
}

/// An exposure that ended where no newer password can come.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Waiver {
    /// The event.
    pub leaf: u64,
    /// When.
    pub time: Time,
    /// On whose word.
    pub operator: String,
    /// The password.
    #[serde(flatten)]
    pub subject: Subject,
    /// Why, as a code.
    pub reason: Option<String>,
    /// Why, in words.
    pub note: Option<LogText>,
}

/// A clock that went back, or leapt by more than a day.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ClockStep {
    /// The event after it.
    pub leaf: u64,
    /// The time after it.
    pub time: Time,
    /// How far it went, in milliseconds.
    pub clock_step_ms: i64,
}

/// Wrong PINs that the TPM had counted when the vault was opened.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct WrongPins {
    /// The event that tells of them.
    pub leaf: u64,
    /// Its time.
    pub time: Time,
    /// Who opened the vault then; nobody knows who tried.
    pub operator: String,
    /// The TPM's count. It goes down with time only, so counts of two events may be of the same tries.
    pub wrong_pins: u32,
}

/// What left the vault for an auditor: the checkpoint of the log up to and with this event, alone or with more.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct HandedOut {
    /// The event.
    pub leaf: u64,
    /// When.
    pub time: Time,
    /// To whom.
    pub operator: String,
    /// What: `checkpoint`, `export`, `proof` or `report`.
    pub action: Action,
    /// Leaves of the log then.
    pub size: u64,
    /// Its root then.
    pub root: Digest,
    /// The auditor's own words.
    pub note: Option<LogText>,
}
