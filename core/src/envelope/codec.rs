//! The bytes of an envelope.

use crate::crypto::NONCE_LEN;
use crate::crypto::Nonce;
use crate::crypto::TAG_LEN;

/// `version ‖ generation ‖ nonce ‖ ciphertext ‖ DEK nonce ‖ wrapped DEK`: 1 + 4 + 12 + 32 + 12 + 48 = 109 bytes, the
/// generation big-endian, each ciphertext with its tag at its end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Envelope([u8; LEN]);

/// The bytes are not an envelope of this format.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ParseEnvelopeError {
    /// An envelope has 109 bytes.
    #[error("an envelope has 109 bytes, not {len}")]
    Length {
        /// How many there are.
        len: usize,
    },
    /// The first byte is a format that this program does not know.
    #[error("the envelope has format {version}, which this program does not know")]
    Version {
        /// The first byte.
        version: u8,
    },
}

impl Envelope {
    /// The envelope of these bytes.
    ///
    /// # Errors
    ///
    /// Fails for another length or format.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ParseEnvelopeError> {
        let bytes: [u8; LEN] = bytes
            .try_into()
            .map_err(|_| ParseEnvelopeError::Length { len: bytes.len() })?;
        let [version, ..] = bytes;
        if version != VERSION {
            return Err(ParseEnvelopeError::Version { version });
        }
        Ok(Self(bytes))
    }

    /// Its 109 bytes.
    pub const fn as_bytes(&self) -> &[u8; LEN] {
        &self.0
    }

    /// The generation whose KEK wraps its DEK.
    pub fn generation(&self) -> u32 {
        u32::from_be_bytes(self.field(GENERATION))
    }

    pub(super) fn assemble(
        generation: u32,
        nonce: &Nonce,
        ciphertext: &[u8],
        dek_nonce: &Nonce,
        wrapped_dek: &[u8],
    ) -> Self {
        let mut bytes = [0; LEN];
        let parts: [&[u8]; 6] = [
            &[VERSION],
            &generation.to_be_bytes(),
            nonce.as_bytes(),
            ciphertext,
            dek_nonce.as_bytes(),
            wrapped_dek,
        ];
        for (byte, part) in bytes.iter_mut().zip(parts.into_iter().flatten()) {
            *byte = *part;
        }
        Self(bytes)
    }

    pub(super) fn nonce(&self) -> Nonce {
        Nonce::kept(self.field(NONCE))
    }

    pub(super) fn ciphertext(&self) -> &[u8] {
        self.slice(CIPHERTEXT, CIPHERTEXT_LEN)
    }

    pub(super) fn dek_nonce(&self) -> Nonce {
        Nonce::kept(self.field(DEK_NONCE))
    }

    pub(super) fn wrapped_dek(&self) -> &[u8] {
        self.slice(WRAPPED_DEK, WRAPPED_DEK_LEN)
    }

    #[expect(clippy::expect_used, reason = "every field lies within the 109 bytes")]
    fn field<const N: usize>(&self, start: usize) -> [u8; N] {
        self.slice(start, N).try_into().expect("a slice of N bytes")
    }

    #[expect(clippy::indexing_slicing, reason = "every field lies within the 109 bytes")]
    fn slice(&self, start: usize, len: usize) -> &[u8] {
        &self.0[start..start + len]
    }
}

pub(super) const VERSION: u8 = 1;
const GENERATION: usize = 1;
const NONCE: usize = GENERATION + 4;
const CIPHERTEXT: usize = NONCE + NONCE_LEN;
const CIPHERTEXT_LEN: usize = 16 + TAG_LEN;
const DEK_NONCE: usize = CIPHERTEXT + CIPHERTEXT_LEN;
const WRAPPED_DEK: usize = DEK_NONCE + NONCE_LEN;
const WRAPPED_DEK_LEN: usize = 32 + TAG_LEN;
const LEN: usize = WRAPPED_DEK + WRAPPED_DEK_LEN;
