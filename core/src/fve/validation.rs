//! Wrapped keys, and what behind a metadata block says whether it is whole.

use crate::crypto::DecryptError;
use crate::crypto::decrypt_ccm;
use crate::fve::entries::Entries;
use crate::fve::entries::kind;
use crate::fve::fields::Fields;
use crate::values::Secret;

/// Bytes of a validation block's head: `u16 size | u16 version | u32 CRC-32`. Its size is that of what is left of the
/// metadata's area.
pub(super) const HEAD_LEN: usize = 8;
/// Bytes of the head and of the datum behind it: an entry with a wrapped key.
pub(super) const VALIDATION_LEN: usize = HEAD_LEN + 8 + 12 + 16 + WRAPPED_LEN;

/// A key under another one, by AES-256-CCM: `nonce (12) | tag (16) | ciphertext (44)`.
#[derive(Debug)]
pub(super) struct WrappedKey {
    nonce: [u8; 12],
    tag: [u8; 16],
    ciphertext: [u8; WRAPPED_LEN],
}

/// What was wrapped: 32 bytes, and what they are for.
pub(super) struct Unwrapped {
    /// 0x2003 for a volume's master key, 0x2005 for the hash of its metadata.
    pub(super) purpose: u16,
    pub(super) bytes: Secret<32>,
}

impl WrappedKey {
    /// The wrapped key in an entry's data, where that has its size.
    pub(super) fn parse(data: &[u8]) -> Option<Self> {
        let mut fields = Fields::of(data);
        Some(Self {
            nonce: *fields.array()?,
            tag: *fields.array()?,
            ciphertext: fields.rest().try_into().ok()?,
        })
    }

    /// What it wraps, if `key` is the key that wrapped it: the tag says so.
    ///
    /// ```text
    /// u16 size = 44 | u16 | u16 kind = 1 (a key) | u16 | u16 purpose | u16 | 32 bytes
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if the tag does not fit, or if it is no key of 32 bytes that was wrapped.
    pub(super) fn unwrap_by(&self, key: &Secret<32>) -> Result<Unwrapped, DecryptError> {
        let text = decrypt_ccm(key, &self.nonce, &self.tag, &self.ciphertext)?;
        let entry = Entries::of(&text).next().filter(|entry| entry.kind == kind::KEY);
        let mut fields = Fields::of(entry.ok_or(DecryptError)?.data);
        let purpose = fields.u16().ok_or(DecryptError)?;
        fields.u16().ok_or(DecryptError)?;
        let bytes = Secret::copy_from(fields.rest()).ok_or(DecryptError)?;
        Ok(Unwrapped { purpose, bytes })
    }
}

/// The CRC-32 of the metadata, and the hash of it that only the master key opens.
#[derive(Debug)]
pub(super) struct Validation {
    pub(super) crc32: u32,
    pub(super) hash: Option<WrappedKey>,
}

impl Validation {
    /// The validation that begins `bytes`; `None` where it has no head of a known version.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields::of(bytes);
        let (size, version, crc32) = (fields.u16()?, fields.u16()?, fields.u32()?);
        let size = usize::from(size);
        if size < HEAD_LEN || version > 2 {
            return None;
        }
        let room = (size - HEAD_LEN).min(fields.rest().len());
        let datum = Entries::of(fields.rest().get(..room)?).next();
        let hash = datum.filter(|datum| datum.kind == kind::AES_CCM);
        Some(Self {
            crc32,
            hash: hash.and_then(|datum| WrappedKey::parse(datum.data)),
        })
    }
}

/// Bytes of a wrapped key of 32 bytes, with its entry's head and its purpose.
const WRAPPED_LEN: usize = 44;
