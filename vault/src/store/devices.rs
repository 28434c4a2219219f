//! Devices by their names.
//!
//! A file of schema 1 or 2 holds the names without case, one of later ones in one composition too (`values::fold`). A
//! file that came from an older one may hold two devices whose names are compared alike: each stays what it is, under its
//! own name.

use rusqlite::Connection;
use rusqlite::OptionalExtension;
use rusqlite::Transaction;
use strongroom_core::values::DeviceName;
use strongroom_core::values::fold;
use strongroom_core::values::fold_case;

use crate::store::file::version;

/// Returns the text by which the file compares a name, and finds parts of it.
pub(super) fn folded(connection: &Connection, text: &str) -> rusqlite::Result<String> {
    let is_older = version(connection)? < FIRST_IN_ONE_COMPOSITION;
    Ok(if is_older { fold_case(text) } else { fold(text) })
}

/// Returns the number of the device that is meant by a name: the one of exactly this name, else of this name without
/// case, else the oldest one whose name is compared alike.
pub(super) fn meant(connection: &Connection, name: &DeviceName) -> rusqlite::Result<Option<i64>> {
    let mut statement =
        connection.prepare_cached("SELECT device, name FROM device WHERE folded = ?1 ORDER BY device")?;
    let is_older = version(connection)? < FIRST_IN_ONE_COMPOSITION;
    let folded = if is_older {
        fold_case(name.as_str())
    } else {
        name.folded()
    };
    let near = statement.query_map([folded], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let near = near.collect::<Result<Vec<(i64, String)>, _>>()?;
    if near.is_empty() && is_older {
        return composed_otherwise(connection, name);
    }
    let exactly = near.iter().find(|(_, held)| held == name.as_str());
    let without_case = || {
        near.iter()
            .find(|(_, held)| fold_case(held) == fold_case(name.as_str()))
    };
    let found = exactly.or_else(without_case).or(near.first());
    Ok(found.map(|(device, _)| *device))
}

/// Finds what an older file has no index for. It is looked for once: what is not there is put there, and that migrates.
fn composed_otherwise(connection: &Connection, name: &DeviceName) -> rusqlite::Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT device, name FROM device ORDER BY device")?;
    let mut rows = statement.query(())?;
    let meant = name.folded();
    while let Some(row) = rows.next()? {
        if fold(&row.get::<_, String>(1)?) == meant {
            return row.get(0).map(Some);
        }
    }
    Ok(None)
}

/// Returns the folded name and the name of the device that is meant by a name: devices are listed in their order.
pub(super) fn place(connection: &Connection, name: &DeviceName) -> rusqlite::Result<Option<(String, String)>> {
    let mut statement = connection.prepare_cached("SELECT folded, name FROM device WHERE device = ?1")?;
    let row = statement.query_row([meant(connection, name)?], |row| Ok((row.get(0)?, row.get(1)?)));
    row.optional()
}

/// Returns the number of the device of exactly this name, a new one where there is none: which one is meant was decided
/// before, and the log names it so.
pub(super) fn of(connection: &Connection, name: &DeviceName) -> rusqlite::Result<i64> {
    let folded = folded(connection, name.as_str())?;
    let made = connection
        .prepare_cached("INSERT INTO device (name, folded) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute((name.as_str(), &folded))?;
    if made == 1 {
        return Ok(connection.last_insert_rowid());
    }
    let mut held = connection.prepare_cached("SELECT device FROM device WHERE folded = ?1 AND name = ?2")?;
    held.query_row((&folded, name.as_str()), |row| row.get(0))
}

/// Migrates the tables; the names of an older file are folded anew, and the search follows.
pub(super) fn migrate(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let before = version(transaction)?;
    strongroom_schema::migrate(transaction)?;
    if before >= FIRST_IN_ONE_COMPOSITION {
        return Ok(());
    }
    let mut names =
        transaction.prepare("SELECT device, name, folded FROM device WHERE device > ?1 ORDER BY device LIMIT 1")?;
    let mut change = transaction.prepare("UPDATE device SET folded = ?2 WHERE device = ?1")?;
    let mut forget =
        transaction.prepare("INSERT INTO device_search (device_search, rowid, folded) VALUES ('delete', ?1, ?2)")?;
    let mut find = transaction.prepare("INSERT INTO device_search (rowid, folded) VALUES (?1, ?2)")?;
    let mut last = 0;
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?));
    while let Some((device, name, before)) = names.query_row([last], row).optional()? {
        let folded = fold(&name);
        if folded != before {
            forget.execute((device, &before))?;
            change.execute((device, &folded))?;
            find.execute((device, &folded))?;
        }
        last = device;
    }
    Ok(())
}

const FIRST_IN_ONE_COMPOSITION: u32 = 3;

#[cfg(test)]
mod tests;
