//! `drop revoke`

use clap::Args;
use strongroom_core::values::LogText;
use strongroom_vault::ops::Inventory;

use crate::args::PinArgs;
use crate::command::working;
use crate::failure::Failure;
use crate::render::drops::SenderOf;
use crate::setting::Setting;
use crate::ui::StdinIs;
use crate::ui::Ui;

/// End the enrolment of a sender
///
/// From then on what it hands in is held as unconfirmed, and ends nothing. What it handed in before stays as it is.
#[derive(Args, Debug)]
pub(crate) struct RevokeArgs {
    /// What the sender is called; `strongroom drop list` shows them
    #[arg(value_name = "NAME")]
    name: LogText,

    #[command(flatten)]
    pin: PinArgs,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &RevokeArgs) -> Result<(), Failure> {
    let inventory = Inventory::open(&setting.folder)?;
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);
    let sender = working::unsealed(ui, setting, pin, |vault, who| vault.revoke(who, &args.name))?;
    if ui.json() {
        return ui.object(&SenderOf::of(&sender.record, Some(sender.leaf), None));
    }
    ui.line(format_args!(
        "Revoked: {} ({}); its drops are held as unconfirmed from now on",
        sender.record.name, sender.record.sender
    ))
}
