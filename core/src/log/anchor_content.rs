//! What the TPM remembers of the last commit.

use serde::Deserialize;
use serde::Serialize;

use crate::crypto::Digest;

/// The 40 bytes of the anchor: number of the last commit (big-endian) ‖ SHA-256 of its checkpoint's text, without
/// signatures.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AnchorContent {
    /// Number of the commit; the first is 1.
    pub number: u64,
    /// SHA-256 of the text of its checkpoint.
    pub checkpoint: Digest,
}

impl AnchorContent {
    /// Bytes that it takes in the TPM.
    pub const LEN: usize = 40;

    /// The bytes that go into the TPM.
    pub fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        let (number, checkpoint) = bytes.split_at_mut(8);
        number.copy_from_slice(&self.number.to_be_bytes());
        checkpoint.copy_from_slice(self.checkpoint.as_bytes());
        bytes
    }

    /// What these bytes say.
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Self {
        let mut number = [0; 8];
        let mut checkpoint = [0; 32];
        let (head, tail) = bytes.split_at(8);
        number.copy_from_slice(head);
        checkpoint.copy_from_slice(tail);
        Self {
            number: u64::from_be_bytes(number),
            checkpoint: Digest::new(checkpoint),
        }
    }
}
