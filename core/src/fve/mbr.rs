//! The partition table of a master boot record, with its extended partitions.

use crate::fve::fields::Fields;
use crate::fve::header::HEADER_LEN;
use crate::fve::image::Image;
use crate::fve::locate::LocateError;
use crate::fve::locate::Partition;
use crate::fve::locate::Place;
use crate::fve::locate::sector_at;

/// The most partitions within extended ones that are followed; Windows and Linux make fewer.
pub(super) const MAX_LOGICAL: usize = 128;

/// One of a record's four entries: `u8 status | 3 | u8 kind | 3 | u32 first sector | u32 sectors`.
#[derive(Clone, Copy)]
struct Entry {
    /// 0x80 where it is booted from, else 0.
    status: u8,
    kind: u8,
    first: u64,
    sectors: u64,
}

/// Whether a sector is such a record: it ends as one, and its entries begin as they do. The first sector of a file
/// system ends so too, and has code where those would be.
pub(super) fn is_mbr(sector: &[u8; HEADER_LEN]) -> bool {
    sector.ends_with(&[0x55, 0xaa]) && entries(sector).all(|entry| matches!(entry.status, 0x00 | 0x80))
}

/// Whether the record only says that there is a GPT.
pub(super) fn is_protective(sector: &[u8; HEADER_LEN]) -> bool {
    entries(sector).any(|entry| entry.kind == PROTECTIVE)
}

/// The partitions by the record in `sector`, where sectors have that many bytes.
pub(super) fn partitions<I: Image>(
    image: &mut I,
    sector: &[u8; HEADER_LEN],
    sector_size: u64,
) -> Result<Vec<Partition>, LocateError<I::Error>> {
    let mut found = Vec::new();
    let mut chains = Vec::new();
    for (number, entry) in (1..).zip(entries(sector)) {
        if is_extended(entry.kind) {
            chains.push(entry.first);
        } else {
            found.extend(entry.partition(number, entry.first, sector_size));
        }
    }
    let mut visited = Vec::new();
    for start in chains {
        follow(image, start, sector_size, &mut visited, &mut found)?;
    }
    Ok(found)
}

/// Follows an extended partition, record by record: each has at most one partition, counted from itself, and one further
/// record, counted from the first. A record that was seen already, or one too many, ends it.
fn follow<I: Image>(
    image: &mut I,
    start: u64,
    sector_size: u64,
    visited: &mut Vec<u64>,
    found: &mut Vec<Partition>,
) -> Result<(), LocateError<I::Error>> {
    let mut next = Some(start);
    while let Some(record) = next.take() {
        if visited.contains(&record) || visited.len() == MAX_LOGICAL {
            break;
        }
        visited.push(record);
        let Some(offset) = record.checked_mul(sector_size) else {
            break;
        };
        let Some(sector) = sector_at(image, offset)?.filter(is_mbr) else {
            break;
        };
        for entry in entries(&sector).take(2) {
            if is_extended(entry.kind) {
                next = next.or_else(|| start.checked_add(entry.first));
            } else if let Some(first) = record.checked_add(entry.first) {
                let number = u32::try_from(visited.len()).unwrap_or(u32::MAX).saturating_add(4);
                found.extend(entry.partition(number, first, sector_size));
            }
        }
    }
    Ok(())
}

/// The four entries of a record.
fn entries(sector: &[u8; HEADER_LEN]) -> impl Iterator<Item = Entry> {
    let table = Fields::at(sector, 446).rest();
    table.as_chunks::<16>().0.iter().filter_map(|entry| {
        let mut numbers = Fields::at(entry, 8);
        let [status, _, _, _, kind, ..] = *entry;
        Some(Entry {
            status,
            kind,
            first: numbers.u32()?.into(),
            sectors: numbers.u32()?.into(),
        })
    })
}

impl Entry {
    /// The partition, where there is one and its bytes can be counted.
    fn partition(&self, number: u32, first: u64, sector_size: u64) -> Option<Partition> {
        if self.kind == 0 || self.sectors == 0 {
            return None;
        }
        Some(Partition {
            offset: first.checked_mul(sector_size)?,
            size: self.sectors.checked_mul(sector_size)?,
            place: Place::Mbr { partition: number },
        })
    }
}

const fn is_extended(kind: u8) -> bool {
    matches!(kind, 0x05 | 0x0f | 0x85)
}

const PROTECTIVE: u8 = 0xee;
