//! An open folder outside every vault: the only place in which the programs write.

use std::ffi::OsStr;
use std::ffi::OsString;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use crate::PathError;
use crate::Readers;
use crate::unix::new_file::NewFile;
use crate::unix::seen::{Entry, Seen};
use crate::unix::vault;
use crate::unix::walk::{FOLDER, Missing, Walked, sync, walk};

/// An open folder that is not a vault's and does not lie in one.
#[derive(Clone, Debug)]
pub struct Folder {
    folder: Arc<OwnedFd>,
    /// As it was named: for messages alone.
    path: PathBuf,
}

impl Folder {
    /// Opens the folder at `path`, which may not be a link.
    ///
    /// # Errors
    ///
    /// Fails if it is missing, is reached through a link, or lies in a vault's folder.
    pub fn open(path: &Path) -> Result<Self, PathError> {
        Self::walked(path, false, Missing::Refused)
    }

    /// Opens the folder at `path`, and makes it if it is missing; the folder above it has to be there.
    ///
    /// # Errors
    ///
    /// Fails as [`Self::open`] does, and if it cannot be made.
    pub fn open_or_make(path: &Path, readers: Readers) -> Result<Self, PathError> {
        let missing = Missing::LastMade(folder_mode(readers));
        let is_there = walk(path, false, Missing::Refused).is_ok();
        let folder = Self::walked(path, false, missing)?;
        if !is_there && readers == Readers::Everybody {
            folder.open_to_everybody()?;
        }
        Ok(folder)
    }

    /// Makes the folder at `path` and those above it, for their owner alone, where they are missing.
    ///
    /// What the folder itself holds is the caller's to judge; those above it are looked at.
    ///
    /// # Errors
    ///
    /// Fails if one is reached through a link, lies in a vault's folder, or cannot be made.
    pub fn make_private(path: &Path) -> Result<Self, PathError> {
        Self::outside_above(path, walk(path, true, Missing::AllMade(Mode::RWXU))?)
    }

    /// Opens the folder in which a file is named, and returns the file's name.
    ///
    /// # Errors
    ///
    /// Fails as [`Self::open`] does, and if the path can only name a folder.
    pub fn of_file(path: &Path) -> Result<(Self, OsString), PathError> {
        let bytes = path.as_os_str().as_bytes();
        let name = path
            .file_name()
            .filter(|_| !bytes.ends_with(b"/") && !bytes.ends_with(b"/."));
        let Some(name) = name else {
            return Err(PathError::NotAFile { path: path.to_owned() });
        };
        let above = path.parent().filter(|above| *above != Path::new(""));
        let folder = Self::walked(above.unwrap_or(Path::new(".")), true, Missing::Refused)?;
        // Messages name files as they were given: without a point before them.
        let path = above.unwrap_or(Path::new("")).to_owned();
        Ok((Self { path, ..folder }, name.to_owned()))
    }

    /// Opens a spool: a folder in which strangers may leave any name, so that none of these makes it a vault's. The folders
    /// above it are looked at.
    ///
    /// # Errors
    ///
    /// Fails as [`Self::open`] does.
    pub fn open_spool(path: &Path) -> Result<Self, PathError> {
        Self::outside_above(path, walk(path, false, Missing::Refused)?)
    }

    fn outside_above(path: &Path, walked: Walked) -> Result<Self, PathError> {
        let above = rustix::fs::openat(&walked.folder, "..", FOLDER, Mode::empty());
        let above = above.map_err(|error| PathError::io(path, error))?;
        vault::require_outside(&above, path)?;
        Ok(Self::new(walked.folder, path))
    }

    fn walked(path: &Path, may_be_link: bool, missing: Missing) -> Result<Self, PathError> {
        let walked = walk(path, may_be_link, missing)?;
        vault::require_outside(&walked.folder, path)?;
        Ok(Self::new(walked.folder, path))
    }

    fn new(folder: OwnedFd, path: &Path) -> Self {
        Self {
            folder: Arc::new(folder),
            path: path.to_owned(),
        }
    }

    /// Its path, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its path, where messages need one.
    pub(super) fn path_or_here(&self) -> &Path {
        if self.path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &self.path
        }
    }

    pub(super) fn descriptor(&self) -> &OwnedFd {
        &self.folder
    }

    /// Returns the path of a name in it, for messages.
    pub fn place(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path.join(name)
    }

    pub(super) fn failed(&self, name: &OsStr, error: Errno) -> PathError {
        PathError::io(&self.place(name), error)
    }

    /// Opens a folder in it.
    ///
    /// # Errors
    ///
    /// Fails if it is missing, is a link, or is a vault's.
    pub fn child(&self, name: impl AsRef<OsStr>) -> Result<Self, PathError> {
        let name = name.as_ref();
        let path = self.place(name);
        match rustix::fs::openat(&self.folder, name, FOLDER, Mode::empty()) {
            Ok(child) => match vault::mark_in(&child).map_err(|error| self.failed(name, error))? {
                Some(found) => Err(PathError::Vault { path, found }),
                None => Ok(Self::new(child, &path)),
            },
            Err(Errno::NOTDIR | Errno::LOOP) => Err(match self.look(name)? {
                Some(seen) if seen.is_plain => PathError::NotAFolder { path },
                _ => PathError::Link { path },
            }),
            Err(error) => Err(self.failed(name, error)),
        }
    }

    /// Opens a folder in it, and makes it if it is missing.
    ///
    /// # Errors
    ///
    /// Fails as [`Self::child`] does, and if it cannot be made.
    pub fn child_or_make(&self, name: impl AsRef<OsStr>, readers: Readers) -> Result<Self, PathError> {
        let name = name.as_ref();
        match rustix::fs::mkdirat(&self.folder, name, folder_mode(readers)) {
            Err(Errno::EXIST) => self.child(name),
            Err(error) => Err(self.failed(name, error)),
            Ok(()) => {
                let child = self.child(name)?;
                if readers == Readers::Everybody {
                    child.open_to_everybody()?;
                }
                self.sync()?;
                Ok(child)
            }
        }
    }

    fn open_to_everybody(&self) -> Result<(), PathError> {
        self.set_mode(0o755)
    }

    /// Closes the folder to everybody except its owner.
    ///
    /// # Errors
    ///
    /// Fails if it is another user's.
    pub fn close_to_others(&self) -> Result<(), PathError> {
        self.set_mode(0o700)
    }

    fn set_mode(&self, mode: u32) -> Result<(), PathError> {
        let failed = |error| PathError::io(self.path_or_here(), error);
        let folder = self.readable().map_err(failed)?;
        rustix::fs::fchmod(folder, Mode::from_raw_mode(mode)).map_err(failed)
    }

    /// Returns whether the folder at `path` is this one, or lies in it. A folder that is not there does not.
    ///
    /// # Errors
    ///
    /// Fails if the system refuses.
    pub fn holds(&self, path: &Path) -> Result<bool, PathError> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(inner) => {
                let outer = self.look_at_itself()?;
                vault::is_below(inner, &outer).map_err(|error| PathError::io(path, error))
            }
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(false),
            Err(error) => Err(PathError::io(path, error)),
        }
    }

    fn readable(&self) -> Result<OwnedFd, Errno> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::openat(&self.folder, ".", flags, Mode::empty())
    }

    /// Returns the folder itself as a file, to be locked or synced.
    ///
    /// # Errors
    ///
    /// Fails if this user may not read it.
    pub fn as_file(&self) -> Result<File, PathError> {
        let folder = self
            .readable()
            .map_err(|error| PathError::io(self.path_or_here(), error))?;
        Ok(File::from(folder))
    }

    /// Returns at most `most` of the names in it that are `wanted`, sorted.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be listed.
    pub fn entries(&self, most: usize, wanted: impl Fn(&Entry) -> bool) -> Result<Vec<Entry>, PathError> {
        let failed = |error| PathError::io(self.path_or_here(), error);
        let mut entries = Vec::new();
        let folder = self.readable().map_err(failed)?;
        for entry in Dir::new(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes()).to_owned();
            if name == "." || name == ".." {
                continue;
            }
            let kind = entry.file_type();
            // A file system that does not say is asked.
            let is_folder = match kind == FileType::Unknown {
                true => self.look(&name)?.is_some_and(|seen| seen.is_folder),
                false => kind == FileType::Directory,
            };
            let entry = Entry { name, is_folder };
            if wanted(&entry) {
                entries.push(entry);
            }
            if entries.len() == most {
                break;
            }
        }
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    /// Looks at the folder itself.
    ///
    /// # Errors
    ///
    /// Fails if the system refuses.
    pub fn look_at_itself(&self) -> Result<Seen, PathError> {
        let stat = rustix::fs::fstat(&self.folder).map_err(|error| PathError::io(self.path_or_here(), error))?;
        Ok(Seen::new(&stat))
    }

    /// Looks at what has a name in it, if anything has; a link is not followed.
    ///
    /// # Errors
    ///
    /// Fails if the system refuses.
    pub fn look(&self, name: impl AsRef<OsStr>) -> Result<Option<Seen>, PathError> {
        let name = name.as_ref();
        match rustix::fs::statat(&self.folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(Seen::new(&stat))),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(self.failed(name, error)),
        }
    }

    /// Opens a file in it for reading. A link is not followed, and a pipe is not waited for.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be opened, with [`PathError::Link`] if it is a link.
    pub fn read(&self, name: impl AsRef<OsStr>) -> Result<File, PathError> {
        self.opened(name.as_ref(), OFlags::RDONLY | OFlags::NONBLOCK)
    }

    fn opened(&self, name: &OsStr, flags: OFlags) -> Result<File, PathError> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
        match rustix::fs::openat(&self.folder, name, flags, Mode::empty()) {
            Ok(file) => Ok(File::from(file)),
            Err(Errno::LOOP) => Err(PathError::Link { path: self.place(name) }),
            Err(error) => Err(self.failed(name, error)),
        }
    }

    /// Begins a file that has no name of its own yet.
    ///
    /// # Errors
    ///
    /// Fails if the folder cannot be written to.
    pub fn begin(&self, readers: Readers) -> Result<NewFile, PathError> {
        NewFile::begin(self, readers)
    }

    /// Writes a file under a name that nothing has, whole and durably.
    ///
    /// # Errors
    ///
    /// Fails if the name is taken, or the file cannot be written.
    pub fn write_new(&self, name: impl AsRef<OsStr>, bytes: &[u8], readers: Readers) -> Result<(), PathError> {
        let mut file = self.begin(readers)?;
        file.write(bytes).map_err(|error| self.failed(name.as_ref(), error))?;
        file.sync().map_err(|error| self.failed(name.as_ref(), error))?;
        file.publish(self, name.as_ref())?;
        self.sync()
    }

    /// Writes a file in the place of one of the program's own that was seen there, whole and durably.
    ///
    /// # Errors
    ///
    /// Fails if another file is there now, or the file cannot be written.
    pub fn replace(&self, name: impl AsRef<OsStr>, seen: &Seen, bytes: &[u8]) -> Result<(), PathError> {
        let name = name.as_ref();
        let mut file = self.begin(Readers::Folder)?;
        file.write(bytes).map_err(|error| self.failed(name, error))?;
        file.sync().map_err(|error| self.failed(name, error))?;
        file.publish_over(name, seen)?;
        self.sync()
    }

    /// Moves what has a name to a name in another folder that nothing has, and waits until the disk has both folders.
    ///
    /// # Errors
    ///
    /// Fails if that name is taken, or the system refuses.
    pub fn move_into(&self, name: impl AsRef<OsStr>, to: &Self, new: impl AsRef<OsStr>) -> Result<(), PathError> {
        let (name, new) = (name.as_ref(), new.as_ref());
        rustix::fs::renameat_with(&self.folder, name, &to.folder, new, RenameFlags::NOREPLACE)
            .map_err(|error| self.failed(name, error))?;
        to.sync()?;
        self.sync()
    }

    /// Removes a file, if it still is the one that was seen.
    ///
    /// # Errors
    ///
    /// Fails if it is another one now, or the system refuses.
    pub fn remove(&self, name: impl AsRef<OsStr>, seen: &Seen) -> Result<(), PathError> {
        let name = name.as_ref();
        if self.look(name)?.is_none_or(|now| !now.is(seen)) {
            return Err(PathError::Changed { path: self.place(name) });
        }
        rustix::fs::unlinkat(&self.folder, name, AtFlags::empty()).map_err(|error| self.failed(name, error))?;
        self.sync()
    }

    /// Makes the names in it durable, if this user may read it.
    ///
    /// # Errors
    ///
    /// Fails if the disk does.
    pub fn sync(&self) -> Result<(), PathError> {
        sync(&self.folder).map_err(|error| PathError::io(self.path_or_here(), error))
    }
}

const fn folder_mode(readers: Readers) -> Mode {
    match readers {
        Readers::Owner => Mode::RWXU,
        Readers::Folder | Readers::Everybody => Mode::from_raw_mode(0o777),
    }
}
