//! `devices`

use std::collections::BTreeMap;

use clap::Args;
use strongroom_core::values::DeviceName;
use strongroom_core::values::fold;
use strongroom_vault::ops::Inventory;
use strongroom_vault::store::DeviceSummary;

use crate::command::listing;
use crate::command::listing::ON_A_TERMINAL;
use crate::failure::Failure;
use crate::render::json::Device;
use crate::render::text::local_or_dash;
use crate::setting::Setting;
use crate::ui::Table;
use crate::ui::Ui;

/// List the devices, and how many of their passwords are in which state
#[derive(Args, Debug)]
pub(crate) struct DevicesArgs {
    /// Only those whose name holds this text, without case
    pattern: Option<String>,

    /// Give at most so many; 50 on a terminal, all elsewhere
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,

    /// Go on behind this device, the last of the page before
    #[arg(long, value_name = "NAME", value_parser = DeviceName::kept)]
    after: Option<DeviceName>,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &DevicesArgs) -> Result<(), Failure> {
    let mut inventory = Inventory::open(&setting.folder)?;
    let limit = args.limit.or(ui.shows_to_person().then_some(ON_A_TERMINAL));
    let found = inventory.some_devices(args.pattern.as_deref(), args.after.as_ref(), limit)?;
    let (devices, more) = found.ok_or_else(|| listing::nothing_behind(args.after.as_ref()))?;
    for names in near(&devices) {
        ui.warn(format_args!(
            "the names of these devices differ only in how they are written: {}; each stays a device of its own",
            names.join(", ")
        ));
    }
    if let Some(last) = devices.last().filter(|_| more) {
        listing::say_more(ui, &last.device);
    }
    let mut table = Table::new(["DEVICE", "VOLUMES", "CURRENT", "EXPOSED", "LAST TAKEN IN"]);
    for device in &devices {
        if ui.json() {
            ui.object(&Device::of(device))?;
            continue;
        }
        let cells = [
            device.device.clone(),
            device.volumes.to_string(),
            device.current.to_string(),
            device.exposed.to_string(),
            local_or_dash(device.last_escrow_at),
        ];
        table.row(ui, cells)?;
    }
    table.finish(ui)
}

/// The names that are compared alike, of devices that an older program took for several.
fn near(devices: &[DeviceSummary]) -> Vec<Vec<&str>> {
    let mut names: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for device in devices {
        names.entry(fold(&device.device)).or_default().push(&device.device);
    }
    names.into_values().filter(|names| names.len() > 1).collect()
}
