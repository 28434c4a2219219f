//! A file of an older schema becomes one of the newest, as an event in the first commit that is made to it.
//!
//! Whatever only reads leaves it as it is. Schema 2 brings the key by which the TPM signs.

use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::state::Change;
use strongroom_core::state::VaultRecord;

use crate::ops::Error;
use crate::ops::Unsealed;
use crate::ops::log_keys::tpm_key_record;
use crate::store::Draft;
use crate::store::VaultBytes;

impl Unsealed {
    /// Adds to `draft` what the migration changes; the store migrates the tables in the same transaction.
    pub(super) fn migrate(&mut self, draft: &mut Draft) -> Result<(), Error> {
        self.renewed = None;
        if self.store.has_newest_schema()? {
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
        let vault = VaultRecord {
            tpm_key: Some(tpm_key_record(&object)),
            ..self.vault.clone()
        };
        draft.event(EventBody {
            changes: vec![Change::Vault(Box::new(vault.clone()))],
            ..EventBody::new(Action::Migrated)
        });
        self.renewed = Some(vault);
        Ok(())
    }
}
