//! What is found in a folder.

use std::ffi::OsString;

use rustix::fs::{FileType, Stat};

/// A name in a folder.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// The name.
    pub name: OsString,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// What was found under a name: which file it is, and of which kind.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Seen {
    /// Device and inode: what a file is, whatever it is called.
    id: (u64, u64),
    /// A folder.
    pub is_folder: bool,
    /// A plain file.
    pub is_plain: bool,
    /// How many names it has.
    pub names: u64,
    /// The number of its owner.
    pub owner: u32,
    /// Its permission bits.
    pub mode: u32,
}

impl Seen {
    pub(super) fn new(stat: &Stat) -> Self {
        let kind = FileType::from_raw_mode(stat.st_mode);
        Self {
            id: (stat.st_dev, stat.st_ino),
            is_folder: kind == FileType::Directory,
            is_plain: kind == FileType::RegularFile,
            names: stat.st_nlink,
            owner: stat.st_uid,
            mode: stat.st_mode & 0o7777,
        }
    }

    /// Returns whether it is the same file.
    pub fn is(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
