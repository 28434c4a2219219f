//! `confirm`

use clap::Args;
use strongroom_core::values::LogText;
use strongroom_vault::ops::ConfirmRequest;
use strongroom_vault::ops::Inventory;

use crate::args::KeyId;
use crate::args::PinArgs;
use crate::command::choosing;
use crate::command::taken;
use crate::command::working;
use crate::failure::Failure;
use crate::setting::Setting;
use crate::ui::StdinIs;
use crate::ui::Ui;

/// Vouch for an escrow whose source is not known to the vault
///
/// Until then it is marked `unconfirmed`, supersedes nothing and ends no exposure. What becomes of it now follows the
/// rules of its volume, by its own times; the note says on what ground.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  strongroom confirm 4F2A1B3C --note 'the courier brought it from plant 3'")]
pub(crate) struct ConfirmArgs {
    /// Eight or more digits of the protector ID, or an escrow id
    #[arg(value_name = "KEY-ID")]
    key_id: KeyId,

    /// Say on what ground, for the log
    #[arg(long, value_name = "TEXT")]
    note: LogText,

    #[command(flatten)]
    pin: PinArgs,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &ConfirmArgs) -> Result<(), Failure> {
    let mut inventory = Inventory::open(&setting.folder)?;
    let asked = choosing::unconfirmed_by_key_id(ui, &mut inventory, &args.key_id)?;
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);
    let request = ConfirmRequest {
        escrow: asked.record.escrow,
        note: args.note.clone(),
    };
    let confirmed = working::unsealed(ui, setting, pin, |vault, who| vault.confirm(who, &request))?;
    taken::tell(ui, "Confirmed", &confirmed)
}
