//! What is read: a partition, a disk, or a file that holds one.

/// Bytes that can be read at any offset: of a file or of a block device, or in memory.
pub trait Image {
    /// Why it cannot be read.
    type Error: std::error::Error + 'static;

    /// Fills `buffer` from `offset` on, as far as one call goes, and gives how many bytes that were: 0 at and after the
    /// end.
    ///
    /// # Errors
    ///
    /// Fails where the bytes are there and cannot be read.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize, Self::Error>;

    /// Its size in bytes, where that is known.
    fn size(&self) -> Option<u64>;
}

/// Fills `buffer` from `offset` on and gives how much of it was there; the rest of it is zero.
pub(super) fn read_up_to<'b, I: Image>(image: &mut I, offset: u64, buffer: &'b mut [u8]) -> Result<&'b [u8], I::Error> {
    buffer.fill(0);
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        let Some(from) = u64::try_from(filled).ok().and_then(|filled| offset.checked_add(filled)) else {
            break;
        };
        match image.read_at(from, rest)? {
            0 => break,
            // An image that claims to have written more than there was room for has filled it.
            more => filled = filled.saturating_add(more).min(buffer.len()),
        }
    }
    Ok(buffer.get(..filled).unwrap_or_default())
}

/// As [`read_up_to`], where all of it is there.
pub(super) fn read_whole<'b, I: Image>(
    image: &mut I,
    offset: u64,
    buffer: &'b mut [u8],
) -> Result<Option<&'b [u8]>, I::Error> {
    let len = buffer.len();
    let read = read_up_to(image, offset, buffer)?;
    Ok((read.len() == len).then_some(read))
}
