//! The only door to the cryptographic crates.
//!
//! aes-gcm, ccm, hkdf, hmac, hpke and sha2 touch secrets and wipe what they hold; ring gives randomness, hashes the
//! tree, signs and verifies. The tests check one against the other.

mod aead;
mod binding;
mod ccm;
mod derive;
mod digest;
mod ecdsa;
mod hpke;
mod mac;
mod pin;
mod purpose;
mod random;
mod signature;
mod stretch;

pub use aead::DecryptError;
pub use aead::NONCE_LEN;
pub use aead::Nonce;
pub use aead::TAG_LEN;
pub use aead::decrypt;
pub use aead::encrypt;
pub use binding::Binding;
pub use ccm::decrypt_ccm;
pub use derive::derive;
pub use derive::expand;
pub use digest::Digest;
pub use digest::sha256;
pub use digest::sha256_of_secret;
pub use ecdsa::EcdsaPublicKey;
pub use ecdsa::EcdsaSignature;
pub(crate) use ecdsa::has_low_s;
pub use hpke::ENCAPSULATED_LEN;
pub use hpke::Encapsulated;
pub use hpke::EncryptionKey;
pub use hpke::EncryptionKeyError;
pub use hpke::HpkeMode;
pub use hpke::OpeningKey;
pub use mac::hmac_sha256;
pub use mac::is_hmac_sha256;
pub use pin::pin_authorisation;
pub use purpose::Purpose;
pub use random::RandomError;
pub use random::random;
pub use random::random_secret;
pub use signature::PublicKey;
pub use signature::Signature;
pub use signature::SigningKey;
pub use signature::VerifyError;
pub use stretch::STRETCH_ROUNDS;
pub use stretch::STRETCH_STEP;
pub use stretch::stretch;

#[cfg(test)]
mod tests;
