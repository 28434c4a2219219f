//! The worklist: exposed passwords, proven as far as that goes without the TPM.

use std::collections::BTreeSet;

use strongroom_core::log::CommitSummary;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::HowEnded;
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
        let mut items = proven(&snapshot, &summary, &Filter::ToRotate, |record| {
            record.state == EscrowState::Exposed
        })?;
        if u64::try_from(items.len()).ok() != Some(summary.exposed) {
            let what = format!(
                "the worklist finds {} exposed passwords, the log has {}",
                items.len(),
                summary.exposed
            );
            return Err(Alarm::tampered(what).into());
        }
        items.sort_by_key(|item| item.record.rotate_by);
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
        let mut items = proven(&snapshot, &summary, &Filter::Claimed, |record| {
            record.ended.as_ref().is_some_and(|ended| ended.how != HowEnded::Proven)
        })?;
        items.sort_by_key(|item| item.record.ended.as_ref().map(|ended| ended.at));
        Ok(items)
    }
}

/// The escrows that `wanted` wants, in the volumes in which the file finds some: taken from the proven records, and not
/// from the rows that were found. SQLite believes an index of what it says of the columns.
fn proven(
    snapshot: &Snapshot<'_>,
    summary: &CommitSummary,
    filter: &Filter,
    wanted: impl Fn(&EscrowRecord) -> bool,
) -> Result<Vec<Item>, Error> {
    let found = snapshot.all_items(filter, &Page::default())?;
    let volumes: BTreeSet<u64> = found.iter().map(|item| item.volume.volume).collect();
    let mut items = Vec::new();
    for volume in volumes {
        let volume = snapshot.volume(summary, volume)?;
        for record in volume.escrows.iter().filter(|record| wanted(record)) {
            items.push(Item {
                problems: Vec::new(),
                volume: volume.naming(),
                record: record.clone(),
            });
        }
    }
    Ok(items)
}
