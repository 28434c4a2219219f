//! `escrow`

use clap::Args;
use strongroom_core::state::Naming;
use strongroom_core::state::Rule;
use strongroom_core::values::DeviceName;
use strongroom_core::values::MountPoint;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::VolumeId;
use strongroom_core::values::VolumeType;
use strongroom_vault::ops::EscrowRequest;
use strongroom_vault::ops::Inventory;

use crate::args::Moment;
use crate::args::PinArgs;
use crate::command::taken;
use crate::command::working;
use crate::failure::Failure;
use crate::failure::InputError;
use crate::setting::Setting;
use crate::ui::StdinIs;
use crate::ui::Ui;

/// Take in one recovery password
///
/// It is asked for on the terminal, else it is the one line on stdin. What becomes of it, and of older ones of the same
/// volume, follows the rules of the volume; the answer names the rule that decided.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  strongroom escrow --device PC-0042 --volume C: \\\n    --protector '{4F2A1B3C-0000-4000-8000-000000000000}' < password.txt"
)]
pub(crate) struct EscrowArgs {
    /// The device
    #[arg(long, value_name = "NAME")]
    device: DeviceName,

    /// The protector whose password it is: Windows' recovery key ID, the whole GUID
    #[arg(long, value_name = "GUID")]
    protector: ProtectorId,

    /// Where the volume is mounted, such as C:
    #[arg(long, value_name = "MOUNT")]
    volume: Option<MountPoint>,

    /// What kind of volume it is: os, fixed, removable or unknown
    #[arg(long, value_name = "TYPE")]
    volume_type: Option<VolumeType>,

    /// The volume's own GUID
    #[arg(long, value_name = "GUID")]
    volume_id: Option<VolumeId>,

    /// When the password was made; now, unless this is given
    #[arg(long, value_name = "TIME")]
    created: Option<Moment>,

    #[command(flatten)]
    pin: PinArgs,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &EscrowArgs) -> Result<(), Failure> {
    let inventory = Inventory::open(&setting.folder)?;
    let password = password(ui)?;
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Taken)?;
    drop(inventory);
    let request = EscrowRequest {
        device: args.device.clone(),
        naming: Naming {
            id: args.volume_id,
            mount: args.volume.clone(),
            kind: args.volume_type,
        },
        protector: args.protector,
        password: &password,
        created: args.created.map(Moment::begins),
    };
    let escrowed = working::unsealed(ui, setting, pin, |vault, who| vault.escrow(who, &request))?;
    drop(password);
    let done = if escrowed.rule == Rule::AlreadyHeld {
        "Already held"
    } else {
        "Taken in"
    };
    taken::tell(ui, done, &escrowed)
}

/// The password. A person may mistype it twice; a script is told at once.
pub(super) fn password(ui: &mut Ui) -> Result<RecoveryPassword, Failure> {
    let mut tries = if ui.has_person() { 3 } else { 1 };
    loop {
        let text = ui.password_text()?;
        if text.trim().is_empty() {
            return Err(InputError::Nothing.into());
        }
        tries -= 1;
        match RecoveryPassword::parse(&text) {
            Ok(password) => return Ok(password),
            Err(error) if tries == 0 => return Err(error.into()),
            Err(error) => ui.warn(format_args!("{error}; type it again")),
        }
    }
}
