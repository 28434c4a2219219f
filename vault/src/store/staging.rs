//! Events on their way into a commit: each is in its rows before the next one is decided on.

use strongroom_core::envelope::Envelope;
use strongroom_core::keys::Fingerprint;
use strongroom_core::log::EventBody;
use strongroom_core::state::Change;
use strongroom_core::state::Counted;
use strongroom_core::values::EscrowId;

use crate::store::Alarm;
use crate::store::Draft;
use crate::store::Session;
use crate::store::StoreError;
use crate::store::apply::New;
use crate::store::apply::apply;
use crate::store::apply::last_device;
use crate::store::known::Found;
use crate::store::leaves::Leaves;

impl Session<'_> {
    /// Puts the changes of those events of `draft` into their rows that are not there yet: what is read next in this
    /// session is what they make. They are as much on record as the transaction is, which is not at all.
    ///
    /// # Errors
    ///
    /// Fails if a change builds on a volume that was not proven, or if a row cannot be written.
    pub fn stage(&mut self, draft: &mut Draft) -> Result<(), StoreError> {
        if self.searchable.is_none() {
            self.count_what_no_event_says()?;
            self.searchable = Some(last_device(&self.transaction)?);
        }
        while let Some(body) = draft.next() {
            self.put(draft, &body)?;
            self.staged += 1;
            let first = self.log.size();
            let before = self.head.as_ref().map(|head| head.last.time);
            let leaves = self
                .leaves
                .get_or_insert_with(|| Leaves::new(draft.stamp().clone(), before, first));
            leaves.push(body)?;
        }
        Ok(())
    }

    fn put(&mut self, draft: &mut Draft, body: &EventBody) -> Result<(), StoreError> {
        for volume in body.changes.iter().flat_map(touched).flatten() {
            self.require_known(volume)?;
        }
        for change in &body.changes {
            let escrow = match self.count(change)? {
                Some(new) => draft.take_held(new),
                None => None,
            };
            let new = New {
                vault: draft.vault_bytes(),
                volume: matches!(change, Change::Volume(naming) if self.known.get(naming.volume).is_none()),
                escrow: escrow.as_ref(),
            };
            apply(&self.transaction, change, &new)?;
            self.follow(change, escrow.as_ref())?;
        }
        for volume in body.changes.iter().flat_map(touched).flatten() {
            self.state_size = self.state_size.max(volume.saturating_add(1));
            self.changed.insert(volume);
        }
        if let Some(drop) = &body.drop {
            self.transaction
                .prepare_cached("INSERT INTO drop_event (leaf, digest) VALUES (?1, ?2)")?
                .execute((self.next_staged(), drop.as_bytes()))?;
        }
        Ok(())
    }

    /// Counts what a change makes of its escrows, and returns the one that is new.
    fn count(&mut self, change: &Change) -> Result<Option<EscrowId>, StoreError> {
        let (from, volume, record) = match change {
            Change::Sender(_) | Change::Vault(_) => return Ok(None),
            Change::Volume(naming) => {
                if let Some(known) = self.known.get(naming.volume) {
                    self.totals.name(known, naming);
                }
                return Ok(None);
            }
            Change::Escrow { volume, record } => (volume, volume, record),
            Change::Moved { from, volume, record } => (from, volume, record),
        };
        let known = |volume: &u64| self.known.get(*volume).ok_or_else(|| unproven(*volume));
        let (from, volume) = (known(from)?, known(volume)?);
        let before = from.escrow(record.escrow).map(|before| Counted::of(before, from));
        let after = Counted::of(record, volume);
        self.totals.count(before, after);
        Ok(before.is_none().then_some(record.escrow))
    }

    /// Makes of the volumes that are known what a change made of their rows.
    fn follow(&mut self, change: &Change, held: Option<&(Envelope, Fingerprint)>) -> Result<(), StoreError> {
        match change {
            Change::Sender(_) | Change::Vault(_) => {}
            Change::Volume(naming) => self.known.name(naming),
            Change::Escrow { volume, record } => {
                let put = self
                    .known
                    .put(*volume, record, held.map(|(_, fingerprint)| fingerprint));
                put.ok_or_else(|| unproven(*volume))?;
            }
            // Its place in the other volume is by its arrival.
            Change::Moved { from, volume, .. } => {
                for volume in [*from, *volume] {
                    self.known.learn(Found::read(&self.transaction, volume)?);
                }
            }
        }
        Ok(())
    }

    /// A change to a volume that is there builds on its record; so that was proven, or made here.
    fn require_known(&self, volume: u64) -> Result<(), StoreError> {
        let Some(head) = &self.head else { return Ok(()) };
        let held = 1..head.summary.state_size;
        if held.contains(&volume) && self.known.get(volume).is_none() {
            return Err(unproven(volume).into());
        }
        Ok(())
    }
}

fn unproven(volume: u64) -> Alarm {
    Alarm::tampered(format!("volume {volume} was not proven before it was changed"))
}

/// The leaves of the state tree that a change touches.
const fn touched(change: &Change) -> [Option<u64>; 2] {
    match change {
        // A vault record that says of the sender what it is comes with it.
        Change::Sender(_) => [None, None],
        Change::Vault(_) => [Some(0), None],
        Change::Volume(naming) => [Some(naming.volume), None],
        Change::Escrow { volume, .. } => [Some(*volume), None],
        Change::Moved { from, volume, .. } => [Some(*from), Some(*volume)],
    }
}
