//! Rows, as records.

use std::sync::LazyLock;

use rusqlite::Connection;
use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::types::FromSql;
use strongroom_core::envelope::Envelope;
use strongroom_core::keys::Fingerprint;
use strongroom_core::state::Ending;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::HowEnded;
use strongroom_core::state::Source;
use strongroom_core::state::VolumeRecord;
use strongroom_core::state::from_canonical;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_core::values::MountPoint;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::Time;
use strongroom_core::values::VolumeId;
use strongroom_core::values::VolumeType;

use crate::store::Alarm;
use crate::store::StoreError;
use crate::store::devices;

/// An escrow's row: its record, and what its record is silent of.
pub(super) struct EscrowRow {
    pub(super) record: EscrowRecord,
    pub(super) envelope: Envelope,
    pub(super) fingerprint: Fingerprint,
}

/// The columns of an escrow that [`escrow`] reads, in its order.
pub(super) const ESCROW_COLUMNS: &str = "escrow.escrow, protector, source, escrowed_at, created_at, \
     state, conflict, unconfirmed, exposed_at, exposed_by, shown_at, rotate_by, superseded_at, superseded_by, \
     ended_how, ended_at, ended_by, proven_at, envelope, fingerprint, number";

/// The escrows of a volume; the text is made once, for it is asked for with each of thousands of passwords.
static OF_VOLUME: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {ESCROW_COLUMNS} FROM escrow WHERE volume = ?1 ORDER BY number"));

/// How many they are.
pub(super) const ESCROW_COLUMN_COUNT: usize = 21;

/// A volume and all its escrows.
pub(super) fn volume(connection: &Connection, volume: u64) -> Result<VolumeRecord, StoreError> {
    let mut record = named(connection, volume)?;
    record.escrows = escrows(connection, volume)?.into_iter().map(|row| row.record).collect();
    Ok(record)
}

/// A volume without its escrows, which is there.
pub(super) fn named(connection: &Connection, volume: u64) -> Result<VolumeRecord, StoreError> {
    naming(connection, volume)?.ok_or_else(|| Alarm::tampered(format!("there is no volume {volume}")).into())
}

/// A volume without its escrows, if it is there.
pub(super) fn naming(connection: &Connection, volume: u64) -> Result<Option<VolumeRecord>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT volume, device.name, id, mounts, type FROM volume LEFT JOIN device USING (device) WHERE volume = ?1",
    )?;
    let mut rows = statement.query([volume])?;
    rows.next()?.map(|row| read_naming(row, 0)).transpose()
}

/// The volumes of a device, without their escrows, in order of appearance.
pub(super) fn volumes_of(connection: &Connection, device: &DeviceName) -> Result<Vec<VolumeRecord>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT volume, device.name, id, mounts, type FROM device JOIN volume USING (device) WHERE device = ?1 \
         ORDER BY volume",
    )?;
    let mut rows = statement.query([devices::meant(connection, device)?])?;
    let mut volumes = Vec::new();
    while let Some(row) = rows.next()? {
        volumes.push(read_naming(row, 0)?);
    }
    Ok(volumes)
}

/// The escrows of a volume, in order of arrival.
pub(super) fn escrows(connection: &Connection, volume: u64) -> Result<Vec<EscrowRow>, StoreError> {
    let mut statement = connection.prepare_cached(&OF_VOLUME)?;
    let mut rows = statement.query([volume])?;
    let mut escrows = Vec::new();
    while let Some(row) = rows.next()? {
        escrows.push(escrow(row)?);
    }
    Ok(escrows)
}

/// The volume in which an escrow is.
pub(super) fn volume_of(connection: &Connection, escrow: EscrowId) -> Result<Option<u64>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT volume FROM escrow WHERE escrow = ?1")?;
    Ok(statement.query_row([escrow.as_bytes()], |row| row.get(0)).optional()?)
}

/// The escrows that hold the same password, of any volume.
pub(super) fn same_password(
    connection: &Connection,
    fingerprint: &Fingerprint,
) -> Result<Vec<(EscrowId, u64)>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT escrow, volume FROM escrow WHERE fingerprint = ?1 ORDER BY number")?;
    let rows = statement.query_map([fingerprint.as_bytes()], |row| {
        Ok((EscrowId::new(row.get(0)?), row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The escrows of a protector, of any volume.
pub(super) fn of_protector(
    connection: &Connection,
    protector: ProtectorId,
) -> Result<Vec<(EscrowId, u64)>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT escrow, volume FROM escrow WHERE protector = ?1 ORDER BY number")?;
    let rows = statement.query_map([protector.as_bytes()], |row| {
        Ok((EscrowId::new(row.get(0)?), row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Reads the columns of [`ESCROW_COLUMNS`].
pub(super) fn escrow(row: &Row<'_>) -> Result<EscrowRow, StoreError> {
    let id = EscrowId::new(Named { row, name: "an escrow" }.get(0)?);
    let name = format!("escrow {id}");
    let row = Named { row, name: &name };
    let envelope: Vec<u8> = row.get(18)?;
    let envelope = Envelope::from_bytes(&envelope).map_err(|_| row.wrong(18))?;
    let fingerprint = Fingerprint::kept(row.get(19)?);
    let sources = [Source::Escrow, Source::Import, Source::Drop];
    let record = EscrowRecord {
        escrow: id,
        protector: ProtectorId::new(row.get(1)?),
        envelope: envelope.digest(&fingerprint),
        source: row.word(2, &sources, Source::as_str)?,
        escrowed_at: row.time(3)?.ok_or_else(|| row.wrong(3))?,
        created_at: row.time(4)?,
        state: row.word(5, &EscrowState::ALL, EscrowState::as_str)?,
        conflict: row.flag(6)?,
        unconfirmed: row.flag(7)?,
        exposed_at: row.time(8)?,
        exposed_by: row.get(9)?,
        shown_at: row.time(10)?,
        rotate_by: row.time(11)?,
        superseded_at: row.time(12)?,
        superseded_by: row.get::<Option<_>>(13)?.map(EscrowId::new),
        ended: ending(&row)?,
        proven_at: row.time(17)?,
    };
    Ok(EscrowRow {
        record,
        envelope,
        fingerprint,
    })
}

/// Reads a volume's columns from `first` on: number, device's name, id, mounts, type.
pub(super) fn read_naming(row: &Row<'_>, first: usize) -> Result<VolumeRecord, StoreError> {
    let volume: u64 = row.get(first)?;
    let name = format!("volume {volume}");
    let row = Named { row, name: &name };
    let device: Option<String> = row.get(first + 1)?;
    let mounts: String = row.get(first + 3)?;
    let kind: String = row.get(first + 4)?;
    Ok(VolumeRecord {
        volume,
        device: device
            .map(|text| written(&text).ok_or_else(|| row.wrong(first + 1)))
            .transpose()?,
        id: row.get::<Option<_>>(first + 2)?.map(VolumeId::new),
        mounts: from_canonical::<Vec<MountPoint>>(mounts.as_bytes()).map_err(|_| row.wrong(first + 3))?,
        kind: kind.parse::<VolumeType>().map_err(|_| row.wrong(first + 4))?,
        escrows: Vec::new(),
    })
}

/// A device's name as a vault writes it; what is read as a name may have spaces around it.
fn written(text: &str) -> Option<DeviceName> {
    let name = DeviceName::kept(text).ok()?;
    (name.as_str() == text).then_some(name)
}

fn ending(row: &Named<'_>) -> Result<Option<Ending>, StoreError> {
    let (at, by) = (row.time(15)?, row.get::<Option<String>>(16)?);
    let Some(at) = at else {
        let none = row.get::<Option<String>>(14)?.is_none() && by.is_none();
        return if none { Ok(None) } else { Err(row.wrong(14).into()) };
    };
    let ways = [HowEnded::Claimed, HowEnded::Proven, HowEnded::Waived];
    Ok(Some(Ending {
        how: row.word(14, &ways, HowEnded::as_str)?,
        at,
        by: by.ok_or_else(|| row.wrong(16))?,
    }))
}

fn word<T: Copy>(word: &str, all: &[T], text: fn(T) -> &'static str) -> Option<T> {
    all.iter().copied().find(|value| text(*value) == word)
}

/// A row of something that has a name: what cannot be read in it is named by that and by its column.
struct Named<'r> {
    row: &'r Row<'r>,
    name: &'r str,
}

impl Named<'_> {
    fn get<T: FromSql>(&self, column: usize) -> Result<T, Alarm> {
        self.row.get(column).map_err(|_| self.wrong(column))
    }

    fn time(&self, column: usize) -> Result<Option<Time>, Alarm> {
        let millis: Option<i64> = self.get(column)?;
        millis
            .map(|millis| Time::from_millis(millis).ok_or_else(|| self.wrong(column)))
            .transpose()
    }

    fn flag(&self, column: usize) -> Result<bool, Alarm> {
        match self.get::<i64>(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wrong(column)),
        }
    }

    fn word<T: Copy>(&self, column: usize, all: &[T], text: fn(T) -> &'static str) -> Result<T, Alarm> {
        word(&self.get::<String>(column)?, all, text).ok_or_else(|| self.wrong(column))
    }

    fn wrong(&self, column: usize) -> Alarm {
        let column = self.row.as_ref().column_name(column).unwrap_or("a column");
        Alarm::tampered(format!("{}: {column} holds what no vault writes", self.name))
    }
}
