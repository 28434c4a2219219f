//! A commit: rows, leaves, both trees and a signed checkpoint, in one transaction.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;
use std::thread::Builder;

use rusqlite::Connection;
use strongroom_core::crypto::Digest;
use strongroom_core::crypto::SigningKey;
use strongroom_core::envelope::Envelope;
use strongroom_core::keys::Fingerprint;
use strongroom_core::log::Action;
use strongroom_core::log::AnchorContent;
use strongroom_core::log::Checkpoint;
use strongroom_core::log::CommitSummary;
use strongroom_core::log::EventBody;
use strongroom_core::log::Note;
use strongroom_core::log::Origin;
use strongroom_core::state::Change;
use strongroom_core::state::VaultRecord;
use strongroom_core::state::VolumeRecord;
use strongroom_core::state::canonical_len;
use strongroom_core::tree::Frontier;
use strongroom_core::tree::TreeEdit;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_core::values::LogText;
use strongroom_core::values::MountPoint;
use strongroom_core::values::Operator;
use strongroom_core::values::Time;

use crate::beside::Beside;
use crate::receipt::Committed;
use crate::store::Alarm;
use crate::store::Session;
use crate::store::StoreError;
use crate::store::VaultBytes;
use crate::store::apply::make_searchable;
use crate::store::apply::text;
use crate::store::file::read_vault;
use crate::store::leaves::Encoded;
use crate::store::nodes::Tree;
use crate::store::nodes::TreeTable;
use crate::store::rows;

/// When and by whom.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// The time, as the clock gives it.
    pub at: Time,
    /// The person.
    pub operator: Operator,
    /// Wrong PINs that the TPM had counted when the vault was opened.
    pub wrong_pins: Option<u32>,
}

/// The event by which a checkpoint leaves the vault. It has no changes: so it is one leaf, the last of its commit, whatever
/// else that commit brings.
#[derive(Clone, Debug)]
pub struct HandOut {
    /// One that [hands out](Action::hands_out).
    pub action: Action,
    /// Words of whoever asked for it.
    pub note: Option<LogText>,
    /// What else leaves the vault, in a word.
    pub result: Option<String>,
}

impl HandOut {
    /// A hand-out that says nothing more.
    pub const fn new(action: Action) -> Self {
        Self {
            action,
            note: None,
            result: None,
        }
    }
}

/// What a commit is to bring.
pub struct Draft {
    stamp: Stamp,
    /// Those that are not staged yet.
    bodies: VecDeque<EventBody>,
    is_empty: bool,
    held: BTreeMap<EscrowId, (Envelope, Fingerprint)>,
    vault_bytes: Option<VaultBytes>,
}

impl Draft {
    /// A commit that brings nothing yet.
    pub const fn new(stamp: Stamp) -> Self {
        Self {
            stamp,
            bodies: VecDeque::new(),
            is_empty: true,
            held: BTreeMap::new(),
            vault_bytes: None,
        }
    }

    /// Adds an event; where its changes are too many for one leaf, further ones continue it.
    pub fn event(&mut self, body: EventBody) {
        self.is_empty = false;
        split(body, |part| self.bodies.push_back(part));
    }

    /// Adds what the row of a new escrow holds beside its record.
    pub fn hold(&mut self, escrow: EscrowId, envelope: Envelope, fingerprint: Fingerprint) {
        self.held.insert(escrow, (envelope, fingerprint));
    }

    /// Adds the bytes of a new vault record.
    pub fn vault(&mut self, bytes: VaultBytes) {
        self.vault_bytes = Some(bytes);
    }

    /// Whether it brings nothing.
    pub const fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// The TPM's signing key, where it comes with this commit.
    pub fn signing_key(&self) -> Option<&[u8]> {
        self.vault_bytes.as_ref()?.signing_key.as_deref()
    }

    pub(super) const fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// How many events are not staged yet.
    pub(super) fn waiting(&self) -> u64 {
        u64::try_from(self.bodies.len()).unwrap_or(u64::MAX)
    }

    /// The next event that is not staged yet.
    pub(super) fn next(&mut self) -> Option<EventBody> {
        self.bodies.pop_front()
    }

    pub(super) fn take_held(&mut self, escrow: EscrowId) -> Option<(Envelope, Fingerprint)> {
        self.held.remove(&escrow)
    }

    pub(super) const fn vault_bytes(&self) -> Option<&VaultBytes> {
        self.vault_bytes.as_ref()
    }
}

impl Session<'_> {
    /// Commits `draft`, durably, under a checkpoint signed by `key`; `subject` is what the receipt then stands for.
    ///
    /// # Errors
    ///
    /// Fails, and changes nothing, if anything of it cannot be written. Where COMMIT itself fails, only opening the vault
    /// again tells what is in the file.
    pub fn commit<E>(mut self, mut draft: Draft, key: &SigningKey, subject: E) -> Result<Committed<E>, StoreError> {
        let (number, checkpoint) = self.make(&mut draft)?;
        self.conclude(false, number, checkpoint, &checkpoint.sign(key), subject)
    }

    /// Commits `draft` and behind it `hand_out`, by which the checkpoint that this makes leaves the vault: `countersign` adds
    /// the signature of the machine to it, and gives what the receipt then stands for.
    ///
    /// # Errors
    ///
    /// Fails as [`Self::commit`] does, and where `countersign` does.
    pub fn hand_out<E, X: From<StoreError>>(
        mut self,
        mut draft: Draft,
        hand_out: HandOut,
        key: &SigningKey,
        countersign: impl FnOnce(&mut Note, Checkpoint) -> Result<E, X>,
    ) -> Result<Committed<E>, X> {
        draft.event(EventBody {
            note: hand_out.note,
            result: hand_out.result,
            ..EventBody::new(hand_out.action)
        });
        let (number, checkpoint) = self.make(&mut draft)?;
        let mut note = checkpoint.sign(key);
        let subject = countersign(&mut note, checkpoint)?;
        Ok(self.conclude(true, number, checkpoint, &note, subject)?)
    }

    /// Everything of a commit but its signed checkpoint: gives its number and the checkpoint.
    fn make(&mut self, draft: &mut Draft) -> Result<(u64, Checkpoint), StoreError> {
        self.stage(draft)?;
        // The last event says what a commit comes to: without one, nobody could ever read the file again.
        let leaves = self.leaves.take();
        let mut leaves = leaves.ok_or_else(|| Alarm::tampered("a commit brings no event"))?;
        if let Some(last) = self.searchable {
            make_searchable(&self.transaction, last)?;
        }
        let vault = read_vault(&self.transaction)?.0;
        let volumes = self.read_back()?;
        let changed_vault = self.changed.contains(&0).then_some(&vault);
        let hashes = thread::scope(|scope| {
            let hashes = Beside::begin(scope, volumes.len() > MANY, || leaf_hashes(changed_vault, &volumes));
            for encoded in leaves.encoded() {
                let encoded = encoded?;
                append(&self.transaction, &mut self.log, &encoded)?;
                self.spent.push(encoded);
            }
            Ok::<_, StoreError>(hashes.end())
        })?;
        let summary = self.project(hashes, draft.stamp().at)?;
        append(&self.transaction, &mut self.log, &leaves.last(summary)?)?;
        let checkpoint = Checkpoint {
            origin: Origin {
                vault: vault.vault,
                epoch: vault.epoch,
            },
            size: self.log.size(),
            root: self.log.root(),
        };
        Ok((summary.number, checkpoint))
    }

    /// Keeps the checkpoint beside the one before and those that were handed out, and commits.
    fn conclude<E>(
        self,
        handed_out: bool,
        number: u64,
        checkpoint: Checkpoint,
        note: &Note,
        subject: E,
    ) -> Result<Committed<E>, StoreError> {
        self.transaction.execute(
            "INSERT INTO checkpoint (number, note, handed_out) VALUES (?1, ?2, ?3)",
            (number, note.to_string(), handed_out),
        )?;
        self.transaction.execute(
            "DELETE FROM checkpoint WHERE number < ?1 AND handed_out = 0",
            [number.saturating_sub(1)],
        )?;
        self.authenticate_counts(&checkpoint.origin, number)?;
        let content = AnchorContent {
            number,
            checkpoint: checkpoint.digest(),
        };
        if self.changed.len() > MANY {
            // While the disk is waited for; where there is no thread to have, here.
            drop(Builder::new().spawn(move || drop((self.known, self.spent))));
        }
        // If we die on this line, the file ends with either commit, and opening it tells which.
        self.transaction.commit()?;
        Ok(Committed::after_commit(subject, content))
    }

    /// The volumes that are new or have changed. The rows of one that was there before are as it was worked on; those of a
    /// new one were all written here.
    fn read_back(&self) -> Result<Vec<Arc<VolumeRecord>>, StoreError> {
        let held = 0..self.head.as_ref().map_or(0, |head| head.summary.state_size);
        let records = self.changed.iter().filter_map(|leaf| self.known.get(*leaf));
        let read_back = records.map(|record| {
            let volume = record.volume;
            if held.contains(&volume) && rows::volume(&self.transaction, volume)? != **record {
                return Err(Alarm::tampered(format!("volume {volume} has changed while it was worked on")).into());
            }
            Ok(Arc::clone(record))
        });
        read_back.collect()
    }

    /// Computes what the commit comes to, of the leaves of the state tree that are new or have changed.
    fn project(&self, leaves: Vec<(u64, Digest)>, now: Time) -> Result<CommitSummary, StoreError> {
        let before = self.head.as_ref().map(|head| (&head.summary, head.last.time));
        let (number, size) = before.map_or((1, 0), |(before, _)| (before.number + 1, before.state_size));
        let nodes = TreeTable::new(&self.transaction, Tree::State);
        let mut edit = TreeEdit::new(&nodes, size);
        for (leaf, hash) in leaves {
            edit.set(leaf, hash);
        }
        let edited = edit.finish()?;
        nodes.write(edited.written)?;
        Ok(CommitSummary {
            number,
            state_root: edited.root,
            state_size: edited.size,
            escrows: self.totals.escrows,
            exposed: self.totals.exposed,
            tally: Some(self.totals.tally),
            first_of_day: Some(CommitSummary::first_of_day(number, now, before)),
        })
    }
}

/// Appends to the log.
fn append(connection: &Connection, log: &mut Frontier, encoded: &Encoded) -> Result<(), StoreError> {
    let mut insert = connection.prepare_cached("INSERT INTO leaf (leaf, event) VALUES (?1, ?2)")?;
    let mut nodes = Vec::new();
    for (leaf, hash) in encoded.leaves() {
        insert.execute((log.size(), text(leaf)))?;
        nodes.extend(log.append(hash));
    }
    TreeTable::new(connection, Tree::Log).write(nodes)?;
    Ok(())
}

/// The leaves of the state tree that are of these records, with their hashes.
fn leaf_hashes(vault: Option<&VaultRecord>, volumes: &[Arc<VolumeRecord>]) -> Vec<(u64, Digest)> {
    let vault = vault.map(|record| (0, record.leaf_hash()));
    let volumes = volumes.iter().map(|record| (record.volume, record.leaf_hash()));
    vault.into_iter().chain(volumes).collect()
}

/// An event whose changes are too many for one leaf, as that event and others that continue it.
fn split(mut body: EventBody, mut part: impl FnMut(EventBody)) {
    if body.changes.iter().map(len_at_most).sum::<usize>() <= CHANGES_IN_A_LEAF {
        return part(body);
    }
    let mut room = CHANGES_IN_A_LEAF;
    for change in std::mem::take(&mut body.changes) {
        let len = canonical_len(&change);
        if len > room {
            part(std::mem::replace(&mut body, EventBody::new(Action::Continued)));
            room = CHANGES_IN_A_LEAF;
        }
        room = room.saturating_sub(len);
        body.changes.push(change);
    }
    part(body);
}

/// More bytes than [`canonical_len`] gives, and soon computed: of a text, each character may take two.
fn len_at_most(change: &Change) -> usize {
    let texts: usize = match change {
        Change::Volume(naming) => {
            let device = naming.device.iter().map(DeviceName::as_str);
            device
                .chain(naming.mounts.iter().map(MountPoint::as_str))
                .map(|text| text.len() + MARKS)
                .sum()
        }
        Change::Escrow { record, .. } | Change::Moved { record, .. } => {
            let ended = record.ended.iter().map(|ended| &ended.by);
            let presented = record.presented.iter().map(|presented| &presented.by);
            let names = record
                .exposed_by
                .iter()
                .chain(&record.escrowed_by)
                .chain(&record.shown_to);
            names.chain(ended).chain(presented).map(|name| name.len() + MARKS).sum()
        }
        Change::Sender(_) | Change::Vault(_) => return canonical_len(change),
    };
    texts.saturating_mul(2).saturating_add(WITHOUT_TEXTS)
}

/// More bytes than a change to a volume or an escrow takes without what people or files name.
const WITHOUT_TEXTS: usize = 2048;
/// Quotation marks and a comma.
const MARKS: usize = 3;
/// Records for which a thread is worth its while.
const MANY: usize = 1000;
/// Bytes of changes in one leaf: the rest of an event is under 8 KiB, and a leaf holds 65,535 bytes.
const CHANGES_IN_A_LEAF: usize = 48 * 1024;

#[cfg(test)]
mod tests;
