//! A spool folder after an import of it ended, somehow: each drop lies in one place, and what is in `done` has its receipt.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::end_to_end::handed_in::SPOOLED;
use crate::end_to_end::handed_in::assert_receipted;
use crate::end_to_end::handed_in::import_spool;
use crate::end_to_end::handed_in::spool;
use crate::end_to_end::held::names;
use crate::end_to_end::intake_verbs::assert_acknowledged;
use crate::end_to_end::intake_verbs::times_taken;
use crate::end_to_end::run::Output;
use crate::end_to_end::site::Site;

/// What lay in the spool is in it, in `done` or in `rejected`; after another run each drop is in `done` beside its receipt,
/// each of `wrong` is in `rejected` beside the reason, nothing else is there, and each password is held once.
#[track_caller]
pub(crate) fn assert_spooled(site: &Site, output: &Output, wrong: &[&str]) {
    assert_acknowledged(site, output);
    let mut taken = 0;
    for (name, number) in SPOOLED {
        taken += times_taken(site, number);
        if done(site).join(name).exists() {
            assert_taken(site, name, number);
        }
    }
    assert!(taken == 0 || taken == SPOOLED.len(), "half a commit: {taken}");
    assert!(output.code != 0 || taken == SPOOLED.len(), "said, and not there");

    let lies_there = |name: &&str| {
        [spool(site), spool(site).join(TAKING), spool(site).join(IMPORTING)]
            .iter()
            .any(|folder| folder.join(name).exists())
    };
    let lay_there = wrong.iter().any(lies_there);
    import_spool(site).output().code(i32::from(lay_there));
    assert_eq!(names(&spool(site)), [IMPORTING, MARK, TAKING, DONE, REJECTED]);
    for ours in [IMPORTING, TAKING] {
        let mut left = names(&spool(site).join(ours));
        // What a killed run was writing.
        left.retain(|name| !name.starts_with(".strongroom-"));
        assert_eq!(left, [] as [&str; 0], "{ours}");
    }
    for (name, number) in SPOOLED {
        assert_taken(site, name, number);
    }
    assert_eq!(
        visible(&done(site)),
        with_beside(&SPOOLED.map(|(name, _)| name), "receipt")
    );
    assert_eq!(visible(&spool(site).join(REJECTED)), with_beside(wrong, "reason"));
    import_spool(site).output().ok();
}

#[track_caller]
fn assert_taken(site: &Site, name: &str, number: u64) {
    assert_eq!(times_taken(site, number), 1, "{name}");
    let drop = done(site).join(name);
    assert_receipted(site, &done(site).join(format!("{name}.receipt")), &drop);
}

/// The names in a folder, without those of files that a killed run was writing.
fn visible(folder: &Path) -> Vec<String> {
    let mut names = names(folder);
    names.retain(|name| !name.starts_with(".strongroom-"));
    names
}

/// The names of these, each with what lies beside it, sorted.
fn with_beside(these: &[&str], what: &str) -> Vec<String> {
    let both = these.iter().map(|name| [(*name).to_owned(), format!("{name}.{what}")]);
    let mut names: Vec<String> = both.flatten().collect();
    names.sort();
    names
}

/// Lays down what is no drop, and what was cut off on its way.
pub(crate) fn lay_down_wrong_ones(site: &Site) -> [&'static str; 2] {
    let good = fs::read(spool(site).join(SPOOLED[0].0)).unwrap();
    let wrong = |name: &str, bytes: &[u8]| fs::write(spool(site).join(name), bytes).unwrap();
    wrong("cut.drop", &good[..good.len() / 2]);
    wrong("words", b"no drop");
    ["cut.drop", "words"]
}

pub(crate) fn done(site: &Site) -> PathBuf {
    spool(site).join(DONE)
}

const DONE: &str = "done";
const REJECTED: &str = "rejected";
const TAKING: &str = ".taking";
const IMPORTING: &str = ".importing";
const MARK: &str = ".strongroom-spool";
