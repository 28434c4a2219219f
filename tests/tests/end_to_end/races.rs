//! Many at once, and some that die.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use crate::end_to_end::handed_in::FILES;
use crate::end_to_end::handed_in::HANDED;
use crate::end_to_end::handed_in::assert_receipted;
use crate::end_to_end::handed_in::handed_drop;
use crate::end_to_end::handed_in::handed_in;
use crate::end_to_end::handed_in::import_spool;
use crate::end_to_end::intake_verbs::importing;
use crate::end_to_end::intake_verbs::receipt;
use crate::end_to_end::intake_verbs::times_taken;
use crate::end_to_end::machine::hold_lock;
use crate::end_to_end::machine::is_locked;
use crate::end_to_end::machine::processes_in;
use crate::end_to_end::machine::wait_until;
use crate::end_to_end::machine::wait_until_queued;
use crate::end_to_end::passwords::made;
use crate::end_to_end::proxy::Proxy;
use crate::end_to_end::site::Site;
use crate::end_to_end::spooled::assert_spooled;
use crate::end_to_end::sweep::is_full;
use crate::end_to_end::sweep::say;

/// What one of eight did.
#[derive(Default)]
struct Done {
    /// Whether it was the one that took the common password in.
    took_common: bool,
    /// How often it was shown the common password.
    shown_common: usize,
    /// How often that was refused, because another was faster.
    too_late: usize,
}

#[test]
fn eight_at_once_lose_nothing_and_double_nothing() {
    eight_at_once(&Site::new());
}

/// Each is at it for seconds, as on a real TPM, and all the others queue.
#[test]
fn eight_at_once_on_a_slow_tpm_lose_nothing_and_double_nothing() {
    let proxy = Proxy::new();
    let site = proxy.site_with_vault(None);
    proxy.slow_down(Duration::from_millis(if is_full() { 100 } else { 20 }));
    eight_at_once(&site);
}

fn eight_at_once(site: &Site) {
    let first = site.escrow("COMMON", &made(100));
    let workers = 0..8_u64;
    let done: Vec<Done> = thread::scope(|scope| {
        let started: Vec<_> = workers
            .clone()
            .map(|worker| scope.spawn(move || work(site, worker)))
            .collect();
        started.into_iter().map(|worker| worker.join().unwrap()).collect()
    });

    let verified = site.verify();
    assert_eq!(verified["escrows"], 1 + 2 * 8 + 1, "{verified}");
    assert_eq!(
        done.iter().filter(|done| done.took_common).count(),
        1,
        "one took it in, seven found it held"
    );
    for worker in workers {
        let own = site.lines(&["show", &device(worker)]);
        let states: Vec<_> = own.iter().map(|item| item["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["superseded", "current"], "{own:?}");
    }
    let events = site.lines(&["audit", "list"]);
    for (leaf, event) in events.iter().enumerate() {
        assert_eq!(event["leaf"], leaf, "no gap and no double");
    }
    let count = |action: &str, escrow: &Value| {
        let about = |event: &&Value| event["action"] == action && event["escrow_id"] == *escrow;
        events.iter().filter(about).count()
    };
    let total = |of: fn(&Done) -> usize| done.iter().map(of).sum::<usize>();
    assert!(total(|done| done.shown_common) >= 1);
    assert_eq!(count("reveal", &first["escrow_id"]), total(|done| done.shown_common));
    assert_eq!(count("reveal-denied", &first["escrow_id"]), total(|done| done.too_late));
    assert_eq!(
        events.iter().filter(|event| event["action"] == "reveal").count(),
        8 + total(|done| done.shown_common)
    );
    assert_eq!(processes_in(&site.vault()), [] as [u32; 0]);
}

fn work(site: &Site, worker: u64) -> Done {
    let (old, new, common) = (made(worker), made(worker + 20), made(101));
    let mut done = Done::default();
    let patient = ["--wait", "300"];
    site.escrowing(&device(worker), &old).args(patient).output().ok();
    let shown = site.revealing(&old.protector).args(patient).output().ok().json();
    assert_eq!(shown["recovery_password"], old.text.as_str());
    let taken = site.escrowing("COMMON-2", &common).args(patient).output().ok().json();
    done.took_common = taken["already_held"] == false;
    let shown = site.revealing(&made(100).protector).args(patient).output();
    match shown.code {
        0 => {
            assert_eq!(shown.json()["recovery_password"], made(100).text.as_str());
            done.shown_common += 1;
        }
        _ => {
            shown.refused(1, "has changed");
            done.too_late += 1;
        }
    }
    let rotated = site.escrowing(&device(worker), &new).args(patient).output().ok().json();
    assert_eq!(rotated["exposure_ended"], "claimed", "{rotated}");
    done
}

fn device(worker: u64) -> String {
    format!("WORKER-{worker:02}")
}

/// The same files, a drop among them: each password is taken in by one, and all the others find it held.
#[test]
fn imports_of_the_same_files_at_once_lose_nothing_and_double_nothing() {
    let site = handed_in(Site::new()).site;
    let outputs: Vec<Vec<Value>> = thread::scope(|scope| {
        let import = || importing(&site).args(["--wait", "300"]).output().ok().lines();
        let started: Vec<_> = (0..5).map(|_| scope.spawn(import)).collect();
        started.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let said = |outcome: &str| {
        let lines = outputs.iter().flatten();
        lines.filter(|line| line["outcome"] == outcome).count()
    };
    let files: Vec<u64> = FILES
        .iter()
        .flat_map(|(_, records)| records.iter().map(|(number, _)| *number))
        .collect();
    assert_eq!(said("taken"), files.len() + 1);
    assert_eq!((said("held"), said("replayed")), (4 * files.len(), 4));
    for number in files.into_iter().chain([HANDED]) {
        assert_eq!(times_taken(&site, number), 1, "{number}");
    }
    assert_receipted(&site, &receipt(&site), &handed_drop(&site));
    site.verify();
}

/// Whoever comes second is told so, whatever the first one waits for; and what lies there is taken in once.
#[test]
fn two_imports_of_a_spool_do_not_get_in_each_others_way() {
    let site = handed_in(Site::new()).site;
    let lock = hold_lock(&site.vault());
    let first = import_spool(&site).args(["--wait", "300"]).start();
    wait_until_queued(first.id());
    let busy = import_spool(&site)
        .output()
        .refused(6, "another import holds the spool");
    assert_eq!(busy.error()["kind"], "busy");
    drop(lock);
    let first = first.output().ok();
    assert_spooled(&site, &first, &[]);
    site.verify();
}

/// Readers take no lock: while others write they see one commit or the next, and always an answer.
#[test]
fn readers_are_not_disturbed_by_writers() {
    let site = Site::new();
    site.escrow("LAB-00", &made(200));
    let writing = AtomicBool::new(true);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut seen = 0;
                while writing.load(Ordering::Relaxed) {
                    let listed = site.lines(&["list"]).len();
                    assert!(listed >= seen, "{listed} after {seen}");
                    seen = listed;
                    site.run(&["rotation", "list"]).output().ok();
                    site.bare(&["audit", "verify", "--no-tpm"]).output().ok();
                }
            });
        }
        let writer = scope.spawn(|| {
            // Dropped also where it panics: then the readers stop too.
            let _done = Ended(&writing);
            for number in 0..12 {
                site.escrow(&format!("LAB-{number:02}"), &made(number));
                site.reveal(&made(number).protector);
            }
        });
        writer.join().unwrap();
    });
    assert_eq!(site.lines(&["list"]).len(), 13);
    site.verify();
}

/// Says that something has ended when it is dropped.
struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

#[test]
fn who_waits_too_long_is_told_so() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let lock = hold_lock(&site.vault());
    for run in [
        site.escrowing("LAB-01", &made(2)),
        site.revealing(made(1).key_id()),
        site.run(&["--json", "status"]),
        site.run(&["--json", "audit", "verify"]),
    ] {
        let error = run.args(["--wait", "1"]).output().refused(6, "another process").error();
        assert_eq!(error["kind"], "busy", "{error}");
    }
    // Reading needs no lock.
    site.run(&["list"]).output().ok();
    site.run(&["rotation", "list"]).output().ok();
    site.bare(&["audit", "verify", "--no-tpm"]).output().ok();
    drop(lock);
    assert_eq!(site.lines(&["list"]).len(), 1, "nothing was done");
    site.escrow("LAB-01", &made(2));
}

#[test]
fn who_waits_gets_its_turn() {
    let site = Site::new();
    let lock = hold_lock(&site.vault());
    let waiting = site.escrowing("LAB-01", &made(1)).args(["--wait", "300"]).start();
    wait_until_queued(waiting.id());
    drop(lock);
    waiting.output().ok();
    site.verify();
}

/// Killed at whatever it was doing: the next one finds a vault that it can open, and nothing half done.
#[test]
fn a_killed_one_lets_the_next_one_on() {
    let site = Site::new();
    for number in 0..6 {
        let mut running = site.escrowing("LAB-01", &made(number)).start();
        let mut simulator = Vec::new();
        wait_until("its simulator runs", || {
            simulator = processes_in(&site.vault());
            !simulator.is_empty() || !running.is_running()
        });
        let killed = Instant::now();
        running.kill();
        // The simulator goes with it, and only then the lock. How long that takes is said, and not judged.
        wait_until("the lock is free", || !is_locked(&site.vault()));
        say(&format!("from kill to lock: {:?}\n", killed.elapsed()));
        assert_eq!(processes_in(&site.vault()), [] as [u32; 0]);
        let taken = site.escrow("LAB-01", &made(number));
        assert_eq!(taken["state"], "current", "{taken}");
    }
    assert_eq!(site.lines(&["list"]).len(), 6);
    site.verify();
}

#[test]
fn one_killed_in_the_queue_is_no_hindrance() {
    let site = Site::new();
    let lock = hold_lock(&site.vault());
    let mut waiting = site.escrowing("LAB-01", &made(1)).start();
    wait_until_queued(waiting.id());
    waiting.kill();
    drop(lock);
    site.escrow("LAB-01", &made(2));
    assert_eq!(site.lines(&["list"]).len(), 1);
}
