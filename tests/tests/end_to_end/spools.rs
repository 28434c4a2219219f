//! Spool folders, as agents fill them: whatever they call their drops, and whatever they lay down meanwhile.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use rustix::fs::FlockOperation;
use rustix::fs::flock;
use rustix::process::Signal;

use crate::end_to_end::handed_in::assert_receipted;
use crate::end_to_end::handed_in::assert_receipted_unconfirmed;
use crate::end_to_end::handed_in::csv;
use crate::end_to_end::handed_in::drop_key;
use crate::end_to_end::handed_in::enrol;
use crate::end_to_end::handed_in::import_spool;
use crate::end_to_end::handed_in::key_file;
use crate::end_to_end::handed_in::make_spool;
use crate::end_to_end::handed_in::seal;
use crate::end_to_end::handed_in::sender_file;
use crate::end_to_end::handed_in::spool;
use crate::end_to_end::held::names;
use crate::end_to_end::intake_verbs::times_taken;
use crate::end_to_end::machine::hold_lock;
use crate::end_to_end::machine::wait_until;
use crate::end_to_end::machine::wait_until_queued;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::DROP_PROGRAM;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;
use crate::end_to_end::spooled::done;

fn with_spool() -> Site {
    let site = Site::new();
    enrol(&site, "courier", &sender_file(&site)).output().ok();
    drop_key(&site, &key_file(&site)).output().ok();
    make_spool(&site);
    site
}

/// Lays down a drop under a name that may be none for anything else.
fn lay_down(site: &Site, number: u64, name: &[u8]) -> PathBuf {
    let (made, place) = (site.beside("made"), spool(site).join(OsStr::from_bytes(name)));
    seal(site, "--sender", &sender_file(site), number, &made);
    fs::rename(made, &place).unwrap();
    place
}

#[test]
fn every_drop_has_its_place_and_its_receipts() {
    let site = with_spool();
    let table = site.beside("two.csv");
    fs::write(&table, csv(&[(1, "PC-01"), (2, "PC-02")])).unwrap();
    Run::of(DROP_PROGRAM, ["seal", "--sender"])
        .args([sender_file(&site), "--out".into(), spool(&site).join("a"), table])
        .output()
        .ok();
    let long = "x".repeat(255);
    let others = [b"a.2".as_slice(), b"a.receipt", long.as_bytes(), b"a\xfe", b"a\xff"];
    for (name, number) in others.into_iter().zip(3..) {
        lay_down(&site, number, name);
    }
    import_spool(&site).output().ok();

    let cut = "x".repeat(200);
    let drops = ["a", "a.2", "a.receipt.drop", &cut, "a\u{fffd}", "a\u{fffd}.2"];
    let receipts = drops.map(|drop| (drop, format!("{drop}.receipt")));
    let receipts = receipts.into_iter().chain([("a", "a.receipt.2".to_owned())]);
    let mut expected: Vec<String> = drops.map(str::to_owned).to_vec();
    for (drop, receipt) in receipts {
        assert_receipted(&site, &done(&site).join(&receipt), &done(&site).join(drop));
        expected.push(receipt);
    }
    expected.sort();
    assert_eq!(names(&done(&site)), expected);
    for number in 1..8 {
        assert_eq!(times_taken(&site, number), 1, "{number}");
    }
    site.verify();
}

/// An agent that always calls its drops the same lays down the next one while the last is taken in.
#[test]
fn a_drop_that_comes_meanwhile_is_another() {
    let site = with_spool();
    lay_down(&site, 1, b"a");
    let lock = hold_lock(&site.vault());
    let first = import_spool(&site).args(["--wait", "300"]).start();
    wait_until_queued(first.id());
    let second = lay_down(&site, 2, b"a");
    drop(lock);
    first.output().ok();
    assert_eq!((times_taken(&site, 1), times_taken(&site, 2)), (1, 0));
    assert!(second.exists());
    import_spool(&site).output().ok();
    assert_eq!((times_taken(&site, 1), times_taken(&site, 2)), (1, 1));
    assert_eq!(names(&done(&site)), ["a", "a.2", "a.2.receipt", "a.receipt"]);
    for name in ["a", "a.2"] {
        assert_receipted(
            &site,
            &done(&site).join(format!("{name}.receipt")),
            &done(&site).join(name),
        );
    }
    site.verify();
}

/// After a power cut a file that was being moved may lie in both places.
#[test]
fn a_drop_that_lies_in_two_places_is_one() {
    let site = with_spool();
    let (drop, kept) = (lay_down(&site, 1, b"a"), site.beside("kept"));
    fs::copy(&drop, &kept).unwrap();
    import_spool(&site).output().ok();
    fs::copy(&kept, &drop).unwrap();
    let again = import_spool(&site).output().ok().json();
    assert_eq!(again["outcome"], "replayed");
    assert_eq!(names(&done(&site)), ["a", "a.receipt"]);
    assert_eq!(times_taken(&site, 1), 1);
}

/// Files of two folders, of one name: each has a receipt.
#[test]
fn receipts_of_the_same_name_lie_beside_each_other() {
    let site = with_spool();
    let [one, two] = [1, 2].map(|number| {
        let folder = site.beside(&format!("from-{number}"));
        fs::create_dir(&folder).unwrap();
        let drop = folder.join("a.drop");
        fs::rename(lay_down(&site, number, b"a"), &drop).unwrap();
        drop
    });
    let receipts = site.beside("receipts");
    let import = site.run(&["--json", "import"]).args([&one, &two]);
    import.args(["--receipts".as_ref(), receipts.as_os_str()]).output().ok();
    assert_receipted(&site, &receipts.join("a.drop.receipt"), &one);
    assert_receipted(&site, &receipts.join("a.drop.2.receipt"), &two);
}

/// Without --once it goes on, also where another command has the vault for longer than it waits.
#[test]
fn a_watched_spool_is_taken_in_whenever_it_can_be() {
    let site = with_spool();
    let lock = hold_lock(&site.vault());
    lay_down(&site, 1, b"a");
    let spool = spool(&site);
    let watch = site.run(&["--json", "--wait", "0", "import", "--spool"]);
    let mut watching = watch.args([spool.as_os_str()]).start();
    wait_until("it has tried", || spool.join(".importing/a").exists());
    // Long enough that it has been told so in most runs.
    thread::sleep(Duration::from_secs(1));
    drop(lock);
    wait_until("the first is done", || done(&site).join("a").exists());
    lay_down(&site, 2, b"b");
    wait_until("the second is done", || done(&site).join("b").exists());
    assert!(watching.is_running());
    watching.ended_by(Signal::TERM);
    for name in ["a", "b"] {
        let receipt = done(&site).join(format!("{name}.receipt"));
        assert_receipted(&site, &receipt, &done(&site).join(name));
    }
    site.verify();
}

/// Lays down a drop with so many passwords, each of a device of its own.
fn lay_down_many(site: &Site, key: [&OsStr; 2], numbers: std::ops::Range<u64>, name: &str) {
    let devices: Vec<(u64, String)> = numbers.map(|number| (number, format!("PC-{number}"))).collect();
    let records: Vec<(u64, &str)> = devices
        .iter()
        .map(|(number, device)| (*number, device.as_str()))
        .collect();
    let table = site.beside("many.csv");
    fs::write(&table, csv(&records)).unwrap();
    Run::of(DROP_PROGRAM, ["seal"])
        .args(key)
        .args(["--out".into(), spool(site).join(name), table])
        .output()
        .ok();
}

/// What is taken in of it is receipted; what is not is told, beside it and in the answer.
#[test]
fn a_drop_of_which_some_is_taken_in_lies_in_done_with_the_reasons() {
    let site = with_spool();
    lay_down_many(&site, ["--to".as_ref(), key_file(&site).as_os_str()], 1..36, "a");
    let output = import_spool(&site).output().code(1);
    let said = output.lines();
    let outcomes = |word: &str| said.iter().filter(|line| line["outcome"] == word).count();
    assert_eq!((outcomes("taken"), outcomes("rejected")), (32, 3));
    let last = said.last().unwrap();
    assert_eq!(
        (&last["device"], &last["leaf"]),
        (&"PC-35".into(), &serde_json::Value::Null)
    );
    let why = "a drop brings at most 32 passwords for which no enrolled sender speaks";
    assert_eq!(last["why"], why);
    let reasons = fs::read_to_string(done(&site).join("a.reason")).unwrap();
    assert_eq!(reasons.lines().filter(|line| line.ends_with(why)).count(), 3);
    let lying = names(&done(&site));
    assert_eq!(lying.iter().filter(|name| name.contains("receipt")).count(), 32);
    assert_eq!(names(&spool(&site).join("rejected")), [] as [&str; 0]);
    assert_receipted_unconfirmed(&site, &done(&site).join("a.receipt.32"), &done(&site).join("a"));
    site.verify();
}

/// A long batch lets the vault go between two commits, and who waits for it gets it.
#[test]
fn a_command_gets_its_turn_between_two_commits_of_a_batch() {
    let site = with_spool();
    let sender = sender_file(&site);
    for number in 0..6 {
        let key = ["--sender".as_ref(), sender.as_os_str()];
        lay_down_many(&site, key, 1 + number * 90..1 + (number + 1) * 90, &format!("{number}"));
    }
    let importing = import_spool(&site).start();
    wait_until("it has the vault", || is_locked(&site.vault()));
    let escrow = site.escrowing("PC-9999", &made(9999)).start();
    wait_until_queued(escrow.id());
    escrow.output().ok();
    importing.output().ok();
    let events = site.lines(&["audit", "list"]);
    let leaf = |is: &dyn Fn(&serde_json::Value) -> bool| {
        events
            .iter()
            .filter(|event| is(event))
            .map(|event| event["leaf"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    let receipts = leaf(&|event| event["action"] == "receipts");
    let escrow = leaf(&|event| event["device"] == "PC-9999");
    assert_eq!((receipts.len(), escrow.len()), (2, 1));
    assert!(
        receipts[0] < escrow[0] && escrow[0] < receipts[1],
        "{receipts:?}, {escrow:?}"
    );
    site.verify();
}

/// Whether a process holds the lock of the vault.
fn is_locked(vault: &Path) -> bool {
    let lock = fs::File::open(vault.join("lock")).unwrap();
    flock(&lock, FlockOperation::NonBlockingLockShared).is_err()
}
