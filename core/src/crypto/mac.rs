//! HMAC of what is secret.

use hmac::Hmac;
use hmac::KeyInit;
use hmac::Mac;
use sha2::Sha256;

use crate::crypto::Digest;
use crate::values::Secret;

/// `HMAC-SHA256[key](message)`, as RFC 2104 has it.
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "HMAC takes a key of any length"
)]
pub fn hmac_sha256(key: &Secret<32>, message: &[u8]) -> Digest {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).expect("HMAC takes any key");
    mac.update(message);
    Digest::new(mac.finalize().into_bytes().into())
}
