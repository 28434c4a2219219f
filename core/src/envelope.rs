//! The encrypted password with its wrapped DEK.
//!
//! ```text
//! wrap key    = HKDF-Expand[KEK](label ‖ escrow id)
//! ciphertext  = AES-256-GCM[DEK](nonce, 16-byte password, binding)
//! wrapped DEK = AES-256-GCM[wrap key](nonce, DEK, binding)
//! binding     = format ‖ vault id ‖ escrow id ‖ protector ID ‖ generation, each after its length
//! ```

mod codec;
mod place;

pub use codec::Envelope;
pub use codec::ParseEnvelopeError;
pub use place::Place;

use crate::crypto::DecryptError;
use crate::crypto::Digest;
use crate::crypto::Nonce;
use crate::crypto::RandomError;
use crate::crypto::decrypt;
use crate::crypto::encrypt;
use crate::crypto::random_secret;
use crate::crypto::sha256;
use crate::keys::Fingerprint;
use crate::keys::Keyring;
use crate::values::RecoveryPassword;
use crate::values::Secret;

impl Envelope {
    /// Encrypts `password` for `place`, under a fresh DEK wrapped by the newest generation.
    ///
    /// # Errors
    ///
    /// Fails where the system has no randomness.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "the keyring holds every generation up to its newest"
    )]
    pub fn encrypt(keyring: &Keyring, place: &Place, password: &RecoveryPassword) -> Result<Self, RandomError> {
        let generation = keyring.generation();
        let kek = keyring.kek(generation).expect("the newest generation");
        let binding = place.binding(generation);
        let dek: Secret<32> = random_secret()?;
        let (nonce, dek_nonce) = (Nonce::random()?, Nonce::random()?);
        let ciphertext = encrypt(&dek, &nonce, password.expose(), binding.as_bytes());
        let wrapped_dek = encrypt(
            &kek.wrap_key(place.escrow),
            &dek_nonce,
            dek.expose(),
            binding.as_bytes(),
        );
        Ok(Self::assemble(
            generation,
            &nonce,
            &ciphertext,
            &dek_nonce,
            &wrapped_dek,
        ))
    }

    /// The password, if this is the envelope that was made for `place`.
    ///
    /// In the vault this is called in one file, behind an event that is on record.
    ///
    /// # Errors
    ///
    /// Fails, without saying why, for any other place, keyring or bytes.
    pub fn decrypt_password(&self, keyring: &Keyring, place: &Place) -> Result<RecoveryPassword, DecryptError> {
        let kek = keyring.kek(self.generation()).ok_or(DecryptError)?;
        let binding = place.binding(self.generation());
        let dek = decrypt(
            &kek.wrap_key(place.escrow),
            &self.dek_nonce(),
            self.wrapped_dek(),
            binding.as_bytes(),
        )?;
        let dek = Secret::copy_from(&dek).ok_or(DecryptError)?;
        let password = decrypt(&dek, &self.nonce(), self.ciphertext(), binding.as_bytes())?;
        Ok(RecoveryPassword::from_bytes(
            Secret::copy_from(&password).ok_or(DecryptError)?,
        ))
    }

    /// `SHA-256(envelope ‖ fingerprint)`: what an escrow's leaf and its volume's record say of both.
    pub fn digest(&self, fingerprint: &Fingerprint) -> Digest {
        sha256(&[self.as_bytes(), fingerprint.as_bytes()])
    }
}

#[cfg(test)]
mod tests;
