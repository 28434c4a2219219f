//! Authorisation values, on their way into the TPM.

use strongroom_core::crypto;
use strongroom_core::values::Secret;
use strongroom_core::values::VaultId;
use tss_esapi::structures::Auth;

/// What the sealed object of one vault asks for, made of its PIN.
///
/// It has no `Clone`, `Debug` or `PartialEq`, as `Secret` has none.
pub struct PinAuth(Secret<32>);

impl PinAuth {
    /// The authorisation value of this vault's PIN: `SHA-256(label ‖ vault id ‖ PIN)[..31] ‖ 01`.
    ///
    /// The PIN is taken as it comes: whoever reads it from a person decides what is trimmed, and refuses an empty one.
    pub fn new(vault: &VaultId, pin: &str) -> Self {
        Self(crypto::pin_authorisation(vault, pin))
    }

    pub(super) fn to_auth(&self) -> tss_esapi::Result<Auth> {
        value(&self.0)
    }
}

/// The authorisation value made of 32 secret bytes: `secret[..31] ‖ 01`.
///
/// A TPM ignores zero bytes at the end of an authorisation value, and libtss2 computes with them; so a derived value
/// that ends in 00, as one of 256 does, would be refused by the TPM that it was set in. This is the one place that
/// prevents it. `Auth` wipes itself.
pub(super) fn value(secret: &Secret<32>) -> tss_esapi::Result<Auth> {
    let fixed = Secret::<32>::from_fn(|bytes| {
        bytes.copy_from_slice(secret.expose());
        if let Some(last) = bytes.last_mut() {
            *last = 1;
        }
    });
    Auth::try_from(fixed.expose().as_slice())
}

#[cfg(test)]
mod tests {
    use strongroom_core::values::Secret;

    use crate::tpm::authorisation::value;

    #[test]
    fn never_ends_in_a_zero_byte() {
        for last in [0, 1, 255] {
            let secret = Secret::from_fn(|bytes: &mut [u8; 32]| {
                bytes.fill(7);
                bytes[31] = last;
            });
            let value = value(&secret).unwrap();
            assert_eq!(value.value()[..31], [7; 31]);
            assert_eq!(value.value()[31], 1);
        }
    }
}
