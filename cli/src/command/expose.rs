//! `expose`

use clap::Args;
use strongroom_core::values::LogText;
use strongroom_vault::ops::ExposeRequest;
use strongroom_vault::ops::Inventory;

use crate::args::KeyId;
use crate::args::PinArgs;
use crate::command::choosing;
use crate::command::working;
use crate::failure::Failure;
use crate::render::json::After;
use crate::render::text;
use crate::setting::Setting;
use crate::ui::StdinIs;
use crate::ui::Ui;

/// Mark a password exposed that got out without a reveal: on paper, by e-mail
#[derive(Args, Debug)]
pub(crate) struct ExposeArgs {
    /// Eight or more digits of the protector ID, or an escrow id
    #[arg(value_name = "KEY-ID")]
    key_id: KeyId,

    /// How it got out
    #[arg(long, value_name = "TEXT")]
    note: LogText,

    #[command(flatten)]
    pin: PinArgs,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &ExposeArgs) -> Result<(), Failure> {
    let mut inventory = Inventory::open(&setting.folder)?;
    let asked = choosing::by_key_id(ui, &mut inventory, &args.key_id)?;
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);
    let request = ExposeRequest {
        escrow: asked.record.escrow,
        note: args.note.clone(),
    };
    let recorded = working::unsealed(ui, setting, pin, |vault, who| vault.expose(who, &request))?;
    if ui.json() {
        return ui.object(&After::of(&recorded));
    }
    let (volume, record) = (&recorded.volume, &recorded.record);
    ui.line(format_args!(
        "On record: {} of {} {} is {}{}",
        record.protector,
        text::device(volume),
        text::volume(volume),
        text::state(record),
        text::unconfirmed(record)
    ))
}
