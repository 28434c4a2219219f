//! The keys that sign a vault's log, as the vault record names them.

use data_encoding::HEXLOWER;

use crate::crypto::EcdsaPublicKey;
use crate::crypto::PublicKey;
use crate::log::Origin;
use crate::log::VerifierKey;
use crate::state::VaultRecord;

/// The keys that sign the log of an epoch, both under its origin as name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogKeys {
    /// Ed25519, of the vault: it signs each commit.
    pub log: VerifierKey,
    /// ECDSA, of the TPM: it signs what leaves the vault too. A vault of the first schema has none until it is migrated.
    pub tpm: Option<VerifierKey>,
}

/// A vault record names a key that is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the vault record names a key that is none")]
pub struct LogKeysError;

impl LogKeys {
    /// The keys that a vault record names. Whoever can write the record can write these too.
    ///
    /// # Errors
    ///
    /// Fails if one of them is not written as a vault writes it.
    pub fn of(vault: &VaultRecord) -> Result<Self, LogKeysError> {
        let origin = Origin {
            vault: vault.vault,
            epoch: vault.epoch,
        };
        let name = origin.to_string();
        let log = bytes(&vault.log_key)?.try_into().map_err(|_| LogKeysError)?;
        let tpm = vault.tpm_key.as_ref().map(|key| spki(&key.public)).transpose()?;
        Ok(Self {
            log: VerifierKey::new(name.clone(), PublicKey::new(log)),
            tpm: tpm.map(|key| VerifierKey::ecdsa(name, key)),
        })
    }
}

fn spki(hex: &str) -> Result<EcdsaPublicKey, LogKeysError> {
    EcdsaPublicKey::from_spki(&bytes(hex)?).ok_or(LogKeysError)
}

fn bytes(hex: &str) -> Result<Vec<u8>, LogKeysError> {
    HEXLOWER.decode(hex.as_bytes()).map_err(|_| LogKeysError)
}
