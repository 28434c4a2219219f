//! What became of the passwords of a file.

use std::borrow::Cow;

use serde::Serialize;
use strongroom_core::intake::Format;
use strongroom_core::intake::Intake;
use strongroom_core::intake::Record;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Rule;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_core::values::MountPoint;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::Time;
use strongroom_core::values::VolumeId;
use strongroom_vault::ops::Escrowed;

/// How many passwords of a file were what.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sums {
    pub(crate) taken: usize,
    pub(crate) held: usize,
    pub(crate) rejected: usize,
    /// Those that were not come to.
    pub(crate) untried: usize,
}

impl Sums {
    pub(crate) const fn passwords(self) -> usize {
        self.taken + self.held + self.rejected + self.untried
    }

    pub(crate) fn count(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Held => &mut self.held,
            Outcome::Rejected => &mut self.rejected,
            Outcome::Taken => &mut self.taken,
            Outcome::Untried => &mut self.untried,
        } += 1;
    }
}

/// What became of one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    Held,
    Rejected,
    Taken,
    Untried,
}

impl Outcome {
    pub(crate) fn of(record: &Record, escrowed: Option<&Escrowed>) -> Self {
        match (&record.outcome, escrowed) {
            (Err(_), _) => Self::Rejected,
            (Ok(_), None) => Self::Untried,
            (Ok(_), Some(escrowed)) if escrowed.rule == Rule::AlreadyHeld => Self::Held,
            (Ok(_), Some(_)) => Self::Taken,
        }
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Rejected => "rejected",
            Self::Taken => "taken",
            Self::Untried => "untried",
        }
    }
}

/// `import`: one password
#[derive(Debug, Serialize)]
pub(crate) struct Imported<'a> {
    file: &'a str,
    record: usize,
    line: usize,
    outcome: &'static str,
    device: Option<&'a DeviceName>,
    volume: Option<&'a MountPoint>,
    volume_id: Option<VolumeId>,
    protector_id: Option<ProtectorId>,
    created_at: Option<Time>,
    escrow_id: Option<EscrowId>,
    state: Option<EscrowState>,
    conflict: Option<bool>,
    rule: Option<Rule>,
    why: Cow<'static, str>,
    superseded: &'a [ProtectorId],
    exposure_ended: Option<&'static str>,
    notes: Vec<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unbelieved: &'a [ProtectorId],
    leaf: Option<u64>,
}

impl<'a> Imported<'a> {
    pub(crate) fn of(file: &'a str, record: &'a Record, outcome: Outcome, escrowed: Option<&'a Escrowed>) -> Self {
        let protector_id = match &record.outcome {
            Ok(ready) => Some(ready.protector),
            Err(rejected) => rejected.protector,
        };
        let volume = escrowed.map(|escrowed| &escrowed.volume);
        let held = escrowed.map(|escrowed| &escrowed.record);
        Self {
            file,
            record: record.at.record,
            line: record.at.line,
            outcome: outcome.word(),
            device: volume.map_or(record.owner(None), |volume| volume.device.as_ref()),
            volume: volume.map_or(record.naming.mount.as_ref(), |volume| volume.mount()),
            volume_id: volume.map_or(record.naming.id, |volume| volume.id),
            protector_id,
            created_at: record.created,
            escrow_id: held.map(|held| held.escrow),
            state: held.map(|held| held.state),
            conflict: held.map(|held| held.conflict),
            rule: escrowed.map(|escrowed| escrowed.rule),
            why: why(record, escrowed),
            superseded: escrowed.map_or(&[], |escrowed| &escrowed.superseded),
            exposure_ended: escrowed.map(|escrowed| if escrowed.exposure_ended { "claimed" } else { "no" }),
            notes: record.notes.iter().map(ToString::to_string).collect(),
            unbelieved: &record.unbelieved,
            leaf: escrowed.and_then(|escrowed| escrowed.leaf),
        }
    }
}

/// `import`: a whole file
#[derive(Debug, Serialize)]
pub(crate) struct ImportedFile<'a> {
    file: &'a str,
    format: Format,
    passwords: usize,
    taken: usize,
    held: usize,
    rejected: usize,
    untried: usize,
    dry_run: bool,
    columns: Vec<Heading<'a>>,
    unused_guids: usize,
    unused_digit_groups: usize,
}

/// `import`: a column of a table
#[derive(Debug, Serialize)]
struct Heading<'a> {
    name: &'a str,
    meaning: Option<&'static str>,
}

impl<'a> ImportedFile<'a> {
    pub(crate) fn of(file: &'a str, intake: &'a Intake, sums: Sums, dry_run: bool) -> Self {
        let headings = intake.columns.iter().map(|column| Heading {
            name: &column.name,
            meaning: column.meaning,
        });
        Self {
            file,
            format: intake.format,
            passwords: sums.passwords(),
            taken: sums.taken,
            held: sums.held,
            rejected: sums.rejected,
            untried: sums.untried,
            dry_run,
            columns: headings.collect(),
            unused_guids: intake.unused.guids,
            unused_digit_groups: intake.unused.groups,
        }
    }
}

/// Why a password became what it did.
pub(crate) fn why(record: &Record, escrowed: Option<&Escrowed>) -> Cow<'static, str> {
    match (&record.outcome, escrowed) {
        (Err(rejected), _) => rejected.why.to_string().into(),
        (Ok(_), Some(escrowed)) => escrowed.rule.why().into(),
        (Ok(_), None) => "something failed before it".into(),
    }
}
