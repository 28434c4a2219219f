//! `show`

use clap::Args;
use strongroom_core::values::DeviceName;
use strongroom_vault::ops::Inventory;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Item;
use strongroom_vault::store::Page;

use crate::args::PageArgs;
use crate::command::listing;
use crate::failure::ChoiceError;
use crate::failure::Failure;
use crate::render::text;
use crate::setting::Setting;
use crate::ui::Table;
use crate::ui::Ui;

/// Show a device's volumes and what is held for each, never a password
#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    /// The device, by its whole name, without case
    #[arg(value_parser = DeviceName::kept)]
    device: DeviceName,

    #[command(flatten)]
    page: PageArgs,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &ShowArgs) -> Result<(), Failure> {
    let mut inventory = Inventory::open(&setting.folder)?;
    let filter = Filter::Device(args.device.clone());
    let paged = args.page.limit.is_some() || args.page.after.is_some();
    if ui.json() || paged {
        let found = listing::stream(ui, &mut inventory, &filter, Page::default(), &args.page)?;
        return if found == 0 && args.page.after.is_none() {
            Err(nothing(args))
        } else {
            Ok(())
        };
    }
    let items = inventory.list(&filter, &Page::default())?.items;
    let first = items.first().ok_or_else(|| nothing(args))?;
    ui.styled(crate::ui::Look::Heading, text::device(&first.volume))?;
    let mut volumes: Vec<u64> = items.iter().map(|item| item.volume.volume).collect();
    volumes.sort_unstable();
    volumes.dedup();
    for volume in volumes {
        let held: Vec<&Item> = items.iter().filter(|item| item.volume.volume == volume).collect();
        show(ui, &held)?;
    }
    Ok(())
}

fn show(ui: &mut Ui, held: &[&Item]) -> Result<(), Failure> {
    let Some(Item { volume, .. }) = held.first() else {
        return Ok(());
    };
    let id = volume.id.map(|id| format!(", id {id}")).unwrap_or_default();
    ui.line("")?;
    ui.line(format_args!("{}  {}{id}", text::volume(volume), volume.kind.text()))?;
    let mut table = Table::new(["  PROTECTOR ID", "STATE", "MARKS", "TAKEN IN", "ROTATE BY", "ESCROW ID"]);
    for Item { record, .. } in held {
        let exposed = record.state == strongroom_core::state::EscrowState::Exposed;
        let cells = [
            format!("  {}", record.protector),
            record.state.as_str().to_owned(),
            text::marks(record),
            text::local(record.escrowed_at),
            text::local_or_dash(record.rotate_by.filter(|_| exposed)),
            record.escrow.to_string(),
        ];
        table.row(ui, cells)?;
    }
    table.finish(ui)
}

fn nothing(args: &ShowArgs) -> Failure {
    let what = format!("device {}", args.device);
    ChoiceError::Nothing { what }.into()
}
