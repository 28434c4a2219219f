//! `import --spool`: a folder in which agents leave drops.
//!
//! ```text
//! DIR/NAME ─move─▶ .taking/NAME ─copy what is read─▶ .importing/NAME ─import─▶ done/NAME.receipt, done/NAME
//!                        │                                 └─does not open───▶ rejected/NAME.reason, rejected/NAME
//!                        └─cannot be read────────────────────────────────────▶ rejected/NAME.reason, rejected/NAME
//! ```
//! An agent's file is moved aside first: so a new one of the same name is another one. From there on only the copy counts,
//! which is the vault's user's: an agent that still has its own file open changes nothing that was imported. Killed anywhere,
//! the next run continues with what is in `.importing` and `.taking`: a drop that was taken in is known by its digest.
//!
//! Whatever is wrong with a file is told, and the run goes on: an agent ends no run.

mod folders;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::ffi::OsString;
use std::path::Path;
use std::slice;
use std::thread;
use std::time::Duration;

use strongroom_core::drop::MAX_DROP_LEN;
use strongroom_core::values::Pin;
use strongroom_files::Folder;
use strongroom_files::PathError;
use strongroom_files::Readers;
use strongroom_vault::ops;
use strongroom_vault::ops::DropOutcome;
use strongroom_vault::ops::Dropped;
use strongroom_vault::ops::ErrorKind;
use strongroom_vault::store::StoreError;

use crate::command::import::dropped;
use crate::command::import::places;
use crate::command::import::spool::folders::Folders;
use crate::exit::Kind;
use crate::failure::Failure;
use crate::in_file;
use crate::setting::Setting;
use crate::ui::Ui;

/// A spool folder, and what came of it so far.
pub(super) struct Spool {
    folders: Folders,
    /// Files that could not be moved or written, told once. They are left for a while: each try could cost a commit.
    stuck: BTreeSet<OsString>,
    rejected: usize,
    drops: usize,
}

/// How one run works.
struct Run<'r> {
    ui: &'r mut Ui,
    setting: &'r Setting,
    pin: Option<&'r Pin>,
}

impl Spool {
    /// Makes a folder a spool.
    pub(super) fn init(folder: &Path, vault: &Path) -> Result<(), Failure> {
        Folders::init(folder, vault)
    }

    /// Opens a spool, and keeps other runs out of it.
    pub(super) fn open(folder: &Path, vault: &Path) -> Result<Self, Failure> {
        Ok(Self {
            folders: Folders::open(folder, vault)?,
            stuck: BTreeSet::new(),
            rejected: 0,
            drops: 0,
        })
    }

    /// Takes in what is in the spool; `once`, or again and again.
    pub(super) fn run(mut self, ui: &mut Ui, setting: &Setting, pin: Option<&Pin>, once: bool) -> Result<(), Failure> {
        let mut run = Run { ui, setting, pin };
        let mut rounds = 0_u32;
        loop {
            match self.round(&mut run) {
                // Another command has the vault for long, or an agent has filled the disk: the drops can wait.
                Err(failure) if !once && can_wait(&failure) => {
                    if rounds.is_multiple_of(ROUNDS_TOLD) {
                        run.ui.warn(format_args!("{}; the spool waits for it", failure.line()));
                    }
                }
                round => round?,
            }
            if once {
                break;
            }
            rounds = rounds.wrapping_add(1);
            if rounds.is_multiple_of(ROUNDS_TOLD) {
                self.stuck.clear();
            }
            thread::sleep(PAUSE);
        }
        match self.rejected {
            0 => Ok(()),
            rejected => Err(dropped::some_rejected(rejected, self.drops)),
        }
    }

    fn round(&mut self, run: &mut Run<'_>) -> Result<(), Failure> {
        // What a killed run left comes first: then nothing is in the way of what is moved there.
        for few in self.names(Stage::Importing)?.chunks(AT_ONCE) {
            self.import(run, few)?;
        }
        for few in self.names(Stage::Taking)?.chunks(AT_ONCE) {
            let copied = self.copy(run, few)?;
            self.import(run, &copied)?;
        }
        for few in self.names(Stage::Spool)?.chunks(AT_ONCE) {
            let aside = self.aside(run, few)?;
            let copied = self.copy(run, &aside)?;
            self.import(run, &copied)?;
        }
        Ok(())
    }

    /// The files in one of the folders, by name. What begins with a point is still being written.
    fn names(&self, stage: Stage) -> Result<Vec<OsString>, Failure> {
        let (folder, is_agents) = match stage {
            Stage::Spool => (&self.folders.spool, true),
            Stage::Taking => (&self.folders.taking, false),
            Stage::Importing => (&self.folders.importing, false),
        };
        let entries = folder.entries(IN_A_ROUND, |entry| {
            let is_hidden = entry.name.as_encoded_bytes().starts_with(b".");
            !(is_hidden || (is_agents && entry.is_folder) || self.stuck.contains(&entry.name))
        })?;
        Ok(entries.into_iter().map(|entry| entry.name).collect())
    }

    /// Moves these aside, and returns those that were there.
    fn aside(&mut self, run: &mut Run<'_>, names: &[OsString]) -> Result<Vec<OsString>, Failure> {
        let mut moved = Vec::new();
        for name in names {
            match self.folders.spool.move_into(name, &self.folders.taking, name) {
                // Its agent took it away.
                Err(error) if error.is_not_found() => {}
                Err(error) => self.leave(run, name, &error)?,
                Ok(()) => moved.push(name.clone()),
            }
        }
        let is_linked = |name: &OsString| matches!(self.folders.taking.look(name), Ok(Some(seen)) if seen.names > 1);
        // Some file systems give a file its name by a link, and it has two names for a moment.
        if moved.iter().any(is_linked) {
            thread::sleep(LINKED);
        }
        Ok(moved)
    }

    /// Copies what can be read of these, and returns the names of the copies; what cannot be read is rejected.
    fn copy(&mut self, run: &mut Run<'_>, names: &[OsString]) -> Result<Vec<OsString>, Failure> {
        let mut copied = Vec::new();
        for name in names {
            match read(&self.folders.taking, name) {
                Err(why) => self.reject(run, Stage::Taking, name, None, &why)?,
                Ok(bytes) => match self.keep(name, &bytes) {
                    Ok(()) => copied.push(name.clone()),
                    Err(error) => self.leave(run, name, &error)?,
                },
            }
        }
        Ok(copied)
    }

    /// Copies a file's bytes, and removes the agent's file.
    fn keep(&self, name: &OsStr, bytes: &[u8]) -> Result<(), PathError> {
        let Folders { taking, importing, .. } = &self.folders;
        importing.write_new(name, bytes, Readers::Everybody)?;
        // The copy is durable. Dying before the removal imports the same bytes twice, which the second time is known.
        match taking.look(name)? {
            Some(seen) => taking.remove(name, &seen),
            None => Ok(()),
        }
    }

    /// Imports these copies, and moves each once it is on record.
    fn import(&mut self, run: &mut Run<'_>, names: &[OsString]) -> Result<(), Failure> {
        let mut drops: Vec<Dropped> = Vec::new();
        let mut copies: Vec<Copied<'_>> = Vec::new();
        for name in names {
            let bytes = match read(&self.folders.importing, name) {
                Ok(bytes) => bytes,
                Err(why) => {
                    self.reject(run, Stage::Importing, name, None, &why)?;
                    continue;
                }
            };
            match dropped::parse(Path::new(name), &bytes) {
                Err(error) => self.reject(run, Stage::Importing, name, Some(&bytes), &error.to_string())?,
                Ok(dropped) => {
                    drops.push(dropped);
                    copies.push(Copied {
                        name,
                        bytes,
                        is_sorted: false,
                    });
                }
            }
        }
        let (setting, pin) = (run.setting, run.pin);
        let imported = dropped::hand_in(run.ui, setting, pin, &drops, |ui, index, outcome, receipts| {
            let Some(copied) = copies.get_mut(index) else {
                return Ok(());
            };
            copied.is_sorted = true;
            self.sort(&mut Run { ui, setting, pin }, copied, outcome, receipts)
        });
        match imported {
            // What one of them holds cannot be recorded: the others do not wait for it.
            Err(failure) if is_of_a_drop(&failure) => {
                let left: Vec<&Copied<'_>> = copies.iter().filter(|copied| !copied.is_sorted).collect();
                if let [copied] = left.as_slice() {
                    self.reject(run, Stage::Importing, copied.name, Some(&copied.bytes), &failure.line())?;
                } else {
                    for copied in left {
                        self.import(run, slice::from_ref(copied.name))?;
                    }
                }
            }
            imported => imported?,
        }
        run.ui.flush()
    }

    /// Puts a copy where it belongs, and tells what became of it.
    fn sort(
        &mut self,
        run: &mut Run<'_>,
        copied: &Copied<'_>,
        outcome: &DropOutcome,
        receipts: &[String],
    ) -> Result<(), Failure> {
        let Copied { name, bytes, .. } = copied;
        if let DropOutcome::Rejected(error) = outcome {
            return self.reject(run, Stage::Importing, name, Some(bytes), &error.to_string());
        }
        let partly = dropped::partly(outcome);
        self.drops += 1;
        self.rejected += usize::from(partly.is_some());
        dropped::tell(run.ui, &name.to_string_lossy(), outcome)?;
        if let Err(error) = self.finish(name, bytes, receipts, partly.as_deref()) {
            // On record all the same; its receipt is handed out again when it is tried again.
            run.ui.warn(format_args!(
                "{} was taken in, and is left for now: {}",
                name.display(),
                Failure::line_of(&error)
            ));
            self.stuck.insert((*name).clone());
            self.rejected += 1;
        }
        Ok(())
    }

    /// Its receipts first: one that is in `done` has them beside it, and the reasons of what was not taken in.
    fn finish(&self, name: &OsStr, bytes: &[u8], receipts: &[String], partly: Option<&str>) -> Result<(), PathError> {
        let Folders { importing, done, .. } = &self.folders;
        let own = places::own_name(Path::new(name));
        let to = places::put_receipts(done, &own, receipts, partly, |name| is_free(done, name, Some(bytes)))?;
        put(importing, name, done, &to)
    }

    fn reject(
        &mut self,
        run: &mut Run<'_>,
        stage: Stage,
        name: &OsStr,
        bytes: Option<&[u8]>,
        why: &str,
    ) -> Result<(), Failure> {
        let rejected = &self.folders.rejected;
        let from = match stage {
            Stage::Spool => &self.folders.spool,
            Stage::Taking => &self.folders.taking,
            Stage::Importing => &self.folders.importing,
        };
        let own = places::own_name(Path::new(name));
        let put = places::put_reason(rejected, &own, why, |name| is_free(rejected, name, bytes))
            .and_then(|to| put(from, name, rejected, &to));
        if let Err(error) = put {
            return self.leave(run, name, &error);
        }
        self.rejected += 1;
        self.drops += 1;
        dropped::tell_rejected(run.ui, &name.to_string_lossy(), why)
    }

    /// Tells that a file stays where it is.
    fn leave(&mut self, run: &mut Run<'_>, name: &OsStr, error: &PathError) -> Result<(), Failure> {
        let why = format!("it is left for now: {}", Failure::line_of(error));
        self.rejected += 1;
        self.drops += 1;
        self.stuck.insert(name.to_owned());
        dropped::tell_rejected(run.ui, &name.to_string_lossy(), &why)
    }
}

/// A copy of an agent's file, as it was read.
struct Copied<'n> {
    name: &'n OsString,
    bytes: Vec<u8>,
    /// Whether it is where it belongs.
    is_sorted: bool,
}

/// Which folder a file is in.
#[derive(Clone, Copy)]
enum Stage {
    Spool,
    Taking,
    Importing,
}

/// Reads a file, or says why it cannot be one of an agent's.
fn read(folder: &Folder, name: &OsStr) -> Result<Vec<u8>, String> {
    let seen = folder.look(name).map_err(|error| Failure::line_of(&error))?;
    // By a second name an agent could hand in a file that is not its own, and have it copied for all to read.
    if seen.is_some_and(|seen| seen.is_plain && seen.names > 1) {
        return Err("it has a second name (a hard link)".to_owned());
    }
    let file = match folder.read(name) {
        Err(PathError::Link { .. }) => return Err("it is a link".to_owned()),
        // The name alone says which file it is.
        Err(PathError::Io { source, .. }) => return Err(source.to_string()),
        file => file.map_err(|error| Failure::line_of(&error))?,
    };
    let bytes = in_file::read_opened(&file, MAX_DROP_LEN).map_err(|error| error.to_string())?;
    Ok(bytes.to_vec())
}

/// Whether a name is free, or holds these bytes already: after a power cut a file may be in two places.
fn is_free(folder: &Folder, name: &str, bytes: Option<&[u8]>) -> Result<bool, PathError> {
    if folder.look(name)?.is_none() {
        return Ok(true);
    }
    let Some(bytes) = bytes else { return Ok(false) };
    Ok(read(folder, OsStr::new(name)).is_ok_and(|there| there == bytes))
}

/// Moves a file to its place, or removes it where its bytes are there already.
fn put(from: &Folder, name: &OsStr, to: &Folder, place: &str) -> Result<(), PathError> {
    match (to.look(place)?, from.look(name)?) {
        (Some(_), Some(seen)) => from.remove(name, &seen),
        _ => from.move_into(name, to, place),
    }
}

/// Whether a failure passes by itself.
fn can_wait(failure: &Failure) -> bool {
    failure.kind() == Kind::Operation(ErrorKind::Busy)
        || matches!(failure, Failure::Vault(ops::Error::Store(StoreError::DiskFull)))
}

/// Whether a failure comes of what a drop holds, and not of the vault.
const fn is_of_a_drop(failure: &Failure) -> bool {
    matches!(failure, Failure::Vault(ops::Error::Store(StoreError::Event(_))))
}

/// Drops that are moved aside together.
const AT_ONCE: usize = 256;
/// Names that are looked at before the others wait for the next round.
const IN_A_ROUND: usize = 4096;
const PAUSE: Duration = Duration::from_secs(5);
/// Rounds after which what is stuck is tried again: about an hour.
const ROUNDS_TOLD: u32 = 720;
const LINKED: Duration = Duration::from_millis(50);
