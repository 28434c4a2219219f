//! What the TPM is told instead of a PIN.

use sha2::Digest;
use sha2::Sha256;

use crate::crypto::Purpose;
use crate::values::Secret;
use crate::values::VaultId;

/// `SHA-256(label ‖ vault id ‖ PIN)[..31] ‖ 01`
///
/// The authorisation value of the sealed object. Its last byte is 01 because a TPM ignores zero bytes at the end of
/// an authorisation value (TPM 2.0 Library, part 1, "authValue"): a value that ended in one would have a second, shorter form.
/// The vault's identifier keeps one PIN from having one value everywhere.
pub fn pin_authorisation(vault: &VaultId, pin: &str) -> Secret<32> {
    Secret::from_fn(|value| {
        let mut hash = Sha256::new();
        hash.update(Purpose::Pin.label());
        hash.update(vault.as_bytes());
        hash.update(pin.as_bytes());
        hash.finalize_into(value.into());
        if let Some(last) = value.last_mut() {
            *last = 1;
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::crypto::pin_authorisation;
    use crate::crypto::sha256;
    use crate::values::VaultId;

    #[test]
    fn is_the_hash_that_the_design_names() {
        let vault = VaultId::new([0x5a; 16]);
        let value = pin_authorisation(&vault, "4711 0815");
        // ring, which hashes what is public, is the check of sha2, which hashes what is secret.
        let hash = sha256(&[b"strongroom/v1/pin", &[0x5a; 16], b"4711 0815"]);
        assert_eq!(value.expose()[..31], hash.as_bytes()[..31]);
        assert_eq!(value.expose()[31], 1);
    }

    #[test]
    fn differs_with_vault_and_pin() {
        let value = pin_authorisation(&VaultId::new([1; 16]), "1234");
        assert_ne!(
            value.expose(),
            pin_authorisation(&VaultId::new([2; 16]), "1234").expose()
        );
        assert_ne!(
            value.expose(),
            pin_authorisation(&VaultId::new([1; 16]), "1235").expose()
        );
    }
}
