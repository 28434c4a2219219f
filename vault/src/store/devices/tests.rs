use rusqlite::Connection;

use super::*;

const COMPOSED: &str = "M\u{dc}NCHEN";
const DECOMPOSED: &str = "MU\u{308}NCHEN";
const MARKED: &str = "PC-1\u{fe0f}";

/// A file of schema 2 with these devices, as its program wrote them: each with a volume, and in the search.
fn older(names: &[&str]) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    for migration in [
        include_str!("../../../../schema/migrations/0001_vault.sql"),
        include_str!("../../../../schema/migrations/0002_audit_and_drops.sql"),
    ] {
        connection.execute_batch(migration).unwrap();
    }
    connection.pragma_update(None, "user_version", 2).unwrap();
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    for (number, name) in (1..).zip(names) {
        assert_eq!(of(&connection, &kept(name)).unwrap(), number);
        connection
            .execute(
                "INSERT INTO device_search (rowid, folded) VALUES (?1, ?2)",
                (number, fold_case(name)),
            )
            .unwrap();
        connection
            .execute(
                "INSERT INTO volume (volume, device, mounts, type) VALUES (?1, ?1, '[]', 'os')",
                [number],
            )
            .unwrap();
    }
    connection
}

fn migrated(mut connection: Connection) -> Connection {
    let transaction = connection.transaction().unwrap();
    migrate(&transaction).unwrap();
    transaction.commit().unwrap();
    connection
}

fn kept(name: &str) -> DeviceName {
    DeviceName::kept(name).unwrap()
}

#[track_caller]
fn check(connection: &Connection, name: &str, expected: Option<i64>) {
    assert_eq!(meant(connection, &kept(name)).unwrap(), expected, "{name:?}");
}

#[test]
fn names_that_an_older_program_took_for_two_stay_two() {
    let names = [COMPOSED, DECOMPOSED, "PC-1", MARKED, "ＰＣ－2"];
    let older = older(&names);
    for (number, name) in (1..).zip(names) {
        check(&older, name, Some(number));
    }
    let newer = migrated(older);
    let version: u32 = newer
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, strongroom_schema::VERSION);
    for (number, name) in (1..).zip(names) {
        check(&newer, name, Some(number));
        check(&newer, &name.to_lowercase(), Some(number));
        assert_eq!(of(&newer, &kept(name)).unwrap(), number);
    }
    // Of exactly this name there is none: it is the oldest one that is compared alike.
    check(&newer, "ｐｃ-1", Some(3));
    check(&newer, "pc-2", Some(5));
    check(&newer, "pc-3", None);
}

#[test]
fn a_migration_keeps_every_row_and_its_volumes() {
    let names = [COMPOSED, DECOMPOSED, "PC-1", "straße", "STRA\u{1e9e}E"];
    let newer = migrated(older(&names));
    let mut statement = newer
        .prepare("SELECT device, name, folded FROM device JOIN volume USING (device) ORDER BY device")
        .unwrap();
    let rows = statement
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap();
    let expected: Vec<(i64, String, String)> = (1..)
        .zip(names)
        .map(|(number, name)| (number, name.to_owned(), fold(name)))
        .collect();
    assert_eq!(rows.collect::<Result<Vec<_>, _>>().unwrap(), expected);
    let dangling: i64 = newer
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", (), |row| row.get(0))
        .unwrap();
    assert_eq!(dangling, 0);
    newer
        .execute(
            "INSERT INTO volume (volume, device, mounts, type) VALUES (99, 99, '[]', 'os')",
            (),
        )
        .unwrap_err();
    assert_eq!(strongroom_schema::dump(&newer).unwrap(), strongroom_schema::SCHEMA);

    // The search finds them by what they are compared by, and by nothing else.
    let found = |text: &str| -> Vec<i64> {
        let mut statement = newer
            .prepare("SELECT rowid FROM device_search WHERE folded MATCH ?1 ORDER BY rowid")
            .unwrap();
        let found = statement.query_map([format!("\"{text}\"")], |row| row.get(0)).unwrap();
        found.collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(found("m\u{fc}n"), [1, 2]);
    assert_eq!(found("strasse"), [4, 5]);
    assert!(found("u\u{308}n").is_empty());
    newer
        .execute_batch("INSERT INTO device_search (device_search, rank) VALUES ('integrity-check', 1)")
        .unwrap();
}

/// Before its first commit there is no index for it.
#[test]
fn an_older_file_finds_a_name_however_it_is_composed() {
    let older = older(&[COMPOSED, "ＰＣ－2"]);
    check(&older, DECOMPOSED, Some(1));
    check(&older, "pc-2", Some(2));
    check(&older, "pc-3", None);
}
