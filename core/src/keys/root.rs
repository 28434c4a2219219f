//! The two keys that stand above the keyring.

use crate::values::Secret;

/// R: 32 random bytes that only this machine's TPM can unseal; new at every seal.
pub struct RootKey(Secret<32>);

/// Q: 32 random bytes that exist only on the custodians' shares, never in the TPM.
pub struct ShareKey(Secret<32>);

impl RootKey {
    /// The root key of these bytes.
    pub const fn new(bytes: Secret<32>) -> Self {
        Self(bytes)
    }

    /// Its bytes, for the TPM to seal and the keyring to be encrypted under.
    pub const fn secret(&self) -> &Secret<32> {
        &self.0
    }
}

impl ShareKey {
    /// The share key of these bytes.
    pub const fn new(bytes: Secret<32>) -> Self {
        Self(bytes)
    }

    /// Its bytes, for the keyring to be encrypted under.
    pub const fn secret(&self) -> &Secret<32> {
        &self.0
    }
}
