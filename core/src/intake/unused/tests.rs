use super::*;
use crate::intake::{Hints, read};

const FIRST: &str = "081f6236-98b8-4ff7-b769-3c1b86b69533 002816-008470-014124-019778-025432-031086-036740-042394";
const SECOND: &str = "168f1291-82c1-4bf2-b634-9cccec63e9ed 471856-488829-505802-522775-539748-556721-573694-590667";
const THIRD: &str = "1d7ad4b3-f440-cb50-d30c-e383bdd35deb 558965-575938-592911-609884-626857-643830-660803-677776";

/// Checks what is unused where `keep` has changed the records of `lines`.
#[track_caller]
fn check(lines: &[&str], keep: impl FnOnce(&mut Vec<Record>), guids: usize, groups: usize) {
    let text = lines.join("\n");
    let mut records = read(text.as_bytes(), &Hints::default()).unwrap().records;
    assert_eq!(records.len(), lines.len());
    keep(&mut records);
    assert_eq!(Unused::of(&text, &records), Unused { guids, groups });
}

#[test]
fn nothing_is_unused_in_any_order() {
    check(&[FIRST, SECOND, THIRD], |_| {}, 0, 0);
    check(&[FIRST, SECOND, THIRD], |records| records.reverse(), 0, 0);
    check(&[FIRST, SECOND, THIRD, FIRST], |records| records.rotate_left(2), 0, 0);
}

#[test]
fn what_is_in_no_record_is_counted() {
    for lost in 0..3 {
        check(&[FIRST, SECOND, THIRD], |records| drop(records.remove(lost)), 1, 8);
    }
    // The other has both.
    check(&[FIRST, FIRST], |records| records.truncate(1), 0, 0);
}

#[test]
fn groups_of_a_password_that_was_put_together_are_none() {
    let read = read(FIRST.as_bytes(), &Hints::default()).unwrap();
    let parted = FIRST
        .replace("-019778-", " and 019778-")
        .replace("-036740-", " and 036740-");
    assert_eq!(Unused::of(&parted, &read.records), Unused::default());
    assert_eq!(Unused::of(&parted, &[]), Unused { guids: 1, groups: 8 });
}
