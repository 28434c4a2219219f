//! `import --spool`: a folder in which agents leave drops.
//!
//! ```text
//! DIR/NAME ─take in─▶ commit ─▶ DIR/done/NAME.receipt ─▶ DIR/done/NAME
//!          └─does not open───────▶ DIR/rejected/NAME.reason ─▶ DIR/rejected/NAME
//! ```
//! Killed anywhere, the next run goes on: a drop that was taken in and still lies there is known by its digest, gets its
//! receipt again and is moved then.

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

use crate::command::import::dropped;
use crate::command::import::files;
use crate::command::working;
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
    /// Takes the folder, with `done` and `rejected` in it.
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        let failed = |source| Failure::Write {
            path: folder.to_owned(),
            source,
        };
        if !fs::metadata(folder).map_err(failed)?.is_dir() {
            return Err(failed(io::ErrorKind::NotADirectory.into()));
        }
        for part in [DONE, REJECTED] {
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
        let (mut rejected, mut all) = (0, 0);
        loop {
            let names = self.names()?;
            for few in names.chunks(AT_ONCE) {
                rejected += self.take(ui, setting, pin, few)?;
                all += few.len();
                ui.flush()?;
            }
            if once {
                break;
            }
            thread::sleep(PAUSE);
        }
        match rejected {
            0 => Ok(()),
            rejected => Err(dropped::some_rejected(rejected, all)),
        }
    }

    /// What lies there, by name. What begins with a point is still being written.
    fn names(&self) -> Result<Vec<OsString>, Failure> {
        let failed = |source| Failure::Write {
            path: self.folder.clone(),
            source,
        };
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
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

    /// Takes these in, in one commit, and moves them. Gives how many were rejected.
    fn take(&self, ui: &mut Ui, setting: &Setting, pin: Option<&Pin>, names: &[OsString]) -> Result<usize, Failure> {
        let mut drops: Vec<Dropped> = Vec::new();
        let mut read: Vec<(&OsString, Result<usize, String>)> = Vec::new();
        for name in names {
            read.push(match self.read(name) {
                Ok(dropped) => {
                    drops.push(dropped);
                    (name, Ok(drops.len() - 1))
                }
                Err(why) => (name, Err(why)),
            });
        }
        let receipted = match drops.is_empty() {
            true => None,
            false => Some(working::unsealed_again(ui, setting, pin, |vault, who| {
                vault.take_drops(who, &drops)
            })?),
        };
        let receipts = receipted.as_ref().map(dropped::texts).unwrap_or_default();
        let mut rejected = 0;
        for (name, index) in read {
            let outcome = match &index {
                Ok(index) => receipted.as_ref().and_then(|all| all.outcomes.get(*index)),
                Err(_) => None,
            };
            let shown = name.to_string_lossy();
            let why = match (index, outcome) {
                (Err(why), _) => Some(why),
                (Ok(_), Some(DropOutcome::Rejected(error))) => Some(error.to_string()),
                (Ok(index), _) => {
                    let receipts = receipts.get(index).map(Vec::as_slice);
                    self.finish(name, receipts.unwrap_or_default())?;
                    None
                }
            };
            match (why, outcome) {
                (Some(why), _) => {
                    rejected += 1;
                    self.reject(name, &why)?;
                    dropped::tell_rejected(ui, &shown, &why)?;
                }
                (None, Some(outcome)) => dropped::tell(ui, &shown, outcome)?,
                (None, None) => {}
            }
        }
        Ok(rejected)
    }

    fn read(&self, name: &OsString) -> Result<Dropped, String> {
        let path = self.folder.join(name);
        let bytes = in_file::read_here(&path, MAX_DROP_LEN).map_err(|error| error.to_string())?;
        dropped::parse(&path, &bytes).map_err(|error| error.to_string())
    }

    /// Its receipts first: one that lies in `done` has them beside it.
    fn finish(&self, name: &OsString, receipts: &[String]) -> Result<(), Failure> {
        let done = self.folder.join(DONE);
        let to = free_name(&done, name);
        dropped::write_receipts(&done, &to.to_string_lossy(), receipts)?;
        self.rename(name, &done.join(to))
    }

    fn reject(&self, name: &OsString, why: &str) -> Result<(), Failure> {
        let rejected = self.folder.join(REJECTED);
        let to = free_name(&rejected, name);
        let mut reason = to.clone();
        reason.push(".reason");
        let path = rejected.join(reason);
        files::replace(&path, format!("{why}\n").as_bytes()).map_err(|source| Failure::Write { path, source })?;
        self.rename(name, &rejected.join(to))
    }

    fn rename(&self, name: &OsString, to: &Path) -> Result<(), Failure> {
        let from = self.folder.join(name);
        match files::rename(&from, to) {
            // Whoever put it there took it away.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(source) => Err(Failure::Write { path: from, source }),
            Ok(()) => Ok(()),
        }
    }
}

/// `name`, or the first of `name.2`, `name.3` that nothing in `folder` has.
fn free_name(folder: &Path, name: &OsString) -> OsString {
    let numbered = (2_u64..).map(|number| {
        let mut numbered = name.clone();
        numbered.push(format!(".{number}"));
        numbered
    });
    let mut names = std::iter::once(name.clone()).chain(numbered);
    let free = names.find(|name| !dropped::is_taken(&folder.join(name)));
    free.unwrap_or_else(|| name.clone())
}

const DONE: &str = "done";
const REJECTED: &str = "rejected";
/// Drops in one commit.
const AT_ONCE: usize = 256;
const PAUSE: Duration = Duration::from_secs(5);
