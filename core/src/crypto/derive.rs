//! Key derivation.

use hkdf::Hkdf;
use sha2::Sha256;

use crate::crypto::Purpose;
use crate::values::Secret;

/// `HKDF-SHA256[key](label ‖ 0x00 ‖ context, 32)`
///
/// HKDF from [RFC 5869], extract with an empty salt, then expand.
///
/// [RFC 5869]: https://www.rfc-editor.org/rfc/rfc5869
pub fn derive(key: &Secret<32>, purpose: Purpose, context: &[u8]) -> Secret<32> {
    output(&Hkdf::<Sha256>::new(None, key.expose()), purpose, context)
}

/// `HKDF-Expand-SHA256[key](label ‖ 0x00 ‖ context, 32)`
///
/// The second half of HKDF from [RFC 5869], for a key that is uniformly random already.
///
/// [RFC 5869]: https://www.rfc-editor.org/rfc/rfc5869#section-2.3
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "32 bytes are a whole pseudorandom key of HKDF-SHA256"
)]
pub fn expand(key: &Secret<32>, purpose: Purpose, context: &[u8]) -> Secret<32> {
    let hkdf = Hkdf::<Sha256>::from_prk(key.expose()).expect("32 bytes are a pseudorandom key");
    output(&hkdf, purpose, context)
}

#[expect(clippy::expect_used, reason = "32 bytes is under HKDF's limit of 255 × 32")]
fn output(hkdf: &Hkdf<Sha256>, purpose: Purpose, context: &[u8]) -> Secret<32> {
    Secret::from_fn(|key| {
        hkdf.expand_multi_info(&[purpose.label(), &[0], context], key)
            .expect("32 bytes is a valid HKDF output length");
    })
}
