//! `import --spool`: a folder in which agents leave drops.
//!
//! ```text
//! DIR/NAME ─▶ DIR/.taking/NAME ─take in─▶ commit ─▶ DIR/done/NAME.receipt ─▶ DIR/done/NAME
//!                              └─does not open───▶ DIR/rejected/NAME.reason ─▶ DIR/rejected/NAME
//! ```
//! What is read is moved aside first: so it is what goes to `done`, also where its agent lays down another one of that name
//! meanwhile. Killed anywhere, the next run goes on with what lies aside: a drop that was taken in is known by its digest,
//! gets its receipt again and is moved then.

use std::ffi::OsString;
use std::fs;
use std::fs::File;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use rustix::fs::FlockOperation;
use strongroom_core::drop::MAX_DROP_LEN;
use strongroom_core::values::Pin;
use strongroom_vault::ops::DropOutcome;
use strongroom_vault::ops::Dropped;
use strongroom_vault::ops::ErrorKind;

use crate::command::import::dropped;
use crate::command::import::files;
use crate::command::import::places;
use crate::exit::Kind;
use crate::failure::Failure;
use crate::in_file;
use crate::setting::Setting;
use crate::ui::Ui;

/// A spool folder, held by one run.
pub(super) struct Spool {
    folder: PathBuf,
    /// Locked as long as it is there.
    _done: File,
}

impl Spool {
    /// Takes the folder, with what is ours in it.
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        let failed = |source| Failure::Write {
            path: folder.to_owned(),
            source,
        };
        if !fs::metadata(folder).map_err(failed)?.is_dir() {
            return Err(failed(io::ErrorKind::NotADirectory.into()));
        }
        for part in [DONE, REJECTED, TAKING] {
            files::own_folder(&folder.join(part)).map_err(failed)?;
        }
        let done = File::open(folder.join(DONE)).map_err(failed)?;
        if rustix::fs::flock(&done, FlockOperation::NonBlockingLockExclusive).is_err() {
            return Err(Failure::SpoolBusy {
                path: folder.to_owned(),
            });
        }
        Ok(Self {
            folder: folder.to_owned(),
            _done: done,
        })
    }

    /// Takes in what lies there; `once`, or again and again.
    pub(super) fn run(&self, ui: &mut Ui, setting: &Setting, pin: Option<&Pin>, once: bool) -> Result<(), Failure> {
        let mut sums = Sums::default();
        loop {
            match self.round(ui, setting, pin, &mut sums) {
                // Another command has the vault for long: what lies here can wait.
                Err(failure) if !once && failure.kind() == Kind::Operation(ErrorKind::Busy) => {}
                round => round?,
            }
            if once {
                break;
            }
            thread::sleep(PAUSE);
        }
        match sums.rejected {
            0 => Ok(()),
            rejected => Err(dropped::some_rejected(rejected, sums.drops)),
        }
    }

    fn round(&self, ui: &mut Ui, setting: &Setting, pin: Option<&Pin>, sums: &mut Sums) -> Result<(), Failure> {
        // What lies aside already comes first: then nothing is in the way of what is moved there.
        let aside = names(&self.folder.join(TAKING))?;
        for few in aside.chunks(AT_ONCE) {
            sums.add(self.take(ui, setting, pin, few)?, few.len());
        }
        for few in names(&self.folder)?.chunks(AT_ONCE) {
            let few = self.aside(few)?;
            sums.add(self.take(ui, setting, pin, &few)?, few.len());
        }
        Ok(())
    }

    /// Moves these aside. Gives those that are there now: whoever laid one down may have taken it away.
    fn aside(&self, names: &[OsString]) -> Result<Vec<OsString>, Failure> {
        let aside = self.folder.join(TAKING);
        let mut moved = Vec::new();
        for name in names {
            let from = self.folder.join(name);
            match files::rename(&from, &aside.join(name)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(Failure::Write { path: from, source }),
                Ok(()) => moved.push(name.clone()),
            }
        }
        Ok(moved)
    }

    /// Takes these in, and moves each once it is on record. Gives how many were rejected, in part or as a whole.
    fn take(&self, ui: &mut Ui, setting: &Setting, pin: Option<&Pin>, names: &[OsString]) -> Result<usize, Failure> {
        let mut rejected = 0;
        let (mut drops, mut files): (Vec<Dropped>, Vec<&OsString>) = (Vec::new(), Vec::new());
        for name in names {
            match self.read(name) {
                Ok(dropped) => {
                    drops.push(dropped);
                    files.push(name);
                }
                Err(why) => {
                    rejected += 1;
                    self.reject(name, &why)?;
                    dropped::tell_rejected(ui, &name.to_string_lossy(), &why)?;
                }
            }
        }
        dropped::hand_in(ui, setting, pin, &drops, |ui, index, outcome, receipts| {
            let Some(name) = files.get(index) else { return Ok(()) };
            match outcome {
                DropOutcome::Rejected(why) => {
                    rejected += 1;
                    self.reject(name, &why.to_string())?;
                }
                DropOutcome::Taken(_) | DropOutcome::Replayed(_) | DropOutcome::Left => {
                    let partly = dropped::partly(outcome);
                    rejected += usize::from(partly.is_some());
                    self.finish(name, receipts, partly.as_deref())?;
                }
            }
            dropped::tell(ui, &name.to_string_lossy(), outcome)
        })?;
        ui.flush()?;
        Ok(rejected)
    }

    fn read(&self, name: &OsString) -> Result<Dropped, String> {
        let path = self.folder.join(TAKING).join(name);
        let bytes = in_file::read_here(&path, MAX_DROP_LEN).map_err(|error| error.to_string())?;
        dropped::parse(&path, &bytes).map_err(|error| error.to_string())
    }

    /// Its receipts first: one that lies in `done` has them beside it, and the reasons of what was not taken in.
    fn finish(&self, name: &OsString, receipts: &[String], partly: Option<&str>) -> Result<(), Failure> {
        let (done, from) = (self.folder.join(DONE), self.folder.join(TAKING).join(name));
        let to = places::place(&done, &from);
        dropped::write_receipts(&done, &to, receipts)?;
        if let Some(reasons) = partly {
            let path = done.join(places::reason_name(&to));
            files::replace(&path, reasons.as_bytes()).map_err(|source| Failure::Write { path, source })?;
        }
        put(&from, &done.join(to))
    }

    fn reject(&self, name: &OsString, why: &str) -> Result<(), Failure> {
        let (rejected, from) = (self.folder.join(REJECTED), self.folder.join(TAKING).join(name));
        let to = places::place(&rejected, &from);
        let path = rejected.join(places::reason_name(&to));
        files::replace(&path, format!("{why}\n").as_bytes()).map_err(|source| Failure::Write { path, source })?;
        put(&from, &rejected.join(to))
    }
}

/// How many drops were handled.
#[derive(Default)]
struct Sums {
    rejected: usize,
    drops: usize,
}

impl Sums {
    const fn add(&mut self, rejected: usize, drops: usize) {
        self.rejected += rejected;
        self.drops += drops;
    }
}

/// Moves a file to its place, or takes it away where it lies there already.
fn put(from: &Path, to: &Path) -> Result<(), Failure> {
    let put = match places::is_taken(to) {
        true => files::remove(from),
        false => files::rename(from, to),
    };
    put.map_err(|source| Failure::Write {
        path: from.to_owned(),
        source,
    })
}

/// The files in a folder, by name. What begins with a point is still being written.
fn names(folder: &Path) -> Result<Vec<OsString>, Failure> {
    let failed = |source| Failure::Write {
        path: folder.to_owned(),
        source,
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let hidden = name.as_encoded_bytes().starts_with(b".");
        if !hidden && !entry.file_type().map_err(failed)?.is_dir() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

const DONE: &str = "done";
const REJECTED: &str = "rejected";
/// What lies here was moved aside to be taken in.
const TAKING: &str = ".taking";
/// Drops that are moved aside together.
const AT_ONCE: usize = 256;
const PAUSE: Duration = Duration::from_secs(5);
