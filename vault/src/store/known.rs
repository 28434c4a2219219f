//! The volumes as a session knows them: read and proven once, and from then on what the session's own events make of them.
//!
//! Nobody else can write within a transaction, so none need be read again for each of thousands of passwords.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::Connection;
use strongroom_core::keys::Fingerprint;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::VolumeRecord;
use strongroom_core::values::EscrowId;

use crate::store::StoreError;
use crate::store::rows;

/// Volumes by their numbers, and which of their escrows hold which password.
#[derive(Default)]
pub(super) struct Known {
    volumes: BTreeMap<u64, Arc<VolumeRecord>>,
    passwords: BTreeSet<(u64, [u8; 32], EscrowId)>,
}

/// A volume as its rows have it.
pub(super) struct Found {
    pub(super) record: VolumeRecord,
    passwords: Vec<([u8; 32], EscrowId)>,
}

impl Found {
    pub(super) fn read(connection: &Connection, volume: u64) -> Result<Self, StoreError> {
        let mut found = Self {
            record: rows::named(connection, volume)?,
            passwords: Vec::new(),
        };
        for row in rows::escrows(connection, volume)? {
            found.passwords.push((*row.fingerprint.as_bytes(), row.record.escrow));
            found.record.escrows.push(row.record);
        }
        Ok(found)
    }
}

impl Known {
    pub(super) fn get(&self, volume: u64) -> Option<&Arc<VolumeRecord>> {
        self.volumes.get(&volume)
    }

    /// Knows a volume from now on as its rows have it.
    pub(super) fn learn(&mut self, found: Found) -> Arc<VolumeRecord> {
        let volume = found.record.volume;
        let held = (volume, [0; 32], NO_ESCROW)..(volume.saturating_add(1), [0; 32], NO_ESCROW);
        let held: Vec<_> = self.passwords.range(held).copied().collect();
        held.iter().for_each(|password| {
            self.passwords.remove(password);
        });
        let found_passwords = found.passwords.into_iter();
        self.passwords
            .extend(found_passwords.map(|(password, escrow)| (volume, password, escrow)));
        let record = Arc::new(found.record);
        self.volumes.insert(volume, Arc::clone(&record));
        record
    }

    /// The escrows of a volume that hold a password.
    pub(super) fn with_password(&self, volume: u64, fingerprint: &Fingerprint) -> impl Iterator<Item = EscrowId> {
        let password = *fingerprint.as_bytes();
        let first = (volume, password, NO_ESCROW);
        let last = (volume, password, EscrowId::new([0xff; 16]));
        self.passwords.range(first..=last).map(|(_, _, escrow)| *escrow)
    }

    /// Names a volume, be it a new one.
    pub(super) fn name(&mut self, naming: &VolumeRecord) {
        match self.volumes.get_mut(&naming.volume) {
            Some(record) => {
                let record = Arc::make_mut(record);
                *record = VolumeRecord {
                    escrows: std::mem::take(&mut record.escrows),
                    ..naming.naming()
                };
            }
            None => {
                self.volumes.insert(naming.volume, Arc::new(naming.naming()));
            }
        }
    }

    /// Puts an escrow into a volume, if that is known; a new one comes with the fingerprint of its password.
    pub(super) fn put(&mut self, volume: u64, escrow: &EscrowRecord, new: Option<&Fingerprint>) -> Option<()> {
        Arc::make_mut(self.volumes.get_mut(&volume)?).put(escrow.clone());
        if let Some(fingerprint) = new {
            self.passwords.insert((volume, *fingerprint.as_bytes(), escrow.escrow));
        }
        Some(())
    }
}

/// The first in the order of their bytes.
const NO_ESCROW: EscrowId = EscrowId::new([0; 16]);
