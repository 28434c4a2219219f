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
use strongroom_vault::ops::Rehearsed;

/// How many passwords of a file were what.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sums {
    pub(crate) taken: usize,
    pub(crate) held: usize,
    /// Those of a rehearsal whose protector is known.
    pub(crate) known: usize,
    pub(crate) rejected: usize,
    /// Those that were not come to.
    pub(crate) untried: usize,
}

impl Sums {
    pub(crate) const fn passwords(self) -> usize {
        self.taken + self.held + self.known + self.rejected + self.untried
    }

    pub(crate) fn count(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Held => &mut self.held,
            Outcome::Known => &mut self.known,
            Outcome::Rejected => &mut self.rejected,
            Outcome::Taken => &mut self.taken,
            Outcome::Untried => &mut self.untried,
        } += 1;
    }
}

/// The outcome of one that was tried.
#[derive(Clone, Debug)]
pub(crate) enum Tried {
    Escrowed(Box<Escrowed>),
    /// In a rehearsal: a password of its protector is held, whichever it is.
    Known,
}

impl Tried {
    pub(crate) fn escrowed(&self) -> Option<&Escrowed> {
        match self {
            Self::Escrowed(escrowed) => Some(escrowed),
            Self::Known => None,
        }
    }
}

impl From<Rehearsed> for Tried {
    fn from(rehearsed: Rehearsed) -> Self {
        match rehearsed {
            Rehearsed::Known => Self::Known,
            Rehearsed::New(escrowed) => Self::Escrowed(escrowed),
        }
    }
}

/// What became of one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    Held,
    Known,
    Rejected,
    Taken,
    Untried,
}

impl Outcome {
    pub(crate) fn of(record: &Record, tried: Option<&Tried>) -> Self {
        match (&record.outcome, tried) {
            (Err(_), _) => Self::Rejected,
            (Ok(_), None) => Self::Untried,
            (Ok(_), Some(Tried::Known)) => Self::Known,
            (Ok(_), Some(Tried::Escrowed(escrowed))) if escrowed.rule == Rule::AlreadyHeld => Self::Held,
            (Ok(_), Some(Tried::Escrowed(_))) => Self::Taken,
        }
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Known => "known",
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
    /// `is_rehearsal`: no escrow is made, so none has an id.
    pub(crate) fn of(
        file: &'a str,
        record: &'a Record,
        outcome: Outcome,
        tried: Option<&'a Tried>,
        is_rehearsal: bool,
    ) -> Self {
        let escrowed = tried.and_then(Tried::escrowed);
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
            escrow_id: held.filter(|_| !is_rehearsal).map(|held| held.escrow),
            state: held.map(|held| held.state),
            conflict: held.map(|held| held.conflict),
            rule: escrowed.map(|escrowed| escrowed.rule),
            why: why(record, tried),
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
    known: usize,
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
            known: sums.known,
            columns: headings.collect(),
            unused_guids: intake.unused.guids,
            unused_digit_groups: intake.unused.groups,
        }
    }
}

/// Why a password became what it did.
pub(crate) fn why(record: &Record, tried: Option<&Tried>) -> Cow<'static, str> {
    match (&record.outcome, tried) {
        (Err(rejected), _) => rejected.why.to_string().into(),
        (Ok(_), Some(Tried::Known)) => KNOWN.into(),
        (Ok(_), Some(Tried::Escrowed(escrowed))) => escrowed.why(),
        (Ok(_), None) => "something failed before it".into(),
    }
}

const KNOWN: &str = "a password of its protector is held; only an import tells whether it is this one";
