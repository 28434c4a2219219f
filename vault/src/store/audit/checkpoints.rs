//! The checkpoints in the file against the log: the newest two, and every one that was handed out.

use std::collections::BTreeMap;

use strongroom_core::log::Checkpoint;
use strongroom_core::log::Event;
use strongroom_core::log::LogKeys;
use strongroom_core::log::Note;
use strongroom_core::log::Replay;
use strongroom_core::log::VerifierKey;

use crate::store::Alarm;
use crate::store::Snapshot;
use crate::store::StoreError;

/// The checkpoints by their sizes, on their way along the log.
pub(super) struct Checkpoints {
    kept: BTreeMap<u64, Kept>,
    met: usize,
    /// Whether an event of the commit so far hands out.
    is_handed_out: bool,
}

struct Kept {
    number: u64,
    note: Note,
    checkpoint: Checkpoint,
    handed_out: bool,
}

impl Checkpoints {
    /// Reads them all; each is signed by `key`, and none is there that has no reason to be.
    pub(super) fn read(snapshot: &Snapshot<'_>, key: &VerifierKey) -> Result<Self, StoreError> {
        let handed_out = snapshot.handed_out()?;
        let mut kept = BTreeMap::new();
        for (number, note, checkpoint) in snapshot.all_checkpoints()? {
            let unsigned = || not_signed(number);
            note.verify(key).map_err(|_| unsigned())?;
            let here = Kept {
                number,
                note,
                checkpoint,
                handed_out: handed_out.contains(&number),
            };
            if kept.insert(checkpoint.size, here).is_some() {
                return Err(unsigned().into());
            }
        }
        let numbers: Vec<u64> = kept.values().rev().map(|kept| kept.number).collect();
        let newest = match numbers.as_slice() {
            [1] => 1,
            [last, before, ..] if before + 1 == *last => 2,
            _ => 0,
        };
        if newest == 0 || kept.values().rev().skip(newest).any(|kept| !kept.handed_out) {
            return Err(Alarm::tampered("the newest two checkpoints are not both there, or not alone").into());
        }
        Ok(Self {
            kept,
            met: 0,
            is_handed_out: false,
        })
    }

    /// Holds the one that belongs behind `event`, which was just replayed, against the log.
    pub(super) fn meet(&mut self, replay: &Replay, event: &Event) -> Result<(), Alarm> {
        self.is_handed_out |= event.body.action.hands_out();
        let commit = event.commit.map(|commit| commit.number);
        let handed_out = event.body.action.hands_out();
        // Receipts of the first releases could be followed by `continued` events. Their checkpoint has both signatures and
        // was not kept for longer than any other.
        let continued = commit.is_some() && std::mem::take(&mut self.is_handed_out) && !handed_out;
        let Some(kept) = self.kept.get(&replay.size()) else {
            return match commit {
                Some(number) if handed_out => Err(Alarm::tampered(format!(
                    "checkpoint {number} was handed out, and is not kept"
                ))),
                _ => Ok(()),
            };
        };
        self.met += 1;
        if replay.root() != kept.checkpoint.root || commit != Some(kept.number) || handed_out != kept.handed_out {
            return Err(Alarm::tampered(format!(
                "checkpoint {} is not of this log",
                kept.number
            )));
        }
        kept.require_signatures(replay, handed_out || continued)
    }

    /// That the log ends with the last of them, and met each.
    pub(super) fn finish(&self, size: u64) -> Result<(), Alarm> {
        let last = self.kept.last_key_value().map(|(size, _)| *size);
        if last == Some(size) && self.met == self.kept.len() {
            return Ok(());
        }
        Err(Alarm::tampered("the log is longer or shorter than its checkpoints say"))
    }
}

impl Kept {
    /// Beside the vault's own signature stands the one of its TPM where it was handed out, and else none.
    fn require_signatures(&self, replay: &Replay, handed_out: bool) -> Result<(), Alarm> {
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
