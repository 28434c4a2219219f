//! `devices`

use std::fmt;

use clap::Args;
use strongroom_core::values::DeviceName;
use strongroom_core::values::fold;
use strongroom_vault::ops::Inventory;

use crate::command::listing;
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
    #[arg(long, value_name = "NAME")]
    after: Option<DeviceName>,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &DevicesArgs) -> Result<(), Failure> {
    let mut inventory = Inventory::open(&setting.folder)?;
    let devices = inventory.devices(args.pattern.as_deref())?;
    let after = args.after.as_ref().map(|name| Name(name.to_string()));
    let devices = listing::page(ui, devices, (args.limit, after), |device| Name(device.device.clone()))?;
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

/// A device's name as the file has it, which may be none that a vault takes; compared without case.
struct Name(String);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        fold(&self.0) == fold(&other.0)
    }
}
