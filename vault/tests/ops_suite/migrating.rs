//! Vaults of older schemas, as their programs left them: `tests/vaults/schema-1.tar.xz` and `schema-2.tar.xz`.

use std::path::Path;
use std::process::Command;

use strongroom_core::log::Action;
use strongroom_core::log::Event;
use strongroom_core::log::LogKeys;
use strongroom_core::state::Change;
use strongroom_core::state::TpmKeyRecord;
use strongroom_core::state::VaultRecord;
use strongroom_core::values::Time;
use strongroom_core::values::WaiveReason;
use strongroom_vault::ops::Depth;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::ErrorKind;
use strongroom_vault::ops::EscrowRequest;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::WaiveRequest;
use strongroom_vault::ops::Who;
use strongroom_vault::ops::verify;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Folder;
use strongroom_vault::store::Page;
use strongroom_vault::store::Store;
use tempfile::TempDir;

use crate::fixture::WAIT;
use crate::fixture::at;
use crate::fixture::drive;
use crate::fixture::escrow;
use crate::fixture::file;
use crate::fixture::operator;
use crate::fixture::password;
use crate::fixture::protector;
use crate::fixture::who;

/// A vault of this schema, as its program left it.
fn unpacked(version: u32) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let archive = format!("../tests/vaults/schema-{version}.tar.xz");
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join(archive);
    let unpacked = Command::new("tar")
        .args(["--no-same-owner", "-xJf"])
        .args([&archive, Path::new("-C"), folder.path()])
        .status();
    assert!(unpacked.unwrap().success(), "apt install xz-utils");
    folder
}

fn schema(path: &Path) -> u32 {
    let store = Store::open(&Folder::existing(path).unwrap()).unwrap();
    store.schema_version().unwrap()
}

fn record(path: &Path) -> VaultRecord {
    Inventory::open(path).unwrap().vault().unwrap()
}

fn events(path: &Path) -> Vec<Event> {
    let mut events = Vec::new();
    let collected = Inventory::open(path).unwrap().events(|event| {
        events.push(event);
        Ok::<_, Error>(true)
    });
    collected.unwrap();
    events
}

/// Verifies the vault with its TPM, and returns whether the counts of refusals were verified.
#[track_caller]
fn verified(path: &Path) -> bool {
    let verified = verify(path, WAIT, Depth::Tpm { pin: None }, |_| {}).unwrap();
    assert_eq!(verified.first_wrong, None);
    assert!(verified.authenticated);
    verified.refusal_counts
}

#[test]
fn a_status_counts_what_an_older_program_did_not_write_down() {
    let folder = unpacked(1);
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
    for version in [1, 2] {
        let folder = unpacked(version);
        let path = folder.path();
        let (before, first) = (record(path), events(path).len());
        assert_eq!(schema(path), version);
        assert!(!verified(path), "an older schema has no MAC");
        let mut open = Unsealed::open(path, WAIT, None).unwrap();
        assert_eq!(schema(path), version, "opening it changes nothing");
        escrow(&mut open, &who(0), "PC-7", 3);
        assert_eq!(schema(path), strongroom_schema::VERSION);
        // What is handed out next is signed by the key of the vault.
        let handed_out = open.checkpoint(&who(1), None).unwrap();
        open.close().unwrap();
        assert!(verified(path));
        let vault = record(path);
        assert_eq!(LogKeys::of(&vault).unwrap(), handed_out.keys);
        assert!(handed_out.note.verify(handed_out.keys.tpm.as_ref().unwrap()).is_ok());

        let events = &events(path)[first..];
        let actions: Vec<Action> = events.iter().map(|event| event.body.action).collect();
        assert_eq!(actions, [Action::Migrated, Action::Escrow, Action::Checkpoint]);
        let body = &events[0].body;
        assert_eq!(body.result, Some(format!("from schema {version}")));
        assert_eq!(body.changes, [Change::Vault(Box::new(vault.clone()))]);
        let key = vault.tpm_key.clone().unwrap();
        assert!(key.low_s);
        if let Some(noted) = before.tpm_key.clone() {
            // The key that the auditor noted down, whose signatures are written in one way from now on.
            assert!(!noted.low_s);
            let kept = TpmKeyRecord { low_s: true, ..noted };
            assert_eq!(
                (&key, &vault),
                (
                    &kept,
                    &VaultRecord {
                        tpm_key: Some(kept.clone()),
                        ..before
                    }
                )
            );
        }
    }
}

/// Nobody vouches for the counts that the second schema kept; the refusal that is the first commit counts as the first.
#[test]
fn its_counts_of_refusals_accuse_nobody() {
    let folder = unpacked(2);
    let path = folder.path();
    let planted = "INSERT INTO refusal VALUES ('colleague', 0, 9, 777)";
    file(path).execute(planted, ()).unwrap();
    let rows = || -> Vec<(String, i64, i64)> {
        let file = file(path);
        let mut rows = file.prepare("SELECT operator, events, waiting FROM refusal").unwrap();
        let rows = rows.query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        rows.unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(rows().len(), 2);

    let mut open = Unsealed::open(path, WAIT, None).unwrap();
    let items = Inventory::open(path).unwrap().list(&Filter::All, &Page::default());
    let held = items.unwrap().items.pop().unwrap();
    let request = WaiveRequest {
        escrow: held.record.escrow,
        reason: WaiveReason::Moved,
        note: "it is gone".parse().unwrap(),
    };
    let first = events(path).len();
    let who = Who {
        operator: operator("dana"),
        at: Time::from_millis(1_900_000_000_000).unwrap(),
    };
    assert!(matches!(open.waive(&who, &request), Err(Error::NotExposed { .. })));
    open.close().unwrap();
    let actions: Vec<Action> = events(path)[first..].iter().map(|event| event.body.action).collect();
    assert_eq!(actions, [Action::Migrated, Action::Refused]);
    assert_eq!(rows(), [("dana".to_owned(), 1, 0)]);
    assert!(verified(path));
}

/// A session that commits nothing leaves the older schema as it is.
#[test]
fn a_commit_that_does_not_come_migrates_nothing() {
    let folder = unpacked(2);
    let path = folder.path();
    let mut open = Unsealed::open(path, WAIT, None).unwrap();
    drop(open.rehearse(&who(0), &[], || ()).unwrap());
    assert!(open.take_in(&who(0), &[], || ()).unwrap().is_empty());
    open.close().unwrap();
    assert_eq!(schema(path), 2);
    assert!(!verified(path));
}
