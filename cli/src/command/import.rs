//! `import`

mod source;
mod telling;

use std::ffi::OsString;

use clap::Args;
use strongroom_core::intake::Format;
use strongroom_core::values::DeviceName;
use strongroom_core::values::MountPoint;
use strongroom_vault::ops::Arriving;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::Escrowed;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::Who;
use strongroom_vault::ops::in_order;

use crate::args::Moment;
use crate::args::PinArgs;
use crate::command::import::source::Said;
use crate::command::import::source::Source;
use crate::command::working;
use crate::failure::Failure;
use crate::failure::InputError;
use crate::setting::Setting;
use crate::ui::Progress;
use crate::ui::StdinIs;
use crate::ui::Ui;

/// Take in recovery passwords from files
///
/// Reads what Windows saves or prints, manage-bde, Get-BitLockerVolume (JSON or list), Active Directory (LDIF, csvde,
/// Export-Csv, scripts), Microsoft Graph, MBAM and ConfigMgr, and any table or text that holds key protector IDs and
/// recovery passwords, in any language. The format is told by the content. Each password has one line and one outcome; a
/// record that cannot be taken does not stop the rest, and one without a device is held as unassigned. To import a file
/// again changes nothing.
///
/// A password whose source says when it was made is placed by that time. One without supersedes nothing and ends no
/// exposure, unless --taken says when its listing was taken from the machine itself.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  strongroom import ad-export.ldf\n  strongroom import 'BitLocker Recovery Key.txt' --device PC-0042 --volume C:\n  strongroom import manage-bde.txt --device PC-0042 --taken 2026-11-24T10:00:00Z"
)]
pub(crate) struct ImportArgs {
    /// The files; - is stdin
    #[arg(value_name = "FILE", required = true)]
    files: Vec<OsString>,

    /// The device of the passwords whose file names none
    #[arg(long, value_name = "NAME")]
    device: Option<DeviceName>,

    /// Where their volume is mounted, such as C:, for those whose file does not say
    #[arg(long, value_name = "MOUNT")]
    volume: Option<MountPoint>,

    /// Read the files in this format, instead of finding it out
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,

    /// The listing was taken from the machine at this time, so it says which passwords the volume has
    #[arg(long, value_name = "TIME")]
    taken: Option<Moment>,

    /// Say what would become of each, and change nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    pin: PinArgs,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &ImportArgs) -> Result<(), Failure> {
    let inventory = Inventory::open(&setting.folder)?;
    let said = Said {
        device: args.device.as_ref(),
        mount: args.volume.as_ref(),
        format: args.format,
        taken: args.taken.map(Moment::begins),
    };
    let sources = args
        .files
        .iter()
        .map(|file| Source::read(ui, file, &said))
        .collect::<Result<Vec<_>, _>>()?;
    let from_stdin = args.files.iter().any(|file| file == "-");
    let stdin = if from_stdin { StdinIs::Taken } else { StdinIs::Free };
    let pin = working::pin(ui, &inventory, &args.pin, stdin)?;
    drop(inventory);

    let arriving: Vec<Vec<Arriving<'_>>> = sources.iter().map(|source| source.arriving(&said)).collect();
    let total = arriving.iter().map(Vec::len).sum::<usize>();
    let mut progress = ui.progress("passwords", u64::try_from(total).unwrap_or(u64::MAX));
    let mut outcomes: Vec<Vec<Option<Escrowed>>> = Vec::new();
    let taken = working::unsealed(ui, setting, pin, |vault, who| {
        for arriving in &arriving {
            let mut taken = vec![None; arriving.len()];
            let result = take_in(vault, who, arriving, args.dry_run, &mut progress, &mut taken);
            outcomes.push(taken);
            if result.is_err() {
                return Ok(result);
            }
        }
        Ok(Ok(()))
    });
    progress.end();
    let mut rejected = (0, 0);
    for (source, outcomes) in sources.iter().zip(&outcomes) {
        let sums = telling::tell(ui, source, outcomes, args.dry_run)?;
        rejected = (rejected.0 + sums.rejected, rejected.1 + sums.passwords());
    }
    // What was taken in before a failure is on record, and was told.
    taken??;
    match rejected {
        (0, _) => Ok(()),
        (rejected, passwords) => Err(InputError::Rejected { rejected, passwords }.into()),
    }
}

/// Takes a file's passwords in, so many in a commit, in the order of their times. `taken` has what became of each.
fn take_in(
    vault: &mut Unsealed,
    who: &Who,
    arriving: &[Arriving<'_>],
    dry_run: bool,
    progress: &mut Progress,
    taken: &mut [Option<Escrowed>],
) -> Result<(), Error> {
    let order = in_order(arriving);
    // A rehearsal forgets what it did, so it is one.
    let at_once = if dry_run { usize::MAX } else { IN_A_COMMIT };
    for part in order.chunks(at_once.min(order.len()).max(1)) {
        let batch: Vec<&Arriving<'_>> = part.iter().filter_map(|index| arriving.get(*index)).collect();
        let done = || progress.advance(1);
        let escrowed = if dry_run {
            vault.rehearse(who, &batch, done)?
        } else {
            vault.take_in(who, &batch, done)?
        };
        for (index, escrowed) in part.iter().zip(escrowed) {
            if let Some(place) = taken.get_mut(*index) {
                *place = Some(escrowed);
            }
        }
    }
    Ok(())
}

/// Passwords in one commit: few enough that none is held back for long, and each commit is one write to the TPM.
const IN_A_COMMIT: usize = 10_000;
