//! Copying what was committed from the write-ahead log into the file, on a thread of its own.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::thread::Builder;
use std::thread::JoinHandle;

use crate::store::file::connect;

/// The copying that was begun last.
#[derive(Default)]
pub(super) struct Copying(Option<JoinHandle<()>>);

impl Copying {
    /// Begins it, once the one before has ended. Nothing depends on it: where it fails, or there is no thread to have,
    /// whoever closes the file last does it.
    pub(super) fn begin(&mut self, file: &Path) {
        self.end();
        let file = file.to_owned();
        self.0 = Builder::new().spawn(move || drop(copy(&file))).ok();
    }

    /// Waits for it if the write-ahead log is long: what is written next then begins it anew, instead of making it longer.
    pub(super) fn end_if_long(&mut self, file: &Path) {
        if self.0.is_some() && fs::metadata(log_of(file)).is_ok_and(|log| log.len() > LONG) {
            self.end();
        }
    }

    fn end(&mut self) {
        if let Some(thread) = self.0.take() {
            drop(thread.join());
        }
    }
}

impl Drop for Copying {
    fn drop(&mut self) {
        self.end();
    }
}

/// Copies as much as nobody else is in the way of.
fn copy(file: &Path) -> rusqlite::Result<()> {
    connect(file)?.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |_| Ok(()))
}

/// SQLite's write-ahead log of a file.
fn log_of(file: &Path) -> PathBuf {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// Bytes that a write-ahead log may have without need.
const LONG: u64 = 64 * 1024 * 1024;
