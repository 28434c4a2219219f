//! The migrations of the vault file, and what they come to.
#![forbid(unsafe_code)]

use rusqlite::Connection;
use rusqlite::Transaction;

/// What marks a SQLite file as a vault (`PRAGMA application_id`): "Strg" in ASCII.
pub const APPLICATION_ID: i32 = 0x5374_7267;

/// The newest version of the schema (`PRAGMA user_version`): how many migrations there are.
pub const VERSION: u32 = 3;

/// Migrations in their order; one that has landed is never edited.
const MIGRATIONS: [&str; 3] = [
    include_str!("../migrations/0001_vault.sql"),
    include_str!("../migrations/0002_audit_and_drops.sql"),
    include_str!("../migrations/0003_many_hands.sql"),
];

/// What the migrations come to, as [`dump`] writes it.
pub const SCHEMA: &str = include_str!("../schema.sql");

/// Runs the migrations behind the file's version, within the caller's transaction; writes nothing where there are none.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn migrate(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    migrate_to(transaction, VERSION)
}

/// The schema of a file of this version, as [`dump`] writes it.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn schema_of(version: u32) -> rusqlite::Result<String> {
    if version == VERSION {
        return Ok(SCHEMA.to_owned());
    }
    let mut connection = Connection::open_in_memory()?;
    let transaction = connection.transaction()?;
    migrate_to(&transaction, version)?;
    dump(&transaction)
}

fn migrate_to(transaction: &Transaction<'_>, version: u32) -> rusqlite::Result<()> {
    let done: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if done >= version {
        return Ok(());
    }
    for (number, migration) in (1..=version).zip(MIGRATIONS) {
        if number > done {
            transaction.execute_batch(migration)?;
        }
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", version)
}

/// The file's schema as a text: every statement in order of name, with those that SQLite made for itself left out.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn dump(connection: &Connection) -> rusqlite::Result<String> {
    let mut statement =
        connection.prepare_cached("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")?;
    let statements = statement.query_map((), |row| row.get::<_, String>(0))?;
    let mut text = String::new();
    for statement in statements {
        text.push_str(&statement?);
        text.push_str(";\n\n");
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
