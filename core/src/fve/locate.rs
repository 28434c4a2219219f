//! Where in an image BitLocker volumes begin.

use crate::fve::gpt;
use crate::fve::header::HEADER_LEN;
use crate::fve::header::VolumeHeader;
use crate::fve::image::Image;
use crate::fve::image::read_whole;
use crate::fve::mbr;

/// A BitLocker volume's place in an image.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Located {
    /// The byte of the image at which it begins.
    pub offset: u64,
    /// How many bytes its partition has, where a partition table says so.
    pub size: Option<u64>,
    /// How it was found.
    pub place: Place,
}

/// How a volume was found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// At the image's first byte: the image is a partition.
    Start,
    /// Where the caller said.
    Given,
    /// As a partition of a GPT.
    Gpt {
        /// Its number, from 1.
        partition: u32,
    },
    /// As a partition of an MBR.
    Mbr {
        /// Its number, from 1; those within an extended partition have 5 and more.
        partition: u32,
    },
}

/// No BitLocker volume was found.
#[derive(Debug, thiserror::Error)]
pub enum LocateError<E: std::error::Error + 'static> {
    /// The image failed.
    #[error("the image cannot be read at byte {offset}")]
    Image {
        /// Of the image.
        offset: u64,
        /// Why.
        source: E,
    },
    /// Less than a sector.
    #[error("the image is too short for a volume")]
    TooShort,
    /// Neither a volume nor a partition table.
    #[error("the image begins with neither a BitLocker volume nor a partition table")]
    NoTable,
    /// A GPT whose two copies are damaged.
    #[error("both copies of the partition table (GPT) are damaged")]
    DamagedTable,
    /// Partitions, none of which is a BitLocker volume.
    #[error("none of the image's partitions is a BitLocker volume; there are {partitions}")]
    NoVolume {
        /// How many there are.
        partitions: usize,
    },
    /// Not where the caller said.
    #[error("no BitLocker volume begins at byte {offset}")]
    NotThere {
        /// Of the image.
        offset: u64,
    },
}

/// A partition, as a table says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Partition {
    pub(super) offset: u64,
    pub(super) size: u64,
    pub(super) place: Place,
}

impl Located {
    /// The byte of the image before which it ends, in an image of that size.
    pub(super) fn end_within(&self, image: Option<u64>) -> u64 {
        let end = self.size.and_then(|size| self.offset.checked_add(size));
        end.unwrap_or(u64::MAX).min(image.unwrap_or(u64::MAX))
    }
}

/// Every BitLocker volume of an image: the image itself, or its partitions by GPT or MBR, in the order of the table.
///
/// A partition that is none, or that begins behind the image's end, is left out. Sectors of 512 and of 4096 bytes are
/// tried. Nothing is searched for: a volume that no table names has to be given, see [`at`].
///
/// # Errors
///
/// Fails where there is none, and says what there is.
pub fn locate<I: Image>(image: &mut I) -> Result<Vec<Located>, LocateError<I::Error>> {
    let first = sector_at(image, 0)?.ok_or(LocateError::TooShort)?;
    if VolumeHeader::is_in(&first) {
        return Ok(vec![Located {
            offset: 0,
            size: None,
            place: Place::Start,
        }]);
    }
    let is_mbr = mbr::is_mbr(&first);
    if !is_mbr || mbr::is_protective(&first) {
        match gpt::partitions(image)? {
            gpt::Table::Partitions(partitions) => {
                let volumes = volumes_among(image, &partitions)?;
                return if volumes.is_empty() {
                    Err(LocateError::NoVolume {
                        partitions: partitions.len(),
                    })
                } else {
                    Ok(volumes)
                };
            }
            gpt::Table::Damaged => return Err(LocateError::DamagedTable),
            gpt::Table::None if is_mbr => return Err(LocateError::DamagedTable),
            gpt::Table::None => return Err(LocateError::NoTable),
        }
    }
    // An MBR counts in sectors and does not say of how many bytes.
    let mut usual = None;
    for sector_size in SECTOR_SIZES {
        let partitions = mbr::partitions(image, &first, sector_size)?;
        let volumes = volumes_among(image, &partitions)?;
        if !volumes.is_empty() {
            return Ok(volumes);
        }
        usual.get_or_insert(partitions.len());
    }
    Err(LocateError::NoVolume {
        partitions: usual.unwrap_or_default(),
    })
}

/// The BitLocker volume that begins at byte `offset` of the image.
///
/// # Errors
///
/// Fails where none does.
pub fn at<I: Image>(image: &mut I, offset: u64) -> Result<Located, LocateError<I::Error>> {
    match sector_at(image, offset)? {
        Some(sector) if VolumeHeader::is_in(&sector) => Ok(Located {
            offset,
            size: None,
            place: Place::Given,
        }),
        _ => Err(LocateError::NotThere { offset }),
    }
}

/// Those of the partitions that are BitLocker volumes, each once.
fn volumes_among<I: Image>(image: &mut I, partitions: &[Partition]) -> Result<Vec<Located>, LocateError<I::Error>> {
    let mut volumes: Vec<Located> = Vec::new();
    for partition in partitions {
        let offset = partition.offset;
        let sector = sector_at(image, offset)?;
        let known = volumes.iter().any(|volume| volume.offset == offset);
        if !known && sector.is_some_and(|sector| VolumeHeader::is_in(&sector)) {
            volumes.push(Located {
                offset,
                size: Some(partition.size),
                place: partition.place,
            });
        }
    }
    Ok(volumes)
}

/// The 512 bytes from `offset` on, where the image has them.
pub(super) fn sector_at<I: Image>(
    image: &mut I,
    offset: u64,
) -> Result<Option<[u8; HEADER_LEN]>, LocateError<I::Error>> {
    let end = offset.checked_add(512);
    if end.is_none_or(|end| image.size().is_some_and(|size| end > size)) {
        return Ok(None);
    }
    let mut sector = [0; HEADER_LEN];
    match read_whole(image, offset, &mut sector) {
        Ok(whole) => Ok(whole.is_some().then_some(sector)),
        Err(source) => Err(LocateError::Image { offset, source }),
    }
}

/// Bytes of a sector: as nearly every disk has them, and as a few do.
pub(super) const SECTOR_SIZES: [u64; 2] = [512, 4096];
