//! A vault of the first schema, as its program left it: `tests/vaults/schema-1.tar.xz`.

use std::path::Path;
use std::process::Command;

use strongroom_core::log::Action;
use strongroom_core::log::LogKeys;
use strongroom_core::state::Change;
use strongroom_vault::ops::Depth;
use strongroom_vault::ops::ErrorKind;
use strongroom_vault::ops::EscrowRequest;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::verify;
use strongroom_vault::store::Folder;
use strongroom_vault::store::Store;
use tempfile::TempDir;

use crate::fixture::WAIT;
use crate::fixture::at;
use crate::fixture::drive;
use crate::fixture::escrow;
use crate::fixture::file;
use crate::fixture::password;
use crate::fixture::protector;
use crate::fixture::who;

fn first_schema() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vaults/schema-1.tar.xz");
    let unpacked = Command::new("tar")
        .args(["--no-same-owner", "-xJf"])
        .args([&archive, Path::new("-C"), folder.path()])
        .status();
    assert!(unpacked.unwrap().success(), "apt install xz-utils");
    folder
}

#[test]
fn a_status_counts_what_an_older_program_did_not_write_down() {
    let folder = first_schema();
    let path = folder.path();
    let status = || {
        strongroom_vault::ops::status(path, WAIT, at(0), Depth::File)
            .unwrap()
            .counts
    };
    let wrong = || verify(path, WAIT, Depth::File, |_| {}).unwrap().first_wrong;
    let before = status();
    assert_eq!(wrong(), None);
    // A row that was changed before is in no event: the first commit counts proven volumes only.
    let set = |state: &str| {
        let sql = format!("UPDATE escrow SET conflict = {state} WHERE number = 1");
        file(path).execute(&sql, ()).unwrap()
    };
    let truly: i64 = file(path)
        .query_row("SELECT conflict FROM escrow WHERE number = 1", (), |row| row.get(0))
        .unwrap();
    assert_eq!(set(&(1 - truly).to_string()), 1);
    let mut open = Unsealed::open(path, WAIT, None).unwrap();
    let request = EscrowRequest {
        device: "PC-3".parse().unwrap(),
        naming: drive("C:"),
        protector: protector(3),
        password: &password(3),
        created: None,
    };
    let refused = open.escrow(&who(0), &request).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Integrity, "{refused}");
    set(&truly.to_string());
    assert_eq!(status(), before);
    escrow(&mut open, &who(0), "PC-3", 3);
    open.close().unwrap();
    let after = status();
    assert_eq!(
        (after.escrows, after.current, after.unproven, after.devices),
        (
            before.escrows + 1,
            before.current + 1,
            before.unproven + 1,
            before.devices + 1
        )
    );
    assert_eq!((after.superseded, after.conflict), (before.superseded, before.conflict));
    assert_eq!(wrong(), None);
}

#[test]
fn its_first_commit_begins_with_the_migration() {
    let folder = first_schema();
    let path = folder.path();
    let newest = || {
        Store::open(&Folder::existing(path).unwrap())
            .unwrap()
            .has_newest_schema()
            .unwrap()
    };
    assert!(!newest());
    let mut open = Unsealed::open(path, WAIT, None).unwrap();
    assert!(!newest(), "opening it changes nothing");
    escrow(&mut open, &who(0), "PC-3", 3);
    assert!(newest());
    // What is handed out next is signed by the key that came with it.
    let handed_out = open.checkpoint(&who(1), None).unwrap();
    open.close().unwrap();
    let vault = Inventory::open(path).unwrap().vault().unwrap();
    assert_eq!(LogKeys::of(&vault).unwrap(), handed_out.keys);
    assert!(handed_out.note.verify(handed_out.keys.tpm.as_ref().unwrap()).is_ok());

    let mut events = Vec::new();
    let collected = Inventory::open(path).unwrap().events(|event| {
        events.push(event.body);
        Ok::<_, strongroom_vault::ops::Error>(true)
    });
    collected.unwrap();
    let actions: Vec<Action> = events.iter().map(|body| body.action).skip(4).collect();
    assert_eq!(actions, [Action::Migrated, Action::Escrow, Action::Checkpoint]);
    assert_eq!(events[4].changes, [Change::Vault(Box::new(vault))]);
}
