//! `drop key`

use std::path::PathBuf;

use clap::Args;
use strongroom_files::Readers;
use strongroom_vault::ops::Inventory;

use crate::args::PinArgs;
use crate::command::working;
use crate::failure::Failure;
use crate::out_file::Destination;
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
    /// Write it to this new file [default: -, stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    pin: PinArgs,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &KeyArgs) -> Result<(), Failure> {
    let inventory = Inventory::open(&setting.folder)?;
    let out = args
        .out
        .as_deref()
        .map(|path| Destination::of(ui, path, Readers::Folder));
    let out = out.transpose()?;
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);
    let key = working::unsealed(ui, setting, pin, |vault, _| vault.drop_key())?;
    let text = key.to_string();
    match out {
        Some(out) => {
            let told = format!(
                "The key of vault {}, generation {}: give it to whoever is to hand in",
                key.vault(),
                key.generation()
            );
            out.write(ui, text.as_bytes(), &told)?;
        }
        None if !ui.json() => return text.lines().try_for_each(|line| ui.line(line)),
        None => {}
    }
    if ui.json() {
        return ui.object(&DropKeyOf::of(&key, &text, args.out.as_deref()));
    }
    Ok(())
}
