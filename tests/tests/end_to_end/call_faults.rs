//! A system call of the program fails: the disk has an error, is full, or is mounted read-only.
//!
//! Beside SQLite's calls these are those for the lock, the folder, an init's note, the simulator and its state, the TPM's
//! socket, and the answer itself.

use std::fmt;

use crate::end_to_end::calls::Point;
use crate::end_to_end::calls::calls;
use crate::end_to_end::calls::log;
use crate::end_to_end::handed_in::handed_in;
use crate::end_to_end::held::Held;
use crate::end_to_end::held::INIT_WITH_PIN;
use crate::end_to_end::held::assert_can_be_gone_on_from;
use crate::end_to_end::intake_verbs::VERBS;
use crate::end_to_end::machine::is_locked;
use crate::end_to_end::machine::processes_in;
use crate::end_to_end::machine::wait_until;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::PIN;
use crate::end_to_end::site::Site;
use crate::end_to_end::sweep::sweep;
use crate::end_to_end::sweep::sweep_sample;

/// One call, and the error that it comes to.
struct CallFault {
    point: Point,
    error: &'static str,
}

impl CallFault {
    #[track_caller]
    fn all(site: &Site, run: Run) -> Vec<Self> {
        let mut points = calls(NAMES, run, &log(site));
        // What the loader of the program opens is not the program's.
        points.retain(|point| !point.is_on("openat(") || point.is_on("O_CREAT") || point.is_on("O_RDWR"));
        let faults = points.into_iter().flat_map(|point| {
            let for_files = ["EIO", "ENOSPC", "EROFS"].map(|error| (error, point.clone()));
            let needs_room = [
                "write(",
                "pwrite64(",
                "openat(",
                "mkdir(",
                "mkdirat(",
                "rename(",
                "renameat2(",
                "unlink(",
                "unlinkat(",
            ];
            let takes = if needs_room.iter().any(|call| point.is_on(call)) {
                3
            } else {
                1
            };
            for_files.into_iter().take(takes)
        });
        faults.map(|(error, point)| Self { point, error }).collect()
    }

    /// Runs it with this fault. Whatever fails, it is neither an alarm nor a bug; nobody outlives the program.
    #[track_caller]
    fn strike(&self, site: &Site, run: Run) -> Output {
        let output = self.point.failing(self.error, run, &log(site)).output();
        assert!([0, 1, 5].contains(&output.code), "{output:?}");
        // It cannot say anything where its stderr is what fails.
        if output.code != 0 && !output.stderr.is_empty() {
            let error = output.error();
            assert_ne!(error["hint"], "please report this", "{error}");
        }
        if site.vault().exists() {
            wait_until("swtpm is gone", || processes_in(&site.vault()).is_empty());
            wait_until("the lock is free", || !is_locked(&site.vault()));
        }
        output
    }
}

impl fmt::Display for CallFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.error, self.point)
    }
}

#[test]
fn an_escrow_with_a_failing_call_is_whole_or_not_at_all() {
    let held = Held::new();
    let escrow = |site: &Site| site.escrowing("LAB-01", &made(3));
    let model = held.site.copied();
    let faults = CallFault::all(&model, escrow(&model));
    sweep("escrow with a failing call", &faults, 22, |fault| {
        let site = held.site.copied();
        let output = fault.strike(&site, escrow(&site));
        held.assert_escrow_whole_or_not_at_all(&site, output.code == 0);
        true
    });
}

#[test]
fn a_reveal_with_a_failing_call_shows_nothing_that_is_not_on_record() {
    let held = Held::new();
    let reveal = |site: &Site| site.revealing(&held.first.protector);
    let model = held.site.copied();
    let faults = CallFault::all(&model, reveal(&model));
    sweep("reveal with a failing call", &faults, 22, |fault| {
        let site = held.site.copied();
        let output = fault.strike(&site, reveal(&site));
        held.assert_reveal_on_record_if_shown(&site, &output);
        true
    });
}

#[test]
fn a_verb_of_taking_in_with_a_failing_call_is_whole_or_not_at_all() {
    let held = handed_in(Site::new());
    for verb in VERBS {
        let model = held.site.copied();
        let faults = CallFault::all(&model, (verb.run)(&model));
        sweep_sample(&format!("{} with a failing call", verb.name), &faults, 2, |fault| {
            let site = held.site.copied();
            let output = fault.strike(&site, (verb.run)(&site));
            verb.assert_holds(&held, &site, &output);
            true
        });
    }
}

#[test]
fn an_init_with_a_failing_call_can_always_be_gone_on_from() {
    let model = empty_with_pin();
    let faults = CallFault::all(&model, initialising(&model));
    assert_inits_can_be_gone_on_from("init with a failing call", &faults, 30);
}

/// While a sealed object is loaded there is much to flush, and libtss2 keeps the connection that it could not send on: a
/// swtpm, which answers one client at a time, would never answer another.
#[test]
fn an_init_that_cannot_send_an_unsealing_waits_for_no_answer() {
    let model = empty_with_pin();
    let mut faults = CallFault::all(&model, initialising(&model));
    faults.retain(|fault| fault.point.is_unsealing());
    assert_inits_can_be_gone_on_from("init that cannot send an unsealing", &faults, 1);
}

#[track_caller]
fn assert_inits_can_be_gone_on_from(name: &str, faults: &[CallFault], nth: usize) {
    sweep(name, faults, nth, |fault| {
        let site = empty_with_pin();
        let output = fault.strike(&site, initialising(&site));
        assert!(output.code != 0 || site.file().exists(), "{output:?}");
        assert_can_be_gone_on_from(&site, &INIT_WITH_PIN);
        true
    });
}

fn empty_with_pin() -> Site {
    let mut site = Site::empty();
    site.set_pin(PIN);
    site
}

fn initialising(site: &Site) -> Run {
    site.run(&[&["--json"], &INIT_WITH_PIN[..]].concat())
}

/// The calls that a disk, a kernel or a terminal can refuse.
const NAMES: &str = "openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,sendto,ftruncate,\
     fallocate,clone3,execve";
