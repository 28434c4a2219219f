//! A file of an older schema becomes one of the newest, as the first event of the first commit that is made to it.
//!
//! Reading leaves it as it is. The store migrates the tables when the session of that commit begins; what a version needs
//! beside its tables is one step here.

use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::state::Change;
use strongroom_core::state::TpmKeyRecord;
use strongroom_core::state::VaultRecord;

use crate::ops::Error;
use crate::ops::Unsealed;
use crate::ops::log_keys::tpm_key_record;
use crate::store::Draft;
use crate::store::VaultBytes;

impl Unsealed {
    /// Adds the event of the migration to `draft`, which must be empty, with the steps of each version up to the newest.
    pub(super) fn migrate(&mut self, draft: &mut Draft) -> Result<(), Error> {
        self.renewed = None;
        let found = self.store.schema_version()?;
        if found == strongroom_schema::VERSION {
            return Ok(());
        }
        for version in found.saturating_add(1)..=strongroom_schema::VERSION {
            if version == FIRST_WITH_SIGNING_KEY {
                self.make_signing_key(draft)?;
            }
            if version == FIRST_WITH_LOW_S {
                self.require_low_s();
            }
        }
        let vault = self.renewed.iter().cloned();
        draft.event(EventBody {
            result: Some(format!("from schema {found}")),
            changes: vault.map(|vault| Change::Vault(Box::new(vault))).collect(),
            ..EventBody::new(Action::Migrated)
        });
        Ok(())
    }

    /// Makes the key by which the TPM signs, for a vault that has none: an auditor noted down the one that is there.
    fn make_signing_key(&mut self, draft: &mut Draft) -> Result<(), Error> {
        if self.vault.tpm_key.is_some() {
            return Ok(());
        }
        if self.vault.tpm_key.is_some() {
            draft.event(EventBody::new(Action::Migrated));
            return Ok(());
        }
        let object = self
            .tpm
            .create_signing_key(&self.keyring.secret().tpm_signing_authorisation())?;
        let (_, bytes) = self.store.vault()?;
        draft.vault(VaultBytes {
            signing_key: Some(object.to_bytes()),
            ..bytes
        });
        self.renewed = Some(VaultRecord {
            tpm_key: Some(tpm_key_record(&object)),
            ..self.vault.clone()
        });
        Ok(())
    }

    /// Records that the TPM's signatures are written with the lower `s` from now on. The key stays the same.
    fn require_low_s(&mut self) {
        let vault = self.renewed.as_ref().unwrap_or(&self.vault);
        let Some(key) = vault.tpm_key.clone().filter(|key| !key.low_s) else {
            return;
        };
        self.renewed = Some(VaultRecord {
            tpm_key: Some(TpmKeyRecord { low_s: true, ..key }),
            ..vault.clone()
        });
    }
}

/// The version of the schema from which on the TPM's signatures are written in one way.
const FIRST_WITH_LOW_S: u32 = 3;
/// The version of the schema that has a place for the TPM's signing key.
const FIRST_WITH_SIGNING_KEY: u32 = 2;
