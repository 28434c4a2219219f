//! The worklist: exposed passwords, proven as far as that goes without the TPM.

use std::collections::BTreeSet;

use strongroom_core::log::CommitSummary;
use strongroom_core::state::EscrowState;
use strongroom_core::values::EscrowId;
use strongroom_core::values::Time;

use crate::ops::Error;
use crate::ops::Inventory;
use crate::store::Alarm;
use crate::store::Filter;
use crate::store::Item;
use crate::store::Page;
use crate::store::Snapshot;

/// A password that is to be rotated.
#[derive(Clone, Debug)]
pub struct Due {
    /// The escrow and its volume.
    pub item: Item,
    /// Whether its day has passed.
    pub overdue: bool,
}

impl Inventory {
    /// The exposed passwords, the most overdue first. Each row is proven to the root of the file's own last checkpoint,
    /// and their number to its total; that this checkpoint is the last, only the TPM knows.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if a row or their number is not what the log says.
    pub fn to_rotate(&mut self, now: Time) -> Result<Vec<Due>, Error> {
        let snapshot = self.snapshot()?;
        let (_, summary) = snapshot.last_event()?;
        let items = snapshot.all_items(&Filter::ToRotate, &Page::default())?;
        prove(&snapshot, &summary, &items)?;
        // By the records, which are proven, and not by the index that found them.
        let exposed: BTreeSet<EscrowId> = items
            .iter()
            .filter(|item| item.record.state == EscrowState::Exposed)
            .map(|item| item.record.escrow)
            .collect();
        if exposed.len() != items.len() || u64::try_from(exposed.len()).ok() != Some(summary.exposed) {
            let what = format!(
                "the worklist finds {} exposed passwords, the log has {}",
                exposed.len(),
                summary.exposed
            );
            return Err(Alarm::tampered(what).into());
        }
        let overdue = |item: &Item| item.record.rotate_by.is_some_and(|day| day < now);
        Ok(items
            .into_iter()
            .map(|item| Due {
                overdue: overdue(&item),
                item,
            })
            .collect())
    }

    /// The exposures that ended on somebody's word: a newer password was escrowed and nobody looked at the volume, or
    /// the exposure was waived.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if a row is not what the log says.
    pub fn claimed(&mut self) -> Result<Vec<Item>, Error> {
        let snapshot = self.snapshot()?;
        let (_, summary) = snapshot.last_event()?;
        let items = snapshot.all_items(&Filter::Claimed, &Page::default())?;
        prove(&snapshot, &summary, &items)?;
        Ok(items)
    }
}

fn prove(snapshot: &Snapshot<'_>, summary: &CommitSummary, items: &[Item]) -> Result<(), Error> {
    let volumes: BTreeSet<u64> = items.iter().map(|item| item.volume.volume).collect();
    for volume in volumes {
        snapshot.prove_volume(summary, volume)?;
    }
    Ok(())
}
