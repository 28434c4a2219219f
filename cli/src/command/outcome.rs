//! `outcome`

use clap::Args;
use clap::ValueEnum;
use strongroom_core::values::LogText;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::OutcomeRequest;

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

/// Record what came of a reveal
///
/// A password that did not unlock its volume is marked `conflict`.
#[derive(Args, Debug)]
pub(crate) struct OutcomeArgs {
    /// Eight or more digits of the protector ID, or an escrow id
    #[arg(value_name = "KEY-ID")]
    key_id: KeyId,

    /// Whether the password opened the volume
    #[arg(value_name = "OUTCOME")]
    outcome: Outcome,

    /// Say more, for the log
    #[arg(long, value_name = "TEXT")]
    note: Option<LogText>,

    #[command(flatten)]
    pin: PinArgs,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Outcome {
    /// It did
    Unlocked,
    /// It did not
    DidNotUnlock,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &OutcomeArgs) -> Result<(), Failure> {
    let mut inventory = Inventory::open(&setting.folder)?;
    let asked = choosing::by_key_id(ui, &mut inventory, &args.key_id)?;
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);
    let request = OutcomeRequest {
        escrow: asked.record.escrow,
        unlocked: args.outcome == Outcome::Unlocked,
        note: args.note.clone(),
    };
    let recorded = working::unsealed(ui, setting, pin, |vault, who| vault.outcome(who, &request))?;
    if ui.json() {
        return ui.object(&After::of(&recorded));
    }
    let (volume, record) = (&recorded.volume, &recorded.record);
    let said = if request.unlocked { "unlocked" } else { "did not unlock" };
    ui.line(format_args!(
        "On record: {} {said} {} {}{}",
        record.protector,
        text::device(volume),
        text::volume(volume),
        text::unconfirmed(record)
    ))?;
    if record.conflict {
        ui.line("It is marked `conflict`: look for another password of this volume with `strongroom show`")?;
    }
    Ok(())
}
