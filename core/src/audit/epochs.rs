//! Which keys count: those that the auditor noted down, and those that such a key signed for in the first leaf of a later
//! epoch.

use crate::audit::AuditAlarm;
use crate::log::Action;
use crate::log::Checkpoint;
use crate::log::LogKeys;
use crate::log::Note;
use crate::log::Origin;
use crate::log::Replayed;
use crate::log::VerifierKey;
use crate::state::Change;
use crate::state::VaultRecord;

/// The keys of a log's epochs, as far as it was read.
#[derive(Debug)]
pub(super) struct Epochs {
    given: Vec<VerifierKey>,
    /// In order; the last is the present one.
    epochs: Vec<Epoch>,
}

#[derive(Debug)]
struct Epoch {
    origin: String,
    /// By the vault record.
    keys: LogKeys,
    /// Whether the log key was given, or a trusted one signed for it. In the first epoch nobody else could.
    trusted: bool,
}

impl Epochs {
    pub(super) const fn new(given: Vec<VerifierKey>) -> Self {
        Self {
            given,
            epochs: Vec::new(),
        }
    }

    /// Takes an event that was just replayed: does it begin an epoch? The event that does says so, and no other.
    pub(super) fn take(&mut self, replayed: &Replayed) -> Result<(), AuditAlarm> {
        let (event, before) = (&replayed.event, self.epochs.len());
        for change in &event.body.changes {
            if let Change::Vault(vault) = change {
                self.vault(replayed, vault)?;
            }
        }
        let begins = before > 0 && self.epochs.len() > before;
        let says = matches!(event.body.action, Action::AlarmAccept | Action::Restore);
        if begins == says && begins == event.body.epoch.is_some() {
            return Ok(());
        }
        Err(AuditAlarm::Epoch { leaf: event.leaf })
    }

    fn vault(&mut self, replayed: &Replayed, vault: &VaultRecord) -> Result<(), AuditAlarm> {
        let leaf = replayed.event.leaf;
        let keys = LogKeys::of(vault).map_err(|_| AuditAlarm::Epoch { leaf })?;
        let origin = Origin {
            vault: vault.vault,
            epoch: vault.epoch,
        };
        let origin = origin.to_string();
        match self.epochs.last_mut() {
            Some(present) if present.origin == origin => {
                // The key of a TPM may come later, as in a file of the first schema; none changes within an epoch.
                let same = present.keys.log == keys.log && (present.keys.tpm.is_none() || present.keys.tpm == keys.tpm);
                present.keys = keys;
                if same { Ok(()) } else { Err(AuditAlarm::Epoch { leaf }) }
            }
            Some(_) => self.begin(replayed, origin, keys),
            None => {
                let trusted = self.given.contains(&keys.log);
                self.epochs.push(Epoch { origin, keys, trusted });
                Ok(())
            }
        }
    }

    /// An epoch after the first: what it says of the one before is so, and who vouches for its keys.
    fn begin(&mut self, replayed: &Replayed, origin: String, keys: LogKeys) -> Result<(), AuditAlarm> {
        let leaf = replayed.event.leaf;
        let wrong = AuditAlarm::Epoch { leaf };
        let Some((before, start)) = self.epochs.last().zip(replayed.event.body.epoch.as_deref()) else {
            return Err(wrong);
        };
        let said = &start.statement;
        let so = said.old_origin == before.origin && said.size == leaf && Some(said.root) == replayed.root_before;
        if !so || start.vouched_by(&before.keys.log).as_ref() != Some(&keys) {
            return Err(wrong);
        }
        let trusted = before.trusted || self.given.contains(&keys.log);
        self.epochs.push(Epoch { origin, keys, trusted });
        Ok(())
    }

    /// That every key which was given signed the checkpoint, itself or by those that it vouched for; gives the keys that
    /// did.
    pub(super) fn require_signed(&self, note: &Note, origin: &str) -> Result<Vec<VerifierKey>, AuditAlarm> {
        let present = self.epochs.last().filter(|epoch| epoch.origin == origin);
        let present = present.ok_or_else(|| AuditAlarm::OtherOrigin {
            origin: origin.to_owned(),
        })?;
        let mut signed: Vec<VerifierKey> = Vec::new();
        for given in &self.given {
            let key = self.successor(given, present)?;
            if note.verify(key).is_err() {
                return Err(AuditAlarm::NotSigned { key: key.to_string() });
            }
            if !signed.contains(key) {
                signed.push(key.clone());
            }
        }
        Ok(signed)
    }

    /// That an earlier checkpoint is of one of these epochs, and signed by its log key.
    pub(super) fn require_of_this_log(&self, note: &Note, checkpoint: &Checkpoint) -> Result<(), AuditAlarm> {
        let origin = checkpoint.origin.to_string();
        match self.epochs.iter().find(|epoch| epoch.origin == origin) {
            Some(epoch) => note.verify(&epoch.keys.log).map_err(|_| AuditAlarm::Earlier),
            None => Err(AuditAlarm::OtherEpoch { origin }),
        }
    }

    /// The key of the present epoch in whose place a given one stands: itself, or its successor.
    fn successor<'k>(&self, given: &'k VerifierKey, present: &'k Epoch) -> Result<&'k VerifierKey, AuditAlarm> {
        if given.name() == present.origin {
            return Ok(given);
        }
        let unknown = || AuditAlarm::UnknownKey { key: given.to_string() };
        let own = self
            .epochs
            .iter()
            .find(|epoch| epoch.origin == given.name())
            .ok_or_else(unknown)?;
        if !present.trusted {
            return Err(AuditAlarm::NotVouched {
                origin: present.origin.clone(),
            });
        }
        if *given == own.keys.log {
            Ok(&present.keys.log)
        } else if Some(given) == own.keys.tpm.as_ref() {
            present.keys.tpm.as_ref().ok_or_else(unknown)
        } else {
            Err(unknown())
        }
    }
}
