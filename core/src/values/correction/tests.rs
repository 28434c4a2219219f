use std::sync::LazyLock;

use proptest::prop_assert_eq;
use proptest::proptest;

use crate::values::ParseRecoveryPasswordError;
use crate::values::RecoveryPassword;

use super::*;

const GOOD: &str = "002816-008470-014124-019778-025432-031086-036740-042394";

#[track_caller]
fn check(text: &str, expected: Diagnosis) {
    assert_eq!(diagnose(text), expected);
}

#[track_caller]
fn check_group(group: &str, expected: &[&str]) {
    let found: Vec<String> = group_corrections(group).iter().map(|group| group.to_string()).collect();
    assert_eq!(found, expected, "{group}");
}

/// By definition, without arithmetic: try every good group.
fn by_definition(group: &str) -> Vec<String> {
    static GOOD_GROUPS: LazyLock<Vec<String>> =
        LazyLock::new(|| (0..=u16::MAX).map(|word| group_text(word).to_string()).collect());
    let differs = |good: &&String| {
        let mut places = (0..6).filter(|at| good.as_bytes()[*at] != group.as_bytes()[*at]);
        match (places.next(), places.next(), places.next()) {
            (Some(_), None, None) => true,
            (Some(a), Some(b), None) => b == a + 1 && good[a..=b].chars().rev().eq(group[a..=b].chars()),
            _ => false,
        }
    };
    GOOD_GROUPS.iter().filter(differs).cloned().collect()
}

#[test]
fn names_every_bad_group() {
    let bad = |group, fault| BadGroup { group, fault };
    check(GOOD, Diagnosis::Valid);
    check("", Diagnosis::Shape(ShapeFault::Empty));
    check(&GOOD[..48], Diagnosis::Shape(ShapeFault::Groups { found: 7 }));
    let three = GOOD
        .replace("002816", "723712")
        .replace("014124", "014125")
        .replace("042394", "4239");
    let faults = [
        (1, GroupFault::Range),
        (3, GroupFault::Checksum),
        (8, GroupFault::Digits),
    ];
    check(
        &three,
        Diagnosis::Groups(faults.map(|(group, fault)| bad(group, fault)).to_vec()),
    );
}

#[test]
fn offers_what_a_group_may_have_been() {
    check_group(
        "002817",
        &["002717", "002816", "002827", "002871", "003817", "008217", "102817"],
    );
    check_group(
        "014142",
        &["010142", "014102", "014124", "014146", "014542", "054142", "714142"],
    );
    check_group(
        "019787",
        &["017787", "019767", "019778", "019789", "019877", "019987", "039787"],
    );
}

#[test]
fn a_letter_is_the_digit_that_differs() {
    check_group("04239O", &["042394"]);
    check_group("O42394", &["042394"]);
    check_group("\u{ff10}42394", &["042394"]);
    check_group("O4239O", &[]);
}

#[test]
fn another_length_and_a_good_group_have_none() {
    for group in ["", "04239", "0042394", "042394", "000000", "720885", "723712", "999999"] {
        check_group(group, &[]);
    }
}

#[test]
fn corrects_one_group_alone() {
    let one = GOOD.replace("014124", "014142");
    assert!(corrections(&one).iter().any(|group| group.as_str() == "014124"));
    assert!(corrections(&one.replace("042394", "042395")).is_empty());
    assert!(corrections(GOOD).is_empty());
    assert!(corrections("014142").is_empty());
}

proptest! {
    #[test]
    fn finds_what_the_definition_says(group in "[0-9]{6}") {
        let found: Vec<String> = group_corrections(&group).iter().map(|group| group.to_string()).collect();
        prop_assert_eq!(found, by_definition(&group));
    }

    #[test]
    fn diagnoses_as_it_parses(text in "[0-9]{5,7}([- ][0-9]{5,7}){6,8}|[0-9]{47,49}|\\PC*") {
        let first = match diagnose(&text) {
            Diagnosis::Valid => None,
            Diagnosis::Shape(fault) => Some(ParseRecoveryPasswordError::Shape(fault)),
            Diagnosis::Groups(bad) => bad.first().map(|bad| bad.fault.at(bad.group)),
        };
        prop_assert_eq!(RecoveryPassword::parse(&text).err(), first);
    }
}
