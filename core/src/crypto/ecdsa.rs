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
    /// The signature of these two numbers, big-endian. `s` and `n − s` make the same signature; the lower one is written,
    /// so that it has one way of being written.
    pub fn new(r: &[u8; 32], s: &[u8; 32]) -> Self {
        let (r, s) = (integer(r), integer(&if *s > HALF_ORDER { negative(s) } else { *s }));
        let len = u8::try_from(r.len() + s.len()).unwrap_or(u8::MAX);
        Self([&[SEQUENCE, len], r.as_slice(), &s].concat())
    }

    /// Its bytes.
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }
}

/// Returns whether a signature in DER, which verifies, has the lower of its two `s`.
pub(crate) fn has_low_s(signature: &[u8]) -> bool {
    let s = || {
        let (_, behind_sequence) = signature.split_at_checked(3)?;
        let (len, behind) = behind_sequence.split_first()?;
        let (_, s) = behind.split_at_checked(usize::from(*len))?;
        let number = s.get(2..)?;
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        number.get(zeros..).filter(|number| !number.is_empty())
    };
    s().is_some_and(|s| (s.len(), s) <= (HALF_ORDER.len(), &HALF_ORDER))
}

/// `n − s`
fn negative(s: &[u8; 32]) -> [u8; 32] {
    let mut difference = ORDER;
    let mut borrow = false;
    for (byte, of) in difference.iter_mut().zip(s).rev() {
        let (without, one) = byte.overflowing_sub(*of);
        let (without, other) = without.overflowing_sub(u8::from(borrow));
        (*byte, borrow) = (without, one || other);
    }
    difference
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

/// The order `n` of P-256 (FIPS 186-5, SP 800-186 section 3.2.1.3).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
/// `(n − 1) / 2`: the greatest `s` that is not greater than `n − s`.
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xde, 0x73, 0x7d,
    0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8,
];
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
