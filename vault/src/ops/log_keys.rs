//! The key that signs the log, and what is on record of the one of the TPM.

use data_encoding::HEXLOWER;
use strongroom_core::crypto::sha256;
use strongroom_core::keys::Keyring;
use strongroom_core::log::LogKeys;
use strongroom_core::log::Origin;
use strongroom_core::log::VerifierKey;
use strongroom_core::state::TpmKeyRecord;
use strongroom_core::state::VaultRecord;

use crate::store::Alarm;
use crate::tpm::SigningObject;

/// The key that signs the log, by what the keyring says and not the file.
pub(super) fn log_key(keyring: &Keyring, vault: &VaultRecord) -> VerifierKey {
    let origin = Origin {
        vault: vault.vault,
        epoch: vault.epoch,
    };
    let key = keyring.secret().log_signing_key(vault.epoch).public_key();
    VerifierKey::new(origin.to_string(), key)
}

/// The keys that the vault record names. Whoever can write the file can write these too.
pub(super) fn claimed_keys(vault: &VaultRecord) -> Result<LogKeys, Alarm> {
    LogKeys::of(vault).map_err(|error| Alarm::tampered(error.to_string()))
}

/// What the vault record says of a TPM's key.
pub(super) fn tpm_key_record(object: &SigningObject) -> TpmKeyRecord {
    TpmKeyRecord {
        public: HEXLOWER.encode(&object.public_key().to_spki()),
        object: sha256(&[&object.to_bytes()]),
        low_s: true,
    }
}
