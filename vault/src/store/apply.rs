//! Changes, as rows: the tables are what the log's events make of them.

use rusqlite::Connection;
use rusqlite::Statement;
use rusqlite::types::ToSqlOutput;
use rusqlite::types::ValueRef;
use strongroom_core::envelope::Envelope;
use strongroom_core::keys::Fingerprint;
use strongroom_core::state::Change;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::VaultRecord;
use strongroom_core::state::VolumeRecord;
use strongroom_core::state::canonical;
use strongroom_core::values::Time;
use strongroom_core::values::VolumeId;

use crate::store::Alarm;
use crate::store::StoreError;
use crate::store::VaultBytes;
use crate::store::devices;

/// What is new with a change, beside the record that it brings.
pub(super) struct New<'n> {
    /// The bytes of a vault record.
    pub(super) vault: Option<&'n VaultBytes>,
    /// Whether the volume is not there yet.
    pub(super) volume: bool,
    /// What the row of an escrow holds beside its record; none where it is there.
    pub(super) escrow: Option<&'n (Envelope, Fingerprint)>,
}

/// Puts one change into its row.
pub(super) fn apply(connection: &Connection, change: &Change, new: &New<'_>) -> Result<(), StoreError> {
    match change {
        Change::Sender(record) => {
            connection
                .prepare_cached("INSERT OR REPLACE INTO sender (sender, record) VALUES (?1, ?2)")?
                .execute((record.sender.as_bytes(), text(&canonical(record))))?;
            Ok(())
        }
        Change::Vault(record) => vault(connection, new.vault, record),
        Change::Volume(naming) => volume(connection, naming, new.volume),
        Change::Escrow { volume, record } => match new.escrow {
            Some((envelope, fingerprint)) => new_escrow(connection, *volume, record, envelope, fingerprint),
            None => changed_escrow(connection, record),
        },
        Change::Moved { volume, record, .. } => {
            connection
                .prepare_cached("UPDATE escrow SET volume = ?1 WHERE escrow = ?2")?
                .execute((volume, record.escrow.as_bytes()))?;
            changed_escrow(connection, record)
        }
    }
}

fn vault(connection: &Connection, bytes: Option<&VaultBytes>, record: &VaultRecord) -> Result<(), StoreError> {
    let record = canonical(record);
    let Some(bytes) = bytes else {
        connection.execute("UPDATE vault SET record = ?1", [text(&record)])?;
        return Ok(());
    };
    connection.execute(
        "INSERT OR REPLACE INTO vault (id, record, sealed, keyring, keyring_of_shares) VALUES (1, ?1, ?2, ?3, ?4)",
        (text(&record), &bytes.sealed, &bytes.keyring, &bytes.keyring_of_shares),
    )?;
    connection.execute(
        "INSERT OR REPLACE INTO signing_key (id, object) SELECT 1, ?1 WHERE ?1 IS NOT NULL",
        [&bytes.signing_key],
    )?;
    Ok(())
}

fn volume(connection: &Connection, naming: &VolumeRecord, is_new: bool) -> Result<(), StoreError> {
    let device = naming
        .device
        .as_ref()
        .map(|name| devices::of(connection, name))
        .transpose()?;
    let id = naming.id.as_ref().map(VolumeId::as_bytes);
    let mounts = canonical(&naming.mounts);
    // An upsert would keep a journal of its own, in case that it fails halfway.
    let sql = if is_new {
        "INSERT INTO volume (volume, device, id, mounts, type, master_key, master_key_proven) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
    } else {
        "UPDATE volume SET device = ?2, id = ?3, mounts = ?4, type = ?5, master_key = ?6, master_key_proven = ?7 \
         WHERE volume = ?1"
    };
    let mac = naming.master_key.map(|key| *key.mac.as_bytes());
    let proven = naming.master_key.is_some_and(|key| key.proven);
    let mut statement = connection.prepare_cached(sql)?;
    let kind = naming.kind.code();
    statement.execute((naming.volume, device, id, text(&mounts), kind, mac, proven))?;
    Ok(())
}

/// The number of the last device; 0 where there is none.
pub(super) fn last_device(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT coalesce(max(device), 0) FROM device", (), |row| row.get(0))
}

/// Puts the devices behind `last` into the search: all of a commit at once, for the search writes what it has to the file
/// at each statement that could be taken back by itself.
pub(super) fn make_searchable(connection: &Connection, last: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO device_search (rowid, folded) SELECT device, folded FROM device WHERE device > ?1",
        )?
        .execute([last])?;
    Ok(())
}

fn new_escrow(
    connection: &Connection,
    volume: u64,
    record: &EscrowRecord,
    envelope: &Envelope,
    fingerprint: &Fingerprint,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO escrow (created_at, state, conflict, unconfirmed, exposed_at, exposed_by, shown_at, rotate_by, \
         superseded_at, superseded_by, ended_how, ended_at, ended_by, proven_at, escrowed_by, clock, shown_to, \
         shown_to_more, presented_at, presented_by, escrow, volume, protector, source, escrowed_at, envelope, \
         fingerprint) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, \
         ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)",
    )?;
    bind_changing(&mut statement, record)?;
    statement.raw_bind_parameter(22, volume)?;
    statement.raw_bind_parameter(23, record.protector.as_bytes())?;
    statement.raw_bind_parameter(24, record.source.as_str())?;
    statement.raw_bind_parameter(25, record.escrowed_at.as_millis())?;
    statement.raw_bind_parameter(26, envelope.as_bytes())?;
    statement.raw_bind_parameter(27, fingerprint.as_bytes())?;
    statement.raw_execute()?;
    Ok(())
}

fn changed_escrow(connection: &Connection, record: &EscrowRecord) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "UPDATE escrow SET created_at = ?1, state = ?2, conflict = ?3, unconfirmed = ?4, exposed_at = ?5, \
         exposed_by = ?6, shown_at = ?7, rotate_by = ?8, superseded_at = ?9, superseded_by = ?10, ended_how = ?11, \
         ended_at = ?12, ended_by = ?13, proven_at = ?14, escrowed_by = ?15, clock = ?16, shown_to = ?17, \
         shown_to_more = ?18, presented_at = ?19, presented_by = ?20 WHERE escrow = ?21",
    )?;
    bind_changing(&mut statement, record)?;
    if statement.raw_execute()? != 1 {
        return Err(Alarm::tampered(format!("escrow {} is not in the file", record.escrow)).into());
    }
    Ok(())
}

/// Binds what may change of an escrow, and last which it is.
fn bind_changing(statement: &mut Statement<'_>, record: &EscrowRecord) -> rusqlite::Result<()> {
    let millis = |time: Option<Time>| time.map(Time::as_millis);
    let ended = record.ended.as_ref();
    statement.raw_bind_parameter(1, millis(record.created_at))?;
    statement.raw_bind_parameter(2, record.state.as_str())?;
    statement.raw_bind_parameter(3, record.conflict)?;
    statement.raw_bind_parameter(4, record.unconfirmed)?;
    statement.raw_bind_parameter(5, millis(record.exposed_at))?;
    statement.raw_bind_parameter(6, &record.exposed_by)?;
    statement.raw_bind_parameter(7, millis(record.shown_at))?;
    statement.raw_bind_parameter(8, millis(record.rotate_by))?;
    statement.raw_bind_parameter(9, millis(record.superseded_at))?;
    statement.raw_bind_parameter(10, record.superseded_by.as_ref().map(|id| *id.as_bytes()))?;
    statement.raw_bind_parameter(11, ended.map(|ended| ended.how.as_str()))?;
    statement.raw_bind_parameter(12, ended.map(|ended| ended.at.as_millis()))?;
    statement.raw_bind_parameter(13, ended.map(|ended| ended.by.as_str()))?;
    statement.raw_bind_parameter(14, millis(record.proven_at))?;
    statement.raw_bind_parameter(15, &record.escrowed_by)?;
    statement.raw_bind_parameter(16, record.clock)?;
    let shown_to = (!record.shown_to.is_empty()).then(|| canonical(&record.shown_to));
    statement.raw_bind_parameter(17, shown_to.as_deref().map(text))?;
    statement.raw_bind_parameter(18, record.shown_to_more)?;
    let presented = record.presented.as_ref();
    statement.raw_bind_parameter(19, presented.map(|presented| presented.at.as_millis()))?;
    statement.raw_bind_parameter(20, presented.map(|presented| presented.by.as_str()))?;
    statement.raw_bind_parameter(21, record.escrow.as_bytes())
}

/// What is a text already, as SQLite takes it.
pub(super) const fn text(bytes: &[u8]) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(ValueRef::Text(bytes))
}
