//! What leaves the vault with an auditor: a checkpoint, signed by the vault and by its TPM.
//!
//! Each is an event, the last of its own commit. So what is handed out is the checkpoint of the log up to and with the
//! event that says so, and whoever reads the log later can compute what others were shown.

use strongroom_core::crypto::sha256;
use strongroom_core::log::Action;
use strongroom_core::log::Checkpoint;
use strongroom_core::log::LogKeys;
use strongroom_core::log::Note;
use strongroom_core::log::VerifierKey;
use strongroom_core::values::LogText;

use crate::ops::Error;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::ops::log_keys::claimed_keys;
use crate::ops::log_keys::log_key;
use crate::store::Alarm;
use crate::store::Draft;
use crate::store::HandOut;
use crate::tpm::SigningObject;

/// A checkpoint that left the vault.
#[derive(Clone, Debug)]
pub struct HandedOut {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The checkpoint with both signatures.
    pub note: Note,
    /// The keys that signed it.
    pub keys: LogKeys,
    /// The event that says so: the last that the checkpoint is over.
    pub leaf: u64,
}

impl Unsealed {
    /// Hands out a checkpoint. The auditor's words stand in its event, so the checkpoint is younger than they are.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be recorded, or if the TPM does not sign.
    pub fn checkpoint(&mut self, who: &Who, phrase: Option<LogText>) -> Result<HandedOut, Error> {
        self.hand_out(
            who,
            HandOut {
                note: phrase,
                ..HandOut::new(Action::Checkpoint)
            },
        )
    }

    /// Commits an event that hands the log out as it is with it, and gives the signed checkpoint.
    pub(super) fn hand_out(&mut self, who: &Who, event: HandOut) -> Result<HandedOut, Error> {
        let trust = self.trust()?;
        let mut draft = self.draft(who)?;
        let (keys, machine, object) = self.signers(&draft)?;
        let secret = self.keyring.secret();
        let (key, authorisation) = (
            secret.log_signing_key(self.vault.epoch),
            secret.tpm_signing_authorisation(),
        );

        let session = self.store.session(&trust)?;
        session.refusals_due(who.at, &mut draft)?;
        let leaf = session.next_leaf(&draft);
        let tpm = &mut self.tpm;
        let committed = session.hand_out(draft, event, &key, |note, checkpoint| {
            let signature = tpm.sign(&object, &authorisation, note.text().as_bytes())?;
            note.add(&machine, &signature);
            Ok::<_, Error>(HandedOut {
                checkpoint,
                note: note.clone(),
                keys,
                leaf,
            })
        })?;
        Ok(self.remember(committed)?.into_subject())
    }

    /// The keys that will sign, that of the TPM among them, and the object by which the TPM signs: the one of the vault
    /// record, or the one that a migration in `draft` brings.
    pub(super) fn signers(&self, draft: &Draft) -> Result<(LogKeys, VerifierKey, SigningObject), Error> {
        let vault = self.renewed.as_ref().unwrap_or(&self.vault);
        let missing = || Alarm::tampered("the vault has no signing key of its TPM");
        let machine = claimed_keys(vault)?.tpm.ok_or_else(missing)?;
        let held = match draft.signing_key() {
            Some(bytes) => bytes.to_vec(),
            None => self.store.vault()?.1.signing_key.ok_or_else(missing)?,
        };
        if vault.tpm_key.as_ref().map(|key| key.object) != Some(sha256(&[&held])) {
            return Err(Alarm::tampered("the TPM's signing key is not the one of the vault record").into());
        }
        let object = SigningObject::from_bytes(&held)
            .map_err(|_| Alarm::tampered("the TPM's signing key is none that a vault writes"))?;
        let keys = LogKeys {
            log: log_key(&self.keyring, vault),
            tpm: Some(machine.clone()),
        };
        Ok((keys, machine, object))
    }
}
