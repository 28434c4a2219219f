//! `import`

mod commits;
mod dropped;
mod places;
mod source;
mod spool;
mod telling;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use strongroom_core::intake::DateOrder;
use strongroom_core::intake::Format;
use strongroom_core::intake::Hints;
use strongroom_core::intake::TextEncoding;
use strongroom_core::values::DeviceName;
use strongroom_core::values::MountPoint;
use strongroom_core::values::Pin;
use strongroom_files::Folder;
use strongroom_files::Readers;
use strongroom_vault::ops::Arriving;
use strongroom_vault::ops::DropOutcome;
use strongroom_vault::ops::Dropped;
use strongroom_vault::ops::Inventory;

use crate::args::Moment;
use crate::args::PinArgs;
use crate::command::import::commits::Commits;
use crate::command::import::source::Read;
use crate::command::import::source::Said;
use crate::command::import::spool::Spool;
use crate::command::working;
use crate::failure::Failure;
use crate::failure::InputError;
use crate::setting::Setting;
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
    /// The files, or drops; - is stdin
    #[arg(value_name = "FILE", required_unless_present_any = ["spool", "spool_init"])]
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
    ///
    /// No password is compared with a held one: where one of the same protector is held, only an import tells, on record,
    /// whether it is the same.
    #[arg(long)]
    dry_run: bool,

    /// Write the receipts of drops into this folder, over nothing that is there
    #[arg(long, value_name = "DIR", conflicts_with_all = ["spool", "dry_run"])]
    receipts: Option<PathBuf>,

    /// Take in the drops that lie in this folder, and move each to `done` or `rejected` in it, beside its receipt
    ///
    /// It looks again every few seconds, until it is ended. Agents may write there and need not read; what begins with a
    /// point is left until it is renamed. The folder has to be one that --spool-init made a spool.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["files", "device", "volume", "format", "taken", "dry_run"])]
    spool: Option<PathBuf>,

    /// Make this empty folder a spool, and end
    ///
    /// It has to belong to the user that runs `import --spool`. If others may write there, it needs the sticky bit.
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with_all = ["files", "device", "volume", "format", "taken", "dry_run", "receipts", "spool", "pin_file"]
    )]
    spool_init: Option<PathBuf>,

    /// Take in what lies in the spool now, and end
    #[arg(long, requires = "spool")]
    once: bool,

    #[command(flatten)]
    pin: PinArgs,

    #[command(flatten)]
    reading: ReadingArgs,
}

/// How the files are to be read where their content does not tell.
#[derive(Args, Debug)]
struct ReadingArgs {
    /// The column with the key protector IDs, by its heading or its number
    #[arg(long, value_name = "COLUMN", conflicts_with = "spool")]
    key_id_column: Option<String>,

    /// The column with the names of devices, by its heading or its number
    #[arg(long, value_name = "COLUMN", conflicts_with = "spool")]
    device_column: Option<String>,

    /// The encoding of files that are not Unicode, such as windows-1252, cp850 or shift_jis
    #[arg(long, value_name = "NAME", conflicts_with = "spool")]
    encoding: Option<TextEncoding>,

    /// The order of numbers in dates such as 3/4/2024: dmy, mdy or ymd
    #[arg(long, value_name = "ORDER", conflicts_with = "spool")]
    date_format: Option<DateOrder>,
}

impl ReadingArgs {
    fn hints(&self, format: Option<Format>) -> Hints<'_> {
        Hints {
            format,
            encoding: self.encoding,
            date_order: self.date_format,
            key_id_column: self.key_id_column.as_deref(),
            device_column: self.device_column.as_deref(),
        }
    }
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &ImportArgs) -> Result<(), Failure> {
    if let Some(folder) = &args.spool_init {
        Spool::init(folder, &setting.folder)?;
        return say_spool(ui, folder);
    }
    let inventory = Inventory::open(&setting.folder)?;
    if let Some(folder) = &args.spool {
        let spool = Spool::open(folder, &setting.folder)?;
        let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
        drop(inventory);
        return spool.run(ui, setting, pin.as_ref(), args.once);
    }
    let said = Said {
        device: args.device.as_ref(),
        mount: args.volume.as_ref(),
        hints: args.reading.hints(args.format),
        taken: args.taken.map(Moment::begins),
    };
    let (mut sources, mut drops) = (Vec::new(), Vec::new());
    for file in &args.files {
        match Read::of(ui, file, &said)? {
            Read::Source(source) => sources.push(source),
            Read::Drop(name, _) if args.dry_run => return Err(unrehearsed(&name)),
            Read::Drop(name, dropped) => drops.push((name, dropped)),
        }
    }
    let receipts = args.receipts.as_deref();
    let receipts = receipts
        .map(|path| Folder::open_or_make(path, Readers::Everybody))
        .transpose()?;
    let from_stdin = args.files.iter().any(|file| file == "-");
    let stdin = if from_stdin { StdinIs::Taken } else { StdinIs::Free };
    let pin = working::pin(ui, &inventory, &args.pin, stdin)?;
    drop(inventory);

    let arriving: Vec<Vec<Arriving<'_>>> = sources.iter().map(|source| source.arriving(&said)).collect();
    let total = arriving.iter().map(Vec::len).sum::<usize>();
    let rejected_drops = hand_in(ui, setting, pin.as_ref(), receipts.as_ref(), &drops)?;
    let mut progress = ui.progress("passwords", u64::try_from(total).unwrap_or(u64::MAX));
    let mut commits = Commits::of(&arriving, args.dry_run);
    let mut taken = Ok(());
    while taken.is_ok() && commits.are_left() {
        taken = working::unsealed_again(ui, setting, pin.as_ref(), |vault, who| {
            commits.take_in(vault, who, || progress.advance(1))
        });
        if taken.is_ok() && commits.are_left() {
            working::step_aside();
        }
    }
    progress.end();
    let outcomes = commits.outcomes;
    let mut rejected = (0, 0);
    for (source, outcomes) in sources.iter().zip(&outcomes) {
        let sums = telling::tell(ui, source, outcomes, args.dry_run)?;
        rejected = (rejected.0 + sums.rejected, rejected.1 + sums.passwords());
    }
    // What was taken in before a failure is on record, and was told.
    taken?;
    match (rejected, rejected_drops) {
        ((0, _), 0) => Ok(()),
        ((0, _), rejected) => Err(dropped::some_rejected(rejected, drops.len())),
        ((rejected, passwords), _) => Err(InputError::Rejected { rejected, passwords }.into()),
    }
}

/// Takes drops in, and tells of them. Gives how many were rejected, in part or as a whole.
fn hand_in(
    ui: &mut Ui,
    setting: &Setting,
    pin: Option<&Pin>,
    receipts: Option<&Folder>,
    drops: &[(String, Dropped)],
) -> Result<usize, Failure> {
    if drops.is_empty() {
        return Ok(0);
    }
    let handed: Vec<Dropped> = drops.iter().map(|(_, dropped)| dropped.clone()).collect();
    let mut written = BTreeSet::new();
    let mut rejected = 0;
    dropped::hand_in(ui, setting, pin, &handed, |ui, index, outcome, texts| {
        let Some((name, _)) = drops.get(index) else {
            return Ok(());
        };
        let is_rejected = matches!(outcome, DropOutcome::Rejected(_)) || dropped::partly(outcome).is_some();
        rejected += usize::from(is_rejected);
        if let Some(folder) = receipts {
            // Files of several folders may have the same name.
            let own = places::own_name(Path::new(name));
            let put = places::put_receipts(folder, &own, texts, None, |name| Ok(!written.contains(name)))?;
            if put != own && !texts.is_empty() {
                let receipt = folder.place(places::receipt_name(&put, 1));
                ui.note(format_args!("the receipt of {name} is in {}", receipt.display()));
            }
            written.insert(put);
        }
        dropped::tell(ui, name, outcome)
    })?;
    Ok(rejected)
}

fn say_spool(ui: &mut Ui, folder: &Path) -> Result<(), Failure> {
    if ui.json() {
        return ui.object(&serde_json::json!({ "spool": folder }));
    }
    ui.line(format_args!(
        "{} is a spool: agents may leave drops there",
        folder.display()
    ))
}

fn unrehearsed(name: &str) -> Failure {
    Failure::usage(
        format!("{name} is a drop, and what becomes of a drop is not rehearsed"),
        "leave it out, or leave --dry-run out",
    )
}
