//! Events on their way into a commit: each is in its rows before the next one is decided on.

use std::collections::BTreeSet;

use strongroom_core::state::Change;

use crate::store::Alarm;
use crate::store::Draft;
use crate::store::Session;
use crate::store::StoreError;
use crate::store::apply::apply;
use crate::store::apply::last_device;
use crate::store::known::Known;

impl Session<'_> {
    /// Puts the changes of those events of `draft` into their rows that are not there yet: what is read next in this
    /// session is what they make. They are as much on record as the transaction is, which is not at all.
    ///
    /// # Errors
    ///
    /// Fails if a change builds on a volume that was not proven, or if a row cannot be written.
    pub fn stage(&mut self, draft: &Draft) -> Result<(), StoreError> {
        if self.staged == 0 {
            strongroom_schema::migrate(&self.transaction)?;
            self.searchable = Some(last_device(&self.transaction)?);
        }
        while let Some(body) = draft.bodies().get(self.staged) {
            self.put(draft, &body.changes)?;
            self.staged += 1;
        }
        Ok(())
    }

    fn put(&mut self, draft: &Draft, changes: &[Change]) -> Result<(), StoreError> {
        let touched: BTreeSet<u64> = changes.iter().flat_map(touched).flatten().collect();
        self.require_known(&touched)?;
        for change in changes {
            let mut is_new = false;
            if let Change::Escrow { volume, record }
            | Change::Moved {
                from: volume, record, ..
            } = change
            {
                let known = self.known.get(volume).map(Known::record);
                let before = known
                    .and_then(|known| known.escrow(record.escrow))
                    .map(|held| held.state);
                self.totals.count(before, record.state);
                is_new = before.is_none();
            }
            apply(&self.transaction, draft, change, is_new)?;
            self.follow(draft, change, is_new)?;
        }
        for volume in &touched {
            self.state_size = self.state_size.max(volume.saturating_add(1));
        }
        self.changed.extend(touched);
        Ok(())
    }

    /// Makes of the volumes that are known what a change made of their rows.
    fn follow(&mut self, draft: &Draft, change: &Change, is_new: bool) -> Result<(), StoreError> {
        match change {
            Change::Sender(_) | Change::Vault(_) => {}
            Change::Volume(naming) => match self.known.get_mut(&naming.volume) {
                Some(known) => known.name(naming),
                None => {
                    self.known.insert(naming.volume, Known::new(naming));
                }
            },
            Change::Escrow { volume, record } => {
                let new = draft.held(record.escrow).filter(|_| is_new);
                let known = self.known.get_mut(volume).ok_or_else(|| unproven(*volume))?;
                known.put(record, new.map(|(_, fingerprint)| fingerprint));
            }
            // Its place in the other volume is by its arrival.
            Change::Moved { from, volume, .. } => {
                for volume in [*from, *volume] {
                    self.known.insert(volume, Known::read(&self.transaction, volume)?);
                }
            }
        }
        Ok(())
    }

    /// A change to a volume that is there builds on its record; so that was proven, or made here.
    fn require_known(&self, touched: &BTreeSet<u64>) -> Result<(), StoreError> {
        let Some(head) = &self.head else { return Ok(()) };
        let held = 1..head.summary.state_size;
        match touched
            .iter()
            .find(|volume| held.contains(volume) && !self.known.contains_key(volume))
        {
            Some(volume) => Err(unproven(*volume).into()),
            None => Ok(()),
        }
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
