//! How a vault's folder is known, wherever it is and whoever's it is.

use std::os::fd::AsFd;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, fstat, openat, statat};
use rustix::io::Errno;

use crate::PathError;
use crate::unix::seen::Seen;

/// The vault file.
pub const VAULT_FILE: &str = "vault.db";
/// The vault file while an init is still writing it.
pub const VAULT_NEW: &str = "vault.db.new";
/// The note of an init that is under way or was interrupted.
pub const VAULT_PENDING: &str = "init.pending";
/// The lock of a vault's folder.
pub const VAULT_LOCK: &str = "lock";
const VAULT_WAL: &str = "vault.db-wal";

/// Refuses a folder that is a vault's, or that lies in one.
///
/// The folders above are those of the kernel (`..` of what is open), so a bind mount or another spelling of the path
/// changes nothing.
pub(super) fn require_outside(folder: &impl AsFd, path: &Path) -> Result<(), PathError> {
    let failed = |error: Errno| PathError::io(path, error);
    let mut at = above(folder, ".").map_err(failed)?;
    loop {
        if let Some(found) = mark_in(&at).map_err(failed)? {
            return Err(PathError::Vault {
                path: path.to_owned(),
                found,
            });
        }
        let here = Seen::new(&fstat(&at).map_err(failed)?);
        let next = match above(&at, "..") {
            Ok(next) => next,
            // A folder that this user cannot look into is not a vault that this user could damage, nor is one above it
            // a vault: a vault's folders are its owner's.
            Err(Errno::ACCESS) => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        if Seen::new(&fstat(&next).map_err(failed)?).is(&here) {
            return Ok(());
        }
        at = next;
    }
}

/// Returns whether a folder is another one or lies in it, by the kernel's `..`.
pub(super) fn is_below(inner: OwnedFd, outer: &Seen) -> Result<bool, Errno> {
    let mut at = inner;
    loop {
        let here = Seen::new(&fstat(&at)?);
        if here.is(outer) {
            return Ok(true);
        }
        let next = match above(&at, "..") {
            Err(Errno::ACCESS) => return Ok(false),
            next => next?,
        };
        if Seen::new(&fstat(&next)?).is(&here) {
            return Ok(false);
        }
        at = next;
    }
}

/// Returns the name of the file by which a folder is a vault's, if it is one.
///
/// It has to belong to the folder's owner, as in every vault: in `/tmp` or a spool another user could leave such a name
/// to shut others out.
pub(super) fn mark_in(folder: &impl AsFd) -> Result<Option<&'static str>, Errno> {
    let owner = fstat(folder)?.st_uid;
    for name in [VAULT_FILE, VAULT_WAL, VAULT_NEW, VAULT_PENDING, VAULT_LOCK] {
        match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) if stat.st_uid == owner && (name != VAULT_LOCK || is_lock(&stat)) => return Ok(Some(name)),
            Ok(_) | Err(Errno::NOENT) => {}
            // Only its owner uses a vault, and could look.
            Err(Errno::ACCESS) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Other programs call files so too; that of a vault is plain, empty and its owner's alone.
fn is_lock(stat: &Stat) -> bool {
    let kind = FileType::from_raw_mode(stat.st_mode);
    kind == FileType::RegularFile && stat.st_size == 0 && Mode::from_raw_mode(stat.st_mode).bits() & 0o777 == 0o600
}

fn above(folder: &impl AsFd, name: &str) -> Result<OwnedFd, Errno> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(folder, name, flags, Mode::empty())
}
