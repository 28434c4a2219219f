//! Rows, as records.

use std::sync::LazyLock;

use rusqlite::Connection;
use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::types::FromSql;
use strongroom_core::crypto::Digest;
use strongroom_core::envelope::Envelope;
use strongroom_core::keys::Fingerprint;
use strongroom_core::state::Ending;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Escrows;
use strongroom_core::state::HowEnded;
use strongroom_core::state::MasterKeyRecord;
use strongroom_core::state::Presentation;
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
use crate::store::file::version;

/// An escrow's row: its record, and what its record is silent of.
pub(super) struct EscrowRow {
    pub(super) record: EscrowRecord,
    pub(super) envelope: Envelope,
    pub(super) fingerprint: Fingerprint,
}

/// What is read of a file: schemas before the third lack some columns.
pub(super) struct Columns {
    /// The columns of an escrow that [`escrow`] reads, in its order.
    pub(super) escrow: String,
    /// The columns of a volume that [`read_naming`] reads, in its order.
    pub(super) volume: String,
    // The texts are made once, for they are asked for with each of thousands of passwords.
    escrows: String,
    naming: String,
    volumes_of: String,
}

static OLDER: LazyLock<Columns> = LazyLock::new(|| {
    Columns::new(
        "NULL AS escrowed_by, 0 AS clock, NULL AS shown_to, 0 AS shown_to_more, NULL AS presented_at, \
         NULL AS presented_by",
        "NULL AS master_key, 0 AS master_key_proven",
    )
});

static NEWEST: LazyLock<Columns> = LazyLock::new(|| {
    Columns::new(
        "escrowed_by, clock, shown_to, shown_to_more, presented_at, presented_by",
        "volume.master_key, volume.master_key_proven",
    )
});

impl Columns {
    /// Those of the file as it is now: a commit may have migrated it.
    pub(super) fn of(connection: &Connection) -> rusqlite::Result<&'static Self> {
        Ok(if version(connection)? < MANY_HANDS {
            &OLDER
        } else {
            &NEWEST
        })
    }

    /// The columns of every schema, and these.
    fn new(escrow: &str, volume: &str) -> Self {
        let escrow = format!(
            "escrow.escrow, protector, source, escrowed_at, created_at, state, conflict, unconfirmed, exposed_at, \
             exposed_by, shown_at, rotate_by, superseded_at, superseded_by, ended_how, ended_at, ended_by, proven_at, \
             envelope, fingerprint, number, {escrow}"
        );
        let volume = format!("volume.volume, device.name, volume.id, volume.mounts, volume.type, {volume}");
        Self {
            escrows: format!("SELECT {escrow} FROM escrow WHERE volume = ?1 ORDER BY number"),
            naming: format!("SELECT {volume} FROM volume LEFT JOIN device USING (device) WHERE volume = ?1"),
            volumes_of: format!(
                "SELECT {volume} FROM device JOIN volume USING (device) WHERE device = ?1 ORDER BY volume"
            ),
            escrow,
            volume,
        }
    }
}

/// The version of the schema that has all of them.
const MANY_HANDS: u32 = 3;

/// How many columns of an escrow there are.
pub(super) const ESCROW_COLUMN_COUNT: usize = 27;

const HELD: &str = "SELECT escrow, volume FROM escrow WHERE fingerprint = ?1 AND protector = ?2 AND unconfirmed <= ?3 \
     ORDER BY number LIMIT 1";
const LAST_SHOWN: &str = "SELECT escrow, volume FROM escrow WHERE fingerprint = ?1 AND shown_at IS NOT NULL \
     ORDER BY shown_at DESC LIMIT 1";
const LAST_EXPOSED: &str =
    "SELECT escrow, volume FROM escrow WHERE fingerprint = ?1 AND state = 'exposed' ORDER BY number DESC LIMIT 1";

/// A volume and all its escrows.
pub(super) fn volume(connection: &Connection, volume: u64) -> Result<VolumeRecord, StoreError> {
    let mut record = named(connection, volume)?;
    let rows = escrows(connection, volume)?.into_iter();
    record.escrows = rows.map(|row| row.record).collect();
    Ok(record)
}

/// A volume without its escrows, which is there.
pub(super) fn named(connection: &Connection, volume: u64) -> Result<VolumeRecord, StoreError> {
    naming(connection, volume)?.ok_or_else(|| Alarm::tampered(format!("there is no volume {volume}")).into())
}

/// A volume without its escrows, if it is there.
pub(super) fn naming(connection: &Connection, volume: u64) -> Result<Option<VolumeRecord>, StoreError> {
    let mut statement = connection.prepare_cached(&Columns::of(connection)?.naming)?;
    let mut rows = statement.query([volume])?;
    rows.next()?.map(|row| read_naming(row, 0)).transpose()
}

/// The volumes of a device, without their escrows, in order of appearance.
pub(super) fn volumes_of(connection: &Connection, device: &DeviceName) -> Result<Vec<VolumeRecord>, StoreError> {
    let Some(device) = devices::meant(connection, device)? else {
        return Ok(Vec::new());
    };
    let mut statement = connection.prepare_cached(&Columns::of(connection)?.volumes_of)?;
    let mut rows = statement.query([device])?;
    let mut volumes = Vec::new();
    while let Some(row) = rows.next()? {
        volumes.push(read_naming(row, 0)?);
    }
    Ok(volumes)
}

/// The escrows of a volume, in order of arrival.
pub(super) fn escrows(connection: &Connection, volume: u64) -> Result<Vec<EscrowRow>, StoreError> {
    let mut statement = connection.prepare_cached(&Columns::of(connection)?.escrows)?;
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

/// The escrow of this password that was shown last, and the last one that is exposed.
pub(super) fn shown(connection: &Connection, fingerprint: &Fingerprint) -> Result<Vec<(EscrowId, u64)>, StoreError> {
    let mut found = Vec::new();
    for sql in [LAST_SHOWN, LAST_EXPOSED] {
        let mut statement = connection.prepare_cached(sql)?;
        let row = statement.query_row([fingerprint.as_bytes()], |row| {
            Ok((EscrowId::new(row.get(0)?), row.get(1)?))
        });
        found.extend(row.optional()?);
    }
    Ok(found)
}

/// The first escrow of a protector that holds a password; where `confirmed`, one that nobody vouches for is passed over.
pub(super) fn held_anywhere(
    connection: &Connection,
    protector: ProtectorId,
    fingerprint: &Fingerprint,
    confirmed: bool,
) -> Result<Option<(EscrowId, u64)>, StoreError> {
    let mut statement = connection.prepare_cached(HELD)?;
    let values = (fingerprint.as_bytes(), protector.as_bytes(), !confirmed);
    let row = statement.query_row(values, |row| Ok((EscrowId::new(row.get(0)?), row.get(1)?)));
    Ok(row.optional()?)
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

/// Reads the columns of [`Columns::escrow`].
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
        escrowed_by: row.get(21)?,
        created_at: row.time(4)?,
        state: row.word(5, &EscrowState::ALL, EscrowState::as_str)?,
        conflict: row.flag(6)?,
        unconfirmed: row.flag(7)?,
        clock: row.flag(22)?,
        exposed_at: row.time(8)?,
        exposed_by: row.get(9)?,
        shown_to: row.names(23)?,
        shown_to_more: row.flag(24)?,
        shown_at: row.time(10)?,
        rotate_by: row.time(11)?,
        superseded_at: row.time(12)?,
        superseded_by: row.get::<Option<_>>(13)?.map(EscrowId::new),
        ended: ending(&row)?,
        proven_at: row.time(17)?,
        presented: presentation(&row)?,
    };
    Ok(EscrowRow {
        record,
        envelope,
        fingerprint,
    })
}

/// Reads the columns of [`Columns::volume`] from `first` on.
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
        master_key: master_key(&row, first + 5)?,
        escrows: Escrows::default(),
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
    Ok(Some(Ending {
        how: row.word(14, &HowEnded::ALL, HowEnded::as_str)?,
        at,
        by: by.ok_or_else(|| row.wrong(16))?,
    }))
}

fn presentation(row: &Named<'_>) -> Result<Option<Presentation>, Alarm> {
    match (row.time(25)?, row.get::<Option<String>>(26)?) {
        (Some(at), Some(by)) => Ok(Some(Presentation { at, by })),
        (None, None) => Ok(None),
        _ => Err(row.wrong(25)),
    }
}

fn master_key(row: &Named<'_>, column: usize) -> Result<Option<MasterKeyRecord>, Alarm> {
    let (mac, proven) = (row.get::<Option<_>>(column)?.map(Digest::new), row.flag(column + 1)?);
    match mac {
        None if proven => Err(row.wrong(column + 1)),
        mac => Ok(mac.map(|mac| MasterKeyRecord { mac, proven })),
    }
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

    /// A list of names; none where there is no value.
    fn names(&self, column: usize) -> Result<Vec<String>, Alarm> {
        let Some(names) = self.get::<Option<String>>(column)? else {
            return Ok(Vec::new());
        };
        let names: Vec<String> = from_canonical(names.as_bytes()).map_err(|_| self.wrong(column))?;
        if names.is_empty() {
            return Err(self.wrong(column));
        }
        Ok(names)
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

#[cfg(test)]
mod tests;
