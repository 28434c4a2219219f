//! A vault of the first schema, as its program left it: `tests/vaults/schema-1.tar.xz`.

use std::path::Path;
use std::process::Command;

use strongroom_core::log::Action;
use strongroom_core::log::LogKeys;
use strongroom_core::state::Change;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::store::Folder;
use strongroom_vault::store::Store;

use crate::fixture::WAIT;
use crate::fixture::escrow;
use crate::fixture::who;

#[test]
fn its_first_commit_begins_with_the_migration() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vaults/schema-1.tar.xz");
    let unpacked = Command::new("tar")
        .args(["--no-same-owner", "-xJf"])
        .args([&archive, Path::new("-C"), path])
        .status();
    assert!(unpacked.unwrap().success(), "apt install xz-utils");
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
