//! The rows of volumes, escrows and devices against the replay.

use std::collections::BTreeMap;

use rusqlite::CachedStatement;
use strongroom_core::log::Replay;
use strongroom_core::state::RecalledVolumes;
use strongroom_core::state::VolumeRecord;
use strongroom_core::values::EscrowId;

use crate::store::Alarm;
use crate::store::Snapshot;
use crate::store::StoreError;
use crate::store::audit::Work;
use crate::store::audit::require_same;
use crate::store::devices;
use crate::store::rows;
use crate::store::snapshot::leaf;

/// The rows of escrows on their way along the log: they are numbered from 1 in the order in which they came.
pub(super) struct Order<'s> {
    statement: CachedStatement<'s>,
    /// How many escrows the log has brought.
    arrived: u64,
    /// The first that has another number than its place.
    wrong: Option<Alarm>,
}

impl<'s> Order<'s> {
    pub(super) fn read(snapshot: &'s Snapshot<'_>) -> Result<Self, StoreError> {
        let connection = &snapshot.transaction;
        Ok(Self {
            statement: connection.prepare_cached("SELECT escrow FROM escrow WHERE number = ?1")?,
            arrived: 0,
            wrong: None,
        })
    }

    /// Compares the rows with the escrows that an event brings.
    pub(super) fn meet(&mut self, arrived: &[EscrowId]) -> Result<(), StoreError> {
        for escrow in arrived {
            self.arrived = self.arrived.saturating_add(1);
            let mut rows = self.statement.query([self.arrived])?;
            let found = rows.next()?.map(|row| row.get::<_, [u8; 16]>(0)).transpose();
            if !matches!(found, Ok(Some(found)) if found == *escrow.as_bytes()) {
                let number = self.arrived;
                self.wrong.get_or_insert_with(|| {
                    Alarm::tampered(format!("escrow {escrow} is not the one with number {number}"))
                });
            }
        }
        Ok(())
    }

    /// Fails if a row was not the one that came in its turn: what is wrong with its content is told before.
    pub(super) fn finish(self) -> Result<(), StoreError> {
        self.wrong.map_or(Ok(()), |wrong| Err(wrong.into()))
    }
}

impl Snapshot<'_> {
    /// Compares the rows of each volume with the hash that the replay came to, and those of one that differs with its
    /// record, which is read from the log again.
    pub(super) fn audit_volumes(
        &self,
        replay: &mut Replay<RecalledVolumes>,
        done: &mut dyn FnMut(u64),
    ) -> Result<(), StoreError> {
        let volumes = replay.projection().volume_count();
        for volume in 1..=volumes {
            let logged = replay.projection().hash(volume);
            let same = match rows::volume(&self.transaction, volume) {
                Ok(row) => Some(row.leaf_hash()) == logged,
                Err(StoreError::Alarm(_)) => false,
                Err(error) => return Err(error),
            };
            if !same {
                let logged = replay.recall(volume, |index| leaf(&self.transaction, index))?;
                self.audit_volume(logged)?;
            }
            done(Work::VOLUME);
        }
        let escrows = replay.projection().totals().escrows;
        self.require_rows("volume", volumes)?;
        self.require_rows("escrow", escrows)
    }

    /// Names what is wrong with the rows of a volume that are not what the log says.
    fn audit_volume(&self, logged: &VolumeRecord) -> Result<(), StoreError> {
        let name = match &logged.device {
            Some(device) => format!("volume {} ({device})", logged.volume),
            None => format!("volume {}", logged.volume),
        };
        let row = rows::naming(&self.transaction, logged.volume)?
            .ok_or_else(|| Alarm::tampered(format!("{name} is missing")))?;
        require_same(&row, &logged.naming(), &name)?;
        let held = rows::escrows(&self.transaction, logged.volume)?;
        let held: BTreeMap<EscrowId, _> = held.iter().map(|row| (row.record.escrow, row)).collect();
        for record in logged.escrows.iter() {
            let row = held
                .get(&record.escrow)
                .ok_or_else(|| Alarm::tampered(format!("escrow {} is missing", record.escrow)))?;
            require_same(&row.record, record, &format!("escrow {}", record.escrow))?;
        }
        let what = format!(
            "the escrows of volume {} are others, or in another order",
            logged.volume
        );
        Err(Alarm::tampered(what).into())
    }

    /// Devices are named by their volumes and numbered from 1: `status` counts them by the last number.
    pub(super) fn audit_devices(&self, done: &mut dyn FnMut(u64)) -> Result<(), StoreError> {
        let mut statement = self.transaction.prepare(
            "SELECT device, name, folded, EXISTS (SELECT 1 FROM volume WHERE volume.device = device.device) \
             FROM device ORDER BY device",
        )?;
        let mut rows = statement.query(())?;
        let mut number = 0;
        while let Some(row) = rows.next()? {
            number += 1;
            let (device, name, folded): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let named: bool = row.get(3)?;
            if device != number || !named || devices::folded(&self.transaction, &name)? != folded {
                return Err(Alarm::tampered(format!("device {device} is not what its volumes say")).into());
            }
            done(Work::DEVICE);
        }
        Ok(())
    }

    pub(super) fn require_rows(&self, table: &str, expected: u64) -> Result<(), StoreError> {
        let sql = format!("SELECT count(*) FROM {table}");
        let rows: u64 = self.transaction.query_row(&sql, (), |row| row.get(0))?;
        if rows == expected {
            return Ok(());
        }
        Err(Alarm::tampered(format!(
            "there are {rows} rows in {table}, and the log makes {expected}"
        ))
        .into())
    }
}
