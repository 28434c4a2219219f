//! What the transcripts show between them: every verb, every exit code, each refusal in both its forms.
//!
//! That every error and every hint in the source is among them, the tidy tests see to.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::end_to_end::held::names;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;
use crate::end_to_end::transcript::Step;
use crate::end_to_end::transcript::steps;
use crate::end_to_end::transcripts::PAGES;
use crate::end_to_end::transcripts::read;

/// The steps of all pages.
fn all_steps() -> Vec<Step> {
    PAGES.iter().flat_map(|page| steps(&read(page))).collect()
}

/// Every run of the program on the pages: its words from the verb on, and the step that it belongs to.
fn runs(steps: &[Step]) -> Vec<(Vec<&str>, &Step)> {
    let mut runs = Vec::new();
    for step in steps {
        for run in step.command.split("strongroom ").skip(1) {
            let mut words = run.split_whitespace().peekable();
            while let Some(option) = words.next_if(|word| word.starts_with('-')) {
                if option == "--vault" {
                    words.next();
                }
            }
            runs.push((words.collect(), step));
        }
    }
    runs
}

/// As the manual pages have them: `audit`, `audit list`, …
pub(crate) fn verbs() -> Vec<String> {
    let site = Site::empty();
    let man = site.beside("man");
    Run::new(["generate".as_ref(), "man".as_ref(), man.as_os_str()])
        .output()
        .ok();
    let names = names(&man);
    let verbs = names
        .iter()
        .filter_map(|name| name.strip_prefix("strongroom-")?.strip_suffix(".1"));
    verbs.map(|verb| verb.replace('-', " ")).collect()
}

#[test]
fn every_verb_is_run_in_text_and_in_json_and_has_its_help() {
    let (steps, verbs) = (all_steps(), verbs());
    let runs = runs(&steps);
    assert!(verbs.len() > 15, "{verbs:?}");
    for verb in &verbs {
        let words: Vec<&str> = verb.split(' ').collect();
        let helped = runs.iter().any(|(run, _)| run.strip_prefix(&["help"]) == Some(&words));
        assert!(helped, "no page has the help of {verb}");
        if verbs.iter().any(|longer| longer.starts_with(&format!("{verb} "))) {
            continue;
        }
        let done = runs
            .iter()
            .filter(|(run, step)| run.starts_with(&words) && step.code == 0);
        let forms: BTreeSet<bool> = done.map(|(_, step)| step.command.contains("--json")).collect();
        assert_eq!(forms.len(), 2, "{verb} is not done in text and in JSON on any page");
    }
}

#[test]
fn every_exit_code_but_that_of_a_bug_is_on_a_page() {
    let steps = all_steps();
    let codes: BTreeSet<i32> = runs(&steps).iter().map(|(_, step)| step.code).collect();
    assert_eq!(codes, (0..=6).collect());
}

/// What a refusal says to a person: the error, the way out, and the exit code. Numbers are left out, which count.
type Refusal = (String, String, i32);

fn refusal(error: &str, hint: &str, code: i32) -> Refusal {
    // A usage names the options that were given.
    let plain = |text: &str| text.replace(" --json", "").replace(|c: char| c.is_ascii_digit(), "0");
    (plain(error), plain(hint), code)
}

fn in_text(step: &Step) -> Option<Refusal> {
    let said = |mark: &str| step.stderr.iter().find_map(|line| line.strip_prefix(mark));
    Some(refusal(said("error: ")?, said("hint: ")?, step.code))
}

fn in_json(step: &Step) -> Option<Refusal> {
    let line = step.stderr.iter().find(|line| line.starts_with("{\"error\""))?;
    let object: Value = serde_json::from_str(line).unwrap_or_else(|err| panic!("{err}: {line}"));
    let field = |name: &str| object[name].as_str().unwrap_or_else(|| panic!("no {name}: {line}"));
    Some(refusal(field("error"), field("hint"), step.code))
}

#[test]
fn a_refusal_says_the_same_in_text_and_in_json() {
    for page in PAGES {
        let steps = steps(&read(page));
        let text: BTreeSet<_> = steps.iter().filter_map(in_text).collect();
        let mut json: BTreeSet<_> = steps.iter().filter_map(in_json).collect();
        // That an option cannot go with --json is said in JSON alone.
        json.retain(|(error, ..)| !error.contains("'--json'"));
        let differ: Vec<_> = text.symmetric_difference(&json).collect();
        assert!(differ.is_empty(), "{page}: {differ:#?}");
    }
}
