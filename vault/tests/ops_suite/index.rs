//! Whoever can write the file can make an index answer what they like, and the schema still read as it should: nothing is
//! decided by what an index finds.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use strongroom_core::state::EscrowState;
use strongroom_core::state::Rule;
use strongroom_vault::ops::Depth;
use strongroom_vault::ops::ErrorKind;
use strongroom_vault::ops::EscrowRequest;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::verify;
use tempfile::TempDir;

use crate::fixture::Vault;
use crate::fixture::WAIT;
use crate::fixture::at;
use crate::fixture::drive;
use crate::fixture::escrow;
use crate::fixture::password;
use crate::fixture::protector;
use crate::fixture::reveal;
use crate::fixture::who;

/// A vault with a password that was revealed, on PC-1, and one that was not, on PC-2.
fn vault() -> Vault {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(1), "PC-1", 1);
    escrow(&mut open, &who(2), "PC-2", 2);
    let item = vault.item(1);
    reveal(&mut open, &who(10), item).unwrap();
    open.close().unwrap();
    vault
}

/// A copy of it, with these statements run on its file by Debian's sqlite3, which knows none of our precautions.
fn edited(vault: &Vault, sql: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    run(Command::new("cp").arg("-a").arg(vault.path()).arg(&path));
    let sql = format!("PRAGMA ignore_check_constraints = 1; {sql};");
    run(Command::new("sqlite3").arg("-bail").arg(path.join("vault.db")).arg(sql));
    (folder, path)
}

fn run(command: &mut Command) {
    let output = command.output().expect("apt install sqlite3 coreutils");
    assert!(output.status.success(), "{command:?}: {output:?}");
}

/// An index that finds what `finds` says, under the schema text of the one in its place.
fn misled(name: &str, on: &str, finds: &str, says: &str) -> String {
    let says = says.replace('\'', "''");
    format!(
        "DROP INDEX {name}; CREATE INDEX {name} ON {on} WHERE {finds}; PRAGMA writable_schema = 1; \
         UPDATE sqlite_schema SET sql = 'CREATE INDEX {name} ON {on}{says}' WHERE name = '{name}'"
    )
}

fn first_wrong(path: &Path) -> Option<String> {
    let verified = verify(path, WAIT, Depth::Tpm { pin: None }, |_| {}).unwrap();
    verified.first_wrong.map(|alarm| alarm.to_string())
}

#[test]
fn a_password_in_its_own_volume_is_found_without_its_index() {
    let vault = vault();
    let exposed = "state = 'exposed'";
    let shown = "shown_at IS NOT NULL";
    for (name, on, only) in [
        ("escrow_by_fingerprint", "escrow (fingerprint, protector)", None),
        ("escrow_exposed_by_fingerprint", "escrow (fingerprint)", Some(exposed)),
        (
            "escrow_shown_by_fingerprint",
            "escrow (fingerprint, shown_at)",
            Some(shown),
        ),
    ] {
        let finds = only.map_or_else(String::new, |only| format!("{only} AND "));
        let says = only.map_or_else(String::new, |only| format!(" WHERE {only}"));
        let misled = misled(name, on, &format!("{finds}number > 500"), &says);
        let (_folder, path) = edited(&vault, &misled);
        let mut open = Unsealed::open(&path, WAIT, None).unwrap();
        let again = escrow(&mut open, &who(20), "PC-1", 1);
        assert_eq!(
            (again.rule, again.record.state),
            (Rule::AlreadyHeld, EscrowState::Exposed)
        );
        // Under another protector too, it is known to have been shown.
        let request = EscrowRequest {
            device: "PC-1".parse().unwrap(),
            naming: drive("C:"),
            protector: protector(77),
            password: &password(1),
            created: None,
        };
        assert_eq!(
            open.escrow(&who(30), &request).unwrap().record.state,
            EscrowState::Exposed
        );
        open.close().unwrap();
        assert!(first_wrong(&path).is_some(), "{name}");
    }
}

#[test]
fn a_worklist_hides_nothing_whatever_its_index_finds() {
    let vault = vault();
    let says = " WHERE state = 'exposed'";
    let misled = misled("escrow_to_rotate", "escrow (rotate_by)", "number = 2", says);
    let (_folder, path) = edited(&vault, &misled);
    // Whether SQLite uses the index is its own choice.
    match Inventory::open(&path).unwrap().to_rotate(at(20)) {
        Err(error) => assert_eq!(error.kind(), ErrorKind::Integrity),
        Ok(due) => {
            let due: Vec<_> = due.iter().map(|due| due.item.record.protector).collect();
            assert_eq!(due, [protector(1)]);
        }
    }
}

#[test]
fn verify_names_what_stands_beside_the_log() {
    let vault = vault();
    for (sql, named) in [
        ("UPDATE device SET name = 'pc-1' WHERE folded = 'pc-1'", "device"),
        ("UPDATE volume SET mounts = '[\"c:\"]' WHERE volume = 1", "mounts"),
        (
            "INSERT INTO device_search (rowid, folded) VALUES (77, 'ghost')",
            "search",
        ),
        (
            "INSERT INTO device_search (device_search, rowid, folded) VALUES ('delete', 1, 'pc-1')",
            "the search index does not find device 1",
        ),
        (
            "INSERT INTO device_search (device_search, rowid, folded) VALUES ('delete', 2, 'pc-2'); \
             INSERT INTO device_search (rowid, folded) VALUES (2, 'pc-9')",
            "the search index has an entry for device 2",
        ),
        (
            "INSERT INTO device_search (device_search, rowid, folded) VALUES ('delete', 2, 'pc-2'); \
             INSERT INTO device_search (rowid, folded) VALUES (77, 'pc-2')",
            "the search index",
        ),
        (
            "INSERT INTO device_search (rowid, folded) VALUES (1, 'xpc-1')",
            "the search index has an entry for device 1",
        ),
        (
            "UPDATE device SET device = 7 WHERE device = 2; UPDATE volume SET device = 7 WHERE device = 2",
            "device 7",
        ),
        ("DELETE FROM device_search_data", "search"),
        ("UPDATE device_search_config SET v = 99 WHERE k = 'version'", "search"),
        ("DELETE FROM checkpoint WHERE number = 3", "checkpoint"),
        (
            "INSERT INTO checkpoint SELECT number + 1, note, handed_out FROM checkpoint WHERE number = 4",
            "checkpoint",
        ),
        (
            "UPDATE checkpoint SET note = note || substr(note, instr(note, '—')) WHERE number = 4",
            "checkpoint",
        ),
        ("UPDATE escrow SET number = number + 1000 WHERE number = 2", "number"),
        ("UPDATE escrow SET number = -number", "number"),
        (
            "INSERT INTO refusal VALUES ('111111-222222-333333-444444', 0, 9, 5)",
            "refusals",
        ),
        ("UPDATE leaf SET event = CAST(x'ff' AS TEXT) WHERE leaf = 1", "leaf 1"),
        (
            "UPDATE checkpoint SET note = CAST(x'ff' AS TEXT) WHERE number = 4",
            "checkpoint 4",
        ),
        (
            "UPDATE escrow SET exposed_by = CAST(x'ff' AS TEXT) WHERE number = 1",
            "exposed_by",
        ),
        (
            "UPDATE escrow SET escrowed_at = 9223372036854775807 WHERE number = 1",
            "escrowed_at",
        ),
        ("UPDATE vault SET record = CAST(x'ff' AS TEXT)", "vault record"),
    ] {
        let (_folder, path) = edited(&vault, sql);
        let wrong = first_wrong(&path).unwrap_or_default();
        assert!(wrong.contains(named), "{sql}: {wrong:?} does not name {named:?}");
    }
    vault.assert_verifies();
}
