//! Drops among the files of an import, and what became of them.

use std::path::Path;

use strongroom_core::drop::DropFile;
use strongroom_core::drop::ParseDropError;
use strongroom_core::values::LogText;
use strongroom_core::values::Pin;
use strongroom_vault::ops::DropOutcome;
use strongroom_vault::ops::Dropped;
use strongroom_vault::ops::Receipted;

use crate::command::working;
use crate::failure::Failure;
use crate::failure::InputError;
use crate::render::drops::Handled;
use crate::render::text;
use crate::setting::Setting;
use crate::ui::Ui;

/// Whether these bytes begin as a drop does.
pub(super) fn is_drop(bytes: &[u8]) -> bool {
    bytes.starts_with(DropFile::BEGINNING)
}

/// The drop of these bytes, under the name of its file; a name that may not stand in the log is left out.
pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Dropped, ParseDropError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let file: Option<LogText> = name.parse().ok();
    Ok(Dropped {
        drop: DropFile::from_bytes(bytes)?,
        file,
    })
}

/// Hands drops in, so many in a commit, and tells `each` what became of one, with its receipts. Between two commits the vault
/// is closed: a command that queues for it gets its turn.
pub(super) fn hand_in(
    ui: &mut Ui,
    setting: &Setting,
    pin: Option<&Pin>,
    drops: &[Dropped],
    mut each: impl FnMut(&mut Ui, usize, &DropOutcome, &[String]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut waiting: Vec<usize> = (0..drops.len()).collect();
    while !waiting.is_empty() {
        let later = waiting.split_off(commit_len(&waiting, drops));
        let handed: Vec<Dropped> = waiting.iter().filter_map(|index| drops.get(*index)).cloned().collect();
        let receipted = working::unsealed_again(ui, setting, pin, |vault, who| vault.take_drops(who, &handed))?;
        let mut left = Vec::new();
        for ((index, outcome), texts) in waiting.iter().zip(&receipted.outcomes).zip(texts(&receipted)) {
            match outcome.is_left() {
                true => left.push(*index),
                false => each(ui, *index, outcome, &texts)?,
            }
        }
        left.extend(later);
        waiting = left;
        if !waiting.is_empty() {
            ui.flush()?;
            working::step_aside();
        }
    }
    Ok(())
}

/// How many of the drops that wait are opened for the next commit. How many passwords are in one shows only then; but its
/// length bounds them.
fn commit_len(waiting: &[usize], drops: &[Dropped]) -> usize {
    let lengths = waiting.iter().filter_map(|index| drops.get(*index));
    let lengths = lengths.map(|dropped| dropped.drop.to_bytes().len());
    let sums = lengths.scan(0_usize, |sum, len| {
        *sum = sum.saturating_add(len);
        Some(*sum)
    });
    let fit = sums.take(AT_ONCE).take_while(|sum| *sum <= BYTES_AT_ONCE).count();
    fit.max(1).min(waiting.len())
}

/// The receipts of each drop, as texts.
fn texts(receipted: &Receipted) -> Vec<Vec<String>> {
    let texts = receipted.receipts.iter();
    texts
        .map(|proofs| proofs.iter().map(ToString::to_string).collect())
        .collect()
}

/// Tells what became of a drop, one line for each password in it.
pub(super) fn tell(ui: &mut Ui, file: &str, outcome: &DropOutcome) -> Result<(), Failure> {
    for handled in Handled::all(file, outcome) {
        if ui.json() {
            ui.object(&handled)?;
        } else {
            ui.line(line(file, outcome, &handled))?;
        }
    }
    Ok(())
}

fn line(file: &str, outcome: &DropOutcome, handled: &Handled<'_>) -> String {
    match outcome {
        DropOutcome::Rejected(_) | DropOutcome::Left => format!("{file}: rejected: {}", handled.why),
        DropOutcome::Replayed(_) => format!("{file}: was taken in before; its receipt is given again"),
        DropOutcome::Taken(taken) => {
            let from = taken
                .sender
                .as_ref()
                .map_or("nobody who is enrolled", |name| name.as_str());
            let late = if taken.late { ", overtaken by a newer one" } else { "" };
            let Some(escrowed) = handled.escrowed else {
                let (device, protector) = (handled.device, handled.protector_id);
                let named = device.zip(protector);
                let named = named.map(|(device, protector)| format!("{device}, protector {protector}: "));
                let named = named.unwrap_or_default();
                return format!("{file}: from {from}{late}: {named}rejected: {}", handled.why);
            };
            let of = {
                let marks = if escrowed.record.unconfirmed {
                    ", unconfirmed"
                } else {
                    ""
                };
                format!(
                    "{} {}, protector {}: {}{marks}: {}",
                    text::device(&escrowed.volume),
                    text::volume(&escrowed.volume),
                    escrowed.record.protector,
                    escrowed.record.state.as_str(),
                    escrowed.rule.why()
                )
            };
            format!("{file}: from {from}{late}: {of}")
        }
    }
}

/// Why passwords of a drop were not taken in, of which others were; none where all were.
pub(super) fn partly(outcome: &DropOutcome) -> Option<String> {
    let DropOutcome::Taken(taken) = outcome else {
        return None;
    };
    let refused = taken.refused.iter();
    let lines = refused.map(|refused| format!("{}: {}\n", refused.protector, refused.why.why()));
    let lines: String = lines.collect();
    (!lines.is_empty()).then_some(lines)
}

/// Tells that a drop is not taken in.
pub(super) fn tell_rejected(ui: &mut Ui, file: &str, why: &str) -> Result<(), Failure> {
    if ui.json() {
        return ui.object(&Handled::rejected(file, why.to_owned()));
    }
    ui.line(format_args!("{file}: rejected: {why}"))
}

/// Some of so many drops are not taken in.
pub(super) fn some_rejected(rejected: usize, drops: usize) -> Failure {
    InputError::DropsRejected { rejected, drops }.into()
}

/// Drops that are opened for one commit.
const AT_ONCE: usize = 256;
/// Bytes of them: those of 256 drops with one password each.
const BYTES_AT_ONCE: usize = 192 * 1024;
