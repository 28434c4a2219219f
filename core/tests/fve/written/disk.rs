//! Disks with partitions.

use super::Sparse;
use super::crc32;
use super::on_disk;

/// A partition table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Table {
    Gpt,
    /// With the first partition in the record itself, and all others in an extended one.
    Mbr,
}

/// Room for the tables, and between partitions.
const MARGIN: u64 = 0x0010_0000;

/// A disk with these partitions in their order, behind a margin each; its sectors have `sector_size` bytes.
pub(crate) fn disk(table: Table, sector_size: u64, partitions: &[Sparse]) -> Sparse {
    let mut disk = Sparse {
        size: 0,
        extents: Vec::new(),
    };
    let mut places = Vec::new();
    let mut at = MARGIN;
    for partition in partitions {
        places.push((at / sector_size, partition.size / sector_size));
        let shifted = partition
            .extents
            .iter()
            .map(|(offset, bytes)| (at + offset, bytes.clone()));
        disk.extents.extend(shifted);
        at += partition.size + MARGIN;
    }
    disk.size = at;
    match table {
        Table::Gpt => gpt(&mut disk, sector_size, &places),
        Table::Mbr => mbr(&mut disk, sector_size, &places),
    }
    disk
}

fn gpt(disk: &mut Sparse, sector_size: u64, places: &[(u64, u64)]) {
    let last = disk.size / sector_size - 1;
    disk.put(0, &record(&[(0xee, 1, last)]));
    let mut entries = vec![0; 128 * 16];
    for ((entry, (first, sectors)), number) in entries.chunks_mut(128).zip(places).zip(1..) {
        // A basic data partition.
        entry[..16].copy_from_slice(&on_disk(0xebd0_a0a2_b9e5_4433_87c0_68b6_b726_99c7_u128.to_be_bytes()));
        entry[16..32].fill(number);
        entry[32..40].copy_from_slice(&first.to_le_bytes());
        entry[40..48].copy_from_slice(&(first + sectors - 1).to_le_bytes());
    }
    for (own, other, entries_at) in [(1, last, 2), (last, 1, last - 8)] {
        disk.put(entries_at * sector_size, &entries);
        let mut head = b"EFI PART".to_vec();
        head.extend([0x0001_0000_u32, 92, 0, 0].map(u32::to_le_bytes).concat());
        head.extend([own, other, 34, last - 34].map(u64::to_le_bytes).concat());
        head.extend([0xdd; 16]);
        head.extend(entries_at.to_le_bytes());
        head.extend([16, 128, crc32(&entries)].map(u32::to_le_bytes).concat());
        let sum = crc32(&head).to_le_bytes();
        head[16..20].copy_from_slice(&sum);
        disk.put(own * sector_size, &head);
    }
}

fn mbr(disk: &mut Sparse, sector_size: u64, places: &[(u64, u64)]) {
    let Some(((first, sectors), others)) = places.split_first() else {
        disk.put(0, &record(&[]));
        return;
    };
    let mut entries = vec![(7, *first, *sectors)];
    // The record of each partition within the extended one lies in the margin before it.
    let record_of = |(first, _): &(u64, u64)| first - MARGIN / sector_size / 2;
    let start = others.first().map(record_of);
    entries.extend(start.map(|start| (0x0f, start, disk.size / sector_size - start)));
    disk.put(0, &record(&entries));
    for (at, place) in others.iter().enumerate() {
        let own = record_of(place);
        let mut entries = vec![(7, place.0 - own, place.1)];
        if let (Some(next), Some(start)) = (others.get(at + 1), start) {
            entries.push((5, record_of(next) - start, next.1));
        }
        disk.put(own * sector_size, &record(&entries));
    }
}

/// A boot record with entries of a kind, a first sector and how many.
fn record(entries: &[(u8, u64, u64)]) -> Vec<u8> {
    let mut record = vec![0; 512];
    for ((kind, first, sectors), at) in entries.iter().zip((446..).step_by(16)) {
        record[at + 4] = *kind;
        record[at + 8..at + 12].copy_from_slice(&u32::try_from(*first).unwrap().to_le_bytes());
        record[at + 12..at + 16].copy_from_slice(&u32::try_from(*sectors).unwrap().to_le_bytes());
    }
    record[510..].copy_from_slice(&[0x55, 0xaa]);
    record
}
