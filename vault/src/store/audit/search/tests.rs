use rusqlite::Connection;

use super::*;

/// A device table of these names, and its search index.
fn indexed(names: impl IntoIterator<Item = String>) -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    let transaction = connection.transaction().unwrap();
    strongroom_schema::migrate(&transaction).unwrap();
    transaction.commit().unwrap();
    let mut device = connection
        .prepare("INSERT INTO device (name, folded) VALUES (?1, ?1)")
        .unwrap();
    for name in names {
        device.execute([name]).unwrap();
    }
    drop(device);
    connection
        .execute_batch("INSERT INTO device_search (rowid, folded) SELECT device, folded FROM device")
        .unwrap();
    connection
}

fn many() -> Connection {
    indexed((0..3000).map(|number| format!("pc-{:x}-{number:05}", number * 0x9e37)))
}

/// What is wrong with the index, if anything is.
fn wrong(mut connection: Connection, sql: &str) -> Option<String> {
    connection.execute_batch(sql).unwrap();
    let snapshot = Snapshot::new(connection.transaction().unwrap());
    snapshot
        .audit_search(0, &mut |_| {})
        .err()
        .map(|error| error.to_string())
}

#[test]
fn an_index_of_any_names_is_what_the_names_make() {
    let names = [
        "pc",
        "a",
        "pc-1",
        "aaaaaaa",
        "quote \" and '",
        "größe-ü",
        "日本語のデバイス",
        "🦀🦀🦀🦀",
        "e\u{301}e\u{301}",
        "x\u{2028}y",
        "ascii*wild",
        "ß",
        "ﬃ-1",
    ];
    assert_eq!(wrong(indexed(names.map(ToOwned::to_owned)), ""), None);
    assert_eq!(wrong(many(), ""), None);
    assert_eq!(wrong(indexed([]), ""), None);
}

#[test]
fn an_entry_that_differs_is_named() {
    let deleted =
        "INSERT INTO device_search (device_search, rowid, folded) SELECT 'delete', device, folded FROM device";
    for (sql, named) in [
        (
            format!("{deleted} WHERE device = 1717"),
            "the search index does not find device 1717 by the three characters of its name at position 0",
        ),
        (
            "INSERT INTO device_search (rowid, folded) VALUES (7000, 'ghost')".to_owned(),
            "the search index has an entry for device 7000, position 0, that its name does not have",
        ),
        (
            // As many entries as before.
            format!(
                "{deleted} WHERE device = 5; INSERT INTO device_search (rowid, folded) SELECT 6000, folded FROM device WHERE device = 5"
            ),
            "device",
        ),
        (
            "UPDATE device SET folded = 'qc' || substr(folded, 3) WHERE device = 9".to_owned(),
            "the search index has an entry for device 9, position 0,",
        ),
    ] {
        let said = wrong(many(), &sql).unwrap_or_default();
        assert!(said.contains(named), "{sql}: {said}");
    }
}

/// SQLite's own check does not miss the last row: a search that is led to another page finds nothing there.
#[test]
fn what_stands_in_the_index_and_no_search_finds_is_named() {
    let sql = "INSERT INTO device_search (device_search) VALUES ('optimize'); \
         DELETE FROM device_search_idx WHERE term = (SELECT max(term) FROM device_search_idx)";
    let said = wrong(many(), sql).unwrap_or_default();
    assert!(said.contains("the search index does not find device"), "{said}");
}
