//! Reading the metadata of a volume whose place is known.

use crate::fve::block::BLOCK_HEAD_LEN;
use crate::fve::block::Block;
use crate::fve::block::BlockFault;
use crate::fve::block::BlockHead;
use crate::fve::block::MAX_BLOCK_LEN;
use crate::fve::header::HEADER_LEN;
use crate::fve::header::HeaderError;
use crate::fve::header::Layout;
use crate::fve::header::VolumeHeader;
use crate::fve::image::Image;
use crate::fve::image::read_up_to;
use crate::fve::image::read_whole;
use crate::fve::locate::Located;
use crate::fve::metadata::Metadata;
use crate::fve::validation::VALIDATION_LEN;

/// One copy of the metadata.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BlockCopy {
    /// Bytes from the volume's first.
    pub offset: u64,
    /// What became of it.
    pub state: CopyState,
}

/// What became of a copy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CopyState {
    /// It is whole, and is what was taken, or the same to the byte.
    Good,
    /// It is whole, and says something else than the one that was taken.
    Differs,
    /// It is damaged.
    Damaged(BlockFault),
}

/// A volume's metadata cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError<E: std::error::Error + 'static> {
    /// The image failed under the volume header.
    #[error("the image cannot be read at byte {offset}")]
    Image {
        /// Of the image.
        offset: u64,
        /// Why.
        source: E,
    },
    /// The image ends before the volume header does.
    #[error("the image ends within the volume header")]
    TooShort,
    /// What lies there is no volume header.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// No copy of the metadata is whole.
    #[error("no copy of the volume's metadata can be used; of the first: {first}")]
    Metadata {
        /// What is wrong with the first copy.
        first: BlockFault,
        /// Every copy.
        copies: Vec<BlockCopy>,
    },
}

/// The metadata of the volume at `located`.
///
/// All copies that are known are read, and the first that is whole is taken; a damaged one, or one that the image fails
/// under, stands in the way of none.
///
/// # Errors
///
/// Fails where there is no volume header, or no copy that is whole.
pub fn read<I: Image>(image: &mut I, located: &Located) -> Result<Metadata, ReadError<I::Error>> {
    let header = header_of(image, located)?;
    let mut copies = Copies {
        end: located.end_within(image.size()),
        start: located.offset,
        buffer: vec![0; MAX_BLOCK_LEN + VALIDATION_LEN],
    };
    let offsets = copies.offsets(image, &header);
    let mut states = Vec::with_capacity(offsets.len());
    let mut taken: Option<Metadata> = None;
    for offset in offsets {
        let state = match copies.read(image, offset) {
            Err(fault) => CopyState::Damaged(fault),
            Ok(block) => match &taken {
                None => {
                    taken = Some(Metadata::of(header, Vec::new(), block));
                    CopyState::Good
                }
                Some(taken) if taken.digest == block.digest => CopyState::Good,
                Some(_) => CopyState::Differs,
            },
        };
        states.push(BlockCopy { offset, state });
    }
    match taken {
        Some(metadata) => Ok(Metadata {
            copies: states,
            ..metadata
        }),
        None => Err(ReadError::Metadata {
            first: first_fault(&states),
            copies: states,
        }),
    }
}

fn header_of<I: Image>(image: &mut I, located: &Located) -> Result<VolumeHeader, ReadError<I::Error>> {
    let offset = located.offset;
    let mut sector = [0; HEADER_LEN];
    match read_whole(image, offset, &mut sector) {
        Ok(Some(_)) => Ok(VolumeHeader::parse(&sector)?),
        Ok(None) => Err(ReadError::TooShort),
        Err(source) => Err(ReadError::Image { offset, source }),
    }
}

fn first_fault(copies: &[BlockCopy]) -> BlockFault {
    let fault = |copy: &BlockCopy| match copy.state {
        CopyState::Damaged(fault) => Some(fault),
        CopyState::Good | CopyState::Differs => None,
    };
    copies.iter().find_map(fault).unwrap_or(BlockFault::Outside)
}

/// Reads copies of the metadata, one after another into one buffer.
struct Copies {
    start: u64,
    /// The byte of the image before which the volume ends.
    end: u64,
    buffer: Vec<u8>,
}

impl Copies {
    /// Where the copies lie, each once. Vista's header knows the first alone; that one, damaged or not, knows the others.
    fn offsets<I: Image>(&mut self, image: &mut I, header: &VolumeHeader) -> Vec<u64> {
        let mut offsets: Vec<u64> = Vec::with_capacity(4);
        let mut add = |known: &[u64]| {
            for offset in known {
                if !offsets.contains(offset) {
                    offsets.push(*offset);
                }
            }
        };
        let known: Vec<u64> = header.blocks.iter().flatten().copied().collect();
        add(&known);
        if let (Layout::Vista, Some(first)) = (header.layout, known.first())
            && let Ok(head) = self.head(image, *first)
        {
            add(&head.offsets);
        }
        offsets
    }

    fn head<I: Image>(&mut self, image: &mut I, offset: u64) -> Result<BlockHead, BlockFault> {
        let room = self.room(offset)?;
        let bytes = self.bytes(image, offset, room.min(BLOCK_HEAD_LEN))?;
        BlockHead::parse(bytes)
    }

    fn read<I: Image>(&mut self, image: &mut I, offset: u64) -> Result<Block<'_>, BlockFault> {
        let len = self.head(image, offset)?.len;
        let room = self.room(offset)?;
        Block::parse(self.bytes(image, offset, room.min(len + VALIDATION_LEN))?, offset)
    }

    /// How much of the buffer the volume could fill from `offset` on.
    fn room(&self, offset: u64) -> Result<usize, BlockFault> {
        let at = self.start.checked_add(offset).ok_or(BlockFault::Outside)?;
        let room = self.end.checked_sub(at).ok_or(BlockFault::Outside)?;
        Ok(usize::try_from(room).map_or(self.buffer.len(), |room| room.min(self.buffer.len())))
    }

    fn bytes<I: Image>(&mut self, image: &mut I, offset: u64, len: usize) -> Result<&[u8], BlockFault> {
        let at = self.start.checked_add(offset).ok_or(BlockFault::Outside)?;
        let buffer = self.buffer.get_mut(..len).ok_or(BlockFault::Size)?;
        match read_up_to(image, at, buffer) {
            Ok(bytes) if bytes.len() < BLOCK_HEAD_LEN => Err(BlockFault::Outside),
            Ok(bytes) => Ok(bytes),
            Err(_) => Err(BlockFault::Unreadable),
        }
    }
}
