//! A vault with something in every column of every table, and its file, to be edited again and again.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::end_to_end::images;
use crate::end_to_end::passwords::Made;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::DROP_PROGRAM;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;

/// The password that LAB-01 has now; it was shown.
pub(crate) const SHOWN: u64 = 2;

/// What no verb writes yet. Whatever fills one of them makes this vault fill it too.
const NEVER_FILLED: [&str; 1] = ["vault.keyring_of_shares"];

/// On LAB-01 a password that was shown and rotated, and one that is shown; one that was waived on DESK-02; on HALL-03 a
/// volume with an id and two mount points, and a second volume; on LAB-05 two passwords in conflict; on PLANT-3 one
/// that a sender handed in, and that is proven; on PLANT-4 the same, presented by its own operator. Refusals were counted, and a checkpoint was handed out.
pub(crate) fn full_vault() -> Site {
    let site = Site::empty();
    site.init(&["--tpm", "simulator", "--no-pin", "--site", "Bunker 9"]);
    let created = ["--created", "2024-05-01T08:00:00Z"];
    site.escrowing("LAB-01", &made(1)).args(created).output().ok();
    site.reveal(made(1).key_id());
    site.json(&["audit", "checkpoint", "--phrase", "it rains"]);
    site.escrow("LAB-01", &made(SHOWN));
    site.reveal(made(SHOWN).key_id());
    // Another operator, as far as can be told.
    site.revealing(made(SHOWN).key_id()).env("SUDO_UID", "1").output().ok();
    site.escrow("DESK-02", &made(3));
    site.reveal(made(3).key_id());
    waive(&site, &made(3), 0);
    for (mount, number) in [("C:", 4), ("D:", 5)] {
        hall(&site, mount, &made(number))
            .args(["--volume-id", "8f595209-f5b9-49a0-85d4-cb8f80258c27"])
            .output()
            .ok();
    }
    hall(&site, "E:", &made(6)).output().ok();
    site.escrow("LAB-05", &made(7));
    let other = Made {
        protector: made(7).protector,
        ..made(8)
    };
    site.escrow("LAB-05", &other);
    hand_in(&site);
    // It was never shown. From the tenth on it is only counted.
    for _ in 0..11 {
        waive(&site, &made(6), 1);
    }
    site.verify();
    assert_eq!(columns_that_are_always_null(&site.sqlite()), NEVER_FILLED);
    site
}

/// A sender is enrolled, its drop taken in, and what was in that proven.
fn hand_in(site: &Site) {
    let [sender, drop, images] = ["plant-3.sender", "plant-3.drop", "images"].map(|name| site.beside(name));
    let path = |path: &Path| path.to_string_lossy().into_owned();
    site.json(&["drop", "enrol", "plant 3", "--any-device", "--out", &path(&sender)]);
    let sealed = [
        "seal",
        "--sender",
        &path(&sender),
        "--out",
        &path(&drop),
        "--device",
        "PLANT-3",
    ];
    Run::of(DROP_PROGRAM, sealed)
        .args(["--protector", images::PROTECTOR, "--volume", "C:"])
        .stdin(images::PASSWORD)
        .output()
        .ok();
    site.json(&["import", &path(&drop)]);
    fs::create_dir(&images).unwrap();
    images::write_into(&images);
    let image = path(&images.join("volume.img"));
    site.json(&["prove", &image]);
    // Presented by the operator who escrowed it, it is not proven.
    site.run(&["escrow", "--device", "PLANT-4", "--protector", images::PROTECTOR])
        .stdin(images::PASSWORD)
        .output()
        .ok();
    site.json(&["prove", &image, "--device", "PLANT-4"]);
}

fn hall(site: &Site, mount: &str, made: &Made) -> Run {
    site.run(&["escrow", "--device", "HALL-03", "--volume", mount])
        .args(["--protector", &made.protector])
        .stdin(made.text.as_str())
}

#[track_caller]
fn waive(site: &Site, made: &Made, code: i32) {
    let arguments = ["rotation", "waive", &made.protector, "--reason", "device-destroyed"];
    site.run(&arguments).args(["--note", "shredded"]).output().code(code);
}

/// The tables that hold rows, those of the search index among them.
pub(crate) fn tables(connection: &Connection) -> Vec<String> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name";
    strings(connection, sql)
}

/// The columns of a table; those of its key alone where `of_key`.
pub(crate) fn columns(connection: &Connection, table: &str, of_key: bool) -> Vec<String> {
    let which = if of_key {
        "pk > 0 ORDER BY pk"
    } else {
        "TRUE ORDER BY cid"
    };
    strings(
        connection,
        &format!("SELECT name FROM pragma_table_info('{table}') WHERE {which}"),
    )
}

pub(crate) fn strings(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map((), |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// All rows of a table, by its columns.
pub(crate) fn rows(connection: &Connection, table: &str) -> Vec<Vec<Value>> {
    let count = columns(connection, table, false).len();
    let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let rows = statement
        .query_map((), |row| (0..count).map(|column| row.get(column)).collect())
        .unwrap();
    rows.map(Result::unwrap).collect()
}

fn columns_that_are_always_null(connection: &Connection) -> Vec<String> {
    let mut always_null = Vec::new();
    for table in tables(connection) {
        let rows = rows(connection, &table);
        for (at, column) in columns(connection, &table, false).iter().enumerate() {
            if rows.iter().all(|row| row[at] == Value::Null) {
                always_null.push(format!("{table}.{column}"));
            }
        }
    }
    always_null
}

/// The file of a vault, without its rules: any column takes anything. [`LaxFile::edit`] edits a copy, and gives that its
/// schema back.
pub(crate) struct LaxFile {
    bytes: Vec<u8>,
    schema: Vec<(String, String)>,
}

impl LaxFile {
    /// Of the vault in `site`, which is lax from then on.
    pub(crate) fn of(site: &Site) -> Self {
        let connection = edited(site);
        let names = strings(&connection, "SELECT name FROM sqlite_schema WHERE type = 'table'");
        let texts = strings(&connection, "SELECT sql FROM sqlite_schema WHERE type = 'table'");
        connection
            .execute_batch(
                "PRAGMA writable_schema = 1;
                 UPDATE sqlite_schema SET sql = replace(replace(sql, ' NOT NULL', ''), ') STRICT', ')') WHERE type = 'table'",
            )
            .unwrap();
        drop(connection);
        Self {
            bytes: fs::read(site.file()).unwrap(),
            schema: names.into_iter().zip(texts).collect(),
        }
    }

    /// Puts a copy into `site` and edits it. False if SQLite does not take the edit: a key twice, or none.
    pub(crate) fn edit(&self, site: &Site, edit: impl FnOnce(&Connection) -> rusqlite::Result<()>) -> bool {
        for beside in ["vault.db-wal", "vault.db-shm"] {
            drop(fs::remove_file(site.vault().join(beside)));
        }
        fs::write(site.file(), &self.bytes).unwrap();
        let connection = edited(site);
        connection.execute_batch("PRAGMA ignore_check_constraints = 1").unwrap();
        let taken = edit(&connection);
        connection.execute_batch("PRAGMA writable_schema = 1").unwrap();
        for (name, sql) in &self.schema {
            connection
                .execute("UPDATE sqlite_schema SET sql = ?1 WHERE name = ?2", (sql, name))
                .unwrap();
        }
        match taken {
            Ok(()) => true,
            Err(error) => {
                let code = error.sqlite_error_code();
                let refused = [
                    Some(rusqlite::ErrorCode::ConstraintViolation),
                    Some(rusqlite::ErrorCode::TypeMismatch),
                ];
                assert!(refused.contains(&code), "{error}");
                false
            }
        }
    }
}

/// The file, for edits that need not outlive a power cut.
fn edited(site: &Site) -> Connection {
    let connection = site.sqlite();
    connection.pragma_update(None, "synchronous", "OFF").unwrap();
    connection
}
