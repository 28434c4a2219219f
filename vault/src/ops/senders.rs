//! `drop key`, `drop enrol`, `drop revoke`: who may hand drops in.

use strongroom_core::crypto::random;
use strongroom_core::drop::DropKey;
use strongroom_core::drop::ParseKeyFileError;
use strongroom_core::drop::SenderFile;
use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::state::Change;
use strongroom_core::state::SenderRecord;
use strongroom_core::state::VaultRecord;
use strongroom_core::state::canonical_len;
use strongroom_core::state::senders_digest;
use strongroom_core::values::LogText;
use strongroom_core::values::SenderDevices;
use strongroom_core::values::SenderId;

use crate::ops::Error;
use crate::ops::Inventory;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::store::Alarm;

/// An agent that is to be a sender.
#[derive(Clone, Debug)]
pub struct EnrolRequest {
    /// What people call it; no other sender that is enrolled has that name.
    pub name: LogText,
    /// The devices for which it may speak.
    pub devices: SenderDevices,
}

/// A sender whose record was changed.
#[derive(Clone, Debug)]
pub struct Sender {
    /// Its record now.
    pub record: SenderRecord,
    /// The event.
    pub leaf: u64,
}

impl Unsealed {
    /// The key with which anybody encrypts to this vault.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if the vault record is not what the log says.
    pub fn drop_key(&mut self) -> Result<DropKey, Error> {
        let trust = self.trust()?;
        drop(self.store.session(&trust)?);
        self.drop_key_of(&self.vault)
    }

    /// Enrols a sender, and gives its file: whoever holds that speaks for its devices.
    ///
    /// # Errors
    ///
    /// Fails if the name is taken, if its devices do not fit into a file, or if it cannot be recorded.
    pub fn enrol(&mut self, who: &Who, request: &EnrolRequest) -> Result<(Sender, SenderFile), Error> {
        let trust = self.trust()?;
        let mut draft = self.draft(who)?;
        let session = self.store.session(&trust)?;
        session.refusals_due(who.at, &mut draft)?;
        let mut senders = session.senders()?;
        if is_enrolled(&senders, &request.name) {
            drop(session);
            let name = request.name.clone();
            return Err(self.refuse_with(who, EventBody::new(Action::SenderEnrol), Error::SenderThere { name }));
        }
        let record = SenderRecord {
            sender: SenderId::new(random()?),
            name: request.name.clone(),
            devices: match &request.devices {
                SenderDevices::Any => None,
                SenderDevices::Named(devices) => Some(devices.clone()),
            },
            enrolled_at: who.at,
            revoked_at: None,
            last_sequence: None,
        };
        let longest = SenderRecord {
            revoked_at: Some(who.at),
            last_sequence: Some(u64::MAX),
            ..record.clone()
        };
        if canonical_len(&longest) > MAX_RECORD_LEN {
            // With its first drop the record would fit into no leaf, and the drop into no commit.
            return Err(ParseKeyFileError::TooLong.into());
        }
        let vault = self.renewed.as_ref().unwrap_or(&self.vault);
        let file = SenderFile::enrolled(
            drop_key_of(vault, &self.keyring)?,
            self.keyring.secret(),
            record.sender,
            record.name.clone(),
            record.devices(),
        )?;
        senders.push(record.clone());
        let renewed = with_senders(vault, &mut senders);
        let enrolled = Sender {
            record: record.clone(),
            leaf: session.next_leaf(&draft),
        };
        draft.event(event(Action::SenderEnrol, &record, &renewed));
        let key = self.keyring.secret().log_signing_key(self.vault.epoch);
        let committed = session.commit(draft, &key, (enrolled, file))?;
        self.renewed = Some(renewed);
        Ok(self.remember(committed)?.into_subject())
    }

    /// Ends the enrolment of the sender of this name: its drops count no more than anybody's.
    ///
    /// # Errors
    ///
    /// Fails if nobody of that name is enrolled, or if it cannot be recorded.
    pub fn revoke(&mut self, who: &Who, name: &LogText) -> Result<Sender, Error> {
        let trust = self.trust()?;
        let mut draft = self.draft(who)?;
        let session = self.store.session(&trust)?;
        session.refusals_due(who.at, &mut draft)?;
        let mut senders = session.senders()?;
        let is_meant = |sender: &&mut SenderRecord| sender.revoked_at.is_none() && sender.name == *name;
        let Some(held) = senders.iter_mut().find(is_meant) else {
            drop(session);
            let error = Error::NoSender { name: name.clone() };
            return Err(self.refuse_with(who, EventBody::new(Action::SenderRevoke), error));
        };
        held.revoked_at = Some(who.at);
        let record = held.clone();
        let vault = self.renewed.as_ref().unwrap_or(&self.vault);
        let renewed = with_senders(vault, &mut senders);
        let revoked = Sender {
            record: record.clone(),
            leaf: session.next_leaf(&draft),
        };
        draft.event(event(Action::SenderRevoke, &record, &renewed));
        let key = self.keyring.secret().log_signing_key(self.vault.epoch);
        let committed = session.commit(draft, &key, revoked)?;
        self.renewed = Some(renewed);
        Ok(self.remember(committed)?.into_subject())
    }

    fn drop_key_of(&self, vault: &VaultRecord) -> Result<DropKey, Error> {
        drop_key_of(vault, &self.keyring)
    }
}

impl Inventory {
    /// The senders, proven to the file's own last checkpoint. Nothing says that this is the last of the vault.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if they are not what the log says.
    pub fn senders(&mut self) -> Result<Vec<SenderRecord>, Error> {
        let snapshot = self.store.snapshot()?;
        let (_, summary) = snapshot.last_event()?;
        let (vault, _) = snapshot.vault()?;
        snapshot.prove_vault(&summary, &vault)?;
        let mut senders = snapshot.senders()?;
        if senders_digest(senders.iter().map(SenderRecord::leaf_hash)) != vault.senders {
            return Err(Alarm::tampered("the senders are not what the log says").into());
        }
        senders.sort_by_key(|sender| (sender.enrolled_at, sender.sender));
        Ok(senders)
    }
}

fn drop_key_of(vault: &VaultRecord, keyring: &strongroom_core::keys::Keyring) -> Result<DropKey, Error> {
    DropKey::of(vault, keyring).map_err(|error| Alarm::tampered(error.to_string()).into())
}

fn is_enrolled(senders: &[SenderRecord], name: &LogText) -> bool {
    senders
        .iter()
        .any(|sender| sender.revoked_at.is_none() && sender.name == *name)
}

/// The vault record that knows of these senders.
pub(super) fn with_senders(vault: &VaultRecord, senders: &mut [SenderRecord]) -> VaultRecord {
    senders.sort_by_key(|sender| sender.sender);
    VaultRecord {
        senders: senders_digest(senders.iter().map(SenderRecord::leaf_hash)),
        ..vault.clone()
    }
}

fn event(action: Action, record: &SenderRecord, vault: &VaultRecord) -> EventBody {
    EventBody {
        result: Some(record.name.to_string()),
        changes: vec![
            Change::Sender(Box::new(record.clone())),
            Change::Vault(Box::new(vault.clone())),
        ],
        ..EventBody::new(action)
    }
}

impl From<ParseKeyFileError> for Error {
    fn from(error: ParseKeyFileError) -> Self {
        Self::SenderFile(error)
    }
}

/// Bytes of a sender's record: a leaf holds 65,535, and what else stands in an event is under 8 KiB.
const MAX_RECORD_LEN: usize = 56 * 1024;
