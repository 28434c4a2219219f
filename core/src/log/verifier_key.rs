//! C2SP verifier keys (<https://c2sp.org/signed-note>, v1.0.0).

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;
use data_encoding::HEXLOWER;

use crate::crypto::EcdsaPublicKey;
use crate::crypto::PublicKey;
use crate::crypto::Signature;
use crate::crypto::VerifyError;
use crate::crypto::has_low_s;
use crate::crypto::sha256;
use crate::log::ParseNoteError;
use crate::log::note::is_name;

/// A key under a name: `name+key id+base64(type ‖ key)`.
///
/// | type | key | key id, the first 4 bytes of |
/// |---|---|---|
/// | 0x01, Ed25519 | 32 bytes | `SHA-256(name ‖ newline ‖ 0x01 ‖ key)` |
/// | 0x02, ECDSA over P-256 | `SubjectPublicKeyInfo` | `SHA-256(key)` |
///
/// The second is as `transparency-dev/formats` and Rekor have it; the specification only names it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VerifierKey {
    name: String,
    key: Key,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Key {
    Ed25519(PublicKey),
    Ecdsa(EcdsaPublicKey),
}

impl VerifierKey {
    /// An Ed25519 key under this name.
    pub const fn new(name: String, key: PublicKey) -> Self {
        Self {
            name,
            key: Key::Ed25519(key),
        }
    }

    /// An ECDSA key under this name.
    pub const fn ecdsa(name: String, key: EcdsaPublicKey) -> Self {
        Self {
            name,
            key: Key::Ecdsa(key),
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first 4 bytes of a hash of it, by which a signature names its key.
    pub(super) fn key_id(&self) -> [u8; 4] {
        let hash = match &self.key {
            Key::Ed25519(key) => sha256(&[self.name.as_bytes(), b"\n", &[ED25519], key.as_bytes()]),
            Key::Ecdsa(key) => sha256(&[&key.to_spki()]),
        };
        let [a, b, c, d, ..] = *hash.as_bytes();
        [a, b, c, d]
    }

    pub(super) fn verify(&self, text: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        match &self.key {
            Key::Ed25519(key) => {
                let signature = signature.try_into().map_err(|_| VerifyError)?;
                key.verify(text, &Signature::new(signature))
            }
            Key::Ecdsa(key) => key.verify(text, signature),
        }
    }

    /// Returns whether a signature that verifies is written as its signer wrote it: of an ECDSA signature anybody can make
    /// another one, by `n − s`.
    pub(super) fn is_as_written(&self, signature: &[u8]) -> bool {
        match &self.key {
            Key::Ed25519(_) => true,
            Key::Ecdsa(_) => has_low_s(signature),
        }
    }

    /// `type ‖ key`
    fn to_bytes(&self) -> Vec<u8> {
        match &self.key {
            Key::Ed25519(key) => [&[ED25519], key.as_bytes().as_slice()].concat(),
            Key::Ecdsa(key) => [&[ECDSA], key.to_spki().as_slice()].concat(),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once('+')?;
        let (_, base64) = rest.split_once('+')?;
        let bytes = BASE64.decode(base64.as_bytes()).ok()?;
        let key = match bytes.split_first()? {
            (&ED25519, key) => Key::Ed25519(PublicKey::new(key.try_into().ok()?)),
            (&ECDSA, key) => Key::Ecdsa(EcdsaPublicKey::from_spki(key)?),
            _ => return None,
        };
        is_name(name).then(|| Self {
            name: name.to_owned(),
            key,
        })
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}+{}+{}",
            self.name,
            HEXLOWER.encode(&self.key_id()),
            BASE64.encode(&self.to_bytes())
        )
    }
}

impl FromStr for VerifierKey {
    type Err = ParseNoteError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
            .filter(|key| key.to_string() == text)
            .ok_or(ParseNoteError::VerifierKey)
    }
}

const ED25519: u8 = 0x01;
const ECDSA: u8 = 0x02;

#[cfg(test)]
mod tests;
