//! Drops among the files of an import, and what became of them.

use std::path::Path;

use strongroom_core::drop::DropFile;
use strongroom_core::drop::ParseDropError;
use strongroom_core::values::LogText;
use strongroom_vault::ops::DropOutcome;
use strongroom_vault::ops::Dropped;
use strongroom_vault::ops::Receipted;

use crate::failure::Failure;
use crate::failure::InputError;
use crate::render::drops::Handled;
use crate::render::text;
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

/// The receipts of each drop, as texts.
pub(super) fn texts(receipted: &Receipted) -> Vec<Vec<String>> {
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
        DropOutcome::Rejected(error) => format!("{file}: rejected: {error}"),
        DropOutcome::Replayed(_) => format!("{file}: was taken in before; its receipt is given again"),
        DropOutcome::Taken(taken) => {
            let from = taken
                .sender
                .as_ref()
                .map_or("nobody who is enrolled", |name| name.as_str());
            let late = if taken.late { ", overtaken by a newer one" } else { "" };
            let of = handled.escrowed.map_or_else(String::new, |escrowed| {
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
            });
            format!("{file}: from {from}{late}: {of}")
        }
    }
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
