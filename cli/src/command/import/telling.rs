//! What became of each password of a file, and of all of them.

use std::borrow::Cow;

use strongroom_core::intake::Column;
use strongroom_core::intake::Record;
use strongroom_core::intake::Unused;

use crate::command::import::source::Source;
use crate::failure::Failure;
use crate::render::imported::Imported;
use crate::render::imported::ImportedFile;
use crate::render::imported::Outcome;
use crate::render::imported::Sums;
use crate::render::imported::Tried;
use crate::render::imported::why;
use crate::render::text;
use crate::ui::Table;
use crate::ui::Ui;

/// Tells what became of each password of `source`, in the order of the file; `taken` has those that were taken in, in the
/// order of those that could be.
pub(super) fn tell(ui: &mut Ui, source: &Source, taken: &[Option<Tried>], dry_run: bool) -> Result<Sums, Failure> {
    let (file, mut sums, mut taken) = (source.path.to_string_lossy(), Sums::default(), taken.iter());
    let mut table = Table::new(["LINE", "OUTCOME", "DEVICE", "VOLUME", "PROTECTOR ID", "STATE", "WHY"]);
    for record in &source.intake.records {
        let tried = match record.outcome {
            Ok(_) => taken.next().and_then(Option::as_ref),
            Err(_) => None,
        };
        let outcome = Outcome::of(record, tried);
        sums.count(outcome);
        if ui.json() {
            ui.object(&Imported::of(&file, record, outcome, tried, dry_run))?;
        } else {
            table.row(ui, cells(record, outcome, tried))?;
        }
    }
    table.finish(ui)?;
    if ui.json() {
        ui.object(&ImportedFile::of(&file, &source.intake, sums, dry_run))?;
        return Ok(sums);
    }
    if let Some(understood) = understood(&source.intake.columns) {
        ui.line(format_args!("{file}: {understood}"))?;
    }
    let passwords = text::number(u64::try_from(sums.passwords()).unwrap_or(u64::MAX), "password");
    let untried = match sums.untried {
        0 => String::new(),
        untried => format!(", {untried} not tried"),
    };
    let known = match sums.known {
        0 => String::new(),
        known => format!(", {known} of known protectors"),
    };
    let would = if dry_run { "; nothing was changed" } else { "" };
    ui.line(format_args!(
        "{file} ({}): {passwords}, {} taken in, {} held already{known}, {} rejected{untried}{}{would}",
        source.intake.format,
        sums.taken,
        sums.held,
        sums.rejected,
        unused(source.intake.unused)
    ))?;
    Ok(sums)
}

/// What the columns of a table were understood as, and which were not.
fn understood(columns: &[Column]) -> Option<String> {
    let used = columns
        .iter()
        .filter_map(|column| Some(format!("{} = {}", column.name, column.meaning?)));
    let used: Vec<String> = used.collect();
    let unused = columns.iter().filter(|column| column.meaning.is_none());
    let unused: Vec<&str> = unused.map(|column| column.name.as_str()).collect();
    let rest = match unused.as_slice() {
        [] => String::new(),
        unused => format!("; not used: {}", unused.join(", ")),
    };
    (!columns.is_empty()).then(|| format!("columns: {}{rest}", used.join(", ")))
}

/// What was seen and became nothing.
fn unused(unused: Unused) -> String {
    let count = |count: usize, what: &str| text::number(u64::try_from(count).unwrap_or(u64::MAX), what);
    match (unused.guids, unused.groups) {
        (0, 0) => String::new(),
        (guids, 0) => format!("; {} became nothing", count(guids, "GUID")),
        (0, groups) => format!("; {} became nothing", count(groups, "digit group")),
        (guids, groups) => format!(
            "; {} and {} became nothing",
            count(guids, "GUID"),
            count(groups, "digit group")
        ),
    }
}

fn cells(record: &Record, outcome: Outcome, tried: Option<&Tried>) -> [Cow<'static, str>; 7] {
    let dash = || "-".to_owned();
    let mut words = why(record, tried);
    if !record.unbelieved.is_empty() {
        let seen: Vec<String> = record.unbelieved.iter().map(ToString::to_string).collect();
        words
            .to_mut()
            .push_str(&format!("; seen and not believed: {}", seen.join(", ")));
    }
    for note in &record.notes {
        words.to_mut().push_str(&format!("; {note}"));
    }
    let (device, volume, state) = match tried.and_then(Tried::escrowed) {
        Some(escrowed) => (
            text::device(&escrowed.volume),
            text::volume(&escrowed.volume),
            escrowed.record.state.as_str(),
        ),
        None => (
            record.device.as_ref().map_or_else(dash, ToString::to_string),
            record.naming.mount.as_ref().map_or_else(dash, ToString::to_string),
            "-",
        ),
    };
    let protector = match &record.outcome {
        Ok(ready) => Some(ready.protector),
        Err(rejected) => rejected.protector,
    };
    [
        record.at.line.to_string().into(),
        outcome.word().into(),
        device.into(),
        volume.into(),
        protector.map_or_else(dash, |protector| protector.to_string()).into(),
        state.into(),
        words,
    ]
}
