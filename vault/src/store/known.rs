//! The volumes as a session knows them: read and proven once, and from then on what the session's own events make of them.
//!
//! Nobody else can write within a transaction, so none need be read again for each of thousands of passwords.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::Connection;
use strongroom_core::keys::Fingerprint;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::VolumeRecord;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_core::values::ProtectorId;

use crate::store::StoreError;
use crate::store::passwords::Passwords;
use crate::store::rows;

/// Volumes by their numbers, and by their devices.
#[derive(Default)]
pub(super) struct Known {
    volumes: BTreeMap<u64, Volume>,
    /// The volumes of the devices that were asked for: by folded names, for devices of older vaults may share one, and then
    /// by the names that were asked for.
    devices: BTreeMap<String, BTreeMap<String, Vec<u64>>>,
}

struct Volume {
    record: Arc<VolumeRecord>,
    passwords: Passwords,
}

/// A volume as its rows have it.
pub(super) struct Found {
    pub(super) record: VolumeRecord,
    passwords: Passwords,
}

impl Found {
    pub(super) fn read(connection: &Connection, volume: u64) -> Result<Self, StoreError> {
        let mut found = Self {
            record: rows::named(connection, volume)?,
            passwords: Passwords::default(),
        };
        for row in rows::escrows(connection, volume)? {
            found.passwords.add(&row.record, &row.fingerprint);
            found.record.escrows.put(row.record);
        }
        found.passwords.look_up(&found.record.escrows);
        Ok(found)
    }
}

impl Known {
    pub(super) fn get(&self, volume: u64) -> Option<&Arc<VolumeRecord>> {
        self.volumes.get(&volume).map(|known| &known.record)
    }

    /// Knows a volume from now on as its rows have it.
    pub(super) fn learn(&mut self, found: Found) -> Arc<VolumeRecord> {
        let record = Arc::new(found.record);
        let known = Volume {
            record: Arc::clone(&record),
            passwords: found.passwords,
        };
        self.volumes.insert(record.volume, known);
        record
    }

    /// The volumes of a device, if they were all asked for.
    pub(super) fn volumes_of(&self, device: &DeviceName) -> Option<&[u64]> {
        self.devices
            .get(&device.folded())?
            .get(device.as_str())
            .map(Vec::as_slice)
    }

    /// Knows from now on which volumes a device has.
    pub(super) fn learn_volumes_of(&mut self, device: &DeviceName, volumes: Vec<u64>) -> Vec<u64> {
        let near = self.devices.entry(device.folded()).or_default();
        near.insert(device.as_str().to_owned(), volumes.clone());
        volumes
    }

    /// The escrows of a volume that hold a password.
    pub(super) fn with_password(&self, volume: u64, fingerprint: &Fingerprint) -> impl Iterator<Item = EscrowId> {
        let known = self.volumes.get(&volume).into_iter();
        let held = known.flat_map(|known| known.passwords.all(&known.record.escrows, fingerprint));
        held.map(|record| record.escrow)
    }

    /// Those of them that the rules of arrival ask for.
    pub(super) fn same_password(
        &self,
        volume: u64,
        fingerprint: &Fingerprint,
        protector: ProtectorId,
    ) -> Vec<EscrowId> {
        let known = self.volumes.get(&volume);
        let same = known.map(|known| known.passwords.same(&known.record.escrows, fingerprint, protector));
        same.unwrap_or_default()
    }

    /// Those of them by which a password counts as shown.
    pub(super) fn shown(&self, volume: u64, fingerprint: &Fingerprint) -> Vec<EscrowRecord> {
        let known = self.volumes.get(&volume);
        let shown = known.map(|known| known.passwords.shown(&known.record.escrows, fingerprint));
        shown.unwrap_or_default()
    }

    /// Names a volume, be it a new one.
    pub(super) fn name(&mut self, naming: &VolumeRecord) {
        let before = self.volumes.get(&naming.volume).map(|known| &known.record.device);
        let is_new = before.is_none();
        if before != Some(&naming.device)
            && let Some(device) = &naming.device
        {
            let near = self.devices.get_mut(&device.folded());
            match near
                .filter(|near| is_new && near.len() == 1)
                .and_then(|near| near.get_mut(device.as_str()))
            {
                // It has the greatest number.
                Some(volumes) => volumes.push(naming.volume),
                None => drop(self.devices.remove(&device.folded())),
            }
        }
        match self.volumes.get_mut(&naming.volume) {
            Some(known) => {
                let record = Arc::make_mut(&mut known.record);
                *record = VolumeRecord {
                    escrows: std::mem::take(&mut record.escrows),
                    ..naming.naming()
                };
            }
            None => {
                let known = Volume {
                    record: Arc::new(naming.naming()),
                    passwords: Passwords::default(),
                };
                self.volumes.insert(naming.volume, known);
            }
        }
    }

    /// Puts an escrow into a volume, if that is known; a new one comes with the fingerprint of its password.
    pub(super) fn put(&mut self, volume: u64, escrow: &EscrowRecord, new: Option<&Fingerprint>) -> Option<()> {
        let known = self.volumes.get_mut(&volume)?;
        let escrows = &mut Arc::make_mut(&mut known.record).escrows;
        match escrows.place(escrow.escrow) {
            Some(place) => known.passwords.change(place, escrows.at(place)?, escrow),
            None => known.passwords.add(escrow, new?),
        }
        escrows.put(escrow.clone());
        known.passwords.look_up(escrows);
        Some(())
    }
}
