//! The checkpoints in the file against the log: the newest two, and every one that was handed out.

use rusqlite::Connection;
use rusqlite::OptionalExtension;
use strongroom_core::log::Checkpoint;
use strongroom_core::log::Event;
use strongroom_core::log::LogKeys;
use strongroom_core::log::Note;
use strongroom_core::log::Replay;
use strongroom_core::log::VerifierKey;
use strongroom_core::state::RecalledVolumes;

use crate::store::Alarm;
use crate::store::Snapshot;
use crate::store::StoreError;
use crate::store::snapshot::read_checkpoint;

/// The checkpoints on their way along the log, one at a time: a log may have handed out many.
pub(super) struct Checkpoints<'s> {
    connection: &'s Connection,
    key: &'s VerifierKey,
    /// The number of the first of the newest ones, which need not have been handed out.
    newest: u64,
    /// The one that the log meets next.
    next: Option<Kept>,
    /// The size of the one that it met last.
    met: u64,
    /// Whether an event of the commit so far hands out.
    is_handed_out: bool,
}

struct Kept {
    number: u64,
    note: Note,
    checkpoint: Checkpoint,
    handed_out: bool,
}

impl<'s> Checkpoints<'s> {
    /// Reads the first; each is signed by `key`, and none is there that has no reason to be.
    pub(super) fn read(snapshot: &'s Snapshot<'_>, key: &'s VerifierKey) -> Result<Self, StoreError> {
        let connection = &snapshot.transaction;
        let mut statement = connection.prepare("SELECT number FROM checkpoint ORDER BY number DESC LIMIT 2")?;
        let numbers: Vec<u64> = statement.query_map((), |row| row.get(0))?.collect::<Result<_, _>>()?;
        let newest = match numbers.as_slice() {
            [1] => 1,
            [last, before] if before + 1 == *last => *before,
            _ => return Err(not_both()),
        };
        let mut checkpoints = Self {
            connection,
            key,
            newest,
            next: None,
            met: 0,
            is_handed_out: false,
        };
        checkpoints.advance(i64::MIN)?;
        Ok(checkpoints)
    }

    /// Reads the first one behind the number `last`.
    fn advance(&mut self, last: i64) -> Result<(), StoreError> {
        let number: Option<u64> = self
            .connection
            .prepare_cached("SELECT number FROM checkpoint WHERE number > ?1 ORDER BY number LIMIT 1")?
            .query_row([last], |row| row.get(0))
            .optional()?;
        self.next = None;
        let Some(number) = number else { return Ok(()) };
        let (note, checkpoint, handed_out) = read_checkpoint(self.connection, number)?;
        if note.verify(self.key).is_err() || checkpoint.size <= self.met {
            return Err(not_signed(number).into());
        }
        if number < self.newest && !handed_out {
            return Err(not_both());
        }
        self.next = Some(Kept {
            number,
            note,
            checkpoint,
            handed_out,
        });
        Ok(())
    }

    /// Holds the one that belongs behind `event`, which was just replayed, against the log.
    pub(super) fn meet(&mut self, replay: &Replay<RecalledVolumes>, event: &Event) -> Result<(), StoreError> {
        let commit = event.commit.map(|commit| commit.number);
        let handed_out = event.body.action.hands_out();
        self.is_handed_out |= handed_out;
        // Receipts of the first releases could be followed by `continued` events. Their checkpoint has both signatures and
        // was not kept for longer than any other.
        let continued = commit.is_some() && std::mem::take(&mut self.is_handed_out) && !handed_out;
        let Some(kept) = self.next.take_if(|next| next.checkpoint.size == replay.size()) else {
            return match commit {
                Some(number) if handed_out => {
                    let what = format!("checkpoint {number} was handed out, and is not kept");
                    Err(Alarm::tampered(what).into())
                }
                _ => Ok(()),
            };
        };
        if replay.root() != kept.checkpoint.root || commit != Some(kept.number) || handed_out != kept.handed_out {
            let what = format!("checkpoint {} is not of this log", kept.number);
            return Err(Alarm::tampered(what).into());
        }
        kept.require_signatures(replay, handed_out || continued)?;
        self.met = kept.checkpoint.size;
        self.advance(kept.number.cast_signed())
    }

    /// That the log ends with the last of them, and met each.
    pub(super) fn finish(&self, size: u64) -> Result<(), Alarm> {
        if self.met == size && self.next.is_none() {
            return Ok(());
        }
        Err(Alarm::tampered("the log is longer or shorter than its checkpoints say"))
    }
}

impl Kept {
    /// Beside the vault's own signature stands the one of its TPM where it was handed out, and else none.
    fn require_signatures(&self, replay: &Replay<RecalledVolumes>, handed_out: bool) -> Result<(), Alarm> {
        let alone = self.note.signatures() == 1;
        if !handed_out {
            return if alone { Ok(()) } else { Err(not_signed(self.number)) };
        }
        let vault = replay.projection().vault();
        let low_s = vault
            .and_then(|vault| vault.tpm_key.as_ref())
            .is_some_and(|key| key.low_s);
        let tpm = vault.and_then(|vault| LogKeys::of(vault).ok()?.tpm);
        let signed = |key: &VerifierKey| {
            let as_written = !low_s || self.note.is_signed_as_written(key);
            self.note.signatures() == 2 && self.note.verify(key).is_ok() && as_written
        };
        match tpm {
            Some(key) if signed(&key) => Ok(()),
            _ => Err(not_signed(self.number)),
        }
    }
}

fn not_signed(number: u64) -> Alarm {
    Alarm::tampered(format!(
        "checkpoint {number} is not signed by this vault, or not as it signs"
    ))
}

fn not_both() -> StoreError {
    Alarm::tampered("the newest two checkpoints are not both there, or not alone").into()
}
