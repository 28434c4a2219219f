//! What became of each password of a file, and of all of them.

use std::borrow::Cow;

use strongroom_core::intake::Record;

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
        ui.object(&ImportedFile::of(&file, source.intake.format, sums, dry_run))?;
        return Ok(sums);
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
        "{file} ({}): {passwords}, {} taken in, {} held already{known}, {} rejected{untried}{would}",
        source.intake.format, sums.taken, sums.held, sums.rejected
    ))?;
    Ok(sums)
}

fn cells(record: &Record, outcome: Outcome, tried: Option<&Tried>) -> [Cow<'static, str>; 7] {
    let dash = || "-".to_owned();
    let mut words = why(record, tried);
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
