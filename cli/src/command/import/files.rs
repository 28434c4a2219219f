//! Files of a spool, that others read: written whole, and moved without taking the place of any.

use std::fs;
use std::fs::File;
use std::fs::OpenOptions;
use std::fs::Permissions;
use std::io;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::fs::CWD;
use rustix::fs::FlockOperation;
use rustix::fs::OFlags;
use rustix::fs::RenameFlags;

/// Writes a file beside its place and moves it there once the disk has it, over one of ours that is there.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.strongroom"));
    let mut file = held_alone(&beside)?;
    file.set_len(0)?;
    file.write_all(bytes)?;
    // Whatever the process keeps from others otherwise.
    file.set_permissions(Permissions::from_mode(READABLE))?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync(path)
}

/// A file that is there for whoever writes it: another run that writes the same one waits, and makes one of its own. One
/// that a killed run left is used again; what is none of ours is not followed.
fn held_alone(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    loop {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        match options.mode(READABLE).custom_flags(flags).open(path) {
            Ok(file) => {
                rustix::fs::flock(&file, FlockOperation::LockExclusive)?;
                if is_there(path, &file)? {
                    return Ok(file);
                }
            }
            Err(error) if fs::remove_file(path).is_err() => return Err(error),
            Err(_) => {}
        }
    }
}

/// Whether this file, a plain one of a single name, is the one at this place.
fn is_there(path: &Path, file: &File) -> io::Result<bool> {
    let held = file.metadata()?;
    let there = fs::symlink_metadata(path).ok();
    let is_it = there.is_some_and(|there| (there.dev(), there.ino()) == (held.dev(), held.ino()));
    if is_it && (!held.is_file() || held.nlink() > 1) {
        fs::remove_file(path)?;
        return Ok(false);
    }
    Ok(is_it)
}

/// Moves a file to a place where nothing is.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)?;
    sync(to)?;
    sync(from)
}

/// Takes a file away.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    sync(path)
}

/// Makes a folder that everybody may read, if it is not there.
pub(super) fn public_folder(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Ok(()) => fs::set_permissions(path, Permissions::from_mode(PUBLIC_FOLDER))?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_folder(path) => {}
        Err(error) => return Err(error),
    }
    sync(path)
}

/// Makes a folder of ours that everybody may read in one where others may write: nobody else may put another in its place.
pub(super) fn own_folder(path: &Path) -> io::Result<()> {
    let around = fs::metadata(folder(path))?.mode();
    if around & WRITABLE_BY_OTHERS != 0 && around & STICKY == 0 {
        let why = "others may write there and put anything in the place of what is ours: set its sticky bit (chmod +t)";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    public_folder(path)?;
    let own = fs::symlink_metadata(path)?;
    if own.uid() != rustix::process::geteuid().as_raw() || own.mode() & WRITABLE_BY_OTHERS != 0 {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let why = format!("the folder {name} in it belongs to another user, or others may write there");
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    Ok(())
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Has the disk know of what was moved in the folder of `path`.
fn sync(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|parent| *parent != Path::new(""));
    folder.unwrap_or(Path::new("."))
}

const READABLE: u32 = 0o644;
const PUBLIC_FOLDER: u32 = 0o755;
const WRITABLE_BY_OTHERS: u32 = 0o022;
const STICKY: u32 = 0o1000;

#[cfg(test)]
mod tests;
