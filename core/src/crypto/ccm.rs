//! AES-256-CCM, as NIST SP 800-38C has it, with 96-bit nonces, 128-bit tags and no associated data: what BitLocker wraps
//! its keys with. Nothing of ours is encrypted so, and so there is no encryption here.

use aes_gcm::aes::Aes256;
use ccm::AeadInOut;
use ccm::Ccm;
use ccm::KeyInit;
use ccm::consts::U12;
use ccm::consts::U16;
use zeroize::Zeroizing;

use crate::crypto::DecryptError;
use crate::crypto::NONCE_LEN;
use crate::crypto::TAG_LEN;
use crate::values::Secret;

/// The plaintext of `AES-256-CCM[key](nonce, plaintext)`, if `tag` is its tag.
///
/// # Errors
///
/// Fails, without saying why, if anything differs, or if there are 16 MiB or more.
pub fn decrypt_ccm(
    key: &Secret<32>,
    nonce: &[u8; NONCE_LEN],
    tag: &[u8; TAG_LEN],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let mut text = Zeroizing::new(ciphertext.to_vec());
    Ccm::<Aes256, U16, U12>::new(key.expose().into())
        .decrypt_inout_detached(nonce.into(), &[], text.as_mut_slice().into(), tag.into())
        .map_err(|_| DecryptError)?;
    Ok(text)
}

#[cfg(test)]
mod tests;
