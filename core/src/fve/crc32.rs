//! CRC-32 of IEEE 802.3 (reflected, polynomial 0xEDB88320), which GPT and BitLocker's metadata are checked by.

/// A sum that goes on from part to part.
#[derive(Clone, Copy)]
pub(super) struct Crc32(u32);

impl Crc32 {
    pub(super) const fn new() -> Self {
        Self(u32::MAX)
    }

    pub(super) fn with(self, bytes: &[u8]) -> Self {
        Self(bytes.iter().fold(self.0, |sum, byte| {
            let [low, ..] = sum.to_le_bytes();
            (sum >> 8) ^ TABLE.get(usize::from(low ^ byte)).copied().unwrap_or_default()
        }))
    }

    pub(super) const fn sum(self) -> u32 {
        !self.0
    }
}

/// The sum of `bytes`.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    Crc32::new().with(bytes).sum()
}

/// What each byte makes of the sum.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut rest: &mut [u32] = &mut table;
    let mut byte = 0;
    while let [entry, after @ ..] = rest {
        let (mut value, mut bit) = (byte, 0);
        while bit < 8 {
            value = if value & 1 == 1 {
                (value >> 1) ^ 0xedb8_8320
            } else {
                value >> 1
            };
            bit += 1;
        }
        *entry = value;
        byte += 1;
        rest = after;
    }
    table
};

#[cfg(test)]
mod tests;
