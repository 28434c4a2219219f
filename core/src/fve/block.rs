//! One copy of a volume's metadata.

use crate::crypto::Digest;
use crate::crypto::sha256;
use crate::fve::crc32::crc32;
use crate::fve::fields::Fields;
use crate::fve::header::SIGNATURE;
use crate::fve::validation::Validation;
use crate::values::Time;
use crate::values::VolumeId;

/// The most bytes that a metadata block may have; Windows keeps as much free for each copy.
pub(super) const MAX_BLOCK_LEN: usize = 64 << 10;
/// Bytes that stand before the entries.
const HEADS_LEN: usize = BLOCK_HEAD_LEN + DATASET_HEAD_LEN;
/// Bytes by which the size of the block is told.
pub(super) const BLOCK_HEAD_LEN: usize = 64;
const DATASET_HEAD_LEN: usize = 48;

/// What is wrong with a copy of the metadata.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BlockFault {
    /// It begins before the image's first byte can be counted, or reaches over the end of the volume.
    #[error("it does not lie within the volume")]
    Outside,
    /// The image failed under it.
    #[error("it cannot be read")]
    Unreadable,
    /// It does not begin with BitLocker's signature.
    #[error("it has no signature")]
    Signature,
    /// Neither version 1 nor 2.
    #[error("it is of the unknown version {version}")]
    Version {
        /// Which it says.
        version: u16,
    },
    /// Too short to hold anything, or longer than 64 KiB.
    #[error("its size is impossible")]
    Size,
    /// What should hold its checksum cannot be read.
    #[error("it has no checksum that can be read")]
    Validation,
    /// The checksum is another one.
    #[error("its checksum is wrong")]
    Checksum,
    /// It names other places for itself than the one where it lies.
    #[error("it belongs to another place")]
    Place,
    /// The sizes within it contradict each other.
    #[error("its sizes contradict each other")]
    Dataset,
}

/// A metadata block whose checksum is right.
///
/// ```text
/// signature (8) | u16 size | u16 version | u16 state | u16 next state | u64 | u32 | u32 | u64 × 3 offsets | u64
/// u32 size | u32 version = 1 | u32 head = 48 | u32 size | GUID | u32 | u16 method | u16 | FILETIME | entries
/// ```
///
/// The first size counts bytes in version 1, and 16 bytes each in version 2.
pub(super) struct Block<'a> {
    pub(super) version: u16,
    pub(super) state: u16,
    pub(super) next_state: u16,
    pub(super) volume: VolumeId,
    pub(super) method: u16,
    pub(super) created_at: Option<Time>,
    pub(super) entries: &'a [u8],
    pub(super) validation: Validation,
    /// SHA-256 of the block.
    pub(super) digest: Digest,
    pub(super) len: usize,
}

/// What a block's first 64 bytes say.
pub(super) struct BlockHead {
    /// Bytes of the block.
    pub(super) len: usize,
    version: u16,
    state: u16,
    next_state: u16,
    /// Where its copies lie.
    pub(super) offsets: [u64; 3],
}

impl BlockHead {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, BlockFault> {
        let mut fields = Fields::of(bytes);
        if fields.array() != Some(SIGNATURE) {
            return Err(BlockFault::Signature);
        }
        Self::after_signature(fields).ok_or(BlockFault::Size)?
    }

    fn after_signature(mut fields: Fields<'_>) -> Option<Result<Self, BlockFault>> {
        let (size, version) = (fields.u16()?, fields.u16()?);
        let unit = match version {
            1 => 1,
            2 => 16,
            _ => return Some(Err(BlockFault::Version { version })),
        };
        let len = usize::from(size) * unit;
        let (state, next_state) = (fields.u16()?, fields.u16()?);
        let _place_and_size_of_conversion: [u8; 16] = *fields.array()?;
        let offsets = [fields.u64()?, fields.u64()?, fields.u64()?];
        if !(HEADS_LEN..=MAX_BLOCK_LEN).contains(&len) {
            return Some(Err(BlockFault::Size));
        }
        Some(Ok(Self {
            len,
            version,
            state,
            next_state,
            offsets,
        }))
    }
}

impl<'a> Block<'a> {
    /// The block that `bytes` begin with, with its validation behind it; it was read at `offset` of its volume.
    pub(super) fn parse(bytes: &'a [u8], offset: u64) -> Result<Self, BlockFault> {
        let head = BlockHead::parse(bytes)?;
        let (block, behind) = bytes.split_at_checked(head.len).ok_or(BlockFault::Outside)?;
        let validation = Validation::parse(behind).ok_or(BlockFault::Validation)?;
        if crc32(block) != validation.crc32 {
            return Err(BlockFault::Checksum);
        }
        if !head.offsets.contains(&offset) {
            return Err(BlockFault::Place);
        }
        Self::checked(&head, block, validation).ok_or(BlockFault::Dataset)
    }

    fn checked(head: &BlockHead, block: &'a [u8], validation: Validation) -> Option<Self> {
        let dataset = block.get(BLOCK_HEAD_LEN..)?;
        let mut fields = Fields::of(dataset);
        let (size, version, start, size_again) = (fields.u32()?, fields.u32()?, fields.u32()?, fields.u32()?);
        let volume = VolumeId::new(fields.guid()?);
        let _next_nonce = fields.u32()?;
        let (method, _preferred) = (fields.u16()?, fields.u16()?);
        let created_at = fields.time()?;
        let (size, start) = (usize::try_from(size).ok()?, usize::try_from(start).ok()?);
        if version != 1 || start != DATASET_HEAD_LEN || fields_differ(size, size_again) {
            return None;
        }
        Some(Self {
            version: head.version,
            state: head.state,
            next_state: head.next_state,
            volume,
            method,
            created_at,
            entries: dataset.get(start..size)?,
            validation,
            digest: sha256(&[block]),
            len: head.len,
        })
    }
}

fn fields_differ(size: usize, again: u32) -> bool {
    usize::try_from(again) != Ok(size)
}
