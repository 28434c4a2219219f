//! A path, walked folder by folder.

use std::ffi::OsStr;
use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::path::PathBuf;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, fstat, fsync, mkdirat, openat, readlinkat, statat};
use rustix::io::Errno;

use crate::PathError;

/// What becomes of folders that are not there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Missing {
    /// They are an error.
    Refused,
    /// The last one is made, with this mode.
    LastMade(Mode),
    /// All of them are made, with this mode.
    AllMade(Mode),
}

/// A folder that a walk came to.
pub(super) struct Walked {
    pub(super) folder: OwnedFd,
    /// Its path without links; relative if the path was.
    pub(super) path: PathBuf,
}

/// Returns the path of a folder with the system's own links resolved, for programs that look paths up by themselves.
///
/// # Errors
///
/// Fails if a part of the path is any other link, is missing, or is not a folder.
pub fn resolved(path: &Path) -> Result<PathBuf, PathError> {
    let walked = Walk::of(path)?.finish(true, Missing::Refused)?;
    // The working folder, named as itself.
    let is_here = walked.path.as_os_str().is_empty();
    Ok(if is_here { PathBuf::from(".") } else { walked.path })
}

/// Walks to a folder. Where `may_be_link` says so, the last name may be a link of the system's, as any other name may.
pub(super) fn walk(path: &Path, may_be_link: bool, missing: Missing) -> Result<Walked, PathError> {
    Walk::of(path)?.finish(may_be_link, missing)
}

struct Walk {
    at: OwnedFd,
    /// The folders so far, without links.
    path: PathBuf,
    /// Whether root alone can change what lies on the way to `at`.
    is_systems: bool,
    /// What is still to be walked, the next name last.
    names: Vec<OsString>,
    links: usize,
}

impl Walk {
    fn of(given: &Path) -> Result<Self, PathError> {
        let start = if given.has_root() { "/" } else { "." };
        let failed = |error: Errno| PathError::io(given, error);
        // An empty path names nothing.
        if given.as_os_str().is_empty() {
            return Err(failed(Errno::NOENT));
        }
        let at = openat(CWD, start, FOLDER, Mode::empty()).map_err(failed)?;
        let is_systems = given.has_root() && is_roots(&fstat(&at).map_err(failed)?);
        Ok(Self {
            at,
            path: PathBuf::from(if given.has_root() { "/" } else { "" }),
            is_systems,
            names: names(given.as_os_str()),
            links: 0,
        })
    }

    fn finish(mut self, may_be_link: bool, missing: Missing) -> Result<Walked, PathError> {
        while let Some(name) = self.names.pop() {
            let is_last = self.names.is_empty();
            match openat(&self.at, &*name, FOLDER, Mode::empty()) {
                Ok(next) => self.enter(&name, next)?,
                Err(Errno::NOENT) => {
                    let mode = match missing {
                        Missing::AllMade(mode) => mode,
                        Missing::LastMade(mode) if is_last => mode,
                        Missing::LastMade(_) | Missing::Refused => return Err(self.failed(&name, Errno::NOENT)),
                    };
                    let made = self.make(&name, mode)?;
                    self.enter(&name, made)?;
                }
                Err(Errno::NOTDIR | Errno::LOOP) => self.follow(&name, may_be_link || !is_last)?,
                Err(error) => return Err(self.failed(&name, error)),
            }
        }
        Ok(Walked {
            folder: self.at,
            path: self.path,
        })
    }

    fn enter(&mut self, name: &OsStr, next: OwnedFd) -> Result<(), PathError> {
        let stat = fstat(&next).map_err(|error| self.failed(name, error))?;
        self.is_systems &= is_roots(&stat);
        self.path.push(name);
        self.at = next;
        Ok(())
    }

    /// Makes a folder where none is, outside every vault.
    fn make(&self, name: &OsStr, mode: Mode) -> Result<OwnedFd, PathError> {
        super::vault::require_outside(&self.at, &self.path.join(name))?;
        match mkdirat(&self.at, name, mode) {
            // Another process made it at the same time.
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(self.failed(name, error)),
        }
        sync(&self.at).map_err(|error| self.failed(name, error))?;
        openat(&self.at, name, FOLDER, Mode::empty()).map_err(|error| self.failed(name, error))
    }

    /// Goes where a link of the system's leads; refuses any other link, and what is not a folder.
    fn follow(&mut self, name: &OsStr, may_be_link: bool) -> Result<(), PathError> {
        let path = self.path.join(name);
        let stat = statat(&self.at, name, AtFlags::SYMLINK_NOFOLLOW).map_err(|error| self.failed(name, error))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::Symlink {
            return Err(PathError::NotAFolder { path });
        }
        self.links += 1;
        if !may_be_link || !self.is_systems || stat.st_uid != 0 || self.links > MOST_LINKS {
            return Err(PathError::Link { path });
        }
        let target = readlinkat(&self.at, name, Vec::new()).map_err(|error| self.failed(name, error))?;
        let target = OsStr::from_bytes(target.as_bytes());
        if target.as_bytes().starts_with(b"/") {
            self.at = openat(CWD, "/", FOLDER, Mode::empty()).map_err(|error| self.failed(name, error))?;
            self.path = PathBuf::from("/");
            self.is_systems = is_roots(&fstat(&self.at).map_err(|error| self.failed(name, error))?);
        }
        self.names.extend(names(target));
        Ok(())
    }

    fn failed(&self, name: &OsStr, error: Errno) -> PathError {
        PathError::io(&self.path.join(name), error)
    }
}

/// Returns the names in a path, the first one last.
fn names(path: &OsStr) -> Vec<OsString> {
    let names = path.as_bytes().split(|byte| *byte == b'/');
    let names = names.filter(|name| !name.is_empty() && *name != b".");
    let mut names: Vec<OsString> = names.map(|name| OsStr::from_bytes(name).to_owned()).collect();
    names.reverse();
    names
}

/// Whether root alone can change what a folder holds.
fn is_roots(stat: &Stat) -> bool {
    stat.st_uid == 0 && stat.st_mode & WRITABLE_BY_OTHERS == 0
}

/// Makes the names in a folder durable, if this user may read it: an agent may not list a spool that it writes to.
pub(super) fn sync(folder: &OwnedFd) -> Result<(), Errno> {
    match openat(
        folder,
        ".",
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    ) {
        Ok(folder) => match fsync(folder) {
            // A file system that does not sync folders.
            Err(Errno::INVAL | Errno::NOTSUP) => Ok(()),
            synced => synced,
        },
        Err(Errno::ACCESS) => Ok(()),
        Err(error) => Err(error),
    }
}

/// A folder to look names up in, not to read.
pub(super) const FOLDER: OFlags = OFlags::PATH
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);
const WRITABLE_BY_OTHERS: u32 = 0o022;
/// As many as the kernel follows.
const MOST_LINKS: usize = 40;
