//! The private software TPM.

use std::fs;
use std::fs::File;
use std::io::BufRead;
use std::io::BufReader;
use std::net::TcpStream;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use rustix::fs::FlockOperation;
use strongroom_vault::tpm::Tcti;
use strongroom_vault::tpm::Tpm;
use strongroom_vault::tpm::TpmError;

use crate::fixture::alone;
use crate::fixture::assert_root;
use crate::fixture::content;
use crate::fixture::pcrs;
use crate::fixture::pin;
use crate::fixture::ports_of;
use crate::fixture::processes_in;
use crate::fixture::refused;
use crate::fixture::root;
use crate::fixture::secret;

const HANDLE: u32 = 0x0180_1234;
const HELPER: &str = "STRONGROOM_TEST_FOLDER";

fn lock_file(folder: &Path) -> File {
    File::options()
        .create(true)
        .append(true)
        .open(folder.join("lock"))
        .unwrap()
}

fn open(folder: &Path) -> Tpm {
    Tpm::open(&Tcti::Simulator, folder, &lock_file(folder)).unwrap()
}

fn is_locked(folder: &Path) -> bool {
    rustix::fs::flock(lock_file(folder), FlockOperation::NonBlockingLockExclusive).is_err()
}

#[test]
fn leaves_nothing_but_its_state() {
    let _alone = alone();
    let parent = tempfile::tempdir().unwrap();
    // swtpm would read a comma in a path as the next option.
    let folder = parent.path().join("a vault, with=odd name");
    fs::create_dir(&folder).unwrap();
    let mut tpm = open(&folder);
    let name = tpm.primary_name().to_vec();
    let place = tpm.define_anchor_at(HANDLE, &secret(1)).unwrap();
    tpm.write_anchor(&place, &secret(1), content(3)).unwrap();
    let running = processes_in(&folder);
    let ports = ports_of(&running);
    assert_eq!((running.len(), ports.len()), (1, 2), "{running:?} {ports:?}");
    tpm.close().unwrap();

    assert_eq!(processes_in(&folder), Vec::<u32>::new());
    for port in ports {
        assert!(
            TcpStream::connect(("127.0.0.1", port)).is_err(),
            "port {port} is still open"
        );
    }
    for file in fs::read_dir(folder.join("tpm")).unwrap().map(Result::unwrap) {
        // swtpm's own lock, and its state.
        let name = file.file_name();
        assert!(name == ".lock" || name == "tpm2-00.permall", "{name:?}");
        assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600, "{name:?}");
    }
    assert_eq!(fs::metadata(folder.join("tpm")).unwrap().mode() & 0o777, 0o700);
    let mut others: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    others.sort();
    assert_eq!(others, ["lock", "tpm"]);

    // A copied folder is a working vault.
    let copy = parent.path().join("copy");
    fs::create_dir_all(copy.join("tpm")).unwrap();
    fs::copy(folder.join("tpm/tpm2-00.permall"), copy.join("tpm/tpm2-00.permall")).unwrap();
    let mut tpm = open(&copy);
    assert_eq!(tpm.primary_name(), name);
    assert_eq!(tpm.read_anchor(&place, &secret(1)).unwrap(), Some(content(3)));
    assert_eq!(fs::metadata(copy.join("tpm")).unwrap().mode() & 0o777, 0o700);
}

/// Without TPM2_Shutdown the fourth of these would be locked out.
#[test]
fn thirty_openings_with_a_pin_are_no_lockout() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let mut tpm = open(folder.path());
    tpm.limit_guesses(Some(&secret(1))).unwrap();
    let sealed = tpm.seal(&root(7), &pcrs(""), Some(&pin("4711"))).unwrap();
    drop(tpm);
    for number in 0..30 {
        let mut tpm = open(folder.path());
        assert_root(&tpm.unseal(&sealed, &pcrs(""), Some(&pin("4711"))).unwrap(), 7);
        assert_eq!(tpm.guesses().unwrap().counter, 0, "opening {number}");
        // Dropping is as good as closing.
        if number % 2 == 0 {
            tpm.close().unwrap()
        } else {
            drop(tpm)
        }
    }
    assert_eq!(processes_in(folder.path()), Vec::<u32>::new());
}

#[test]
fn holds_the_lock_as_long_as_it_runs() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let lock = lock_file(folder.path());
    rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive).unwrap();
    let tpm = Tpm::open(&Tcti::Simulator, folder.path(), &lock).unwrap();
    drop(lock);
    assert!(is_locked(folder.path()), "the simulator has the lock too");
    tpm.close().unwrap();
    assert!(!is_locked(folder.path()));
}

/// Not a test by itself: the process that `dies_with_its_parent` kills.
#[test]
fn helper() {
    let Some(folder) = std::env::var_os(HELPER) else { return };
    let folder = Path::new(&folder);
    let lock = lock_file(folder);
    rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive).unwrap();
    let mut tpm = Tpm::open(&Tcti::Simulator, folder, &lock).unwrap();
    let place = tpm.define_anchor_at(HANDLE, &secret(1)).unwrap();
    tpm.write_anchor(&place, &secret(1), content(9)).unwrap();
    eprintln!("ready");
    thread::sleep(Duration::from_secs(60));
}

#[test]
fn dies_with_its_parent() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let mut helper = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "simulator::helper", "--nocapture"])
        .env(HELPER, folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(helper.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "ready"), "the helper failed");
    assert_eq!(processes_in(folder.path()).len(), 1);
    assert!(is_locked(folder.path()));
    helper.kill().unwrap();
    helper.wait().unwrap();
    // Whoever gets the lock finds nobody at the state.
    let begun = Instant::now();
    while is_locked(folder.path()) {
        assert!(begun.elapsed() < Duration::from_secs(5), "the lock is still held");
    }
    assert_eq!(processes_in(folder.path()), Vec::<u32>::new());

    let mut tpm = open(folder.path());
    let place = strongroom_vault::tpm::AnchorPlace::new(HANDLE);
    assert_eq!(tpm.read_anchor(&place, &secret(1)).unwrap(), Some(content(9)));
}

#[test]
fn its_pcrs_are_void() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let mut tpm = open(folder.path());
    for pcr in 0..24_u8 {
        let error = refused(tpm.check_pcrs(&pcrs(&pcr.to_string())));
        assert!(
            matches!(error, TpmError::PcrVoid { pcr: void } if void == pcr),
            "{error}"
        );
    }
}

#[test]
fn state_that_is_not_a_folder_of_ours_is_refused() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    symlink(elsewhere.path(), folder.path().join("tpm")).unwrap();
    let error = refused(Tpm::open(&Tcti::Simulator, folder.path(), &lock_file(folder.path())));
    assert!(matches!(error, TpmError::SimulatorFailed { .. }), "{error}");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn damaged_state_is_refused() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    fs::write(folder.path().join("tpm/tpm2-00.permall"), [0; 100]).unwrap();
    let error = refused(Tpm::open(&Tcti::Simulator, folder.path(), &lock_file(folder.path())));
    assert!(
        matches!(
            error,
            TpmError::SimulatorFailed { .. } | TpmError::Unreachable { .. } | TpmError::Refused { .. }
        ),
        "{error}"
    );
    assert_eq!(processes_in(folder.path()), Vec::<u32>::new());
}
