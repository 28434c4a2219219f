//! `audit prove`

use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use strongroom_files::Readers;
use strongroom_vault::ops::Inventory;

use crate::args::PinArgs;
use crate::command::audit::checkpoint::say_note;
use crate::command::audit::handed_out::OnRecord;
use crate::command::working;
use crate::failure::Failure;
use crate::out_file::Destination;
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

    /// Write it to this file, which must not be there yet; - is stdout
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
    let out = args
        .out
        .as_deref()
        .map(|path| Destination::of(ui, path, Readers::Folder));
    let out = out.transpose()?;
    if args.qr && matches!(out, Some(Destination::Stdout)) {
        return Err(Failure::usage(
            "the argument '--qr' cannot be used with '--out -'",
            "leave one of them out: stdout carries the drawing or the proof",
        ));
    }
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);
    let (proof, handed_out) = working::unsealed(ui, setting, pin, |vault, who| vault.prove_event(who, args.leaf))?;
    let text = proof.to_string();
    let file = out.as_ref().and_then(Destination::file).map(Path::to_owned);
    match out {
        Some(out) => {
            let told = format!(
                "The proof of leaf {} is {}; it is on record as leaf {}",
                args.leaf,
                out.place(),
                handed_out.leaf
            );
            out.write(ui, text.as_bytes(), &told)?;
        }
        None if !ui.json() => say_note(ui, &text)?,
        None => {}
    }
    if ui.json() {
        return ui.object(&Answer {
            on_record: OnRecord::of(&handed_out),
            proven_leaf: args.leaf,
            proof: &text,
            file,
        });
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
