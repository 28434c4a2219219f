//! The GUID partition table (UEFI specification, section 5.3).

use crate::fve::crc32::Crc32;
use crate::fve::fields::Fields;
use crate::fve::header::HEADER_LEN;
use crate::fve::image::Image;
use crate::fve::image::read_whole;
use crate::fve::locate::LocateError;
use crate::fve::locate::Partition;
use crate::fve::locate::Place;
use crate::fve::locate::SECTOR_SIZES;
use crate::fve::locate::sector_at;

/// The most partitions that a table may have room for; 128 is what everybody makes.
pub(super) const MAX_ENTRIES: u32 = 1024;
/// The most bytes of an entry; 128 is what everybody makes.
const MAX_ENTRY_LEN: usize = 4096;

/// What an image has of a GPT.
pub(super) enum Table {
    /// A table whose checksums are right.
    Partitions(Vec<Partition>),
    /// One that begins like a table, and none whose checksums are right.
    Damaged,
    /// Nothing like it.
    None,
}

/// The head of a table: `"EFI PART" | … | u32 size | u32 CRC-32 | u32 | u64 own | u64 other | … | u64 entries | u32 | u32 | u32`.
struct Head {
    /// The sector in which the other head lies.
    other: u64,
    entries: u64,
    count: u32,
    entry_len: usize,
    entries_crc32: u32,
}

/// The partitions by the first table whose checksums are right: with sectors of 512 or of 4096 bytes, at the beginning
/// or, where that is damaged, at the end.
pub(super) fn partitions<I: Image>(image: &mut I) -> Result<Table, LocateError<I::Error>> {
    let mut like_one = false;
    for sector_size in SECTOR_SIZES {
        let first = sector_at(image, sector_size)?;
        like_one |= first.is_some_and(|sector| sector.starts_with(SIGNATURE));
        let other = first.and_then(|sector| Head::parse(&sector, 1)).map(|head| head.other);
        // Where an image was copied to a larger disk, the other head does not lie in its last sector.
        let places = [Some(1), other, last_sector(image.size(), sector_size)];
        for place in places.into_iter().flatten() {
            if let Some(partitions) = table_at(image, place, sector_size)? {
                return Ok(Table::Partitions(partitions));
            }
        }
    }
    Ok(if like_one { Table::Damaged } else { Table::None })
}

/// The partitions by the table whose head lies in a sector.
fn table_at<I: Image>(
    image: &mut I,
    sector: u64,
    sector_size: u64,
) -> Result<Option<Vec<Partition>>, LocateError<I::Error>> {
    let Some(offset) = sector.checked_mul(sector_size) else {
        return Ok(None);
    };
    let bytes = sector_at(image, offset)?;
    match bytes.and_then(|bytes| Head::parse(&bytes, sector)) {
        Some(head) => head.partitions(image, sector_size),
        None => Ok(None),
    }
}

fn last_sector(size: Option<u64>, sector_size: u64) -> Option<u64> {
    (size? / sector_size).checked_sub(1)
}

impl Head {
    /// The head in the bytes of sector `own`, if its checksum is right and nothing in it is beyond bounds.
    fn parse(sector: &[u8; HEADER_LEN], own: u64) -> Option<Self> {
        let mut fields = Fields::of(sector);
        if fields.array() != Some(SIGNATURE) {
            return None;
        }
        let _revision = fields.u32()?;
        let (size, sum) = (usize::try_from(fields.u32()?).ok()?, fields.u32()?);
        let summed = sector.get(..size).filter(|summed| summed.len() >= HEAD_LEN)?;
        let (before, from) = summed.split_at_checked(16)?;
        let after = from.get(4..)?;
        if Crc32::new().with(before).with(&[0; 4]).with(after).sum() != sum {
            return None;
        }
        let _reserved = fields.u32()?;
        let (itself, other) = (fields.u64()?, fields.u64()?);
        let mut fields = Fields::at(sector, 72);
        let head = Self {
            other,
            entries: fields.u64()?,
            count: fields.u32()?,
            entry_len: usize::try_from(fields.u32()?).ok()?,
            entries_crc32: fields.u32()?,
        };
        let bounded = head.count <= MAX_ENTRIES
            && (ENTRY_LEN..=MAX_ENTRY_LEN).contains(&head.entry_len)
            && head.entry_len.is_multiple_of(8);
        (itself == own && bounded).then_some(head)
    }

    /// The partitions, if the checksum of the entries is right.
    fn partitions<I: Image>(
        &self,
        image: &mut I,
        sector_size: u64,
    ) -> Result<Option<Vec<Partition>>, LocateError<I::Error>> {
        let Some(mut offset) = self.entries.checked_mul(sector_size) else {
            return Ok(None);
        };
        let mut buffer = [0; MAX_ENTRY_LEN];
        let mut crc32 = Crc32::new();
        let mut found = Vec::new();
        for number in 1..=self.count {
            let buffer = buffer.get_mut(..self.entry_len).unwrap_or_default();
            let read = read_whole(image, offset, buffer).map_err(|source| LocateError::Image { offset, source })?;
            let Some(entry) = read else {
                return Ok(None);
            };
            crc32 = crc32.with(entry);
            found.extend(partition(entry, number, sector_size));
            let Some(next) = u64::try_from(entry.len()).ok().and_then(|len| offset.checked_add(len)) else {
                return Ok(None);
            };
            offset = next;
        }
        Ok((crc32.sum() == self.entries_crc32).then_some(found))
    }
}

/// The partition of an entry, where there is one and its bytes can be counted: `GUID type | GUID | u64 first | u64 last`.
fn partition(entry: &[u8], number: u32, sector_size: u64) -> Option<Partition> {
    let mut fields = Fields::of(entry);
    let kind = fields.guid()?;
    fields.guid()?;
    let (first, last) = (fields.u64()?, fields.u64()?);
    if kind == [0; 16] {
        return None;
    }
    let sectors = last.checked_sub(first)?.checked_add(1)?;
    Some(Partition {
        offset: first.checked_mul(sector_size)?,
        size: sectors.checked_mul(sector_size)?,
        place: Place::Gpt { partition: number },
    })
}

const SIGNATURE: &[u8; 8] = b"EFI PART";
/// Bytes that a head has at least.
const HEAD_LEN: usize = 92;
/// Bytes that an entry has at least.
const ENTRY_LEN: usize = 128;
