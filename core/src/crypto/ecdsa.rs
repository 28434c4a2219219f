//! ECDSA signatures over P-256 with SHA-256, as a TPM makes them (FIPS 186-5; SEC 1).

use ring::signature::ECDSA_P256_SHA256_ASN1;
use ring::signature::UnparsedPublicKey;

use crate::crypto::VerifyError;

/// A P-256 public key: the uncompressed point of SEC 1 section 2.3.3, `04 ‖ x ‖ y`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EcdsaPublicKey([u8; 65]);

/// An ECDSA signature: `SEQUENCE { INTEGER r, INTEGER s }` in DER, at most 72 bytes (RFC 3279 section 2.2.3).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EcdsaSignature(Vec<u8>);

impl EcdsaPublicKey {
    /// The key of this point; whether it is on the curve shows when a signature is verified.
    pub fn new(x: &[u8; 32], y: &[u8; 32]) -> Self {
        let mut point = [0; 65];
        let (tag, coordinates) = point.split_at_mut(1);
        tag.fill(UNCOMPRESSED);
        for (byte, of) in coordinates.iter_mut().zip(x.iter().chain(y)) {
            *byte = *of;
        }
        Self(point)
    }

    /// The key as a `SubjectPublicKeyInfo` in DER, 91 bytes (RFC 5480 section 2).
    pub fn to_spki(&self) -> Vec<u8> {
        [SPKI.as_slice(), &self.0].concat()
    }

    /// The key that such bytes are, if they are written as [`Self::to_spki`] writes them.
    pub fn from_spki(spki: &[u8]) -> Option<Self> {
        let point: [u8; 65] = spki.strip_prefix(&SPKI)?.try_into().ok()?;
        (point.first() == Some(&UNCOMPRESSED)).then_some(Self(point))
    }

    /// Whether `signature`, in DER, is of `text` by this key.
    ///
    /// # Errors
    ///
    /// Fails if it is not.
    pub fn verify(&self, text: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &self.0)
            .verify(text, signature)
            .map_err(|_| VerifyError)
    }
}

impl EcdsaSignature {
    /// The signature of these two numbers, big-endian.
    pub fn new(r: &[u8; 32], s: &[u8; 32]) -> Self {
        let (r, s) = (integer(r), integer(s));
        let len = u8::try_from(r.len() + s.len()).unwrap_or(u8::MAX);
        Self([&[SEQUENCE, len], r.as_slice(), &s].concat())
    }

    /// Its bytes.
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }
}

/// A number that is not negative, as an `INTEGER` in DER: without needless zeros, and with one where it would else be
/// negative.
fn integer(number: &[u8; 32]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let significant = number.get(zeros..).unwrap_or_default();
    let sign: &[u8] = match significant.first() {
        Some(first) if first & 0x80 == 0 => &[],
        _ => &[0],
    };
    let len = u8::try_from(sign.len() + significant.len()).unwrap_or(u8::MAX);
    [&[INTEGER, len], sign, significant].concat()
}

const UNCOMPRESSED: u8 = 0x04;
const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
/// Everything before the point: id-ecPublicKey, prime256v1, and a bit string of 65 bytes (RFC 5480 section 2).
const SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

#[cfg(test)]
mod tests;
