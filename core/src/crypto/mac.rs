//! HMAC of what is secret.

use hmac::Hmac;
use hmac::KeyInit;
use hmac::Mac;
use sha2::Sha256;

use crate::crypto::Digest;
use crate::values::Secret;

/// `HMAC-SHA256[key](message)`, as RFC 2104 has it.
pub fn hmac_sha256(key: &Secret<32>, message: &[u8]) -> Digest {
    Digest::new(begun(key, message).finalize().into_bytes().into())
}

/// Returns whether `mac` is `HMAC-SHA256[key](message)`, in constant time.
pub fn is_hmac_sha256(key: &Secret<32>, message: &[u8], mac: &[u8]) -> bool {
    begun(key, message).verify_slice(mac).is_ok()
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn begun(key: &Secret<32>, message: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).expect("HMAC takes any key");
    mac.update(message);
    mac
}
