//! `audit prove`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use strongroom_vault::ops::Inventory;

use crate::args::PinArgs;
use crate::command::audit::checkpoint::say_note;
use crate::command::audit::handed_out::OnRecord;
use crate::command::working;
use crate::failure::Failure;
use crate::out_file::OutFile;
use crate::render::code;
use crate::setting::Setting;
use crate::ui::StdinIs;
use crate::ui::Ui;

/// Hand out the proof that one event is in the log, with the event in it
///
/// It is one text (C2SP tlog-proof), small enough for a printed page. `audit verify --proof` checks it anywhere, with the
/// keys that were noted down.
#[derive(Args, Debug)]
pub(crate) struct ProveArgs {
    /// The event, by its number in `audit list`
    #[arg(value_name = "LEAF")]
    leaf: u64,

    /// Write it to this file, which must not be there yet, and not to the answer
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Draw it as a QR code too
    #[arg(long)]
    qr: bool,

    #[command(flatten)]
    pin: PinArgs,
}

/// `audit prove --json`
#[derive(Debug, Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    on_record: OnRecord,
    proven_leaf: u64,
    proof: &'a str,
    file: Option<PathBuf>,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &ProveArgs) -> Result<(), Failure> {
    let inventory = Inventory::open(&setting.folder)?;
    let out = args.out.as_deref().map(OutFile::create).transpose()?;
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);
    let (proof, handed_out) = working::unsealed(ui, setting, pin, |vault, who| vault.prove_event(who, args.leaf))?;
    let text = proof.to_string();
    let file = out.as_ref().map(|out| out.path().to_owned());
    let written = file.is_some();
    if let Some(out) = out {
        out.write(&text)?;
    }
    if ui.json() {
        return ui.object(&Answer {
            on_record: OnRecord::of(&handed_out),
            proven_leaf: args.leaf,
            proof: &text,
            file,
        });
    }
    if written {
        ui.line(format_args!(
            "The proof of leaf {} is in {}; it is on record as leaf {}",
            args.leaf,
            file.unwrap_or_default().display(),
            handed_out.leaf
        ))?;
    } else {
        say_note(ui, &text)?;
    }
    if args.qr { say_code(ui, &text) } else { Ok(()) }
}

fn say_code(ui: &mut Ui, proof: &str) -> Result<(), Failure> {
    let mut drawing = String::new();
    if code::draw(&mut drawing, proof, code::Density::Full, ui.has_colours()).is_err() {
        ui.warn(format_args!(
            "the proof has {} bytes, too many for a QR code: give it as a file, by --out FILE",
            proof.len()
        ));
        return Ok(());
    }
    ui.drawing(&drawing)
}
