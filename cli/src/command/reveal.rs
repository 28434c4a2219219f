//! `reveal`

mod shown;

use clap::ArgGroup;
use clap::Args;
use strongroom_core::values::DeviceName;
use strongroom_core::values::LogText;
use strongroom_core::values::MountPoint;
use strongroom_core::values::Reason;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::RevealRequest;
use strongroom_vault::store::Item;

use crate::args::KeyId;
use crate::args::PinArgs;
use crate::command::choosing;
use crate::command::choosing::Chosen;
use crate::command::working;
use crate::failure::ChoiceError;
use crate::failure::Failure;
use crate::render::text;
use crate::setting::Setting;
use crate::ui::StdinIs;
use crate::ui::Ui;

/// Show a recovery password, after recording that it is shown
///
/// It is exposed from then on, and to be rotated. Before it is shown, the showing is in the log and the TPM remembers
/// that log; where either fails, nothing is shown.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("which").required(true).args(["key_id", "device"]))]
#[command(
    after_help = "Examples:\n  strongroom reveal 4F2A1B3C --reason bios-changed --ticket INC-1234\n  strongroom reveal --device PC-0042 --volume C: --reason pin-lost"
)]
pub(crate) struct RevealArgs {
    /// Eight or more digits of the protector ID, as the recovery screen shows them, or an escrow id
    #[arg(value_name = "KEY-ID")]
    key_id: Option<KeyId>,

    /// The password of this device that is current or exposed, if it is one
    #[arg(long, value_name = "NAME", value_parser = DeviceName::kept)]
    device: Option<DeviceName>,

    /// Of the volume that is mounted there
    #[arg(long, value_name = "MOUNT")]
    volume: Option<MountPoint>,

    /// Why it is needed; on a terminal it is asked for
    #[arg(long, value_name = "CODE", long_help = reasons())]
    reason: Option<Reason>,

    /// Say more, for the log; the reason `other` needs it
    #[arg(long, value_name = "TEXT")]
    note: Option<LogText>,

    /// The ticket of the help desk
    #[arg(long, value_name = "TEXT")]
    ticket: Option<LogText>,

    /// Who called
    #[arg(long, value_name = "TEXT")]
    caller: Option<LogText>,

    /// Do not ask whether to go on
    #[arg(long)]
    yes: bool,

    /// Draw it as a QR code too
    #[arg(long, conflicts_with = "json")]
    qr: bool,

    #[command(flatten)]
    pin: PinArgs,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &RevealArgs) -> Result<(), Failure> {
    let given = given_reason(ui, args)?;
    let mut inventory = Inventory::open(&setting.folder)?;
    let volume = args.volume.as_ref();
    let Chosen { item: asked, also } = match (&args.key_id, &args.device) {
        (Some(key), _) => choosing::to_reveal_by_key_id(ui, &mut inventory, key, volume)?,
        (None, Some(device)) => choosing::to_reveal_by_device(ui, &mut inventory, device, volume)?,
        (None, None) => {
            return Err(Failure::usage(
                "no password was named",
                "give a KEY-ID or --device NAME",
            ));
        }
    };
    let (reason, note) = match given {
        Some(reason) => (reason, args.note.clone()),
        None => ask_reason(ui, args.note.clone())?,
    };
    if !args.yes {
        confirm(ui, &asked, &also)?;
    }
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);
    let request = RevealRequest {
        asked,
        reason,
        note,
        ticket: args.ticket.clone(),
        caller: args.caller.clone(),
    };
    let revealed = working::unsealed(ui, setting, pin, |vault, who| vault.reveal(who, &request))?;
    shown::show(ui, setting, revealed, &also, args.qr)
}

/// The reason, where it was given; none where it is still to be asked for.
fn given_reason(ui: &Ui, args: &RevealArgs) -> Result<Option<Reason>, Failure> {
    match args.reason {
        Some(reason) if reason.needs_note() && args.note.is_none() => Err(Failure::usage(
            format!("--reason {reason} needs a note"),
            "say in --note TEXT why the password is needed",
        )),
        Some(reason) => Ok(Some(reason)),
        None if ui.has_person() => Ok(None),
        None => Err(Failure::usage(
            "no reason was given",
            format!("give --reason CODE, one of {}", Reason::CODES.join(", ")),
        )),
    }
}

fn ask_reason(ui: &mut Ui, note: Option<LogText>) -> Result<(Reason, Option<LogText>), Failure> {
    let list: Vec<String> = Reason::ALL
        .iter()
        .zip(1..)
        .map(|(reason, number)| format!("{number:3}  {}", reason.text()))
        .collect();
    let question = format!("Why is the password needed?\n{}\nNumber: ", list.join("\n"));
    let answer = ui.ask(&question)?;
    let number: Option<usize> = answer.trim().parse().ok();
    let by_number = number.and_then(|number| Reason::ALL.get(number.checked_sub(1)?));
    let reason = by_number.copied().or_else(|| answer.trim().parse().ok());
    let reason =
        reason.ok_or_else(|| Failure::usage("that is none of the reasons", "answer with a number of the list"))?;
    if !reason.needs_note() || note.is_some() {
        return Ok((reason, note));
    }
    let text = ui.ask("Say why: ")?;
    let note = text.parse().map_err(|source| Failure::Text {
        argument: "the note".to_owned(),
        source,
    })?;
    Ok((reason, Some(note)))
}

fn confirm(ui: &mut Ui, asked: &Item, also: &[Item]) -> Result<(), Failure> {
    if !ui.has_person() {
        return Err(ChoiceError::NobodyToAsk.into());
    }
    let question = format!(
        "This reveals the recovery password of {} {} and marks it exposed.\n  Protector  {}\n  State      {}\n{}Go on?",
        text::device(&asked.volume),
        text::volume(&asked.volume),
        asked.record.protector,
        text::state(&asked.record),
        shown::warnings(&asked.record, also),
    );
    if ui.confirm(&question)? {
        Ok(())
    } else {
        Err(ChoiceError::Declined.into())
    }
}

fn reasons() -> String {
    let lines: Vec<String> = Reason::ALL
        .iter()
        .map(|reason| format!("  {:20} {}", reason.code(), reason.text()))
        .collect();
    format!("Why it is needed; on a terminal it is asked for:\n{}", lines.join("\n"))
}
