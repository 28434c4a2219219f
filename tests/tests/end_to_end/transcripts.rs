//! The transcripts are what the program says today: every page of `tests/transcripts` is played, and compared.
//!
//! With `STRONGROOM_TRANSCRIPTS=write` a page is written anew instead.

use std::env;
use std::fs;
use std::path::PathBuf;

use crate::end_to_end::held::names;
use crate::end_to_end::sandbox::Sandbox;
use crate::end_to_end::transcript::replay;
use crate::end_to_end::transcript::steps;

macro_rules! transcripts {
    ($($test:ident: $page:literal,)+) => {
        pub(crate) const PAGES: &[&str] = &[$($page),+];
        $(
            #[test]
            fn $test() {
                play($page);
            }
        )+
    };
}

transcripts! {
    making_a_vault: "01-init.md",
    the_main_job: "02-main-job.md",
    the_inventory: "03-inventory.md",
    taking_in: "04-escrow.md",
    checking: "05-check.md",
    revealing: "06-reveal.md",
    the_pin: "07-pin.md",
    rotation: "08-rotation.md",
    looking_back: "09-audit.md",
    folder_and_file: "10-folder.md",
    tampering: "11-tampered.md",
    alarms: "12-alarms.md",
    the_tpm: "13-tpm.md",
    whoever_owns_the_tpm: "14-owner.md",
    the_command_line: "15-command-line.md",
    help: "16-help.md",
    what_an_auditor_takes_along: "17-auditors.md",
    what_an_agent_hands_in: "18-drops.md",
    importing: "19-import.md",
    what_agents_handed_in: "20-drops-taken.md",
    proving: "21-prove.md",
    paths: "22-paths.md",
}

#[track_caller]
fn play(name: &str) {
    let page = read(name);
    let mut sandbox = Sandbox::new(&page);
    let played = replay(&page, |command| sandbox.run(command));
    if env::var("STRONGROOM_TRANSCRIPTS").is_ok_and(|mode| mode == "write") {
        fs::write(folder().join(name), played).unwrap();
        return;
    }
    assert!(
        played == page,
        "tests/transcripts/{name} is not what happens:\n{}\n\
         If it should be, write it: STRONGROOM_TRANSCRIPTS=write cargo test -p strongroom-tests --test end_to_end transcripts",
        difference(&page, &played)
    );
}

/// The commands of which something else came, and what. Nothing else of a page can differ.
fn difference(expected: &str, found: &str) -> String {
    let (expected, found) = (steps(expected), steps(found));
    let differ = expected
        .iter()
        .zip(&found)
        .filter(|(expected, found)| expected != found);
    let shown = differ.flat_map(|(expected, found)| {
        let command = [format!("$ {}", expected.command)];
        let (expected, found) = (expected.lines(), found.lines());
        let gone = expected
            .iter()
            .filter(|line| !found.contains(line))
            .map(|line| format!("- {line}"));
        let come = found
            .iter()
            .filter(|line| !expected.contains(line))
            .map(|line| format!("+ {line}"));
        command.into_iter().chain(gone).chain(come).collect::<Vec<_>>()
    });
    shown.collect::<Vec<_>>().join("\n")
}

/// A page as it is written.
pub(crate) fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("transcripts")
}

#[test]
fn every_page_is_played() {
    let mut names = names(&folder());
    names.retain(|name| name != "README.md");
    assert_eq!(names, PAGES);
}

#[test]
fn a_difference_is_shown_behind_its_command() {
    let expected = "```console\n$ a\nsame\n$ b\nx\nold\ny\n$ c\n? 1\n```\n";
    let found = "```console\n$ a\nsame\n$ b\nx\nnew\nnewer\ny\n$ c\n```\n";
    assert_eq!(difference(expected, found), "$ b\n- old\n+ new\n+ newer\n$ c\n- ? 1");
}
