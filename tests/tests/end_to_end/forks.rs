//! A commit that a kill kept from the TPM cannot take the place of another one later.

use crate::end_to_end::calls::Point;
use crate::end_to_end::calls::points;
use crate::end_to_end::held::Held;
use crate::end_to_end::machine::processes_in;
use crate::end_to_end::machine::wait_until;
use crate::end_to_end::passwords::made;
use crate::end_to_end::rollback::assert_stopped;
use crate::end_to_end::rollback::assert_works;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::KeptFile;
use crate::end_to_end::site::Site;

/// A vault whose file is as it was before a harmless commit that was killed between COMMIT and NV_Write, and the file
/// that this commit left.
fn fork() -> (Held, KeptFile) {
    let held = Held::new();
    let before = held.site.keep_file();
    kill_before_the_anchor(&held.site, |site| site.escrowing("HALL-03", &made(3)));
    let killed = held.site.keep_file();
    assert!(killed != before, "it came to COMMIT");
    held.site.put_back(&before);
    (held, killed)
}

/// Kills a run as it is about to write the anchor.
#[track_caller]
fn kill_before_the_anchor(site: &Site, run: impl Fn(&Site) -> Run) {
    let model = site.copied();
    let points = points(run(&model), &model.beside("strace.log"));
    let anchoring = points.iter().rfind(|point| Point::is_nv_write(point)).unwrap();
    let killed = anchoring
        .signalling("KILL", run(site), &site.beside("strace.log"))
        .output();
    assert_eq!((killed.code, killed.stdout.as_str()), (-1, ""), "{killed:?}");
    wait_until("swtpm is gone", || processes_in(&site.vault()).is_empty());
}

#[test]
fn a_killed_commit_does_not_take_the_place_of_a_reveal() {
    let (held, killed) = fork();
    let site = &held.site;
    site.reveal(&held.first.protector);
    assert_no_place_for(&killed, site, "forked");
}

#[test]
fn a_killed_commit_does_not_take_the_place_of_an_escrow() {
    let (held, killed) = fork();
    let site = &held.site;
    site.escrow("LAB-01", &made(4));
    assert_no_place_for(&killed, site, "forked");
}

#[test]
fn a_killed_commit_does_not_take_the_place_of_two() {
    let (held, killed) = fork();
    let site = &held.site;
    site.reveal(&held.first.protector);
    site.escrow("LAB-01", &made(4));
    assert_no_place_for(&killed, site, "rolled back");
}

/// A reveal that the kill kept from the TPM is no different: the file without it was put back, and went on.
#[test]
fn a_killed_reveal_does_not_take_the_place_of_an_escrow() {
    let held = Held::new();
    let site = &held.site;
    let before = site.keep_file();
    kill_before_the_anchor(site, |site| site.revealing(&held.first.protector));
    let killed = site.keep_file();
    site.put_back(&before);
    site.escrow("LAB-01", &made(4));
    assert_no_place_for(&killed, site, "forked");
}

/// As long as nothing else was done, the killed commit is the next one; and the file before it is then an older one.
#[test]
fn a_killed_commit_that_was_finished_is_not_forgotten() {
    let (held, killed) = fork();
    let site = &held.site;
    let before = site.keep_file();
    site.put_back(&killed);
    site.escrow("LAB-01", &made(4));
    assert_no_place_for(&before, site, "rolled back");
    assert_no_place_for(&killed, site, "rolled back");
}

/// The file is stopped by the alarm of these words, and the one whose place it took works.
#[track_caller]
fn assert_no_place_for(file: &KeptFile, site: &Site, words: &str) {
    let newest = site.keep_file();
    site.put_back(file);
    assert_stopped(site, words);
    site.put_back(&newest);
    assert_works(site);
}
