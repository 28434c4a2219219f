//! The auditor's side: a log against the keys and the checkpoint that the auditor kept.

use crate::audit::Findings;
use crate::audit::Report;
use crate::audit::epochs::Epochs;
use crate::crypto::Digest;
use crate::log::Action;
use crate::log::Checkpoint;
use crate::log::Event;
use crate::log::Leaf;
use crate::log::LogKeys;
use crate::log::Note;
use crate::log::Origin;
use crate::log::Replay;
use crate::log::ReplayError;
use crate::log::Replayed;
use crate::log::VerifierKey;
use crate::state::VaultRecord;

/// A log on its way past an auditor, leaf by leaf.
#[derive(Debug)]
pub struct Verification {
    note: Note,
    checkpoint: Checkpoint,
    replay: Replay,
    findings: Findings,
    epochs: Epochs,
    since: Option<Earlier>,
    /// The leaf that handed something out in a commit that has not ended yet.
    handed_out: Option<u64>,
}

/// Why an auditor cannot accept a log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditAlarm {
    /// A leaf does not hold together with those before.
    #[error("the log does not hold together")]
    Replay(#[from] ReplayError),
    /// The leaves do not lead to the checkpoint.
    #[error("the {events} events do not lead to the checkpoint, which is over {size}")]
    OtherRoot {
        /// Events that were read.
        events: u64,
        /// Events that the checkpoint is over.
        size: u64,
    },
    /// What is signed is no checkpoint of a vault.
    #[error("the checkpoint is not one of a vault")]
    Checkpoint,
    /// The earlier checkpoint is none of a vault, or not signed by the log key of its epoch.
    #[error("the earlier checkpoint is not one of a vault, or is not signed by it")]
    Earlier,
    /// The earlier checkpoint is of another vault.
    #[error("the earlier checkpoint is of another vault: {origin}")]
    OtherVault {
        /// Its origin.
        origin: String,
    },
    /// The earlier checkpoint is of an epoch of this vault that the log does not have.
    #[error("the earlier checkpoint is of an epoch that this log does not have: {origin}")]
    OtherEpoch {
        /// Its origin.
        origin: String,
    },
    /// Something is handed out in the middle of a commit, where there is no checkpoint. Only its own changes may follow.
    #[error("leaf {leaf} hands something out in the middle of a commit")]
    HandedOut {
        /// The leaf.
        leaf: u64,
    },
    /// The checkpoint's origin is not the one of the log's last epoch.
    #[error("the checkpoint is of {origin}, and the log is not")]
    OtherOrigin {
        /// The checkpoint's origin.
        origin: String,
    },
    /// A key did not sign.
    #[error("the checkpoint is not signed by {key}")]
    NotSigned {
        /// The key.
        key: String,
    },
    /// A key is of no epoch of this log.
    #[error("the key {key} is none of this log")]
    UnknownKey {
        /// The key, as it was given.
        key: String,
    },
    /// The present epoch's keys are vouched for by no given one.
    #[error("no given key vouches for the keys of {origin}")]
    NotVouched {
        /// Its origin.
        origin: String,
    },
    /// An epoch begins without what was there before, or with keys for which the old one did not sign.
    #[error("leaf {leaf} begins an epoch that does not come out of the one before")]
    Epoch {
        /// Its first leaf.
        leaf: u64,
    },
    /// The log is shorter than the one that was seen before.
    #[error("the log ends with {events} events, and had {before} when the earlier checkpoint was made")]
    Shorter {
        /// Events now.
        events: u64,
        /// Events then.
        before: u64,
    },
    /// The log's beginning is not the one that was seen before.
    #[error("the first {before} events are not those of the earlier checkpoint")]
    Rewritten {
        /// Events then.
        before: u64,
    },
    /// Two histories of one size, each signed.
    #[error("two logs of {size} events were signed: this one, and that of the earlier checkpoint")]
    TwoHistories {
        /// Events of both.
        size: u64,
    },
}

impl Verification {
    /// Begins with the log's checkpoint, the keys that the auditor noted down, and an earlier checkpoint that the log has
    /// to extend.
    ///
    /// # Errors
    ///
    /// Fails if the checkpoint is none, if one of these is of another vault, or if a key of its own epoch did not sign it.
    pub fn begin(note: Note, keys: Vec<VerifierKey>, since: Option<Note>) -> Result<Self, AuditAlarm> {
        let checkpoint = Checkpoint::from_note(&note).map_err(|_| AuditAlarm::Checkpoint)?;
        for key in &keys {
            let origin: Option<Origin> = key.name().parse().ok();
            if origin.is_none_or(|origin| origin.vault != checkpoint.origin.vault) {
                return Err(AuditAlarm::UnknownKey { key: key.to_string() });
            }
            if origin == Some(checkpoint.origin) && note.verify(key).is_err() {
                return Err(AuditAlarm::NotSigned { key: key.to_string() });
            }
        }
        let since = since.map(|since| Earlier::of(since, &checkpoint)).transpose()?;
        Ok(Self {
            note,
            checkpoint,
            replay: Replay::default(),
            findings: Findings::default(),
            epochs: Epochs::new(keys),
            since,
            handed_out: None,
        })
    }

    /// How many events the log's checkpoint is over.
    pub const fn size(&self) -> u64 {
        self.checkpoint.size
    }

    /// Takes the next leaf, and gives it as it was replayed.
    ///
    /// # Errors
    ///
    /// Fails if the leaf does not hold together with those before.
    pub fn take(&mut self, leaf: &Leaf) -> Result<Replayed, AuditAlarm> {
        let replayed = self.replay.next(leaf)?;
        let event = &replayed.event;
        self.follow_hand_out(event)?;
        self.epochs.take(&replayed)?;
        let replay = &self.replay;
        self.findings.take(&replayed, || replay.root());
        if let Some(since) = &mut self.since
            && since.checkpoint.size == replay.size()
        {
            since.root = Some(replay.root());
        }
        Ok(replayed)
    }

    /// Requires that a hand-out is the last event of its commit, but for `continued` events. A hand-out of today carries no
    /// changes; receipts of the first releases carried those of the senders, which could be too many for one leaf.
    fn follow_hand_out(&mut self, event: &Event) -> Result<(), AuditAlarm> {
        if let Some(leaf) = self.handed_out.filter(|_| event.body.action != Action::Continued) {
            return Err(AuditAlarm::HandedOut { leaf });
        }
        if event.body.action.hands_out() {
            self.handed_out = Some(event.leaf);
        }
        if event.commit.is_some() {
            self.handed_out = None;
        }
        Ok(())
    }

    /// The report, if the leaves were those of the checkpoint, which every key has signed, and extend the earlier one.
    ///
    /// # Errors
    ///
    /// Fails if anything of that does not hold.
    pub fn finish(mut self) -> Result<Accepted, AuditAlarm> {
        let (events, size) = (self.replay.size(), self.checkpoint.size);
        if size != events || self.checkpoint.root != self.replay.root() {
            return Err(AuditAlarm::OtherRoot { events, size });
        }
        let signed_by = self
            .epochs
            .require_signed(&self.note, &self.checkpoint.origin.to_string())?;
        let projection = self.replay.finish()?;
        if let Some(vault) = projection.vault() {
            require_as_written(&self.note, vault)?;
        }
        if let Some(since) = &self.since {
            self.epochs.require_of_this_log(&since.note, &since.checkpoint)?;
            since.require_extended(events)?;
        }
        Ok(Accepted {
            checkpoint: self.checkpoint,
            signed_by,
            report: self.findings.finish(projection),
        })
    }
}

/// That the TPM's signature is the one that the vault wrote, where its record says how that is: of an ECDSA signature
/// anybody can make a second one.
fn require_as_written(note: &Note, vault: &VaultRecord) -> Result<(), AuditAlarm> {
    let low_s = vault.tpm_key.as_ref().is_some_and(|key| key.low_s);
    match LogKeys::of(vault).ok().and_then(|keys| keys.tpm) {
        Some(key) if low_s && !note.is_signed_as_written(&key) => Err(AuditAlarm::NotSigned { key: key.to_string() }),
        _ => Ok(()),
    }
}

/// A log that an auditor can accept.
#[derive(Debug)]
pub struct Accepted {
    /// Its checkpoint.
    pub checkpoint: Checkpoint,
    /// The keys that signed it: those that were given or, where one was of an earlier epoch, its successor.
    pub signed_by: Vec<VerifierKey>,
    /// What it comes to.
    pub report: Report,
}

/// A checkpoint from an earlier visit.
#[derive(Debug)]
struct Earlier {
    note: Note,
    checkpoint: Checkpoint,
    /// The log's root when it was as long.
    root: Option<Digest>,
}

impl Earlier {
    fn of(note: Note, now: &Checkpoint) -> Result<Self, AuditAlarm> {
        let checkpoint = Checkpoint::from_note(&note).map_err(|_| AuditAlarm::Earlier)?;
        if checkpoint.origin.vault != now.origin.vault {
            return Err(AuditAlarm::OtherVault {
                origin: checkpoint.origin.to_string(),
            });
        }
        // No vault signs for a log without events: its first commit has one.
        if checkpoint.size == 0 {
            return Err(AuditAlarm::Earlier);
        }
        Ok(Self {
            note,
            checkpoint,
            root: None,
        })
    }

    /// That a log of so many events goes on from it. Both are known to be signed by now.
    fn require_extended(&self, events: u64) -> Result<(), AuditAlarm> {
        let before = self.checkpoint.size;
        if events < before {
            return Err(AuditAlarm::Shorter { events, before });
        }
        if self.root == Some(self.checkpoint.root) {
            return Ok(());
        }
        Err(match events == before {
            true => AuditAlarm::TwoHistories { size: events },
            false => AuditAlarm::Rewritten { before },
        })
    }
}

#[cfg(test)]
mod tests;
