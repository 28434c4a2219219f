//! The gate on systems without open folders: agents alone run there, and no vault is near.

use std::fs;
use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::PathError;
use crate::Readers;

/// The place of a file that is to be written, looked at and found free.
#[derive(Debug)]
pub struct OutFile {
    path: PathBuf,
}

impl OutFile {
    /// Finds out whether a file can be written.
    ///
    /// # Errors
    ///
    /// Fails if something has the name, or its folder is a link.
    pub fn new(path: &Path, _: Readers) -> Result<Self, PathError> {
        require_real_folder(path)?;
        if fs::symlink_metadata(path).is_ok() {
            return Err(PathError::Exists { path: path.to_owned() });
        }
        Ok(Self { path: path.to_owned() })
    }

    /// Writes the file, whole.
    ///
    /// # Errors
    ///
    /// Fails if another program has taken the name meanwhile, or the file cannot be written.
    pub fn write(self, bytes: &[u8]) -> Result<(), PathError> {
        let failed = |error| PathError::io(&self.path, error);
        let hidden = Hidden::write(&self.path, bytes).map_err(failed)?;
        // Unlike a rename, a link is refused if the name is taken.
        match fs::hard_link(&hidden.0, &self.path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(failed(error)),
            // A stick whose file system has no links: the name is taken first, and then filled.
            Err(_) => {
                let file = File::create_new(&self.path).map_err(failed)?;
                write_all(Ok(file), bytes).map_err(|error| {
                    drop(fs::remove_file(&self.path));
                    failed(error)
                })
            }
            Ok(()) => Ok(()),
        }
    }
}

/// A file whose content the caller knows as its own, or the place of one.
#[derive(Debug)]
pub struct KeptFile {
    path: PathBuf,
    is_there: bool,
}

impl KeptFile {
    /// Opens the file, and returns at most `most` bytes and one more of it; none if it is not there.
    ///
    /// # Errors
    ///
    /// Fails if it is not a plain file, or its folder is a link.
    pub fn open(path: &Path, most: usize) -> Result<(Self, Option<Vec<u8>>), PathError> {
        require_real_folder(path)?;
        let failed = |error| PathError::io(path, error);
        let kept = |is_there| Self {
            path: path.to_owned(),
            is_there,
        };
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((kept(false), None)),
            Err(error) => return Err(failed(error)),
            Ok(metadata) if !metadata.is_file() => return Err(PathError::NotPlain { path: path.to_owned() }),
            Ok(_) => {}
        }
        let mut bytes = Vec::new();
        let most = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        let file = File::open(path).map_err(failed)?;
        file.take(most).read_to_end(&mut bytes).map_err(failed)?;
        Ok((kept(true), Some(bytes)))
    }

    /// Writes it in the place of what was read; or new, if nothing was there.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be written.
    pub fn write(self, bytes: &[u8]) -> Result<(), PathError> {
        if !self.is_there {
            return OutFile { path: self.path }.write(bytes);
        }
        let failed = |error| PathError::io(&self.path, error);
        let hidden = Hidden::write(&self.path, bytes).map_err(failed)?;
        fs::rename(&hidden.0, &self.path).map_err(failed)
    }
}

/// A file beside its place, removed when it is no longer needed.
struct Hidden(PathBuf);

impl Hidden {
    fn write(path: &Path, bytes: &[u8]) -> io::Result<Self> {
        let mut number = 0_u32;
        loop {
            let name = format!(".strongroom-{}-{number}", std::process::id());
            let hidden = path.with_file_name(name);
            match File::create_new(&hidden) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
                made => {
                    let hidden = Self(hidden);
                    return write_all(made, bytes).map(|()| hidden);
                }
            }
        }
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // Gone already if it was moved to its place.
        drop(fs::remove_file(&self.0));
    }
}

fn write_all(file: io::Result<File>, bytes: &[u8]) -> io::Result<()> {
    let mut file = file?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A reparse point looks like a link here.
fn require_real_folder(path: &Path) -> Result<(), PathError> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    let metadata = fs::symlink_metadata(folder).map_err(|error| PathError::io(folder, error))?;
    let path = folder.to_owned();
    if metadata.is_symlink() {
        return Err(PathError::Link { path });
    }
    if !metadata.is_dir() {
        return Err(PathError::NotAFolder { path });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
