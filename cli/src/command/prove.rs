//! `prove`

mod comparing;
mod telling;

use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use strongroom_core::fve;
use strongroom_core::fve::Located;
use strongroom_core::fve::Metadata;
use strongroom_core::values::DeviceName;
use strongroom_core::values::LogText;
use strongroom_core::values::ProtectorId;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::ProveRequest;
use strongroom_vault::ops::Proved;
use strongroom_vault::ops::TrialResult;

use crate::args::PinArgs;
use crate::command::prove::comparing::Compared;
pub(crate) use crate::command::prove::telling::Presented;
use crate::command::working;
use crate::failure::ChoiceError;
use crate::failure::Failure;
use crate::failure::ImageFault;
use crate::image_file::ImageFile;
use crate::setting::Setting;
use crate::ui::StdinIs;
use crate::ui::Ui;

/// Prove on a volume that its passwords open it
///
/// Reads the BitLocker metadata of a partition, a disk, or an image of one, and nothing else of it, and writes nothing
/// there. It lists the volume's key protectors, says which recovery passwords are held, which are missing, and which of
/// the vault's are no longer on the volume; and tries those that are held, without showing one. What opened is marked
/// `proven`; what the volume lists decides conflicts, and whether exposures have ended.
///
/// It takes an operator who neither was shown what opens the volume nor took it in: they could have made the volume up.
/// Their word is marked `presented`, counts as a claim, and supersedes no other password, until another operator presents
/// a volume with the same master key. An image with another master key than the proven one is refused, on record.
///
/// A proof says what the image says that is presented: an old copy of a volume tells of old times.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  strongroom prove /dev/sdb2\n  strongroom prove disk.img --offset 1048576\n  strongroom prove /dev/sdb2 --password-stdin < password.txt"
)]
pub(crate) struct ProveArgs {
    /// The partition, disk, or image
    #[arg(value_name = "IMAGE-OR-DEVICE")]
    image: PathBuf,

    /// The volume begins at this byte of it
    #[arg(long, value_name = "BYTES")]
    offset: Option<u64>,

    /// Whose volume it is, where the same protector is held for several devices
    #[arg(long, value_name = "NAME", value_parser = DeviceName::kept, conflicts_with = "password_stdin")]
    device: Option<DeviceName>,

    /// Try the password on stdin, or one that is typed, and use no vault
    #[arg(long, conflicts_with = "pin_file")]
    password_stdin: bool,

    #[command(flatten)]
    pin: PinArgs,
}

pub(super) fn run(
    ui: &mut Ui,
    setting: impl FnOnce() -> Result<Setting, Failure>,
    args: &ProveArgs,
) -> Result<(), Failure> {
    let (located, metadata) = read(&args.image, args.offset).map_err(|source| Failure::Image {
        path: args.image.clone(),
        source,
    })?;
    let mut presented = Presented::of(&args.image, located, &metadata);
    if args.password_stdin {
        return typed(ui, &mut presented);
    }
    let setting = setting()?;
    let file = name(&args.image)?;
    let mut inventory = Inventory::open(&setting.folder)?;
    let listed: Vec<ProtectorId> = metadata.recovery_protectors().collect();
    presented.compared = Some(Compared::of(
        &mut inventory,
        metadata.volume,
        &listed,
        args.device.as_ref(),
    )?);
    if presented.held() == 0 {
        presented.tell(ui)?;
        let what = match listed.is_empty() {
            true => "recovery password on this volume",
            false => HELD,
        };
        return Err(ChoiceError::Nothing { what: what.to_owned() }.into());
    }
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);

    let request = ProveRequest {
        file,
        volume_id: metadata.volume,
        listed,
        device: args.device.clone(),
    };
    let trial = working::unsealed_again(ui, &setting, pin.as_ref(), |vault, who| {
        vault.begin_trial(who, &request)
    })?;
    if trial.is_empty() {
        // They were assigned to another device meanwhile.
        presented.tell(ui)?;
        return Err(ChoiceError::Nothing { what: HELD.to_owned() }.into());
    }
    let rounds = u64::from(fve::ROUNDS).saturating_mul(u64::try_from(trial.len()).unwrap_or(u64::MAX));
    let mut progress = ui.progress("rounds of hashing", rounds);
    let tried = trial.run(&metadata, |rounds| progress.advance(u64::from(rounds)));
    progress.end();
    let proved = working::unsealed(ui, &setting, pin, |vault, who| vault.end_trial(who, &tried))?;
    let result = verdict(&proved);
    presented.proved = Some(proved);
    presented.tell(ui)?;
    result
}

/// Tries a password that is typed or piped in on every recovery protector.
fn typed(ui: &mut Ui, presented: &mut Presented<'_>) -> Result<(), Failure> {
    let metadata = presented.metadata;
    let listed: Vec<ProtectorId> = metadata.recovery_protectors().collect();
    if listed.is_empty() {
        presented.tell(ui)?;
        let what = "recovery password on this volume".to_owned();
        return Err(ChoiceError::Nothing { what }.into());
    }
    let password = super::escrow::password(ui)?;
    let rounds = u64::from(fve::ROUNDS).saturating_mul(u64::try_from(listed.len()).unwrap_or(u64::MAX));
    let mut progress = ui.progress("rounds of hashing", rounds);
    let mut before = 0;
    let proof = fve::prove(metadata, &password, &listed, None, |now| {
        progress.advance(u64::from(now.done.checked_sub(before).unwrap_or(now.done)));
        before = now.done;
        std::ops::ControlFlow::Continue(())
    });
    progress.end();
    drop(password);
    presented.typed = Some(proof);
    presented.tell(ui)?;
    if TrialResult::of(proof).opened() {
        return Ok(());
    }
    Err(Failure::DidNotOpen { tried: 1 })
}

fn verdict(proved: &Proved) -> Result<(), Failure> {
    if proved.tried.iter().any(|proven| proven.result.opened()) {
        return Ok(());
    }
    let is_other = |result| result == TrialResult::OtherMasterKey;
    if proved.tried.iter().any(|proven| is_other(proven.result)) {
        return Err(Failure::OtherMasterKey);
    }
    Err(Failure::DidNotOpen {
        tried: proved.tried.len(),
    })
}

/// The one volume of an image, and its metadata.
fn read(path: &Path, offset: Option<u64>) -> Result<(Located, Metadata), ImageFault> {
    let mut image = ImageFile::open(path)?;
    let located = match offset {
        Some(offset) => fve::at(&mut image, offset)?,
        None => only(fve::locate(&mut image)?)?,
    };
    let metadata = fve::read(&mut image, &located)?;
    Ok((located, metadata))
}

fn only(mut volumes: Vec<Located>) -> Result<Located, ImageFault> {
    let offsets: Vec<String> = volumes.iter().map(|volume| volume.offset.to_string()).collect();
    match volumes.pop() {
        Some(volume) if volumes.is_empty() => Ok(volume),
        _ => Err(ImageFault::Several {
            volumes: offsets.len(),
            offsets: offsets.join(", "),
        }),
    }
}

/// The name under which an image stands in the log.
fn name(path: &Path) -> Result<LogText, Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.parse().map_err(|source| Failure::Text {
        argument: "the name of the image".to_owned(),
        source,
    })
}

const HELD: &str = "password held for this volume";
