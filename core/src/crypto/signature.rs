//! Ed25519 signatures, as RFC 8032 has them.

use ring::signature::ED25519;
use ring::signature::Ed25519KeyPair;
use ring::signature::KeyPair;
use ring::signature::UnparsedPublicKey;

use crate::values::Secret;

/// An Ed25519 seed; the key pair of ring, which wipes nothing, lives only inside a call.
pub struct SigningKey(Secret<32>);

/// The 32 bytes of an Ed25519 public key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PublicKey([u8; 32]);

/// The 64 bytes of an Ed25519 signature.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Signature([u8; 64]);

/// The signature is not of this text by this key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct VerifyError;

impl SigningKey {
    /// The key of this seed.
    pub const fn new(seed: Secret<32>) -> Self {
        Self(seed)
    }

    /// The public half.
    pub fn public_key(&self) -> PublicKey {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.pair().public_key().as_ref());
        PublicKey(bytes)
    }

    /// The signature of `text`.
    pub fn sign(&self, text: &[u8]) -> Signature {
        let mut bytes = [0; 64];
        bytes.copy_from_slice(self.pair().sign(text).as_ref());
        Signature(bytes)
    }

    #[expect(clippy::expect_used, reason = "any 32 bytes are an Ed25519 seed")]
    fn pair(&self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(self.0.expose()).expect("any 32 bytes are an Ed25519 seed")
    }
}

impl PublicKey {
    /// The key of these 32 bytes; whether they are a point on the curve shows when a signature is verified.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether `signature` is of `text` by this key.
    ///
    /// # Errors
    ///
    /// Fails if it is not.
    pub fn verify(&self, text: &[u8], signature: &Signature) -> Result<(), VerifyError> {
        UnparsedPublicKey::new(&ED25519, &self.0)
            .verify(text, &signature.0)
            .map_err(|_| VerifyError)
    }
}

impl Signature {
    /// The signature of these 64 bytes.
    pub const fn new(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// Its 64 bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}
