//! What the kernel knows: locks, processes, ports.

use std::fs;
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use rustix::fs::FlockOperation;
use rustix::fs::flock;

/// Returns whether the tests run as root.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Takes the lock of a vault folder, and holds it until it is dropped.
pub(crate) fn hold_lock(vault: &Path) -> File {
    let lock = lock_file(vault);
    flock(&lock, FlockOperation::LockExclusive).unwrap();
    lock
}

/// Whether anybody holds the lock of a vault folder.
pub(crate) fn is_locked(vault: &Path) -> bool {
    flock(lock_file(vault), FlockOperation::NonBlockingLockExclusive).is_err()
}

fn lock_file(vault: &Path) -> File {
    File::options()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(vault.join("lock"))
        .unwrap()
}

/// Waits until this process waits for a flock; it has read all its input by then.
#[track_caller]
pub(crate) fn wait_until_queued(process: u32) {
    wait_until("it queues for the lock", || {
        has_line_in_locks(&["->", "FLOCK", "ADVISORY", "WRITE", &process.to_string()])
    });
}

fn has_line_in_locks(words: &[&str]) -> bool {
    let locks = fs::read_to_string("/proc/locks").unwrap();
    let mut lines = locks.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    // 1: -> FLOCK  ADVISORY  WRITE 31344 fe:00:10010646 0 EOF
    lines.any(|fields| fields[1..].starts_with(words))
}

/// Waits for what is to come, however slow the machine.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut come: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !come() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited in vain until {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// The processes that work in this folder: swtpm works in its state's.
pub(crate) fn processes_in(folder: &Path) -> Vec<u32> {
    let folder = fs::canonicalize(folder).unwrap();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers
        .filter(|process: &u32| fs::read_link(format!("/proc/{process}/cwd")).is_ok_and(|cwd| cwd.starts_with(&folder)))
        .collect()
}

/// The one child of this process.
#[track_caller]
pub(crate) fn child_of(process: u32) -> u32 {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap();
    children
        .trim()
        .parse()
        .unwrap_or_else(|err| panic!("{err}: {children:?}"))
}

/// Whether this process listens on all of these ports.
pub(crate) fn listens(process: u32, ports: &[u16]) -> bool {
    let Ok(entries) = fs::read_dir(format!("/proc/{process}/fd")) else {
        return false;
    };
    // It may close one while we look.
    let links = entries.flatten().filter_map(|entry| fs::read_link(entry.path()).ok());
    let sockets: Vec<_> = links.map(|link| link.to_string_lossy().into_owned()).collect();
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let listening = |port: &u16| {
        let mut rows = table
            .lines()
            .map(|line| line.split_ascii_whitespace().collect::<Vec<_>>());
        rows.any(|row| {
            row[3] == "0A"
                && row[1].ends_with(&format!(":{port:04X}"))
                && sockets.contains(&format!("socket:[{}]", row[9]))
        })
    };
    ports.iter().all(listening)
}
