//! Whoever edits the file is found by `audit verify`, and stops who would build on it.

use rusqlite::Connection;
use serde_json::Value;

use crate::end_to_end::passwords::made;
use crate::end_to_end::site::Site;

/// What lies on the path of a verb about the first device.
#[derive(Clone, Copy, PartialEq)]
enum OnPath {
    /// Reveal and escrow read it, and refuse.
    Yes,
    /// They do not: only `audit verify` can know.
    No,
}

/// A vault with something in every column: on LAB-01 a password that was shown and rotated, and one that is shown; a
/// waived one and one in conflict on DESK-02.
fn site() -> (Site, String) {
    let site = Site::new();
    site.escrowing("LAB-01", &made(1))
        .args(["--created", "2024-05-01T08:00:00Z"])
        .output()
        .ok();
    site.reveal(made(1).key_id());
    let shown = site.escrow("LAB-01", &made(2))["escrow_id"]
        .as_str()
        .unwrap()
        .to_owned();
    site.reveal(made(2).key_id());
    site.escrow("DESK-02", &made(3));
    site.escrow("HALL-03", &made(4));
    (site, shown)
}

#[track_caller]
fn check(site: &Site, shown: &str, sql: &str, words: &str, on_path: OnPath) {
    let copy = site.copied();
    edit(&copy.sqlite(), sql);
    let output = copy.run(&["--json", "audit", "verify"]).output().code(4);
    let told = format!("{}{}", output.stdout, output.stderr);
    assert!(told.contains(words), "{sql}: no {words:?} in {output:?}");
    if on_path == OnPath::No {
        return;
    }
    for run in [copy.revealing(shown), copy.escrowing("LAB-01", &made(9))] {
        let output = run.output();
        assert_eq!((output.code, output.stdout.as_str()), (4, ""), "{sql}: {output:?}");
    }
}

#[track_caller]
fn edit(connection: &Connection, sql: &str) {
    connection
        .execute_batch(sql)
        .unwrap_or_else(|err| panic!("{sql}: {err}"));
}

const SHOWN: &str = "WHERE number = 2";
const ROTATED: &str = "WHERE number = 1";

#[test]
fn an_edited_escrow_is_named() {
    let (site, shown) = site();
    let row = |set: &str, which: &str, words: &str| {
        let sql = format!("UPDATE escrow SET {set} {which}");
        check(&site, &shown, &sql, words, OnPath::Yes);
    };
    row("state = 'current'", SHOWN, "state");
    row("state = 'superseded'", SHOWN, "state");
    row("state = 'nonsense'", SHOWN, "state");
    row("conflict = 1", SHOWN, "conflict");
    row("unconfirmed = 1", SHOWN, "unconfirmed");
    row("source = 'import'", SHOWN, "source");
    for date in ["escrowed_at", "exposed_at", "shown_at", "rotate_by"] {
        row(&format!("{date} = {date} + 60000"), SHOWN, date);
    }
    for date in ["created_at", "superseded_at"] {
        row(&format!("{date} = {date} - 1"), ROTATED, date);
    }
    row("rotate_by = NULL", SHOWN, "rotate_by");
    row("exposed_by = 'somebody else'", SHOWN, "exposed_by");
    row("proven_at = 1700000000000", SHOWN, "proven_at");
    row("escrowed_by = 'somebody else'", SHOWN, "escrowed_by");
    row("clock = 1", SHOWN, "clock");
    row("shown_to = '[\"somebody else\"]'", SHOWN, "shown_to");
    row("shown_to_more = 1", SHOWN, "shown_to_more");
    row("presented_at = 1700000000000, presented_by = 'x'", SHOWN, "presented");
    row("ended_at = ended_at + 1", ROTATED, "ended");
    row("ended_how = 'proven'", ROTATED, "ended");
    row("ended_by = 'somebody else'", ROTATED, "ended");
    row("superseded_by = randomblob(16)", ROTATED, "superseded_by");
    row("protector = randomblob(16)", SHOWN, "protector");
}

#[test]
fn an_edited_envelope_is_named() {
    let (site, shown) = site();
    let yes = |sql: &str, words: &str| check(&site, &shown, sql, words, OnPath::Yes);
    yes(
        "UPDATE escrow SET fingerprint = randomblob(32) WHERE number = 2",
        "envelope",
    );
    yes(
        "UPDATE escrow SET envelope = randomblob(10) WHERE number = 2",
        "envelope",
    );
    yes(
        "UPDATE escrow SET envelope = CAST(substr(envelope, 1, length(envelope) - 1) || x'00' AS BLOB) WHERE number = 2",
        "envelope",
    );
    let swapped = |a: u32, b: u32| {
        format!(
            "CREATE TEMP TABLE kept AS SELECT number, envelope, fingerprint FROM escrow WHERE number IN ({a}, {b});
             UPDATE escrow SET (envelope, fingerprint) = (SELECT envelope, fingerprint FROM kept WHERE number = {b})
                 WHERE number = {a};
             UPDATE escrow SET (envelope, fingerprint) = (SELECT envelope, fingerprint FROM kept WHERE number = {a})
                 WHERE number = {b};"
        )
    };
    yes(&swapped(1, 2), "envelope");
    yes(&swapped(2, 3), "envelope");
    check(&site, &shown, &swapped(3, 4), "envelope", OnPath::No);
}

/// Every byte of an envelope counts.
#[test]
fn each_byte_of_an_envelope_counts() {
    let (site, shown) = site();
    let copy = site.copied();
    let connection = copy.sqlite();
    let envelope: Vec<u8> = connection
        .query_row("SELECT envelope FROM escrow WHERE number = 2", (), |row| row.get(0))
        .unwrap();
    let put = |envelope: &[u8]| {
        let sql = "UPDATE escrow SET envelope = ?1 WHERE number = 2";
        connection.execute(sql, [envelope]).unwrap();
    };
    // All of them without the TPM; the ends and the middle on the path of a reveal.
    for at in 0..envelope.len() {
        let mut flipped = envelope.clone();
        flipped[at] ^= 1;
        put(&flipped);
        let verified = copy.bare(&["audit", "verify", "--no-tpm"]).output();
        assert_eq!(verified.code, 4, "byte {at}: {verified:?}");
        if [0, envelope.len() / 2, envelope.len() - 1].contains(&at) {
            let revealed = copy.revealing(&shown).output();
            assert_eq!(
                (revealed.code, revealed.stdout.as_str()),
                (4, ""),
                "byte {at}: {revealed:?}"
            );
        }
    }
    put(&envelope);
    drop(connection);
    assert_eq!(copy.reveal(&shown)["recovery_password"], made(2).text.as_str());
}

#[test]
fn an_edited_volume_is_named() {
    let (site, shown) = site();
    let yes = |sql: &str, words: &str| check(&site, &shown, sql, words, OnPath::Yes);
    let no = |sql: &str, words: &str| check(&site, &shown, sql, words, OnPath::No);
    yes("UPDATE device SET name = 'LAB-O1' WHERE device = 1", "volume 1");
    yes("UPDATE device SET name = name || ' ' WHERE device = 1", "volume 1");
    yes("UPDATE volume SET mounts = '[\"D:\"]' WHERE volume = 1", "mounts");
    yes("UPDATE volume SET type = 'fixed' WHERE volume = 1", "type");
    yes("UPDATE volume SET id = randomblob(16) WHERE volume = 1", "id");
    yes("UPDATE escrow SET volume = 3 WHERE number = 1", "escrow");
    no("UPDATE escrow SET volume = 3 WHERE number = 3", "escrow");
    no("UPDATE volume SET device = 3 WHERE volume = 2", "volume 2");
    no("UPDATE device SET name = 'HALL-O3' WHERE device = 3", "volume 3");
    no("DELETE FROM volume WHERE volume = 3", "volume 3");
    yes("UPDATE volume SET master_key = randomblob(32)", "master_key");
    no("INSERT INTO volume VALUES (9, 3, NULL, '[]', 'os', NULL, 0)", "volume");
    no("INSERT INTO device VALUES (9, 'GHOST', 'ghost')", "device 9");
    no("UPDATE device SET folded = 'hidden' WHERE device = 3", "device 3");
    no(
        "INSERT INTO device_search (device_search) VALUES ('delete-all')",
        "device",
    );
}

#[test]
fn what_was_deleted_is_missed() {
    let (site, shown) = site();
    let yes = |sql: &str, words: &str| check(&site, &shown, sql, words, OnPath::Yes);
    let no = |sql: &str, words: &str| check(&site, &shown, sql, words, OnPath::No);
    yes("DELETE FROM escrow WHERE number = 1", "escrow");
    no("DELETE FROM escrow WHERE number = 3", "escrow");
    // With its leaf (5 is the escrow of number 3), and with everything behind it.
    no(
        "DELETE FROM escrow WHERE number = 3; DELETE FROM leaf WHERE leaf = 5",
        "leaf 5 is missing",
    );
    yes(
        "DELETE FROM escrow WHERE number = 4; DELETE FROM leaf WHERE leaf = 6",
        "log",
    );
    yes(
        "DELETE FROM escrow WHERE number = 4; DELETE FROM leaf WHERE leaf = 6;
         DELETE FROM volume WHERE volume = 3; DELETE FROM device WHERE device = 3;
         DELETE FROM checkpoint WHERE number = 7",
        "",
    );
    yes("DELETE FROM checkpoint", "checkpoint");
    yes("DELETE FROM vault", "vault record");
    yes("DELETE FROM leaf", "");
    yes("DELETE FROM state_node", "state tree");
}

#[test]
fn an_edited_log_is_named() {
    let (site, shown) = site();
    let yes = |sql: &str, words: &str| check(&site, &shown, sql, words, OnPath::Yes);
    let no = |sql: &str, words: &str| check(&site, &shown, sql, words, OnPath::No);
    no(
        "UPDATE leaf SET event = replace(event, 'tpm-reset', 'forensic') WHERE leaf = 2",
        "log tree",
    );
    no("UPDATE leaf SET event = 'nonsense' WHERE leaf = 2", "leaf 2");
    no("UPDATE leaf SET event = '' WHERE leaf = 2", "leaf 2");
    no("UPDATE leaf SET leaf = 20 WHERE leaf = 2", "leaf 2 is missing");
    no(
        "INSERT INTO leaf VALUES (7, (SELECT event FROM leaf WHERE leaf = 6))",
        "leaf",
    );
    yes(
        "UPDATE leaf SET event = replace(event, 'HALL', 'HELL') WHERE leaf = 6",
        "leaf 6",
    );
    no(
        "UPDATE log_node SET hash = randomblob(32) WHERE node = (SELECT min(node) FROM log_node)",
        "log tree",
    );
    yes("UPDATE log_node SET hash = randomblob(32)", "log tree");
    yes("UPDATE state_node SET hash = randomblob(32)", "state tree");
    no("INSERT INTO log_node VALUES (999999, randomblob(32))", "log tree");
    no("INSERT INTO state_node VALUES (999999, randomblob(32))", "state tree");
    yes(
        "UPDATE checkpoint SET note = replace(note, '\n7\n', '\n8\n')",
        "checkpoint",
    );
    yes("UPDATE checkpoint SET note = 'nonsense'", "checkpoint");
    yes("UPDATE checkpoint SET number = number + 100", "checkpoint");
    // The newest forgotten: the file would end one commit before.
    yes("DELETE FROM checkpoint WHERE number = 7", "");
}

#[test]
fn an_edited_vault_record_is_named() {
    let (site, shown) = site();
    let yes = |sql: &str, words: &str| check(&site, &shown, sql, words, OnPath::Yes);
    yes(
        "UPDATE vault SET record = replace(record, '\"grace_seconds\":86400', '\"grace_seconds\":864000')",
        "grace_seconds",
    );
    yes(
        "UPDATE vault SET record = replace(record, '}', ',\"more\":1}')",
        "vault record",
    );
    yes("UPDATE vault SET record = 'nonsense'", "vault record");
    yes("UPDATE vault SET sealed = randomblob(length(sealed))", "sealed object");
    yes("UPDATE vault SET keyring = randomblob(length(keyring))", "keyring");
    yes("UPDATE vault SET keyring_of_shares = randomblob(100)", "keyring");
}

/// Sealed object and keyring of another vault, with a record that fits them: not the ones that the log names.
#[test]
fn the_keys_of_another_vault_are_refused() {
    let (site, shown) = site();
    let other = Site::new();
    let copy = site.copied();
    let (record, sealed, keyring): (String, Vec<u8>, Vec<u8>) = other
        .sqlite()
        .query_row("SELECT record, sealed, keyring FROM vault", (), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    let foreign: Value = serde_json::from_str(&record).unwrap();
    let ours: String = copy
        .sqlite()
        .query_row("SELECT record FROM vault", (), |row| row.get(0))
        .unwrap();
    let mut mixed: Value = serde_json::from_str(&ours).unwrap();
    mixed["sealed"] = foreign["sealed"].clone();
    mixed["keyring"] = foreign["keyring"].clone();
    let sql = "UPDATE vault SET record = ?1, sealed = ?2, keyring = ?3";
    copy.sqlite()
        .execute(sql, (mixed.to_string(), sealed, keyring))
        .unwrap();
    // Found out before the TPM is asked: no unseal fails.
    copy.revealing(&shown)
        .output()
        .refused(4, "the vault record is not what the log says");
    let output = copy.bare(&["audit", "verify", "--no-tpm"]).output().code(4);
    assert!(
        format!("{}{}", output.stdout, output.stderr).contains("vault record"),
        "{output:?}"
    );
}

#[test]
fn a_foreign_schema_is_refused() {
    let (site, shown) = site();
    let foreign = |sql: &str| {
        let copy = site.copied();
        edit(&copy.sqlite(), sql);
        for run in [
            copy.revealing(&shown),
            copy.escrowing("LAB-01", &made(9)),
            copy.run(&["audit", "verify"]),
            copy.run(&["list"]),
            copy.run(&["status"]),
        ] {
            let output = run.output();
            assert_eq!((output.code, output.stdout.as_str()), (4, ""), "{sql}: {output:?}");
            assert!(output.stderr.contains("schema"), "{sql}: {output:?}");
        }
    };
    foreign("CREATE TRIGGER planted AFTER INSERT ON escrow BEGIN DELETE FROM escrow; END");
    foreign("CREATE VIEW planted AS SELECT * FROM escrow");
    foreign("CREATE TABLE planted (x)");
    foreign("ALTER TABLE escrow ADD COLUMN planted TEXT");
    foreign("DROP INDEX escrow_by_fingerprint");
    foreign("DROP TABLE refusal");
    foreign("PRAGMA user_version = 0");
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let (site, shown) = site();
    let refused = |sql: &str, code: i32, words: &str| {
        let copy = site.copied();
        edit(&copy.sqlite(), sql);
        for run in [
            copy.revealing(&shown),
            copy.run(&["audit", "verify"]),
            copy.run(&["list"]),
        ] {
            let output = run.output();
            assert_eq!((output.code, output.stdout.as_str()), (code, ""), "{sql}: {output:?}");
            assert!(output.stderr.contains(words), "{sql}: {output:?}");
        }
    };
    refused("PRAGMA application_id = 7", 4, "not a vault");
    // Not tampering, but a program too old.
    refused("PRAGMA user_version = 99", 1, "schema 99");
}

#[test]
fn the_worklist_shows_no_rows_that_the_log_does_not_hold() {
    let (site, _) = site();
    for sql in [
        "UPDATE escrow SET state = 'current' WHERE number = 2",
        "UPDATE escrow SET state = 'exposed' WHERE number = 3",
        "UPDATE escrow SET rotate_by = rotate_by + 1 WHERE number = 2",
        "DELETE FROM escrow WHERE number = 2",
    ] {
        let copy = site.copied();
        edit(&copy.sqlite(), sql);
        let output = copy.run(&["rotation", "list"]).output();
        assert_eq!((output.code, output.stdout.as_str()), (4, ""), "{sql}: {output:?}");
    }
}
