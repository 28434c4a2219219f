//! `assign`

use clap::Args;
use strongroom_core::state::Naming;
use strongroom_core::values::DeviceName;
use strongroom_core::values::MountPoint;
use strongroom_core::values::VolumeId;
use strongroom_vault::ops::AssignRequest;
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

/// Give an escrow that came without a device its place
///
/// What becomes of it there follows the rules of the volume, by the escrow's own times. What was said of it goes with it:
/// a password that was shown stays exposed. `strongroom list --problems` shows what has no device.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  strongroom assign 4F2A1B3C --device PC-0042 --volume C:")]
pub(crate) struct AssignArgs {
    /// Eight or more digits of the protector ID, or an escrow id
    #[arg(value_name = "KEY-ID")]
    key_id: KeyId,

    /// The device
    #[arg(long, value_name = "NAME")]
    device: DeviceName,

    /// Where the volume is mounted, such as C:
    #[arg(long, value_name = "MOUNT")]
    volume: Option<MountPoint>,

    /// The volume's own GUID
    #[arg(long, value_name = "GUID")]
    volume_id: Option<VolumeId>,

    #[command(flatten)]
    pin: PinArgs,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &AssignArgs) -> Result<(), Failure> {
    let mut inventory = Inventory::open(&setting.folder)?;
    let asked = choosing::by_key_id(ui, &mut inventory, &args.key_id)?;
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);
    let request = AssignRequest {
        escrow: asked.record.escrow,
        device: args.device.clone(),
        naming: Naming {
            id: args.volume_id,
            mount: args.volume.clone(),
            kind: None,
        },
    };
    let assigned = working::unsealed(ui, setting, pin, |vault, who| vault.assign(who, &request))?;
    taken::tell(ui, "Assigned", &assigned)
}
