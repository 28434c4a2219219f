//! The migrations of the vault file, and what they come to.
#![forbid(unsafe_code)]

use rusqlite::Connection;
use rusqlite::Transaction;

/// What marks a SQLite file as a vault (`PRAGMA application_id`): "Strg" in ASCII.
pub const APPLICATION_ID: i32 = 0x5374_7267;

/// The newest version of the schema (`PRAGMA user_version`): how many migrations there are.
pub const VERSION: u32 = 1;

/// Migrations in their order; one that has landed is never edited.
const MIGRATIONS: [&str; 1] = [include_str!("../migrations/0001_vault.sql")];

/// What the migrations come to, as [`dump`] writes it.
pub const SCHEMA: &str = include_str!("../schema.sql");

/// Runs the migrations behind the file's version, within the caller's transaction.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn migrate(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(version).unwrap_or(usize::MAX);
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", VERSION)
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
