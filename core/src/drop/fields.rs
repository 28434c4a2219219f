//! Bytes that hold passwords, written into one buffer that never grows, and read from one.

use zeroize::Zeroizing;

/// The most bytes of a drop's contents: what a file of 64 KiB has room for, in steps of [`STEP`].
pub(super) const MAX_CONTENTS_LEN: usize = 255 * STEP;
/// Contents are filled up to a multiple of this, so that their length hardly tells how long a name in them is.
pub(super) const STEP: usize = 256;

/// What is to be written does not fit into one drop.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("it does not fit into one drop, which holds 65,280 bytes")]
pub struct ContentsTooLong;

/// A buffer of the most there may be, reserved at once: one that grows would leave passwords behind where it was.
pub(super) struct FieldWriter(Zeroizing<Vec<u8>>);

impl FieldWriter {
    pub(super) fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(MAX_CONTENTS_LEN)))
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), ContentsTooLong> {
        if bytes.len() > MAX_CONTENTS_LEN.saturating_sub(self.0.len()) {
            return Err(ContentsTooLong);
        }
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    /// Bytes behind their length as 4 bytes, as a binding has them.
    pub(super) fn field(&mut self, bytes: &[u8]) -> Result<(), ContentsTooLong> {
        let len = u32::try_from(bytes.len()).map_err(|_| ContentsTooLong)?;
        self.bytes(&len.to_be_bytes())?;
        self.bytes(bytes)
    }

    /// All of it, filled up with zeros to the next step.
    pub(super) fn finish(mut self) -> Zeroizing<Vec<u8>> {
        let len = self.0.len().next_multiple_of(STEP);
        self.0.resize(len, 0);
        self.0
    }
}

/// What is still to be read.
pub(super) struct FieldReader<'b>(&'b [u8]);

impl<'b> FieldReader<'b> {
    pub(super) const fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    /// Bytes behind their length.
    pub(super) fn field(&mut self) -> Option<&'b [u8]> {
        let len = usize::try_from(u32::from_be_bytes(self.array()?)).ok()?;
        let (field, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(field)
    }

    pub(super) const fn rest(&self) -> &'b [u8] {
        self.0
    }
}
