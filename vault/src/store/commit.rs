//! A commit: rows, leaves, both trees and a signed checkpoint, in one transaction.

use std::collections::BTreeMap;

use strongroom_core::crypto::Digest;
use strongroom_core::crypto::SigningKey;
use strongroom_core::envelope::Envelope;
use strongroom_core::keys::Fingerprint;
use strongroom_core::log::Action;
use strongroom_core::log::AnchorContent;
use strongroom_core::log::Checkpoint;
use strongroom_core::log::CommitSummary;
use strongroom_core::log::Event;
use strongroom_core::log::EventBody;
use strongroom_core::log::Leaf;
use strongroom_core::log::Note;
use strongroom_core::log::Origin;
use strongroom_core::log::Salt;
use strongroom_core::state::canonical_len;
use strongroom_core::tree::TreeEdit;
use strongroom_core::values::EscrowId;
use strongroom_core::values::Operator;
use strongroom_core::values::Time;

use crate::receipt::Committed;
use crate::store::Alarm;
use crate::store::Session;
use crate::store::StoreError;
use crate::store::VaultBytes;
use crate::store::apply::make_searchable;
use crate::store::file::read_vault;
use crate::store::known::Known;
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

/// What a commit is to bring.
pub struct Draft {
    stamp: Stamp,
    bodies: Vec<EventBody>,
    held: BTreeMap<EscrowId, (Envelope, Fingerprint)>,
    vault_bytes: Option<VaultBytes>,
}

impl Draft {
    /// A commit that brings nothing yet.
    pub const fn new(stamp: Stamp) -> Self {
        Self {
            stamp,
            bodies: Vec::new(),
            held: BTreeMap::new(),
            vault_bytes: None,
        }
    }

    /// Adds an event; where its changes are too many for one leaf, further ones continue it.
    pub fn event(&mut self, body: EventBody) {
        split(body, |part| self.bodies.push(part));
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
        self.bodies.is_empty()
    }

    /// The TPM's signing key, where it comes with this commit.
    pub fn signing_key(&self) -> Option<&[u8]> {
        self.vault_bytes.as_ref()?.signing_key.as_deref()
    }

    fn hands_out(&self) -> bool {
        self.bodies.last().is_some_and(|body| body.action.hands_out())
    }

    pub(super) fn bodies(&self) -> &[EventBody] {
        &self.bodies
    }

    pub(super) fn held(&self, escrow: EscrowId) -> Option<(&Envelope, &Fingerprint)> {
        self.held
            .get(&escrow)
            .map(|(envelope, fingerprint)| (envelope, fingerprint))
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
    pub fn commit<E>(mut self, draft: &Draft, key: &SigningKey, subject: E) -> Result<Committed<E>, StoreError> {
        let (number, checkpoint) = self.make(draft)?;
        self.conclude(draft, number, checkpoint, &checkpoint.sign(key), subject)
    }

    /// Commits `draft`, whose last event hands out the checkpoint that this makes: `countersign` adds the signature of
    /// the machine to it, and gives what the receipt then stands for.
    ///
    /// # Errors
    ///
    /// Fails as [`Self::commit`] does, and where `countersign` does.
    pub fn hand_out<E, X: From<StoreError>>(
        mut self,
        draft: &Draft,
        key: &SigningKey,
        countersign: impl FnOnce(&mut Note, Checkpoint) -> Result<E, X>,
    ) -> Result<Committed<E>, X> {
        let (number, checkpoint) = self.make(draft)?;
        let mut note = checkpoint.sign(key);
        let subject = countersign(&mut note, checkpoint)?;
        Ok(self.conclude(draft, number, checkpoint, &note, subject)?)
    }

    /// Everything of a commit but its signed checkpoint: gives its number and the checkpoint.
    fn make(&mut self, draft: &Draft) -> Result<(u64, Checkpoint), StoreError> {
        // The last event says what a commit comes to: without one, nobody could ever read the file again.
        if draft.is_empty() {
            return Err(Alarm::tampered("a commit brings no event").into());
        }
        let summary = self.project(draft)?;
        let vault = read_vault(&self.transaction)?.0;
        self.append(draft, summary)?;
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
        draft: &Draft,
        number: u64,
        checkpoint: Checkpoint,
        note: &Note,
        subject: E,
    ) -> Result<Committed<E>, StoreError> {
        self.transaction.execute(
            "INSERT INTO checkpoint (number, note, handed_out) VALUES (?1, ?2, ?3)",
            (number, note.to_string(), draft.hands_out()),
        )?;
        self.transaction.execute(
            "DELETE FROM checkpoint WHERE number < ?1 AND handed_out = 0",
            [number.saturating_sub(1)],
        )?;
        let content = AnchorContent {
            number,
            checkpoint: checkpoint.digest(),
        };
        // If we die on this line, the file ends with either commit, and opening it tells which.
        self.transaction.commit()?;
        Ok(Committed::after_commit(subject, content))
    }

    /// Puts what is left of the changes into their rows, and computes what the commit comes to.
    fn project(&mut self, draft: &Draft) -> Result<CommitSummary, StoreError> {
        self.stage(draft)?;
        if let Some(last) = self.searchable {
            make_searchable(&self.transaction, last)?;
        }
        let (number, size) = match &self.head {
            Some(head) => (head.summary.number, head.summary.state_size),
            None => (0, 0),
        };
        let nodes = TreeTable::new(&self.transaction, Tree::State);
        let mut edit = TreeEdit::new(&nodes, size);
        for leaf in &self.changed {
            let hash = match self.known.get(leaf) {
                Some(known) => self.read_back(*leaf, known)?,
                None => read_vault(&self.transaction)?.0.leaf_hash(),
            };
            edit.set(*leaf, hash);
        }
        let edited = edit.finish()?;
        nodes.write(edited.written)?;
        Ok(CommitSummary {
            number: number + 1,
            state_root: edited.root,
            state_size: edited.size,
            escrows: self.totals.escrows,
            exposed: self.totals.exposed,
        })
    }

    /// What a volume's record hashes to. The rows of one that was there before are as it was worked on; those of a new
    /// one were all written here.
    fn read_back(&self, volume: u64, known: &Known) -> Result<Digest, StoreError> {
        let record = known.record();
        let was_there = self.head.as_ref().is_some_and(|head| volume < head.summary.state_size);
        if was_there && rows::volume(&self.transaction, volume)? != **record {
            return Err(Alarm::tampered(format!("volume {volume} has changed while it was worked on")).into());
        }
        Ok(record.leaf_hash())
    }

    /// Appends the events.
    fn append(&mut self, draft: &Draft, summary: CommitSummary) -> Result<(), StoreError> {
        let last = draft.bodies.len().saturating_sub(1);
        let mut before = self.head.as_ref().map(|head| head.last.time);
        let mut insert = self
            .transaction
            .prepare_cached("INSERT INTO leaf (leaf, event) VALUES (?1, ?2)")?;
        let mut nodes = Vec::new();
        for (index, body) in draft.bodies.iter().enumerate() {
            let event = Event {
                version: 1,
                leaf: self.log.size(),
                time: draft.stamp.at,
                clock_step: before.take().and_then(|before| clock_step(before, draft.stamp.at)),
                operator: draft.stamp.operator.clone(),
                wrong_pins: draft.stamp.wrong_pins.filter(|_| index == 0),
                body: body.clone(),
                commit: (index == last).then_some(summary),
                salt: Salt::random()?,
            };
            let leaf = Leaf::encode(&event).map_err(StoreError::Event)?;
            insert.execute((event.leaf, String::from_utf8_lossy(leaf.as_bytes())))?;
            if let Some(drop) = &body.drop {
                self.transaction
                    .prepare_cached("INSERT INTO drop_event (leaf, digest) VALUES (?1, ?2)")?
                    .execute((event.leaf, drop.as_bytes()))?;
            }
            nodes.extend(self.log.append(leaf.hash()));
        }
        TreeTable::new(&self.transaction, Tree::Log).write(nodes)?;
        Ok(())
    }
}

/// An event whose changes are too many for one leaf, as that event and others that continue it.
fn split(mut body: EventBody, mut part: impl FnMut(EventBody)) {
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

/// How far the clock moved, where it went back or leapt by more than a day.
fn clock_step(before: Time, now: Time) -> Option<i64> {
    let step = now.millis_since(before);
    (!(0..=DAY).contains(&step)).then_some(step)
}

const DAY: i64 = 24 * 60 * 60 * 1000;
/// Bytes of changes in one leaf: the rest of an event is under 8 KiB, and a leaf holds 65,535 bytes.
const CHANGES_IN_A_LEAF: usize = 48 * 1024;
