//! The worklist: exposed passwords, proven as far as that goes without the TPM.

use strongroom_core::values::Time;

use crate::ops::Error;
use crate::ops::Inventory;
use crate::store::Alarm;
use crate::store::Filter;
use crate::store::Item;
use crate::store::Page;

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
        for item in &items {
            snapshot.prove_volume(&summary, item.volume.volume)?;
        }
        if u64::try_from(items.len()).ok() != Some(summary.exposed) {
            let what = format!(
                "{} passwords are exposed in the table, {} in the log",
                items.len(),
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
        for item in &items {
            snapshot.prove_volume(&summary, item.volume.volume)?;
        }
        Ok(items)
    }
}
