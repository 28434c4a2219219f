//! The folders of a spool, and the mark that makes a folder one.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rustix::fs::FlockOperation;
use strongroom_files::Entry;
use strongroom_files::Folder;
use strongroom_files::PathError;
use strongroom_files::Readers;

use crate::failure::Failure;
use crate::failure::SpoolError;

/// A spool folder, held by one run.
pub(super) struct Folders {
    /// Where agents leave drops.
    pub(super) spool: Folder,
    /// Agents' files that were moved aside; agents cannot look in.
    pub(super) taking: Folder,
    /// Copies of what was read of them; agents cannot look in.
    pub(super) importing: Folder,
    /// What was taken in.
    pub(super) done: Folder,
    /// What was not.
    pub(super) rejected: Folder,
    /// The mark, locked. It is the vault's user's and closed to others, so that no agent can hold its lock.
    _mark: File,
}

impl Folders {
    /// Makes a folder of this user a spool: one that is empty, or was one before marks were made.
    pub(super) fn init(path: &Path, vault: &Path) -> Result<(), Failure> {
        let spool = usable(path, vault)?;
        if mark(&spool)?.is_some() {
            return Ok(());
        }
        let was_spool = [DONE, TAKING].iter().all(|name| own_child(&spool, name).is_ok());
        let foreign = |entry: &Entry| !OURS.iter().any(|name| entry.name == **name);
        match spool.entries(1, foreign)?.first() {
            Some(entry) if !was_spool => {
                return Err(Failure::from(SpoolError::NotEmpty {
                    path: path.to_owned(),
                    name: entry.name.to_string_lossy().into_owned(),
                }));
            }
            _ => {}
        }
        // The mark comes last: a folder that bears it is complete.
        opened(&spool)?;
        Ok(spool.write_new(MARK, MARK_TEXT.as_bytes(), Readers::Owner)?)
    }

    /// Opens a spool, and keeps other runs out of it.
    pub(super) fn open(path: &Path, vault: &Path) -> Result<Self, Failure> {
        let spool = usable(path, vault)?;
        let mark = mark(&spool)?.ok_or_else(|| SpoolError::NotMarked { path: path.to_owned() })?;
        if rustix::fs::flock(&mark, FlockOperation::NonBlockingLockExclusive).is_err() {
            return Err(SpoolError::Busy { path: path.to_owned() }.into());
        }
        let [taking, importing, done, rejected] = opened(&spool)?;
        Ok(Self {
            spool,
            taking,
            importing,
            done,
            rejected,
            _mark: mark,
        })
    }
}

/// Opens a folder of this user in which nobody else can put anything in the place of another's file, and which does not
/// hold the vault.
fn usable(path: &Path, vault: &Path) -> Result<Folder, Failure> {
    let spool = Folder::open_spool(path)?;
    if spool.holds(vault)? {
        return Err(SpoolError::HoldsVault { path: path.to_owned() }.into());
    }
    let seen = spool.look_at_itself()?;
    let user = rustix::process::geteuid().as_raw();
    let (path, owner) = (path.to_owned(), seen.owner);
    if owner != user {
        return Err(SpoolError::Owner { path, owner, user }.into());
    }
    if seen.mode & WRITABLE_BY_OTHERS != 0 && seen.mode & STICKY == 0 {
        return Err(SpoolError::NotSticky { path }.into());
    }
    Ok(spool)
}

/// Opens the mark, if it is one that this user's program made: an agent can leave a file of that name, and not one of this
/// user.
fn mark(spool: &Folder) -> Result<Option<File>, Failure> {
    let user = rustix::process::geteuid().as_raw();
    let is_ours = spool
        .look(MARK)?
        .is_some_and(|seen| seen.is_plain && seen.names == 1 && seen.owner == user && seen.mode & 0o077 == 0);
    if !is_ours {
        return Ok(None);
    }
    let (mut file, mut text) = (spool.read(MARK)?, Vec::new());
    let read = file.by_ref().take(64).read_to_end(&mut text);
    read.map_err(|error| PathError::io(&spool.place(MARK), error))?;
    Ok((text == MARK_TEXT.as_bytes()).then_some(file))
}

/// Opens the folders in a spool, and makes those that are missing.
fn opened(spool: &Folder) -> Result<[Folder; 4], Failure> {
    let mut private = [TAKING, IMPORTING].map(|name| (name, Readers::Owner)).to_vec();
    private.extend([DONE, REJECTED].map(|name| (name, Readers::Everybody)));
    for (name, readers) in private {
        spool.child_or_make(name, readers)?;
    }
    let folders = [TAKING, IMPORTING, DONE, REJECTED].map(|name| own_child(spool, name));
    let [taking, importing, done, rejected] = folders;
    let folders = [taking?, importing?, done?, rejected?];
    for private in folders.iter().take(2) {
        private.close_to_others()?;
    }
    Ok(folders)
}

/// Opens a folder of this user's in the spool, which others may not write to.
fn own_child(spool: &Folder, name: &str) -> Result<Folder, Failure> {
    let child = spool.child(name)?;
    let seen = child.look_at_itself()?;
    let user = rustix::process::geteuid().as_raw();
    let path = child.path().to_owned();
    let owner = seen.owner;
    if owner != user {
        return Err(SpoolError::Owner { path, owner, user }.into());
    }
    if seen.mode & WRITABLE_BY_OTHERS != 0 {
        return Err(SpoolError::Writable { path }.into());
    }
    Ok(child)
}

const MARK: &str = ".strongroom-spool";
const MARK_TEXT: &str = "strongroom spool\n";
const DONE: &str = "done";
const REJECTED: &str = "rejected";
const TAKING: &str = ".taking";
const IMPORTING: &str = ".importing";
const OURS: [&str; 5] = [MARK, DONE, REJECTED, TAKING, IMPORTING];
const WRITABLE_BY_OTHERS: u32 = 0o022;
const STICKY: u32 = 0o1000;

#[cfg(test)]
mod tests;
