//! The vault secret, and the keys that stay the same for the life of the vault.

use std::fmt;

use crate::crypto::Digest;
use crate::crypto::Purpose;
use crate::crypto::SigningKey;
use crate::crypto::derive;
use crate::crypto::hmac_sha256;
use crate::keys::refusal_key::RefusalKey;
use crate::values::EpochId;
use crate::values::RecoveryPassword;
use crate::values::Secret;
use crate::values::SenderId;

/// S: 32 random bytes that live as long as the vault. Neither reseal nor rekey changes what is derived from it.
pub struct VaultSecret(Secret<32>);

/// Makes the fingerprints of passwords: one key for the life of the vault.
pub struct FingerprintKey(Secret<32>);

/// `HMAC-SHA256[fingerprint key](16-byte password)`: equal for equal passwords, and says nothing else about them.
///
/// It never stands in a leaf, where equal passwords would be linkable.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Fingerprint(Digest);

impl VaultSecret {
    /// The vault secret of these bytes.
    pub const fn new(bytes: Secret<32>) -> Self {
        Self(bytes)
    }

    /// The Ed25519 key that signs the log of an epoch.
    pub fn log_signing_key(&self, epoch: EpochId) -> SigningKey {
        SigningKey::new(derive(&self.0, Purpose::LogSigning, epoch.as_bytes()))
    }

    /// The authorisation of the NV index that is the anchor of an epoch.
    pub fn anchor_authorisation(&self, epoch: EpochId) -> Secret<32> {
        derive(&self.0, Purpose::AnchorAuthorisation, epoch.as_bytes())
    }

    /// What the TPM's lockout authorisation is set to, so that nobody resets the count of wrong PINs.
    pub fn lockout_authorisation(&self) -> Secret<32> {
        derive(&self.0, Purpose::LockoutAuthorisation, &[])
    }

    /// The authorisation of the TPM's own signing key.
    pub fn tpm_signing_authorisation(&self) -> Secret<32> {
        derive(&self.0, Purpose::TpmSigningAuthorisation, &[])
    }

    /// The key that a sender of drops holds too. There is one for every identifier, enrolled or not.
    pub fn sender_key(&self, sender: SenderId) -> Secret<32> {
        derive(&self.0, Purpose::DropSender, sender.as_bytes())
    }

    /// The fingerprint key.
    pub fn fingerprint_key(&self) -> FingerprintKey {
        FingerprintKey::new(derive(&self.0, Purpose::Fingerprint, &[]))
    }

    /// Returns the key that authenticates counts of refusals.
    pub fn refusal_key(&self) -> RefusalKey {
        RefusalKey::new(derive(&self.0, Purpose::RefusalCounts, &[]))
    }

    pub(super) const fn expose(&self) -> &Secret<32> {
        &self.0
    }
}

impl FingerprintKey {
    /// The fingerprint key of these bytes. Under a random one the fingerprints equal no stored one, and each other only for
    /// equal passwords.
    pub const fn new(bytes: Secret<32>) -> Self {
        Self(bytes)
    }

    /// The fingerprint of a password.
    pub fn fingerprint(&self, password: &RecoveryPassword) -> Fingerprint {
        Fingerprint(hmac_sha256(&self.0, password.expose()))
    }

    /// `HMAC-SHA256[fingerprint key](32-byte master key)`: by this a volume's master key is known again. A password has 16
    /// bytes, so that neither is ever taken for the other.
    pub fn of_master_key(&self, master_key: &Secret<32>) -> Digest {
        hmac_sha256(&self.0, master_key.expose())
    }
}

impl Fingerprint {
    /// The fingerprint that was kept in a row.
    pub const fn kept(bytes: [u8; 32]) -> Self {
        Self(Digest::new(bytes))
    }

    /// Its 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(..)")
    }
}
