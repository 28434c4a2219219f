//! Manual pages and completions, from the same definitions as the verbs.

use std::fs;

use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;

/// The verbs of the main job.
const VERBS: [&str; 17] = [
    "init",
    "escrow",
    "check",
    "devices",
    "list",
    "show",
    "find",
    "reveal",
    "outcome",
    "rotation",
    "rotation-list",
    "rotation-waive",
    "expose",
    "status",
    "audit",
    "audit-list",
    "audit-verify",
];

#[test]
fn every_verb_has_a_manual_page() {
    let site = Site::empty();
    let folder = site.beside("man");
    Run::new(["generate", "man", folder.to_str().unwrap()]).output().ok();
    for verb in VERBS {
        let page = folder.join(format!("strongroom-{verb}.1"));
        let text = fs::read_to_string(&page).unwrap_or_else(|err| panic!("{}: {err}", page.display()));
        assert!(
            text.contains(".SH SYNOPSIS") && text.contains(".SH OPTIONS"),
            "{verb}: {text}"
        );
    }
    let page = fs::read_to_string(folder.join("strongroom.1")).unwrap();
    assert!(!page.contains("generate"), "it is for packagers alone: {page}");
}

#[test]
fn every_verb_is_completed() {
    let site = Site::empty();
    let folder = site.beside("completions");
    Run::new(["generate", "completions", folder.to_str().unwrap()])
        .output()
        .ok();
    let files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(files.len() >= 3, "bash, zsh and fish: {files:?}");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            text.contains("strongroom") && !text.contains("under-test"),
            "{}",
            file.display()
        );
        for verb in VERBS {
            let last = verb.rsplit('-').next().unwrap();
            assert!(text.contains(last), "{}: {verb}", file.display());
        }
    }
}

#[test]
fn every_verb_has_help() {
    for verb in VERBS {
        let words: Vec<_> = verb.split('-').chain(["--help"]).collect();
        Run::new(words).output().ok().shows("Usage: strongroom");
    }
    Run::new(["--version"]).output().ok().shows("strongroom");
    Run::new(["nonsense"]).output().refused(2, "nonsense");
    let empty: [&str; 0] = [];
    Run::new(empty).output().code(2);
}
