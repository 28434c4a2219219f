//! What each fuzz target does with its input.
//!
//! Every target is a plain function here, so that `tests/tests/fuzz_corpus.rs` can include this file and replay the
//! corpora on stable without libFuzzer. A target asserts what must hold, not only that nothing panics. A new target is
//! a function and a line of [`TARGETS`] here, a file in `fuzz_targets`, a `[[bin]]` in `Cargo.toml`, and a folder in
//! `corpus` with seeds whose names say the case.

use strongroom_core::intake;
use strongroom_core::values::Diagnosis;
use strongroom_core::values::ParseRecoveryPasswordError;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::corrections;
use strongroom_core::values::diagnose;

/// What a target does with one input.
pub type Target = fn(&[u8]);

/// Every target by the name of its folder in `corpus`.
pub const TARGETS: &[(&str, Target)] = &[("finder", finder), ("recovery_password", recovery_password)];

/// What is found reads back from its own text, lines ascend, and there is no more than the text has room for.
pub fn finder(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let found = intake::find(&text);
    assert!(found.len() <= text.len() / 24, "a finding takes 24 digits");
    assert!(found.is_sorted_by_key(|found| found.line), "lines ascend");
    let lines = text.matches('\n').count() + 1;
    for found in &found {
        assert!((1..=lines).contains(&found.line), "a line of the text");
        if let Some(id) = found.protector {
            assert!(
                text.to_ascii_lowercase().contains(&id.to_string()),
                "a GUID of the text"
            );
        }
        if let Ok(password) = &found.password {
            let again = intake::find(&password.to_text());
            assert_eq!(again.len(), 1, "it is one password");
            assert!(
                again.iter().all(|again| same(&again.password, password)),
                "it is found again"
            );
        }
    }
}

/// What is parsed is written canonically and parses back; diagnosis and corrections agree with the parser.
pub fn recovery_password(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let parsed = RecoveryPassword::parse(&text);
    let first_fault = match diagnose(&text) {
        Diagnosis::Valid => None,
        Diagnosis::Shape(fault) => Some(fault.into()),
        Diagnosis::Groups(bad) => bad.first().map(|bad| bad.fault.at(bad.group)),
    };
    assert_eq!(parsed.as_ref().err(), first_fault.as_ref(), "the diagnosis agrees");

    let corrections = corrections(&text);
    assert!(
        corrections.is_sorted_by(|one, next| **one < **next),
        "ascending, each once"
    );
    assert!(corrections.len() <= 11, "one digit for each place, and five swaps");

    if let Ok(password) = parsed {
        assert!(corrections.is_empty(), "nothing to correct");
        let written = password.to_text();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        assert_eq!(written.len(), 55, "canonical");
        assert_eq!(digits(&written), digits(&text), "the digits that were read");
        assert!(same(&RecoveryPassword::parse(&written), &password), "it reads back");
        assert!(
            written
                .split('-')
                .eq(password.groups().iter().map(|group| group.as_str()))
        );
    } else if let Some(ParseRecoveryPasswordError::Checksum { group }) = first_fault {
        let mut groups: Vec<&str> = text.split('-').collect();
        // Every correction offered mends the text.
        for correction in &corrections {
            if let Some(place) = groups.get_mut(group - 1) {
                *place = correction;
                assert!(groups.len() != 8 || RecoveryPassword::parse(&groups.join("-")).is_ok());
            }
        }
    }
}

fn same(read: &Result<RecoveryPassword, ParseRecoveryPasswordError>, password: &RecoveryPassword) -> bool {
    read.as_ref().is_ok_and(|read| read.same_as(password))
}
