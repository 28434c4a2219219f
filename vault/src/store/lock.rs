//! The lock on the vault folder.

use std::fs;
use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::fs::FlockOperation;
use rustix::fs::flock;

use crate::store::Folder;
use crate::store::StoreError;
use crate::store::folder::FILE_MODE;

/// The exclusive lock on a vault folder, held until it is dropped, and for as long as a child that was given
/// [`Lock::file`] still runs.
#[derive(Debug)]
pub struct Lock(File);

impl Lock {
    /// Takes the lock, queueing for at most `wait`.
    ///
    /// # Errors
    ///
    /// Fails with [`StoreError::Busy`] when the time is over.
    pub fn take(folder: &Folder, wait: Duration) -> Result<Self, StoreError> {
        let path = folder.lock_file();
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(FILE_MODE)
            .open(&path)
            .map_err(|source| StoreError::io(&path, source))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(Self(file)),
            Err(rustix::io::Errno::WOULDBLOCK) => {}
            Err(error) => return Err(StoreError::io(&path, error.into())),
        }
        queue(file, wait).map_err(|error| {
            if error.kind() == io::ErrorKind::TimedOut {
                StoreError::Busy
            } else {
                StoreError::io(&path, error)
            }
        })
    }

    /// Returns whether another process queues for the lock, as far as the kernel tells this one.
    pub fn is_wanted(&self) -> bool {
        let inode = self.0.metadata().map(|metadata| format!(":{}", metadata.ino()));
        let (Ok(inode), Ok(locks)) = (inode, fs::read_to_string("/proc/locks")) else {
            return false;
        };
        // `8: -> FLOCK  ADVISORY  WRITE 4945 fe:00:10067969 0 EOF`
        let mut waiting = locks.lines().filter(|line| line.contains("-> FLOCK"));
        waiting.any(|line| line.split_whitespace().any(|field| field.ends_with(&inode)))
    }

    /// The locked file: a child that inherits it holds the lock too.
    pub const fn file(&self) -> &File {
        &self.0
    }
}

/// Waits in a blocking flock, so that the kernel keeps the queue, and no longer than `wait`: a thread waits, and where
/// it comes too late its lock ends with the file it holds.
fn queue(file: File, wait: Duration) -> Result<Lock, io::Error> {
    let (locked, outcome) = mpsc::sync_channel(0);
    thread::spawn(move || {
        let result = loop {
            match flock(&file, FlockOperation::LockExclusive) {
                Err(rustix::io::Errno::INTR) => {}
                other => break other,
            }
        };
        // Nobody listens any more: the file is dropped here, and the lock with it.
        drop(locked.send(result.map(|()| file)));
    });
    let file = outcome
        .recv_timeout(wait)
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    Ok(Lock(file))
}
