//! `rotation list` and `rotation waive`

use clap::Args;
use clap::Subcommand;
use strongroom_core::state::EscrowRecord;
use strongroom_core::values::LogText;
use strongroom_core::values::WaiveReason;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::WaiveRequest;

use crate::args::KeyId;
use crate::args::PageArgs;
use crate::args::PinArgs;
use crate::clock;
use crate::command::choosing;
use crate::command::listing;
use crate::command::working;
use crate::failure::Failure;
use crate::render::json::After;
use crate::render::json::Claimed;
use crate::render::json::ToRotate;
use crate::render::text;
use crate::setting::Setting;
use crate::ui::StdinIs;
use crate::ui::Table;
use crate::ui::Ui;

/// See and end what is to be rotated.
#[derive(Debug, Subcommand)]
pub(crate) enum Rotation {
    List(ListArgs),
    Waive(WaiveArgs),
}

/// List the exposed passwords, the most overdue first
///
/// Each row, and their number, is compared with the file's own log; of one page of a long list (more than 1,000 rows), each
/// row alone. Only the TPM knows whether the file is the newest: `strongroom status` asks it.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// List the exposures that ended on somebody's word instead: claimed by a newer password, or waived
    #[arg(long)]
    claimed: bool,

    #[command(flatten)]
    page: PageArgs,
}

/// End an exposure on record, where no newer password can come
#[derive(Args, Debug)]
pub(crate) struct WaiveArgs {
    /// Eight or more digits of the protector ID, or an escrow id
    #[arg(value_name = "KEY-ID")]
    key_id: KeyId,

    /// Why none can come: device-destroyed, volume-erased, moved or clock-skew
    #[arg(long, value_name = "CODE")]
    reason: WaiveReason,

    /// Say more, for the log
    #[arg(long, value_name = "TEXT")]
    note: LogText,

    #[command(flatten)]
    pin: PinArgs,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, verb: &Rotation) -> Result<(), Failure> {
    match verb {
        Rotation::List(ListArgs { claimed: false, page }) => list(ui, setting, page),
        Rotation::List(ListArgs { claimed: true, page }) => list_claimed(ui, setting, page),
        Rotation::Waive(args) => waive(ui, setting, args),
    }
}

fn list(ui: &mut Ui, setting: &Setting, page: &PageArgs) -> Result<(), Failure> {
    let part = listing::part(ui, page);
    let listing = Inventory::open(&setting.folder)?.worklist(clock::now(), part)?;
    let none = page.after.is_none() && listing.as_ref().is_some_and(|listing| listing.rows.is_empty());
    let due = listing::rows(ui, listing, page, |due| due.item.record.escrow)?;
    let mut table = Table::new(["DEVICE", "VOLUME", "PROTECTOR ID", "EXPOSED", "BY", "ROTATE BY", ""]);
    for due in &due {
        if ui.json() {
            ui.object(&ToRotate::of(due))?;
            continue;
        }
        let (volume, record) = (&due.item.volume, &due.item.record);
        let cells = [
            text::device(volume),
            text::volume(volume),
            record.protector.to_string(),
            text::local_or_dash(record.exposed_at),
            record.exposed_by.clone().unwrap_or_else(|| "-".to_owned()),
            text::local_or_dash(record.rotate_by),
            said(due.overdue, "OVERDUE", record),
        ];
        table.row(ui, cells)?;
    }
    table.finish(ui)?;
    if !ui.json() {
        if none {
            ui.note("nothing is to be rotated");
        }
        ui.note("this is what the file says; that it is the newest file, `strongroom status` asks the TPM");
    }
    Ok(())
}

fn list_claimed(ui: &mut Ui, setting: &Setting, page: &PageArgs) -> Result<(), Failure> {
    let part = listing::part(ui, page);
    let listing = Inventory::open(&setting.folder)?.claimed_list(part)?;
    let items = listing::rows(ui, listing, page, |item| item.record.escrow)?;
    let mut table = Table::new([
        "DEVICE",
        "VOLUME",
        "PROTECTOR ID",
        "REVEALED BY",
        "ENDED",
        "HOW",
        "BY",
        "",
    ]);
    for item in &items {
        if ui.json() {
            ui.object(&Claimed::of(item))?;
            continue;
        }
        let (volume, record) = (&item.volume, &item.record);
        let ended = record.ended.as_ref();
        let dash = || "-".to_owned();
        let cells = [
            text::device(volume),
            text::volume(volume),
            record.protector.to_string(),
            record.exposed_by.clone().unwrap_or_else(dash),
            text::local_or_dash(ended.map(|ended| ended.at)),
            ended.map_or_else(dash, |ended| ended.how.as_str().to_owned()),
            ended.map_or_else(dash, |ended| ended.by.clone()),
            said(record.is_self_ended(), "SAME PERSON", record),
        ];
        table.row(ui, cells)?;
    }
    table.finish(ui)?;
    if !ui.json() {
        ui.note("nobody has looked at these volumes; that this is the newest file, `strongroom status` asks the TPM");
    }
    Ok(())
}

/// What is to be seen of an escrow at once.
fn said(is_so: bool, word: &str, record: &EscrowRecord) -> String {
    let words = [(is_so, word), (record.unconfirmed, "unconfirmed")];
    let words: Vec<&str> = words.iter().filter(|(said, _)| *said).map(|(_, word)| *word).collect();
    words.join(", ")
}

fn waive(ui: &mut Ui, setting: &Setting, args: &WaiveArgs) -> Result<(), Failure> {
    let mut inventory = Inventory::open(&setting.folder)?;
    let asked = choosing::by_key_id(ui, &mut inventory, &args.key_id)?;
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);
    let request = WaiveRequest {
        escrow: asked.record.escrow,
        reason: args.reason,
        note: args.note.clone(),
    };
    let recorded = working::unsealed(ui, setting, pin, |vault, who| vault.waive(who, &request))?;
    if ui.json() {
        return ui.object(&After::of(&recorded));
    }
    let (volume, record) = (&recorded.volume, &recorded.record);
    ui.line(format_args!(
        "On record: the exposure of {} of {} {} is waived, because {}{}",
        record.protector,
        text::device(volume),
        text::volume(volume),
        request.reason.text(),
        text::unconfirmed(record)
    ))
}
