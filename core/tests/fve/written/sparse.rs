//! An image of which only some bytes are not zero.

/// An image: its size, and what lies in it where; what comes later lies on top.
#[derive(Clone)]
pub(crate) struct Sparse {
    pub(crate) size: u64,
    pub(crate) extents: Vec<(u64, Vec<u8>)>,
}

impl Sparse {
    /// Puts `bytes` at `offset`.
    pub(crate) fn put(&mut self, offset: u64, bytes: &[u8]) {
        self.extents.push((offset, bytes.to_vec()));
    }

    /// The bytes from `offset` on, as many as it has and as the buffer takes.
    pub(crate) fn read(&self, offset: u64, buffer: &mut [u8]) -> usize {
        let len = usize::try_from(self.size.saturating_sub(offset)).map_or(buffer.len(), |left| left.min(buffer.len()));
        let buffer = &mut buffer[..len];
        buffer.fill(0);
        for (start, bytes) in &self.extents {
            let from = offset.max(*start);
            let skipped = usize::try_from(from - start).unwrap();
            if let (Ok(to), Some(bytes)) = (usize::try_from(from - offset), bytes.get(skipped..)) {
                for (byte, of) in buffer.iter_mut().skip(to).zip(bytes) {
                    *byte = *of;
                }
            }
        }
        len
    }
}
