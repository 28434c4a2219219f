//! `audit checkpoint`

use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use strongroom_core::values::LogText;
use strongroom_files::Readers;
use strongroom_vault::ops::HandedOut;
use strongroom_vault::ops::Inventory;

use crate::args::PinArgs;
use crate::command::audit::handed_out::OnRecord;
use crate::command::working;
use crate::failure::Failure;
use crate::out_file::Destination;
use crate::render::text;
use crate::setting::Setting;
use crate::ui::StdinIs;
use crate::ui::Ui;

/// Hand out a checkpoint of the log, signed now by the vault's key and by its TPM's
///
/// Whoever keeps it can prove later that nothing up to here was rewritten or left out. It is a C2SP checkpoint, and its
/// handing out is an event.
#[derive(Args, Debug)]
pub(crate) struct CheckpointArgs {
    /// Words that the auditor chooses on the spot: they become the event, so the checkpoint is younger than they are
    #[arg(long, value_name = "TEXT")]
    phrase: Option<LogText>,

    /// Write it to this file, which must not be there yet; - is stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    pin: PinArgs,
}

/// `audit checkpoint --json`
#[derive(Debug, Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    on_record: OnRecord,
    checkpoint: &'a str,
    file: Option<PathBuf>,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &CheckpointArgs) -> Result<(), Failure> {
    let inventory = Inventory::open(&setting.folder)?;
    let out = args
        .out
        .as_deref()
        .map(|path| Destination::of(ui, path, Readers::Folder));
    let out = out.transpose()?;
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);
    let phrase = args.phrase.clone();
    let handed_out = working::unsealed(ui, setting, pin, |vault, who| vault.checkpoint(who, phrase))?;
    let note = handed_out.note.to_string();
    let file = out.as_ref().and_then(Destination::file).map(Path::to_owned);
    match out {
        Some(out) => {
            let told = told(&handed_out, &out.place());
            out.write(ui, note.as_bytes(), &told)?;
        }
        None if !ui.json() => return say_note(ui, &note),
        None => {}
    }
    if !ui.json() {
        return Ok(());
    }
    ui.object(&Answer {
        on_record: OnRecord::of(&handed_out),
        checkpoint: &note,
        file,
    })
}

/// The note alone, to the letter: it is what is kept.
pub(super) fn say_note(ui: &mut Ui, note: &str) -> Result<(), Failure> {
    note.lines().try_for_each(|line| ui.line(line))
}

fn told(handed_out: &HandedOut, place: &str) -> String {
    let events = text::number(handed_out.checkpoint.size, "event");
    format!(
        "A checkpoint of {events} is {place}; it is on record as leaf {}",
        handed_out.leaf
    )
}
