//! HPKE, as [RFC 9180] has it: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, one message for each key.
//!
//! The associated data is empty: what a message is bound to stands in `info`.
//!
//! [RFC 9180]: https://www.rfc-editor.org/rfc/rfc9180

use std::convert::Infallible;

use hpke::Deserializable;
use hpke::Kem;
use hpke::OpModeR;
use hpke::OpModeS;
use hpke::PskBundle;
use hpke::Serializable;
use hpke::aead::Aead;
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::rand_core::TryCryptoRng;
use hpke::rand_core::TryRng;
use hpke::single_shot_open;
use hpke::single_shot_seal_with_rng;
use zeroize::Zeroizing;

use crate::crypto::DecryptError;
use crate::crypto::RandomError;
use crate::crypto::random_secret;
use crate::values::Secret;

/// Bytes of a public key and of an encapsulated key: the uncompressed point of SEC 1 section 2.3.3, `04 ‖ x ‖ y`.
pub const ENCAPSULATED_LEN: usize = 65;

/// The public half of an [`OpeningKey`]: whoever has it can encrypt, and nothing else.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EncryptionKey([u8; ENCAPSULATED_LEN]);

/// The bytes are no point of P-256.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a public key: 65 bytes, a point of P-256")]
pub struct EncryptionKeyError;

/// The seed of a key pair; the pair itself, `DeriveKeyPair(seed)` of RFC 9180 section 7.1.3, lives only inside a call.
pub struct OpeningKey(Secret<32>);

/// Who can have encrypted a message: RFC 9180 section 5, without the modes that sign.
pub enum HpkeMode<'k> {
    /// `mode_base`: anybody who has the public key.
    Base,
    /// `mode_psk`: whoever holds this key, which goes by this identifier.
    Psk {
        /// The key.
        key: &'k Secret<32>,
        /// Its identifier.
        id: &'k [u8; 16],
    },
}

/// A message, encrypted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Encapsulated {
    /// `enc`: the public half of the sender's ephemeral key.
    pub key: [u8; ENCAPSULATED_LEN],
    /// The ciphertext, with the tag of 16 bytes at its end.
    pub ciphertext: Vec<u8>,
}

impl EncryptionKey {
    /// The key of these bytes.
    ///
    /// # Errors
    ///
    /// Fails unless they are an uncompressed point of P-256.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EncryptionKeyError> {
        let key = PublicKey::from_bytes(bytes).map_err(|_| EncryptionKeyError)?;
        Ok(Self(point(&key)))
    }

    /// Its 65 bytes.
    pub const fn as_bytes(&self) -> &[u8; ENCAPSULATED_LEN] {
        &self.0
    }

    /// `Seal<mode>(key, info, aad = "", plaintext)` of RFC 9180 section 6.1, under a fresh ephemeral key.
    ///
    /// # Errors
    ///
    /// Fails where the system has no randomness.
    pub fn encrypt(&self, mode: &HpkeMode<'_>, info: &[u8], plaintext: &[u8]) -> Result<Encapsulated, RandomError> {
        let seed = random_secret()?;
        Ok(encrypt::<AesGcm256>(self, mode.psk(), info, b"", plaintext, &seed))
    }

    /// The same with an ephemeral key of this seed, for vectors.
    #[cfg(test)]
    pub(crate) fn encrypt_with(
        &self,
        mode: &HpkeMode<'_>,
        info: &[u8],
        plaintext: &[u8],
        seed: &Secret<32>,
    ) -> Encapsulated {
        encrypt::<AesGcm256>(self, mode.psk(), info, b"", plaintext, seed)
    }
}

impl OpeningKey {
    /// The key of this seed.
    pub const fn new(seed: Secret<32>) -> Self {
        Self(seed)
    }

    /// The seed, for the keyring to keep.
    pub const fn seed(&self) -> &Secret<32> {
        &self.0
    }

    /// The public half.
    pub fn public_key(&self) -> EncryptionKey {
        let (_, public) = Suite::derive_keypair(self.0.expose());
        EncryptionKey(point(&public))
    }

    /// `Open<mode>(enc, key, info, aad = "", ciphertext)` of RFC 9180 section 6.1.
    ///
    /// # Errors
    ///
    /// Fails, without saying why, if anything differs from what was encrypted.
    pub fn decrypt(
        &self,
        mode: &HpkeMode<'_>,
        info: &[u8],
        message: &Encapsulated,
    ) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        decrypt::<AesGcm256>(self, mode.psk(), info, b"", message)
    }
}

impl<'k> HpkeMode<'k> {
    #[expect(clippy::expect_used, reason = "neither key nor identifier is empty")]
    fn psk(&self) -> Option<PskBundle<'k>> {
        match self {
            Self::Base => None,
            Self::Psk { key, id } => {
                let bundle = PskBundle::new(key.expose().as_slice(), id.as_slice());
                Some(bundle.expect("neither is empty"))
            }
        }
    }
}

#[expect(clippy::expect_used, reason = "the key is a point that is not the one at infinity")]
fn encrypt<A: Aead>(
    key: &EncryptionKey,
    psk: Option<PskBundle<'_>>,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    seed: &Secret<32>,
) -> Encapsulated {
    let public = PublicKey::from_bytes(&key.0).expect("it was a public key when it was made");
    let mode = psk.map_or(OpModeS::Base, OpModeS::Psk);
    let mut seed = Seed(seed);
    let (encapsulated, ciphertext) =
        single_shot_seal_with_rng::<A, HkdfSha256, Suite>(&mode, &public, info, plaintext, aad, &mut seed)
            .expect("a point that is not at infinity, and less than AES-GCM takes");
    let mut key = [0; ENCAPSULATED_LEN];
    encapsulated.write_exact(&mut key);
    Encapsulated { key, ciphertext }
}

fn decrypt<A: Aead>(
    key: &OpeningKey,
    psk: Option<PskBundle<'_>>,
    info: &[u8],
    aad: &[u8],
    message: &Encapsulated,
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let (private, _) = Suite::derive_keypair(key.0.expose());
    let mode = psk.map_or(OpModeR::Base, OpModeR::Psk);
    let encapsulated = <Suite as Kem>::EncappedKey::from_bytes(&message.key).map_err(|_| DecryptError)?;
    single_shot_open::<A, HkdfSha256, Suite>(&mode, &private, &encapsulated, info, &message.ciphertext, aad)
        .map(Zeroizing::new)
        .map_err(|_| DecryptError)
}

fn point(key: &PublicKey) -> [u8; ENCAPSULATED_LEN] {
    let mut bytes = [0; ENCAPSULATED_LEN];
    key.write_exact(&mut bytes);
    bytes
}

/// The 32 bytes of which the crate makes the ephemeral key: it asks for exactly these.
///
/// They are had before, where a lack of randomness is an error and no panic.
struct Seed<'s>(&'s Secret<32>);

impl TryRng for Seed<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        next(self).map(u32::from_le_bytes)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        next(self).map(u64::from_le_bytes)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for (byte, seed) in bytes.iter_mut().zip(self.0.expose()) {
            *byte = *seed;
        }
        Ok(())
    }
}

impl TryCryptoRng for Seed<'_> {}

fn next<const N: usize>(seed: &mut Seed<'_>) -> Result<[u8; N], Infallible> {
    let mut bytes = [0; N];
    seed.try_fill_bytes(&mut bytes)?;
    Ok(bytes)
}

type Suite = DhP256HkdfSha256;
type PublicKey = <Suite as Kem>::PublicKey;

#[cfg(test)]
mod tests;
