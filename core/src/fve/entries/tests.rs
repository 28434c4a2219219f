//! Entries of every size, good and impossible.

use super::*;

fn entry(size: u16, data: &[u8]) -> Vec<u8> {
    let head = [size, 2, 8, 1].map(u16::to_le_bytes).concat();
    [head, data.to_vec()].concat()
}

/// The lengths of the entries' data, and whether they are broken.
#[track_caller]
fn check(bytes: &[u8], lengths: &[usize], broken: bool) {
    let mut entries = Entries::of(bytes);
    let read: Vec<usize> = entries.by_ref().map(|entry| entry.data.len()).collect();
    assert_eq!((read.as_slice(), entries.broken()), (lengths, broken));
    assert!(entries.next().is_none(), "it has ended");
}

#[test]
fn they_are_read_to_their_end() {
    check(&[], &[], false);
    check(&entry(8, &[]), &[0], false);
    check(&[entry(9, &[7]), entry(12, &[1, 2, 3, 4])].concat(), &[1, 4], false);
    let bytes = entry(10, &[1, 2]);
    let read = Entries::of(&bytes).next().unwrap();
    assert_eq!((read.role, read.kind, read.data), (2, 8, [1, 2].as_slice()));
}

#[test]
fn zeros_at_the_end_are_nothing() {
    for zeros in [1, 2, 7, 8, 15, 100] {
        check(&[entry(8, &[]), vec![0; zeros]].concat(), &[0], false);
    }
}

#[test]
fn one_that_is_none_ends_them() {
    for size in [0, 1, 2, 7] {
        check(&[entry(8, &[]), entry(size, &[]), entry(8, &[])].concat(), &[0], true);
    }
    for size in [9, 0x100, 0xffff] {
        check(&entry(size, &[]), &[], true);
    }
    check(&[8, 0, 1], &[], true);
    check(&[1], &[], true);
}

#[test]
fn a_hundred_thousand_tiny_ones_are_as_many() {
    let bytes = entry(8, &[]).repeat(100_000);
    check(&bytes, &vec![0; 100_000], false);
}
