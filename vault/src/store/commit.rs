//! A commit: rows, leaves, both trees and a signed checkpoint, in one transaction.

use std::collections::BTreeSet;

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
use strongroom_core::state::Change;
use strongroom_core::state::Totals;
use strongroom_core::state::canonical;
use strongroom_core::tree::TreeEdit;
use strongroom_core::values::EscrowId;
use strongroom_core::values::Operator;
use strongroom_core::values::Time;

use crate::receipt::Committed;
use crate::store::Alarm;
use crate::store::Session;
use crate::store::StoreError;
use crate::store::VaultBytes;
use crate::store::apply::apply;
use crate::store::file::read_vault;
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
    held: Vec<(EscrowId, Envelope, Fingerprint)>,
    vault_bytes: Option<VaultBytes>,
}

impl Draft {
    /// A commit that brings nothing yet.
    pub const fn new(stamp: Stamp) -> Self {
        Self {
            stamp,
            bodies: Vec::new(),
            held: Vec::new(),
            vault_bytes: None,
        }
    }

    /// Adds an event.
    pub fn event(&mut self, body: EventBody) {
        self.bodies.push(body);
    }

    /// Adds what the row of a new escrow holds beside its record.
    pub fn hold(&mut self, escrow: EscrowId, envelope: Envelope, fingerprint: Fingerprint) {
        self.held.push((escrow, envelope, fingerprint));
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

    pub(super) const fn events(&self) -> usize {
        self.bodies.len()
    }

    pub(super) fn held(&self, escrow: EscrowId) -> Option<(&Envelope, &Fingerprint)> {
        self.held
            .iter()
            .find(|(id, ..)| *id == escrow)
            .map(|(_, envelope, fingerprint)| (envelope, fingerprint))
    }

    pub(super) const fn vault_bytes(&self) -> Option<&VaultBytes> {
        self.vault_bytes.as_ref()
    }

    fn changes(&self) -> impl Iterator<Item = &Change> {
        self.bodies.iter().flat_map(|body| &body.changes)
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
        strongroom_schema::migrate(&self.transaction)?;
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
        strongroom_schema::migrate(&self.transaction)?;
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

    /// Puts the changes into their rows, and computes what the commit comes to.
    fn project(&mut self, draft: &Draft) -> Result<CommitSummary, StoreError> {
        self.require_proven(draft)?;
        let mut totals = self.totals();
        for change in draft.changes() {
            if let Change::Escrow { record, volume } = change {
                let before = rows::state_of(&self.transaction, *volume, record.escrow)?;
                totals.count(before, record.state);
            }
            apply(&self.transaction, draft, change)?;
        }
        let (number, size) = match &self.head {
            Some(head) => (head.summary.number, head.summary.state_size),
            None => (0, 0),
        };
        let nodes = TreeTable::new(&self.transaction, Tree::State);
        let mut edit = TreeEdit::new(&nodes, size);
        for leaf in touched(draft) {
            let hash = match leaf {
                0 => read_vault(&self.transaction)?.0.leaf_hash(),
                volume => rows::volume(&self.transaction, volume)?.leaf_hash(),
            };
            edit.set(leaf, hash);
        }
        let edited = edit.finish()?;
        nodes.write(edited.written)?;
        Ok(CommitSummary {
            number: number + 1,
            state_root: edited.root,
            state_size: edited.size,
            escrows: totals.escrows,
            exposed: totals.exposed,
        })
    }

    /// Appends the events.
    fn append(&mut self, draft: &Draft, summary: CommitSummary) -> Result<(), StoreError> {
        let bodies = draft.bodies.iter().cloned().flat_map(split).collect::<Vec<_>>();
        let last = bodies.len().saturating_sub(1);
        let mut before = self.head.as_ref().map(|head| head.last.time);
        for (index, body) in bodies.into_iter().enumerate() {
            let event = Event {
                version: 1,
                leaf: self.log.size(),
                time: draft.stamp.at,
                clock_step: before.take().and_then(|before| clock_step(before, draft.stamp.at)),
                operator: draft.stamp.operator.clone(),
                wrong_pins: draft.stamp.wrong_pins.filter(|_| index == 0),
                body,
                commit: (index == last).then_some(summary),
                salt: Salt::random()?,
            };
            let leaf = Leaf::encode(&event).map_err(StoreError::Event)?;
            self.transaction
                .prepare_cached("INSERT INTO leaf (leaf, event) VALUES (?1, ?2)")?
                .execute((event.leaf, String::from_utf8_lossy(leaf.as_bytes())))?;
            let made = self.log.append(leaf.hash());
            TreeTable::new(&self.transaction, Tree::Log).write(made)?;
        }
        Ok(())
    }

    /// A change to a volume that is there builds on its record; so that was proven.
    fn require_proven(&self, draft: &Draft) -> Result<(), StoreError> {
        let Some(head) = &self.head else { return Ok(()) };
        match touched(draft)
            .into_iter()
            .find(|volume| (1..head.summary.state_size).contains(volume) && !self.is_proven(*volume))
        {
            Some(volume) => {
                Err(Alarm::tampered(format!("volume {volume} was not proven before it was changed")).into())
            }
            None => Ok(()),
        }
    }

    fn totals(&self) -> Totals {
        self.head.as_ref().map_or_else(Totals::default, |head| Totals {
            escrows: head.summary.escrows,
            exposed: head.summary.exposed,
        })
    }
}

/// The leaves of the state tree that a draft changes.
fn touched(draft: &Draft) -> BTreeSet<u64> {
    draft
        .changes()
        .map(|change| match change {
            Change::Vault(_) => 0,
            Change::Volume(naming) => naming.volume,
            Change::Escrow { volume, .. } => *volume,
        })
        .collect()
}

/// An event whose changes are too many for one leaf, as that event and others that continue it.
fn split(mut body: EventBody) -> Vec<EventBody> {
    let mut continued: Vec<EventBody> = Vec::new();
    let mut room = CHANGES_IN_A_LEAF;
    for change in std::mem::take(&mut body.changes) {
        let len = canonical(&change).len();
        if len > room {
            continued.push(EventBody::new(Action::Continued));
            room = CHANGES_IN_A_LEAF;
        }
        room = room.saturating_sub(len);
        continued.last_mut().unwrap_or(&mut body).changes.push(change);
    }
    continued.insert(0, body);
    continued
}

/// How far the clock moved, where it went back or leapt by more than a day.
fn clock_step(before: Time, now: Time) -> Option<i64> {
    let step = now.millis_since(before);
    (!(0..=DAY).contains(&step)).then_some(step)
}

const DAY: i64 = 24 * 60 * 60 * 1000;
/// Bytes of changes in one leaf: the rest of an event is under 8 KiB, and a leaf holds 65,535 bytes.
const CHANGES_IN_A_LEAF: usize = 48 * 1024;
