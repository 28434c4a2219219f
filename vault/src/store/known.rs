//! A volume as a session knows it: read and proven once, and from then on what the session's own events make of it.

use std::collections::HashMap;
use std::rc::Rc;

use rusqlite::Connection;
use strongroom_core::keys::Fingerprint;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::VolumeRecord;
use strongroom_core::values::EscrowId;

use crate::store::StoreError;
use crate::store::rows;

/// A volume's record, and which of its escrows hold which password.
///
/// Nobody else can write within a transaction, so it need not be read again for each of thousands of passwords.
pub(super) struct Known {
    record: Rc<VolumeRecord>,
    passwords: HashMap<[u8; 32], Vec<EscrowId>>,
}

impl Known {
    /// A volume without escrows.
    pub(super) fn new(naming: &VolumeRecord) -> Self {
        Self {
            record: Rc::new(naming.naming()),
            passwords: HashMap::new(),
        }
    }

    /// A volume as its rows have it.
    pub(super) fn read(connection: &Connection, volume: u64) -> Result<Self, StoreError> {
        let mut record = rows::named(connection, volume)?;
        let mut passwords: HashMap<[u8; 32], Vec<EscrowId>> = HashMap::new();
        for row in rows::escrows(connection, volume)? {
            passwords
                .entry(*row.fingerprint.as_bytes())
                .or_default()
                .push(row.record.escrow);
            record.escrows.push(row.record);
        }
        Ok(Self {
            record: Rc::new(record),
            passwords,
        })
    }

    pub(super) const fn record(&self) -> &Rc<VolumeRecord> {
        &self.record
    }

    /// The escrows that hold a password.
    pub(super) fn with_password(&self, fingerprint: &Fingerprint) -> &[EscrowId] {
        self.passwords.get(fingerprint.as_bytes()).map_or(&[], Vec::as_slice)
    }

    /// Names it anew.
    pub(super) fn name(&mut self, naming: &VolumeRecord) {
        let record = Rc::make_mut(&mut self.record);
        *record = VolumeRecord {
            escrows: std::mem::take(&mut record.escrows),
            ..naming.naming()
        };
    }

    /// Puts an escrow into it; a new one comes with the fingerprint of its password.
    pub(super) fn put(&mut self, record: &EscrowRecord, new: Option<&Fingerprint>) {
        if let Some(fingerprint) = new {
            self.passwords
                .entry(*fingerprint.as_bytes())
                .or_default()
                .push(record.escrow);
        }
        Rc::make_mut(&mut self.record).put(record.clone());
    }
}
