//! AES-256-GCM, as NIST SP 800-38D has it, with 96-bit nonces and 128-bit tags.

use aes_gcm::Aes256Gcm;
use aes_gcm::KeyInit;
use aes_gcm::aead::AeadInOut;
use zeroize::Zeroizing;

use crate::crypto::RandomError;
use crate::crypto::random;
use crate::values::Secret;

/// Bytes of a nonce.
pub const NONCE_LEN: usize = 12;
/// Bytes that the tag adds to a plaintext.
pub const TAG_LEN: usize = 16;

/// A random 96-bit nonce. Not `Clone`: each is used once.
pub struct Nonce([u8; NONCE_LEN]);

/// Decryption failed. The reason would help a forger, so there is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("decryption failed")]
pub struct DecryptError;

impl Nonce {
    /// A fresh one.
    ///
    /// # Errors
    ///
    /// Fails where the system has no randomness.
    pub fn random() -> Result<Self, RandomError> {
        random().map(Self)
    }

    /// The nonce that was kept beside a ciphertext.
    pub const fn kept(bytes: [u8; NONCE_LEN]) -> Self {
        Self(bytes)
    }

    /// Its bytes, to be kept beside the ciphertext.
    pub const fn as_bytes(&self) -> &[u8; NONCE_LEN] {
        &self.0
    }
}

/// `AES-256-GCM[key](nonce, plaintext, binding)`: the ciphertext followed by its tag.
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "AES-GCM takes 64 GiB, and what is encrypted here is under 1 MiB"
)]
pub fn encrypt(key: &Secret<32>, nonce: &Nonce, plaintext: &[u8], binding: &[u8]) -> Vec<u8> {
    // One allocation of the final size: no copy of the plaintext stays behind in an outgrown buffer.
    let mut text = Vec::with_capacity(plaintext.len().saturating_add(TAG_LEN));
    text.extend_from_slice(plaintext);
    Aes256Gcm::new(key.expose().into())
        .encrypt_in_place(&nonce.0.into(), binding, &mut text)
        .expect("under the limit of AES-GCM");
    text
}

/// The plaintext of what [`encrypt`] made, if key, nonce and binding are the same and no bit has changed.
///
/// # Errors
///
/// Fails, without saying why, if anything differs.
pub fn decrypt(
    key: &Secret<32>,
    nonce: &Nonce,
    ciphertext: &[u8],
    binding: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let mut text = Zeroizing::new(ciphertext.to_vec());
    Aes256Gcm::new(key.expose().into())
        .decrypt_in_place(&nonce.0.into(), binding, &mut *text)
        .map_err(|_| DecryptError)?;
    Ok(text)
}
