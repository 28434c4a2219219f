//! Rows, as records.

use rusqlite::Connection;
use rusqlite::OptionalExtension;
use rusqlite::Row;
use strongroom_core::envelope::Envelope;
use strongroom_core::keys::Fingerprint;
use strongroom_core::state::Ending;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::HowEnded;
use strongroom_core::state::Source;
use strongroom_core::state::VolumeRecord;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_core::values::MountPoint;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::Time;
use strongroom_core::values::VolumeId;
use strongroom_core::values::VolumeType;

use crate::store::Alarm;
use crate::store::StoreError;

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

/// How many they are.
pub(super) const ESCROW_COLUMN_COUNT: usize = 21;

/// A volume and all its escrows.
pub(super) fn volume(connection: &Connection, volume: u64) -> Result<VolumeRecord, StoreError> {
    let naming = naming(connection, volume)?.ok_or_else(|| Alarm::tampered(format!("there is no volume {volume}")))?;
    let mut record = naming;
    record.escrows = escrows(connection, volume)?.into_iter().map(|row| row.record).collect();
    Ok(record)
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
        "SELECT volume, device.name, id, mounts, type FROM device JOIN volume USING (device) WHERE folded = ?1 \
         ORDER BY volume",
    )?;
    let mut rows = statement.query([device.folded()])?;
    let mut volumes = Vec::new();
    while let Some(row) = rows.next()? {
        volumes.push(read_naming(row, 0)?);
    }
    Ok(volumes)
}

/// The escrows of a volume, in order of arrival.
pub(super) fn escrows(connection: &Connection, volume: u64) -> Result<Vec<EscrowRow>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {ESCROW_COLUMNS} FROM escrow WHERE volume = ?1 ORDER BY number"
    ))?;
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

/// Reads the columns of [`ESCROW_COLUMNS`].
pub(super) fn escrow(row: &Row<'_>) -> Result<EscrowRow, StoreError> {
    let id = EscrowId::new(row.get(0)?);
    let wrong = |what: &str| Alarm::tampered(format!("escrow {id} has a {what} that no vault writes"));
    let envelope: Vec<u8> = row.get(18)?;
    let envelope = Envelope::from_bytes(&envelope).map_err(|_| wrong("envelope"))?;
    let fingerprint = Fingerprint::kept(row.get(19)?);
    let record = EscrowRecord {
        escrow: id,
        protector: ProtectorId::new(row.get(1)?),
        envelope: envelope.digest(&fingerprint),
        source: word(
            &row.get::<_, String>(2)?,
            &[Source::Escrow, Source::Import, Source::Drop],
            Source::as_str,
        )
        .ok_or_else(|| wrong("source"))?,
        escrowed_at: time(row, 3)?.ok_or_else(|| wrong("time"))?,
        created_at: time(row, 4)?,
        state: word(
            &row.get::<_, String>(5)?,
            &[EscrowState::Current, EscrowState::Exposed, EscrowState::Superseded],
            EscrowState::as_str,
        )
        .ok_or_else(|| wrong("state"))?,
        conflict: flag(row, 6)?.ok_or_else(|| wrong("mark"))?,
        unconfirmed: flag(row, 7)?.ok_or_else(|| wrong("mark"))?,
        exposed_at: time(row, 8)?,
        exposed_by: row.get(9)?,
        shown_at: time(row, 10)?,
        rotate_by: time(row, 11)?,
        superseded_at: time(row, 12)?,
        superseded_by: row.get::<_, Option<_>>(13)?.map(EscrowId::new),
        ended: ending(row)?.ok_or_else(|| wrong("end of exposure"))?,
        proven_at: time(row, 17)?,
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
    let wrong = |what: &str| Alarm::tampered(format!("volume {volume} has a {what} that no vault writes"));
    let mounts: String = row.get(first + 3)?;
    Ok(VolumeRecord {
        volume,
        device: row
            .get::<_, Option<String>>(first + 1)?
            .map(DeviceName::try_from)
            .transpose()
            .map_err(|_| wrong("device"))?,
        id: row.get::<_, Option<_>>(first + 2)?.map(VolumeId::new),
        mounts: strongroom_core::state::from_canonical::<Vec<MountPoint>>(mounts.as_bytes())
            .map_err(|_| wrong("mount point"))?,
        kind: row
            .get::<_, String>(first + 4)?
            .parse::<VolumeType>()
            .map_err(|_| wrong("type"))?,
        escrows: Vec::new(),
    })
}

fn ending(row: &Row<'_>) -> Result<Option<Option<Ending>>, StoreError> {
    let how: Option<String> = row.get(14)?;
    let (at, by) = (time(row, 15)?, row.get::<_, Option<String>>(16)?);
    Ok(match (how, at, by) {
        (None, None, None) => Some(None),
        (Some(how), Some(at), Some(by)) => word(
            &how,
            &[HowEnded::Claimed, HowEnded::Proven, HowEnded::Waived],
            HowEnded::as_str,
        )
        .map(|how| Some(Ending { how, at, by })),
        _ => None,
    })
}

fn word<T: Copy>(word: &str, all: &[T], text: fn(T) -> &'static str) -> Option<T> {
    all.iter().copied().find(|value| text(*value) == word)
}

fn flag(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<bool>> {
    Ok(match row.get::<_, i64>(column)? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    })
}

fn time(row: &Row<'_>, column: usize) -> Result<Option<Time>, StoreError> {
    let millis: Option<i64> = row.get(column)?;
    millis
        .map(|millis| Time::from_millis(millis).ok_or_else(|| Alarm::tampered("a time that no vault writes").into()))
        .transpose()
}
