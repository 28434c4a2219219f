//! A file that is being written: it is hidden under a name of the program's until it is whole.

use std::ffi::OsStr;
use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use crate::PathError;
use crate::Readers;
use crate::unix::folder::Folder;
use crate::unix::seen::Seen;

/// A file without its name; dropped before it is published, it is removed.
///
/// Nothing stands under the final name until it is published, so a writer that is killed blocks no name, and the
/// program never has to tell its own empty file from another program's.
#[derive(Debug)]
pub struct NewFile {
    folder: Folder,
    /// The hidden name, until the file has its own.
    hidden: Option<OsString>,
    file: File,
}

impl NewFile {
    pub(super) fn begin(folder: &Folder, readers: Readers) -> Result<Self, PathError> {
        let (hidden, file) = hidden_file(folder, readers)?;
        let begun = Self {
            folder: folder.clone(),
            hidden: Some(hidden),
            file,
        };
        begun
            .share(readers)
            .map_err(|error| PathError::io(folder.path_or_here(), error))?;
        Ok(begun)
    }

    /// Lets those read it whom the umask would keep out.
    fn share(&self, readers: Readers) -> Result<(), Errno> {
        let own = rustix::fs::fstat(&self.file)?.st_mode & 0o777;
        let mode = match readers {
            Readers::Owner => return Ok(()),
            Readers::Everybody => 0o644,
            Readers::Folder => {
                let around = rustix::fs::fstat(self.folder.descriptor())?.st_mode;
                // A folder that passes its group on is shared with that group.
                if around & SETGID == 0 || around & GROUP_READS == 0 {
                    return Ok(());
                }
                own | GROUP_READS
            }
        };
        rustix::fs::fchmod(&self.file, Mode::from_raw_mode(mode))
    }

    /// Writes bytes after those written before.
    ///
    /// # Errors
    ///
    /// Fails if the system refuses.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        self.file.write_all(bytes).map_err(|error| errno(&error))
    }

    /// Waits until the disk has its bytes.
    pub(super) fn sync(&self) -> Result<(), Errno> {
        self.file.sync_all().map_err(|error| errno(&error))
    }

    /// Writes it, without waiting for the disk, under a name that nothing has.
    ///
    /// # Errors
    ///
    /// Fails if the name is taken, or the file cannot be written.
    pub fn finish(mut self, bytes: &[u8], to: &Folder, name: impl AsRef<OsStr>) -> Result<(), PathError> {
        let name = name.as_ref();
        self.write(bytes).map_err(|error| to.failed(name, error))?;
        self.publish(to, name)
    }

    /// Writes it, without waiting for the disk, in the place of a file of the program's own that was seen there.
    ///
    /// # Errors
    ///
    /// Fails if another file is there now, or the file cannot be written.
    pub fn finish_over(mut self, bytes: &[u8], name: impl AsRef<OsStr>, seen: &Seen) -> Result<(), PathError> {
        let name = name.as_ref();
        self.write(bytes).map_err(|error| self.folder.failed(name, error))?;
        self.publish_over(name, seen)
    }

    /// Gives it a name that nothing has.
    ///
    /// # Errors
    ///
    /// Fails with [`PathError::Exists`] if the name is taken.
    pub(super) fn publish(mut self, to: &Folder, name: &OsStr) -> Result<(), PathError> {
        let Some(hidden) = self.hidden.clone() else {
            return Ok(());
        };
        let (from, into) = (self.folder.descriptor(), to.descriptor());
        // Dying before this call leaves the hidden file alone, which no other run looks at; after it the file is whole. The
        // kernel compares and moves in one step, so no other program's file can be lost in between.
        let named = match rustix::fs::renameat_with(from, &*hidden, into, name, RenameFlags::NOREPLACE) {
            // A file system that cannot do this in one call: a link is refused too if the name is taken.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                rustix::fs::linkat(from, &*hidden, into, name, AtFlags::empty())
            }
            named => {
                self.hidden = named.is_err().then_some(hidden);
                named
            }
        };
        named.map_err(|error| to.failed(name, error))
    }

    /// Gives it the name of a file of the program's own that was seen, in the place of that one.
    pub(super) fn publish_over(mut self, name: &OsStr, seen: &Seen) -> Result<(), PathError> {
        let folder = &self.folder;
        if folder.look(name)?.is_none_or(|now| !now.is(seen)) {
            return Err(PathError::Changed {
                path: folder.place(name),
            });
        }
        let Some(hidden) = self.hidden.clone() else {
            return Ok(());
        };
        rustix::fs::renameat(folder.descriptor(), &*hidden, folder.descriptor(), name)
            .map_err(|error| folder.failed(name, error))?;
        self.hidden = None;
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        let Some(hidden) = &self.hidden else { return };
        let is_ours = || Ok::<_, Errno>(Seen::new(&rustix::fs::fstat(&self.file)?));
        if let (Ok(Some(there)), Ok(ours)) = (self.folder.look(hidden), is_ours())
            && there.is(&ours)
        {
            // What cannot be removed is hidden and the program's own; the failure that led here is told.
            let _ = rustix::fs::unlinkat(self.folder.descriptor(), &**hidden, AtFlags::empty());
        }
    }
}

/// Makes a file under the first free name of the program's; what another program or a killed run left is not touched.
fn hidden_file(folder: &Folder, readers: Readers) -> Result<(OsString, File), PathError> {
    let mode = match readers {
        Readers::Owner => 0o600,
        Readers::Folder | Readers::Everybody => 0o666,
    };
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut tries = 0;
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = OsString::from(format!("{HIDDEN}{}-{number}", std::process::id()));
        match rustix::fs::openat(folder.descriptor(), &*name, flags, Mode::from_raw_mode(mode)) {
            Ok(file) => return Ok((name, File::from(file))),
            Err(Errno::EXIST) if tries < MOST_TRIES => tries += 1,
            Err(error) => return Err(PathError::io(folder.path_or_here(), error)),
        }
    }
}

fn errno(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}

/// How a hidden name begins. In spools and listings, names that begin with a point are left alone.
pub(super) const HIDDEN: &str = ".strongroom-";
static NEXT: AtomicU32 = AtomicU32::new(0);
const MOST_TRIES: usize = 1000;
const SETGID: u32 = 0o2000;
const GROUP_READS: u32 = 0o040;
