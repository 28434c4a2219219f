use rusqlite::Connection;

use super::*;

fn migrated() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    let transaction = connection.transaction().unwrap();
    migrate(&transaction).unwrap();
    transaction.commit().unwrap();
    connection
}

/// To write it anew after adding a migration: `STRONGROOM_WRITE_SCHEMA=1 cargo test -p strongroom-schema`.
#[test]
fn schema_is_the_sum_of_the_migrations() {
    let dumped = dump(&migrated()).unwrap();
    if std::env::var_os("STRONGROOM_WRITE_SCHEMA").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/schema.sql"), &dumped).unwrap();
    }
    assert_eq!(dumped, SCHEMA);
}

#[test]
fn migrating_twice_changes_nothing() {
    let mut connection = migrated();
    let transaction = connection.transaction().unwrap();
    migrate(&transaction).unwrap();
    transaction.commit().unwrap();
    assert_eq!(dump(&connection).unwrap(), SCHEMA);
}

#[test]
fn version_counts_the_migrations() {
    assert_eq!(usize::try_from(VERSION).unwrap(), MIGRATIONS.len());
}
