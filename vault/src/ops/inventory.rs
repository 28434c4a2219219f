//! What is read without the TPM: devices, escrows, events. Nothing of it speaks of freshness.

use std::path::Path;

use strongroom_core::log::Event;
use strongroom_core::log::LogKeys;
use strongroom_core::state::VaultRecord;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;

use crate::ops::Error;
use crate::ops::log_keys::claimed_keys;
use crate::store::Alarm;
use crate::store::DeviceSummary;
use crate::store::Filter;
use crate::store::Folder;
use crate::store::Item;
use crate::store::Page;
use crate::store::Pending;
use crate::store::Snapshot;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Work;

/// A vault that is read and not changed: it takes no lock, and sees what is committed.
pub struct Inventory {
    pub(super) store: Store,
    pub(super) folder: Folder,
}

/// Some escrows, and whether there are more.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The escrows.
    pub items: Vec<Item>,
    /// Whether the limit cut more off.
    pub more: bool,
}

impl Inventory {
    /// Opens the vault in `path` for reading.
    ///
    /// # Errors
    ///
    /// Fails if it is no vault.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let folder = Folder::existing(path)?;
        if !folder.has_vault() && Pending::read(&folder)?.is_some() {
            return Err(StoreError::InitPending { path: path.to_owned() }.into());
        }
        let store = Store::open_read_only(&folder)?;
        Ok(Self { store, folder })
    }

    /// The vault record, unproven.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if it is not one that a vault writes.
    pub fn vault(&self) -> Result<VaultRecord, Error> {
        Ok(self.store.vault()?.0)
    }

    /// The keys that sign the log, by the file's own word.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if the vault record names none.
    pub fn log_keys(&self) -> Result<LogKeys, Error> {
        Ok(claimed_keys(&self.vault()?)?)
    }

    /// How many events there are, by the file's own newest checkpoint.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if there is none, or it is malformed.
    pub fn claimed_size(&mut self) -> Result<u64, Error> {
        let newest = self.store.snapshot()?.checkpoints()?.into_iter().next();
        let (_, _, checkpoint) = newest.ok_or_else(|| Alarm::tampered("there is no checkpoint"))?;
        Ok(checkpoint.size)
    }

    /// Returns how much work a verification is, by the file's own word.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub fn work(&mut self) -> Result<Work, Error> {
        Ok(self.store.snapshot()?.work()?)
    }

    /// Calls `each` with the escrows that are asked for.
    ///
    /// # Errors
    ///
    /// Fails if they cannot be read, and where `each` does.
    pub fn items<E: From<StoreError>>(
        &mut self,
        filter: &Filter,
        page: &Page,
        each: impl FnMut(Item) -> Result<(), E>,
    ) -> Result<(), E> {
        self.store.snapshot()?.items(filter, page, each)
    }

    /// The escrows that are asked for, and whether the limit cut more off.
    ///
    /// # Errors
    ///
    /// Fails if they cannot be read.
    pub fn list(&mut self, filter: &Filter, page: &Page) -> Result<Listed, Error> {
        let limit = page.limit.and_then(|limit| usize::try_from(limit).ok());
        let one_more = Page {
            limit: page.limit.map(|limit| limit.saturating_add(1)),
            ..page.clone()
        };
        let mut items = self.store.snapshot()?.all_items(filter, &one_more)?;
        let more = limit.is_some_and(|limit| items.len() > limit);
        items.truncate(limit.unwrap_or(usize::MAX));
        Ok(Listed { items, more })
    }

    /// Returns whether all of these escrows hold the same password, by the file's own word.
    ///
    /// # Errors
    ///
    /// Fails if they cannot be read.
    pub fn hold_same_password(&mut self, escrows: &[EscrowId]) -> Result<bool, Error> {
        Ok(self.store.snapshot()?.hold_same_password(escrows)?)
    }

    /// The devices whose name holds `text`.
    ///
    /// # Errors
    ///
    /// Fails if they cannot be read.
    pub fn devices(&mut self, text: Option<&str>) -> Result<Vec<DeviceSummary>, Error> {
        Ok(self.store.snapshot()?.devices(text, None, None)?)
    }

    /// Returns those behind the device `after`, at most `limit` of them, and whether there are more; `None` if there is no
    /// device `after`.
    ///
    /// # Errors
    ///
    /// Fails if they cannot be read.
    pub fn some_devices(
        &mut self,
        text: Option<&str>,
        after: Option<&DeviceName>,
        limit: Option<u64>,
    ) -> Result<Option<(Vec<DeviceSummary>, bool)>, Error> {
        let snapshot = self.store.snapshot()?;
        if let Some(after) = after
            && !snapshot.has_device(after)?
        {
            return Ok(None);
        }
        let mut devices = snapshot.devices(text, after, limit.map(|limit| limit.saturating_add(1)))?;
        let limit = limit.and_then(|limit| usize::try_from(limit).ok());
        let more = limit.is_some_and(|limit| devices.len() > limit);
        devices.truncate(limit.unwrap_or(usize::MAX));
        Ok(Some((devices, more)))
    }

    /// Calls `each` with every event, in order, until it says that it has enough. Only `audit verify` tells whether they
    /// are what happened.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if a leaf is no event, and where `each` does.
    pub fn events<E: From<Error>>(&mut self, each: impl FnMut(Event) -> Result<bool, E>) -> Result<(), E> {
        self.events_from(0, each)
    }

    /// Calls `each` with the events from leaf `start` on, as [`Self::events`] does.
    ///
    /// # Errors
    ///
    /// Fails as [`Self::events`] does.
    pub fn events_from<E: From<Error>>(
        &mut self,
        start: u64,
        mut each: impl FnMut(Event) -> Result<bool, E>,
    ) -> Result<(), E> {
        let outer = |error: StoreError| E::from(Error::from(error));
        let snapshot = self.store.snapshot().map_err(outer)?;
        let mut outcome = Ok(());
        snapshot
            .leaves_from(start, |index, leaf| {
                let event = leaf
                    .decode()
                    .map_err(|error| Alarm::tampered(format!("leaf {index}: {error}")));
                match event.map_err(Error::from).map_err(E::from).and_then(&mut each) {
                    Ok(more) => Ok::<_, StoreError>(more),
                    Err(error) => {
                        outcome = Err(error);
                        Ok(false)
                    }
                }
            })
            .map_err(outer)?;
        outcome
    }

    pub(super) fn snapshot(&mut self) -> Result<Snapshot<'_>, Error> {
        Ok(self.store.snapshot()?)
    }
}
