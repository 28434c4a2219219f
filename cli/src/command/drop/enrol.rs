//! `drop enrol`

use std::path::PathBuf;

use clap::ArgGroup;
use clap::Args;
use strongroom_core::values::DeviceName;
use strongroom_core::values::LogText;
use strongroom_core::values::SenderDevices;
use strongroom_files::Readers;
use strongroom_vault::ops::EnrolRequest;
use strongroom_vault::ops::Inventory;

use crate::args::PinArgs;
use crate::command::working;
use crate::failure::Failure;
use crate::out_file::Destination;
use crate::render::drops::SenderOf;
use crate::setting::Setting;
use crate::ui::StdinIs;
use crate::ui::Ui;

/// Enrol a sender: an agent whose drops count
///
/// The file that this writes is a secret: whoever has it hands in as that sender, for the devices that are named. It is
/// written once; who loses it is enrolled anew.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("which").required(true).args(["device", "any_device"]))]
#[command(
    after_help = "Example:\n  strongroom drop enrol 'plant 3' --device PC-0042 --device PC-0043 --out plant-3.sender"
)]
pub(crate) struct EnrolArgs {
    /// What the sender is called
    #[arg(value_name = "NAME")]
    name: LogText,

    /// A device for which it may speak; once for each
    #[arg(long, value_name = "D")]
    device: Vec<DeviceName>,

    /// It may speak for every device
    #[arg(long)]
    any_device: bool,

    /// Write the sender's file here; there must be none yet. - is stdout, unless that is a terminal
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    #[command(flatten)]
    pin: PinArgs,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &EnrolArgs) -> Result<(), Failure> {
    let inventory = Inventory::open(&setting.folder)?;
    let out = Destination::of(ui, &args.out, Readers::Owner)?;
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);
    let request = EnrolRequest {
        name: args.name.clone(),
        devices: if args.any_device {
            SenderDevices::Any
        } else {
            SenderDevices::Named(args.device.clone())
        },
    };
    let (sender, file) = working::unsealed(ui, setting, pin, |vault, who| vault.enrol(who, &request))?;
    let told = format!(
        "Enrolled: {} ({})\nGive what is {} to that agent alone: it is a secret, and is not kept here",
        sender.record.name,
        sender.record.sender,
        out.place()
    );
    out.write(ui, file.to_text().as_bytes(), &told)?;
    drop(file);
    if ui.json() {
        return ui.object(&SenderOf::of(&sender.record, Some(sender.leaf), Some(&args.out)));
    }
    Ok(())
}
