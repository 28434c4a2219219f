//! `audit export`

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use rustix::fs::Mode;
use serde::Serialize;
use strongroom_vault::ops::HandedOut;
use strongroom_vault::ops::Inventory;
use strongroom_vault::store::ExportFolder;
use strongroom_vault::store::Exported;

use crate::args::PinArgs;
use crate::command::audit::handed_out::OnRecord;
use crate::command::working;
use crate::failure::Failure;
use crate::render::text;
use crate::setting::Setting;
use crate::ui::StdinIs;
use crate::ui::Ui;

/// Hand out the log as files that an auditor checks without the vault
///
/// They are C2SP tlog-tiles: events, hashes and a checkpoint signed now. A second export into the same folder writes only
/// what is new; one that does not extend what lies there is refused, with exit code 4. Each is an event.
///
/// Users and groups that can read the folder DIR can read the files in it. A folder that this command makes is for its
/// owner alone.
#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    /// A folder that holds an export, or nothing, or is not there yet
    #[arg(value_name = "DIR")]
    dir: PathBuf,

    #[command(flatten)]
    pin: PinArgs,
}

/// `audit export --json`
#[derive(Debug, Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    on_record: OnRecord,
    new_events: u64,
    files: u64,
    folder: &'a str,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &ExportArgs) -> Result<(), Failure> {
    let inventory = Inventory::open(&setting.folder)?;
    open_to_readers_of(&args.dir);
    let folder = ExportFolder::open(&args.dir)?;
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);
    let handed_out = working::unsealed(ui, setting, pin, |vault, who| vault.export(who, &folder))?;
    let mut inventory = Inventory::open(&setting.folder)?;
    let mut progress = ui.progress("events", handed_out.checkpoint.size.saturating_sub(folder.size()));
    let exported = inventory.export(&folder, &handed_out, |events| progress.advance(events));
    progress.end();
    say(ui, &folder, &handed_out, exported?)
}

/// Lets those who can read this folder read what the process makes from now on, if the folder exists.
///
/// The umask does it and not a change of modes afterwards: an owner who is not in the folder's group would lose the
/// folder's set-group-ID bit by that. Files of the vault have modes of their own.
fn open_to_readers_of(folder: &Path) {
    let readers = fs::metadata(folder).map_or(0, |found| found.mode() & 0o055);
    rustix::process::umask(Mode::from_raw_mode(0o077 & !readers));
}

fn say(ui: &mut Ui, folder: &ExportFolder, handed_out: &HandedOut, exported: Exported) -> Result<(), Failure> {
    let (checkpoint, path) = (&handed_out.checkpoint, folder.path().to_string_lossy());
    if ui.json() {
        return ui.object(&Answer {
            on_record: OnRecord::of(handed_out),
            new_events: exported.events,
            files: exported.files,
            folder: &path,
        });
    }
    ui.line(format_args!(
        "{} went into {path}, whose log has {} now; it is on record as leaf {}",
        text::number(exported.events, "new event"),
        checkpoint.size,
        handed_out.leaf
    ))?;
    ui.line("The auditor checks them with: strongroom audit verify --export DIR --key VKEY --key VKEY")
}
