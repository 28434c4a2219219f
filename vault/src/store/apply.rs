//! Changes, as rows: the tables are what the log's events make of them.

use rusqlite::Connection;
use rusqlite::OptionalExtension;
use rusqlite::named_params;
use strongroom_core::envelope::Envelope;
use strongroom_core::keys::Fingerprint;
use strongroom_core::state::Change;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::VaultRecord;
use strongroom_core::state::VolumeRecord;
use strongroom_core::state::canonical;
use strongroom_core::values::DeviceName;
use strongroom_core::values::Time;

use crate::store::Alarm;
use crate::store::Draft;
use crate::store::StoreError;

/// Puts one change of a draft into its row; `is_new` says whether an escrow of it is not there yet.
pub(super) fn apply(connection: &Connection, draft: &Draft, change: &Change, is_new: bool) -> Result<(), StoreError> {
    match change {
        Change::Sender(record) => {
            connection
                .prepare_cached("INSERT OR REPLACE INTO sender (sender, record) VALUES (?1, ?2)")?
                .execute((record.sender.as_bytes(), text(&**record)))?;
            Ok(())
        }
        Change::Vault(record) => vault(connection, draft, record),
        Change::Volume(naming) => volume(connection, naming),
        Change::Escrow { volume, record } => match draft.held(record.escrow).filter(|_| is_new) {
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

fn vault(connection: &Connection, draft: &Draft, record: &VaultRecord) -> Result<(), StoreError> {
    let text = text(record);
    let Some(bytes) = draft.vault_bytes() else {
        connection.execute("UPDATE vault SET record = ?1", [text])?;
        return Ok(());
    };
    connection.execute(
        "INSERT OR REPLACE INTO vault (id, record, sealed, keyring, keyring_of_shares) VALUES (1, ?1, ?2, ?3, ?4)",
        (text, &bytes.sealed, &bytes.keyring, &bytes.keyring_of_shares),
    )?;
    connection.execute(
        "INSERT OR REPLACE INTO signing_key (id, object) SELECT 1, ?1 WHERE ?1 IS NOT NULL",
        [&bytes.signing_key],
    )?;
    Ok(())
}

fn volume(connection: &Connection, naming: &VolumeRecord) -> Result<(), StoreError> {
    let device = naming
        .device
        .as_ref()
        .map(|name| device(connection, name))
        .transpose()?;
    connection
        .prepare_cached(
            "INSERT INTO volume (volume, device, id, mounts, type) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (volume) DO UPDATE SET device = ?2, id = ?3, mounts = ?4, type = ?5",
        )?
        .execute((
            naming.volume,
            device,
            naming.id.as_ref().map(|id| *id.as_bytes()),
            text(&naming.mounts),
            naming.kind.to_string(),
        ))?;
    Ok(())
}

/// The number of a device; a new one for a new name.
fn device(connection: &Connection, name: &DeviceName) -> Result<i64, StoreError> {
    let folded = name.folded();
    let held = connection
        .prepare_cached("SELECT device FROM device WHERE folded = ?1")?
        .query_row([&folded], |row| row.get(0))
        .optional()?;
    if let Some(device) = held {
        return Ok(device);
    }
    connection
        .prepare_cached("INSERT INTO device (name, folded) VALUES (?1, ?2)")?
        .execute((name.to_string(), &folded))?;
    let device = connection.last_insert_rowid();
    connection
        .prepare_cached("INSERT INTO device_search (rowid, folded) VALUES (?1, ?2)")?
        .execute((device, &folded))?;
    Ok(device)
}

fn new_escrow(
    connection: &Connection,
    volume: u64,
    record: &EscrowRecord,
    envelope: &Envelope,
    fingerprint: &Fingerprint,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO escrow (escrow, volume, protector, source, escrowed_at, state, conflict, unconfirmed, \
             envelope, fingerprint) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute((
            record.escrow.as_bytes(),
            volume,
            record.protector.as_bytes(),
            record.source.as_str(),
            record.escrowed_at.as_millis(),
            record.state.as_str(),
            record.conflict,
            record.unconfirmed,
            envelope.as_bytes(),
            fingerprint.as_bytes(),
        ))?;
    changed_escrow(connection, record)
}

fn changed_escrow(connection: &Connection, record: &EscrowRecord) -> Result<(), StoreError> {
    let millis = |time: Option<Time>| time.map(Time::as_millis);
    let ended = record.ended.as_ref();
    let changed = connection
        .prepare_cached(
            "UPDATE escrow SET created_at = :created_at, state = :state, conflict = :conflict, \
             unconfirmed = :unconfirmed, exposed_at = :exposed_at, exposed_by = :exposed_by, shown_at = :shown_at, \
             rotate_by = :rotate_by, superseded_at = :superseded_at, superseded_by = :superseded_by, \
             ended_how = :ended_how, ended_at = :ended_at, ended_by = :ended_by, proven_at = :proven_at \
             WHERE escrow = :escrow",
        )?
        .execute(named_params! {
            ":escrow": record.escrow.as_bytes(),
            ":created_at": millis(record.created_at),
            ":state": record.state.as_str(),
            ":conflict": record.conflict,
            ":unconfirmed": record.unconfirmed,
            ":exposed_at": millis(record.exposed_at),
            ":exposed_by": record.exposed_by,
            ":shown_at": millis(record.shown_at),
            ":rotate_by": millis(record.rotate_by),
            ":superseded_at": millis(record.superseded_at),
            ":superseded_by": record.superseded_by.as_ref().map(|id| *id.as_bytes()),
            ":ended_how": ended.map(|ended| ended.how.as_str()),
            ":ended_at": ended.map(|ended| ended.at.as_millis()),
            ":ended_by": ended.map(|ended| ended.by.as_str()),
            ":proven_at": millis(record.proven_at),
        })?;
    if changed != 1 {
        return Err(Alarm::tampered(format!("escrow {} is not in the file", record.escrow)).into());
    }
    Ok(())
}

fn text(value: &impl serde::Serialize) -> String {
    String::from_utf8_lossy(&canonical(value)).into_owned()
}
