//! `drop key`

use std::path::PathBuf;

use clap::Args;
use strongroom_vault::ops::Inventory;

use crate::args::PinArgs;
use crate::command::working;
use crate::failure::Failure;
use crate::out_file::OutFile;
use crate::render::drops::DropKeyOf;
use crate::setting::Setting;
use crate::ui::StdinIs;
use crate::ui::Ui;

/// Give the key with which anybody encrypts passwords to this vault
///
/// It is no secret. Whoever has it can hand in; what comes without a sender's file is held as unconfirmed. It names the
/// log's keys too, so that receipts can be checked.
#[derive(Args, Debug)]
pub(crate) struct KeyArgs {
    /// Write it to a new file instead of to stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    pin: PinArgs,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &KeyArgs) -> Result<(), Failure> {
    let inventory = Inventory::open(&setting.folder)?;
    let out = args.out.as_deref().map(OutFile::create).transpose()?;
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);
    let key = working::unsealed(ui, setting, pin, |vault, _| vault.drop_key())?;
    let text = key.to_string();
    let written = out.is_some();
    if let Some(out) = out {
        out.write(&text)?;
    }
    if ui.json() {
        return ui.object(&DropKeyOf::of(&key, &text, args.out.as_deref()));
    }
    if !written {
        return text.lines().try_for_each(|line| ui.line(line));
    }
    ui.line(format_args!(
        "The key of vault {}, generation {}: give it to whoever is to hand in",
        key.vault(),
        key.generation()
    ))
}
