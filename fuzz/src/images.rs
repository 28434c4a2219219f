//! Images of volumes and disks.

use std::convert::Infallible;

use strongroom_core::fve;
use strongroom_core::fve::CopyState;
use strongroom_core::fve::Image;
use strongroom_core::fve::Located;
use strongroom_core::fve::Metadata;

/// Volumes lie within their image, no more is read than there is room for, and a copy of which a byte under the checksum
/// is another one is damaged.
///
/// The input is an image with holes: `u64 size`, then as often as it goes `u64 offset | u16 length | bytes`.
pub fn volume(input: &[u8]) {
    let Some(mut image) = Extents::parse(input) else {
        return;
    };
    let size = image.size;
    let Ok(volumes) = fve::locate(&mut image) else {
        return;
    };
    assert!((1..=1024).contains(&volumes.len()), "as many as a table has");
    for located in volumes {
        assert!(
            located.offset.checked_add(512).is_some_and(|end| end <= size),
            "within it"
        );
        assert!(fve::at(&mut image, located.offset).is_ok(), "it is there");
        if let Ok(metadata) = fve::read(&mut image, &located) {
            metadata_is_bounded(&metadata);
            changed_copy_is_damaged(&mut image, &located, &metadata, input.len());
        }
    }
}

fn metadata_is_bounded(metadata: &Metadata) {
    assert!((112..=64 << 10).contains(&metadata.len), "a block has its bounds");
    assert!(
        metadata.protectors.len() <= metadata.len / 36,
        "a protector takes 36 bytes"
    );
    assert!(
        (1..=4).contains(&metadata.copies.len()),
        "three copies, and one of Vista's header"
    );
    let listed: Vec<_> = metadata.recovery_protectors().collect();
    let compared = fve::compare(listed.iter().copied(), listed.iter().copied());
    assert!(
        compared.missing.is_empty() && compared.stale.is_empty(),
        "they are themselves"
    );
}

/// The size and the version say what the checksum covers, and are left as they are.
fn changed_copy_is_damaged(image: &mut Extents<'_>, located: &Located, metadata: &Metadata, number: usize) {
    let taken = metadata.copies.iter().find(|copy| copy.state == CopyState::Good);
    let Some(taken) = taken else {
        unreachable!("one was taken");
    };
    let at = number * 7919 % metadata.len;
    let Some(byte) = u64::try_from(at).ok().filter(|at| !(8..12).contains(at)) else {
        return;
    };
    image.flipped = Some(located.offset + taken.offset + byte);
    let state = match fve::read(image, located) {
        Ok(metadata) => metadata
            .copies
            .iter()
            .find(|copy| copy.offset == taken.offset)
            .map(|copy| copy.state),
        Err(_) => None,
    };
    image.flipped = None;
    assert!(
        !matches!(state, Some(CopyState::Good | CopyState::Differs)),
        "byte {at}"
    );
}

/// An image of which only some bytes are not zero.
struct Extents<'a> {
    size: u64,
    extents: Vec<(u64, &'a [u8])>,
    /// A byte that is read as another one.
    flipped: Option<u64>,
}

impl<'a> Extents<'a> {
    fn parse(input: &'a [u8]) -> Option<Self> {
        let (size, mut rest) = input.split_first_chunk()?;
        let mut extents = Vec::new();
        while let Some((offset, after)) = rest.split_first_chunk() {
            let (len, after) = after.split_first_chunk()?;
            let len = usize::from(u16::from_le_bytes(*len)).min(after.len());
            let (bytes, after) = after.split_at_checked(len)?;
            extents.push((u64::from_le_bytes(*offset), bytes));
            rest = after;
        }
        Some(Self {
            size: u64::from_le_bytes(*size),
            extents,
            flipped: None,
        })
    }
}

impl Image for Extents<'_> {
    type Error = Infallible;

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let len = buffer.len().min(left);
        let buffer = buffer.get_mut(..len).unwrap_or_default();
        buffer.fill(0);
        for (start, bytes) in &self.extents {
            let from = offset.max(*start);
            let skipped = usize::try_from(from - start).unwrap_or(usize::MAX);
            let to = usize::try_from(from - offset).unwrap_or(usize::MAX);
            let bytes = bytes.get(skipped..).unwrap_or_default();
            for (byte, of) in buffer.iter_mut().skip(to).zip(bytes) {
                *byte = *of;
            }
        }
        let flipped = self
            .flipped
            .and_then(|at| usize::try_from(at.checked_sub(offset)?).ok());
        if let Some(byte) = flipped.and_then(|at| buffer.get_mut(at)) {
            *byte ^= 0x20;
        }
        Ok(len)
    }

    fn size(&self) -> Option<u64> {
        Some(self.size)
    }
}
