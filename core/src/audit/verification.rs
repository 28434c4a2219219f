//! The auditor's side: a log against the keys and the checkpoint that the auditor kept.

use crate::audit::Findings;
use crate::audit::Report;
use crate::audit::epochs::Epochs;
use crate::log::Checkpoint;
use crate::log::Leaf;
use crate::log::Note;
use crate::log::Replay;
use crate::log::ReplayError;
use crate::log::Replayed;
use crate::log::VerifierKey;

/// A log on its way past an auditor, leaf by leaf.
#[derive(Debug)]
pub struct Verification {
    note: Note,
    checkpoint: Checkpoint,
    replay: Replay,
    findings: Findings,
    epochs: Epochs,
    since: Option<Checkpoint>,
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
    /// The earlier checkpoint is none of a vault, or not signed by the keys that were given.
    #[error("the earlier checkpoint is not one of a vault, or not signed by the keys given")]
    Earlier,
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
    /// Fails if the checkpoints alone show that the log cannot be accepted.
    pub fn begin(note: Note, keys: Vec<VerifierKey>, since: Option<&Note>) -> Result<Self, AuditAlarm> {
        let checkpoint = Checkpoint::from_note(&note).map_err(|_| AuditAlarm::Checkpoint)?;
        require_signed(&note, &checkpoint, &keys)?;
        let earlier = since.map(|since| earlier(since, &keys)).transpose()?;
        if let Some(earlier) = earlier {
            require_later(&checkpoint, &earlier)?;
        }
        Ok(Self {
            note,
            checkpoint,
            replay: Replay::default(),
            findings: Findings::default(),
            epochs: Epochs::new(keys),
            since: earlier,
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
    /// Fails if the leaf does not hold together with those before, or if this is not the log that was seen before.
    pub fn take(&mut self, leaf: &Leaf) -> Result<Replayed, AuditAlarm> {
        let replayed = self.replay.next(leaf)?;
        self.epochs.take(&replayed)?;
        let replay = &self.replay;
        self.findings.take(&replayed, || replay.root());
        match self.since {
            Some(since) if since.size == replay.size() && since.root != replay.root() => {
                Err(AuditAlarm::Rewritten { before: since.size })
            }
            _ => Ok(replayed),
        }
    }

    /// The report, if the leaves were those of the checkpoint, which every key has signed.
    ///
    /// # Errors
    ///
    /// Fails if anything of that does not hold.
    pub fn finish(self) -> Result<(Checkpoint, Report), AuditAlarm> {
        let (events, size) = (self.replay.size(), self.checkpoint.size);
        if size != events || self.checkpoint.root != self.replay.root() {
            return Err(AuditAlarm::OtherRoot { events, size });
        }
        self.epochs
            .require_signed(&self.note, &self.checkpoint.origin.to_string())?;
        let projection = self.replay.finish()?;
        Ok((self.checkpoint, self.findings.finish(projection)))
    }
}

/// That every key of its origin signed a checkpoint. Of the keys of other epochs only the log itself tells.
fn require_signed(note: &Note, checkpoint: &Checkpoint, keys: &[VerifierKey]) -> Result<(), AuditAlarm> {
    let origin = checkpoint.origin.to_string();
    let unsigned = |key: &&VerifierKey| key.name() == origin && note.verify(key).is_err();
    match keys.iter().find(unsigned) {
        Some(key) => Err(AuditAlarm::NotSigned { key: key.to_string() }),
        None => Ok(()),
    }
}

fn earlier(since: &Note, keys: &[VerifierKey]) -> Result<Checkpoint, AuditAlarm> {
    let earlier = Checkpoint::from_note(since).map_err(|_| AuditAlarm::Earlier)?;
    require_signed(since, &earlier, keys).map_err(|_| AuditAlarm::Earlier)?;
    Ok(earlier)
}

/// That a checkpoint could extend an earlier one, by their sizes.
fn require_later(checkpoint: &Checkpoint, earlier: &Checkpoint) -> Result<(), AuditAlarm> {
    let (events, before) = (checkpoint.size, earlier.size);
    if events < before {
        return Err(AuditAlarm::Shorter { events, before });
    }
    if events == before && checkpoint.root != earlier.root {
        return Err(AuditAlarm::TwoHistories { size: events });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
