//! Held, missing and stale.

use super::*;

fn ids(numbers: &[u8]) -> Vec<ProtectorId> {
    numbers.iter().map(|number| ProtectorId::new([*number; 16])).collect()
}

#[track_caller]
fn check(on_volume: &[u8], held: &[u8], expected: [&[u8]; 3]) {
    let [of_both, missing, stale] = expected.map(ids);
    let expected = Comparison {
        held: of_both,
        missing,
        stale,
    };
    assert_eq!(compare(ids(on_volume), ids(held)), expected);
}

#[test]
fn each_is_in_one_list() {
    check(&[], &[], [&[], &[], &[]]);
    check(&[1], &[1], [&[1], &[], &[]]);
    check(&[1], &[], [&[], &[1], &[]]);
    check(&[], &[1], [&[], &[], &[1]]);
    check(&[3, 1, 2], &[4, 2, 3, 5], [&[2, 3], &[1], &[4, 5]]);
    check(&[2, 2, 1], &[2, 2, 3, 3], [&[2], &[1], &[3]]);
}
