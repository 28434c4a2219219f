//! A file of the program's own that it reads and writes anew.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;

use crate::PathError;
use crate::Readers;
use crate::unix::folder::Folder;
use crate::unix::seen::Seen;

/// A file whose content the caller knows as its own, or the place of one.
#[derive(Debug)]
pub struct KeptFile {
    folder: Folder,
    name: OsString,
    seen: Option<Seen>,
}

impl KeptFile {
    /// Opens the file, and returns at most `most` bytes and one more of it; none if it is not there.
    ///
    /// # Errors
    ///
    /// Fails as [`Folder::of_file`] does, and if it is not a plain file with a single name.
    pub fn open(path: &Path, most: usize) -> Result<(Self, Option<Vec<u8>>), PathError> {
        let (folder, name) = Folder::of_file(path)?;
        let seen = folder.look(&name)?;
        let mut bytes = None;
        if let Some(seen) = &seen {
            // Under another name it could be any program's.
            if !seen.is_plain || seen.names != 1 {
                return Err(PathError::NotPlain { path: path.to_owned() });
            }
            let most = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
            let mut read = Vec::new();
            let file = folder.read(&name)?;
            file.take(most)
                .read_to_end(&mut read)
                .map_err(|error| PathError::io(path, error))?;
            bytes = Some(read);
        }
        Ok((Self { folder, name, seen }, bytes))
    }

    /// Writes it in the place of what was read; or new, if nothing was there.
    ///
    /// # Errors
    ///
    /// Fails if something else is there now, or it cannot be written.
    pub fn write(self, bytes: &[u8]) -> Result<(), PathError> {
        let Some(seen) = self.seen else {
            return self.folder.write_new(&self.name, bytes, Readers::Folder);
        };
        self.folder.replace(&self.name, &seen, bytes)
    }
}
