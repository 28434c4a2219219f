//! Killed at any moment: the program at each of its system calls.

use std::fs;

use crate::end_to_end::calls::Point;
use crate::end_to_end::calls::log;
use crate::end_to_end::calls::points;
use crate::end_to_end::calls::points_on_a_copy;
use crate::end_to_end::calls::points_to;
use crate::end_to_end::handed_in::handed_in;
use crate::end_to_end::handed_in::import_spool;
use crate::end_to_end::held::Held;
use crate::end_to_end::held::INIT;
use crate::end_to_end::held::INIT_WITH_PIN;
use crate::end_to_end::held::assert_can_be_gone_on_from;
use crate::end_to_end::held::names;
use crate::end_to_end::intake_verbs::VERBS;
use crate::end_to_end::machine::is_locked;
use crate::end_to_end::machine::processes_in;
use crate::end_to_end::machine::wait_until;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::PIN;
use crate::end_to_end::site::Site;
use crate::end_to_end::spooled::assert_spooled;
use crate::end_to_end::spooled::lay_down_wrong_ones;
use crate::end_to_end::sweep::sweep;
use crate::end_to_end::sweep::sweep_sample;
use crate::end_to_end::swtpm::Swtpm;

#[test]
fn a_killed_init_can_always_be_gone_on_from() {
    let model = Site::empty();
    let points = points(model.run(&INIT), &log(&model));
    sweep("init killed", &points, 9, |point| {
        let site = Site::empty();
        let killed = killed(&site, site.run(&INIT), point);
        assert!(killed.stdout.is_empty() || site.file().exists(), "{killed:?}");
        assert_can_be_gone_on_from(&site, &INIT);
        was_killed(&killed)
    });
}

/// Here it sets the TPM's limits on guesses as well, and whoever goes on does that again.
#[test]
fn a_killed_init_with_a_pin_can_always_be_gone_on_from() {
    let empty = || {
        let mut site = Site::empty();
        site.set_pin(PIN);
        site
    };
    let model = empty();
    let points = points(model.run(&INIT_WITH_PIN), &log(&model));
    sweep("init with a PIN killed", &points, 14, |point| {
        let site = empty();
        let killed = killed(&site, site.run(&INIT_WITH_PIN), point);
        assert_can_be_gone_on_from(&site, &INIT_WITH_PIN);
        let swtpm = Swtpm::start(&site.tpm_state());
        assert!(swtpm.is_lockout_auth_set());
        was_killed(&killed)
    });
}

/// What undoes a killed init may be killed too.
#[test]
fn a_killed_clean_can_always_be_gone_on_from() {
    let model = Site::empty();
    let points_of_init = points(model.run(&INIT), &log(&model));
    let before_its_place = points_of_init.iter().find(|point| point.is_on("vault.db.new\""));
    let interrupted = Site::empty();
    killed(&interrupted, interrupted.run(&INIT), before_its_place.unwrap());
    assert_eq!(
        names(&interrupted.vault()),
        ["init.pending", "lock", "tpm", "vault.db.new"]
    );

    let clean = |site: &Site| site.run(&["init", "--clean"]);
    let points = points_on_a_copy(&interrupted, clean);
    sweep("init --clean killed", &points, 8, |point| {
        let site = interrupted.copied();
        let killed = killed(&site, clean(&site), point);
        assert_can_be_gone_on_from(&site, &INIT);
        was_killed(&killed)
    });
}

#[test]
fn a_killed_escrow_is_whole_or_not_at_all() {
    let held = Held::new();
    let escrow = |site: &Site| site.escrowing("LAB-01", &made(3));
    let points = points_on_a_copy(&held.site, escrow);
    sweep("escrow killed", &points, 10, |point| {
        let site = held.site.copied();
        let killed = killed(&site, escrow(&site), point);
        // The next command changes the vault, or it reads.
        let verified_first = site.copied();
        verified_first.verify();
        for site in [&site, &verified_first] {
            held.assert_escrow_whole_or_not_at_all(site, !killed.stdout.is_empty());
        }
        was_killed(&killed)
    });
}

#[test]
fn a_killed_reveal_that_showed_anything_is_on_record() {
    let held = Held::new();
    let reveal = |site: &Site| site.revealing(&held.first.protector);
    let points = points_on_a_copy(&held.site, reveal);
    sweep("reveal killed", &points, 10, |point| {
        let site = held.site.copied();
        let killed = killed(&site, reveal(&site), point);
        let verified_first = site.copied();
        verified_first.verify();
        for site in [&site, &verified_first] {
            held.assert_reveal_on_record_if_shown(site, &killed);
        }
        was_killed(&killed)
    });
}

#[test]
fn a_killed_verb_of_taking_in_is_whole_or_not_at_all() {
    let held = handed_in(Site::new());
    for verb in VERBS {
        let points = points_on_a_copy(&held.site, verb.run);
        sweep_sample(&format!("{} killed", verb.name), &points, 2, |point| {
            let site = held.site.copied();
            let killed = killed(&site, (verb.run)(&site), point);
            verb.assert_holds(&held, &site, &killed);
            was_killed(&killed)
        });
    }
}

/// Also with what is no drop among them: after another run each lies in one place, once.
#[test]
fn a_killed_import_of_a_spool_loses_and_doubles_no_drop() {
    let held = handed_in(Site::new());
    let wrong = lay_down_wrong_ones(&held.site);
    let model = held.site.copied();
    let points = points_to(1, import_spool(&model), &log(&model));
    sweep_sample("import of a mixed spool killed", &points, 10, |point| {
        let site = held.site.copied();
        let killed = killed(&site, import_spool(&site), point);
        held.assert_shown(&site, &held.second);
        assert_spooled(&site, &killed, &wrong);
        held.assert_nothing_missing(&site);
        was_killed(&killed)
    });
}

/// Runs it until it is killed at this point; no process, no lock and no temporary file outlives it.
#[track_caller]
fn killed(site: &Site, run: Run, point: &Point) -> Output {
    let temporary = site.beside("temporary");
    fs::create_dir(&temporary).unwrap();
    let run = run.env("TMPDIR", &temporary);
    let output = point.signalling("KILL", run, &log(site)).output();
    assert_eq!(names(&temporary), [] as [&str; 0]);
    fs::remove_dir(&temporary).unwrap();
    assert!(was_killed(&output) || [0, 1].contains(&output.code), "{output:?}");
    if site.vault().exists() {
        wait_until("swtpm is gone", || processes_in(&site.vault()).is_empty());
        wait_until("the lock is free", || !is_locked(&site.vault()));
    }
    output
}

/// Whether a signal ended it. A run that takes fewer calls than the one that was listed goes to its end.
fn was_killed(output: &Output) -> bool {
    output.code == -1
}
