//! Partition tables that were made to do harm.

use std::time::Duration;
use std::time::Instant;

use strongroom_core::fve;
use strongroom_core::fve::Place;

use crate::fve::support::Sizeless;
use crate::fve::support::volume;
use crate::fve::written::Sparse;
use crate::fve::written::Table;
use crate::fve::written::crc32;
use crate::fve::written::disk;

const MIB: u64 = 1 << 20;

/// A disk whose GPT's heads are edited, and their checksums right again.
fn gpt(edit: impl Fn(&mut Vec<u8>)) -> Sparse {
    let mut image = disk(Table::Gpt, 512, &[volume(&[]).write()]);
    for at in [512, image.size - 512] {
        let mut head = vec![0; 92];
        image.read(at, &mut head);
        edit(&mut head);
        head[16..20].fill(0);
        let sum = crc32(&head).to_le_bytes();
        head[16..20].copy_from_slice(&sum);
        image.put(at, &head);
    }
    image
}

#[track_caller]
fn refused(image: Sparse, error: &str) {
    let begun = Instant::now();
    assert_eq!(fve::locate(&mut image.clone()).unwrap_err().to_string(), error);
    assert!(fve::locate(&mut Sizeless(image)).is_err());
    assert!(begun.elapsed() < Duration::from_secs(5), "it takes no time");
}

const DAMAGED: &str = "both copies of the partition table (GPT) are damaged";

#[test]
fn heads_beyond_bounds() {
    assert!(fve::locate(&mut gpt(|_| ())).is_ok(), "unedited it is good");
    for count in [1025, 0x7fff_ffff, u32::MAX] {
        refused(gpt(|head| head[80..84].copy_from_slice(&count.to_le_bytes())), DAMAGED);
    }
    for len in [0_u32, 1, 127, 129, 4097, 0x8000_0000, u32::MAX] {
        refused(gpt(|head| head[84..88].copy_from_slice(&len.to_le_bytes())), DAMAGED);
    }
    for size in [0_u32, 19, 91, 513, u32::MAX] {
        refused(gpt(|head| head[12..16].copy_from_slice(&size.to_le_bytes())), DAMAGED);
    }
    for entries in [0, 3, u64::MAX / 512, u64::MAX] {
        refused(
            gpt(|head| head[72..80].copy_from_slice(&entries.to_le_bytes())),
            DAMAGED,
        );
    }
    // It lies in another sector than it says.
    refused(gpt(|head| head[24..32].copy_from_slice(&7_u64.to_le_bytes())), DAMAGED);
}

/// A disk with a GPT whose first entry has these first and last sectors.
fn entry(first: u64, last: u64) -> Sparse {
    let image = disk(Table::Gpt, 512, &[volume(&[]).write()]);
    let mut entries = vec![0; 128 * 16];
    image.read(1024, &mut entries);
    entries[32..40].copy_from_slice(&first.to_le_bytes());
    entries[40..48].copy_from_slice(&last.to_le_bytes());
    let sum = crc32(&entries);
    let mut image = gpt_with(image, sum);
    image.put(1024, &entries);
    image.put(image.size - 9 * 512, &entries);
    image
}

fn gpt_with(mut image: Sparse, sum: u32) -> Sparse {
    let edited = gpt(|head| head[88..92].copy_from_slice(&sum.to_le_bytes()));
    let heads = edited.extents.iter().rev().take(2).cloned();
    image.extents.extend(heads);
    image
}

#[test]
fn entries_that_cannot_be() {
    assert!(
        fve::locate(&mut entry(2048, 2048 + 16383)).is_ok(),
        "unedited it is good"
    );
    let none =
        |partitions: usize| format!("none of the image's partitions is a BitLocker volume; there are {partitions}");
    // Counted in bytes they would be too many, or it ends before it begins.
    refused(entry(u64::MAX, u64::MAX), &none(0));
    refused(entry(0, u64::MAX), &none(0));
    refused(entry(2048, 2047), &none(0));
    refused(entry(u64::MAX / 512, u64::MAX / 512), &none(1));
    refused(entry(1 << 40, 1 << 41), &none(1));
}

/// A boot record with entries of kind, first sector and sectors.
fn record(entries: &[(u8, u32, u32)]) -> Vec<u8> {
    let mut record = vec![0; 512];
    for ((kind, first, sectors), at) in entries.iter().zip((446..).step_by(16)) {
        record[at + 4] = *kind;
        record[at + 8..at + 12].copy_from_slice(&first.to_le_bytes());
        record[at + 12..at + 16].copy_from_slice(&sectors.to_le_bytes());
    }
    record[510..].copy_from_slice(&[0x55, 0xaa]);
    record
}

fn sectors(size: u64, sectors: &[(u64, Vec<u8>)]) -> Sparse {
    let extents = sectors.iter().map(|(at, bytes)| (at * 512, bytes.clone())).collect();
    Sparse { size, extents }
}

const NONE: &str = "none of the image's partitions is a BitLocker volume; there are ";

#[test]
fn chains_that_do_not_end() {
    let extended = record(&[(0x0f, 100, 1000)]);
    // A record that names itself, and two that name each other.
    let itself = record(&[(7, 5, 9), (5, 0, 9)]);
    refused(
        sectors(MIB, &[(0, extended.clone()), (100, itself)]),
        &format!("{NONE}1"),
    );
    let (one, two) = (record(&[(7, 5, 9), (5, 50, 9)]), record(&[(7, 5, 9), (5, 0, 9)]));
    refused(
        sectors(MIB, &[(0, extended.clone()), (100, one), (150, two)]),
        &format!("{NONE}2"),
    );
    // Longer than anybody makes them.
    let mut long = vec![(0, extended.clone())];
    long.extend((0..1000).map(|at: u32| (u64::from(100 + at), record(&[(7, 5, 9), (5, at + 1, 9)]))));
    refused(sectors(MIB, &long), &format!("{NONE}128"));
    // Four extended partitions, each of which names the first's records again.
    let four = record(&[(0x0f, 100, 9), (0x05, 100, 9), (0x85, 101, 9), (0x0f, 100, 9)]);
    long[0].1 = four;
    refused(sectors(MIB, &long), &format!("{NONE}128"));
    // To where there is nothing, or nothing that is a record.
    refused(sectors(MIB, &[(0, record(&[(5, u32::MAX, 9)]))]), &format!("{NONE}0"));
    refused(sectors(MIB, &[(0, extended)]), &format!("{NONE}0"));
}

#[test]
fn one_volume_that_is_named_often_is_one() {
    let mut image = disk(Table::Mbr, 512, &[volume(&[]).write()]);
    image.put(
        0,
        &record(&[(7, 2048, 16384), (7, 2048, 16384), (7, 2048, 1), (0x27, 2048, 16384)]),
    );
    let found = fve::locate(&mut image).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].offset, found[0].place), (MIB, Place::Mbr { partition: 1 }));
}

#[test]
fn empty_entries_are_no_partitions() {
    let image = sectors(MIB, &[(0, record(&[(0, 100, 100), (7, 100, 0)]))]);
    refused(image, &format!("{NONE}0"));
}
