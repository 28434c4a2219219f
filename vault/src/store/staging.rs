//! Events on their way into a commit: each is in its rows before the next one is decided on.

use std::collections::BTreeSet;

use strongroom_core::state::Change;

use crate::store::Alarm;
use crate::store::Draft;
use crate::store::Session;
use crate::store::StoreError;
use crate::store::apply::apply;
use crate::store::rows;

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
                let before = rows::state_of(&self.transaction, *volume, record.escrow)?;
                self.totals.count(before, record.state);
                is_new = before.is_none();
            }
            apply(&self.transaction, draft, change, is_new)?;
        }
        for volume in touched.iter().copied().filter(|volume| *volume != 0) {
            let hash = rows::volume(&self.transaction, volume)?.leaf_hash();
            self.known.insert(volume, hash);
            self.state_size = self.state_size.max(volume.saturating_add(1));
        }
        self.changed.extend(touched);
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
            Some(volume) => {
                Err(Alarm::tampered(format!("volume {volume} was not proven before it was changed")).into())
            }
            None => Ok(()),
        }
    }
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
