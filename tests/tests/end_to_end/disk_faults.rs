//! The disk fails under SQLite at any call: with an error, by a short write, by being full, by being gone.

use std::fmt;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::end_to_end::handed_in::handed_in;
use crate::end_to_end::held::Held;
use crate::end_to_end::held::INIT;
use crate::end_to_end::held::assert_can_be_gone_on_from;
use crate::end_to_end::intake_verbs::VERBS;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;
use crate::end_to_end::sweep::sweep;
use crate::end_to_end::sweep::sweep_sample;

/// One call of SQLite to its VFS, and what goes wrong there; `tests/src/faulty_disk.rs` makes it so.
struct DiskFault {
    fault: &'static str,
    nth: usize,
    call: String,
}

impl DiskFault {
    /// Every call of a run with everything that can go wrong at it.
    #[track_caller]
    fn all(run: Run, log: &Path) -> Vec<Self> {
        on(run, "none", 0, log).output().ok();
        let calls = fs::read_to_string(log).unwrap();
        let calls = calls.lines().zip(1..);
        let faults_at = |(call, nth): (&str, usize)| {
            let writes = call.starts_with("write ");
            let faults = FAULTS.iter().filter(move |(_, for_writes)| writes || !for_writes);
            let call = call.to_owned();
            faults.map(move |(fault, _)| Self {
                fault,
                nth,
                call: call.clone(),
            })
        };
        calls.flat_map(faults_at).collect()
    }

    /// Runs it with this fault, and whether it came to it. It answers nothing if it fails.
    #[track_caller]
    fn strike(&self, run: Run, log: &Path) -> (Output, bool) {
        let (output, struck) = self.strike_in_the_middle(run, log);
        assert!(output.code == 0 || output.stdout.is_empty(), "{output:?}");
        (output, struck)
    }

    /// The same of what may have done some of it. A disk that fails is neither an alarm nor a bug, and whoever is told of
    /// it is told what to do.
    #[track_caller]
    fn strike_in_the_middle(&self, run: Run, log: &Path) -> (Output, bool) {
        let output = on(run, self.fault, self.nth, log).output();
        let struck = fs::read_to_string(log).unwrap().contains(" !\n");
        assert!([0, 1].contains(&output.code), "{output:?}");
        if output.code == 1 {
            let error = output.error();
            let text = error["error"].as_str().unwrap();
            assert!(DISK_WORDS.iter().any(|words| text.contains(words)), "{error}");
            assert_ne!(error["hint"], "please report this", "{error}");
        }
        (output, struck)
    }
}

impl fmt::Display for DiskFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at call {}, {}", self.fault, self.nth, self.call)
    }
}

fn on(run: Run, fault: &str, nth: usize, log: &Path) -> Run {
    run.env("STRONGROOM_TEST_DISK", format!("{fault}:{nth}:{}", log.display()))
}

fn log(site: &Site) -> PathBuf {
    site.beside("calls.log")
}

#[test]
fn an_escrow_on_a_failing_disk_is_whole_or_not_at_all() {
    let held = Held::new();
    let escrow = |site: &Site| site.escrowing("LAB-01", &made(3));
    let model = held.site.copied();
    let faults = DiskFault::all(escrow(&model), &log(&model));
    sweep("escrow on a failing disk", &faults, 40, |fault| {
        let site = held.site.copied();
        let (output, struck) = fault.strike(escrow(&site), &log(&site));
        held.assert_escrow_whole_or_not_at_all(&site, output.code == 0);
        struck
    });
}

#[test]
fn a_reveal_on_a_failing_disk_shows_nothing_that_is_not_on_record() {
    let held = Held::new();
    let reveal = |site: &Site| site.revealing(&held.first.protector);
    let model = held.site.copied();
    let faults = DiskFault::all(reveal(&model), &log(&model));
    sweep("reveal on a failing disk", &faults, 40, |fault| {
        let site = held.site.copied();
        let (output, struck) = fault.strike(reveal(&site), &log(&site));
        held.assert_reveal_on_record_if_shown(&site, &output);
        struck
    });
}

#[test]
fn a_verb_of_taking_in_on_a_failing_disk_is_whole_or_not_at_all() {
    let held = handed_in(Site::new());
    for verb in VERBS {
        let model = held.site.copied();
        let faults = DiskFault::all((verb.run)(&model), &log(&model));
        sweep_sample(&format!("{} on a failing disk", verb.name), &faults, 2, |fault| {
            let site = held.site.copied();
            let (output, struck) = fault.strike_in_the_middle((verb.run)(&site), &log(&site));
            verb.assert_holds(&held, &site, &output);
            struck
        });
    }
}

#[test]
fn an_init_on_a_failing_disk_can_always_be_gone_on_from() {
    let init = |site: &Site| site.run(&["--json"]).args(INIT);
    let model = Site::empty();
    let faults = DiskFault::all(init(&model), &log(&model));
    sweep("init on a failing disk", &faults, 120, |fault| {
        let site = Site::empty();
        let (output, struck) = fault.strike(init(&site), &log(&site));
        assert!(output.code == 1 || site.file().exists());
        assert_can_be_gone_on_from(&site, &INIT);
        struck
    });
}

/// Who only looks is told that the disk fails, and never that somebody has changed the file.
#[test]
fn a_look_at_a_failing_disk_raises_no_alarm() {
    let held = Held::new();
    for look in [
        &["audit", "verify"] as &[&str],
        &["audit", "list"],
        &["status"],
        &["list"],
        &["find", "LAB"],
        &["rotation", "list"],
    ] {
        let run = || held.site.run(&[&["--json"], look].concat());
        let faults = DiskFault::all(run(), &log(&held.site));
        sweep(&look.join(" "), &faults, 60, |fault| {
            fault.strike(run(), &log(&held.site)).1
        });
    }
    held.assert_nothing_missing(&held.site);
}

/// What can go wrong, and whether only a write can go wrong like that.
const FAULTS: [(&str, bool); 4] = [("error", false), ("short", true), ("full", true), ("gone", false)];

/// How a failing disk is told.
const DISK_WORDS: [&str; 3] = ["the disk is full", "the disk failed", "read-only"];
