//! What looks at a vault say of it: counts, pages, ends that nobody proved, and what opens and what does not.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use strongroom_core::values::Time;
use strongroom_core::values::WaiveReason;
use strongroom_vault::ops::AnchorState;
use strongroom_vault::ops::Depth;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::InitRequest;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::Status;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::WaiveRequest;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Page;
use strongroom_vault::store::StoreError;
use strongroom_vault::tpm::PcrSelection;
use strongroom_vault::tpm::Tcti;

use crate::fixture::HOUR;
use crate::fixture::Vault;
use crate::fixture::WAIT;
use crate::fixture::at;
use crate::fixture::escrow;
use crate::fixture::item_revealed;
use crate::fixture::pin;
use crate::fixture::who;

fn status(vault: &Vault, now: Time, depth: Depth<'_>) -> Status {
    strongroom_vault::ops::status(&vault.path(), WAIT, now, depth).unwrap()
}

/// The test's times begin at 22:13:20 UTC, so the next day begins 6,400 seconds later. Where the clock went back, the day of
/// the last commit counts.
#[test]
fn a_status_counts_events_and_the_commits_of_its_day() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(0), "LAB-01", 1);
    escrow(&mut open, &who(6_399), "LAB-02", 2);
    escrow(&mut open, &who(6_400), "LAB-03", 3);
    escrow(&mut open, &who(6_401), "LAB-04", 4);
    open.close().unwrap();
    for (now, today) in [(6_401, 2), (6_400 + 23 * HOUR, 2), (6_399, 2), (6_400 + 24 * HOUR, 0)] {
        let status = status(&vault, at(now), Depth::File);
        assert_eq!(
            (status.events, status.commits, status.commits_today),
            (5, 5, today),
            "at {now}"
        );
        assert!(status.tpm.is_none() && status.anchor == AnchorState::NotRead);
    }
}

#[test]
fn a_look_at_the_tpm_is_authenticated_with_the_keyring_alone() {
    let vault = Vault::new(Some("4711"));
    let without = status(&vault, at(0), Depth::Tpm { pin: None });
    assert!(without.tpm.is_some() && without.memory_locked.is_none());
    assert_eq!((without.authenticated, without.anchor), (false, AnchorState::Matches));
    let right = pin("4711");
    let with = status(&vault, at(0), Depth::Tpm { pin: Some(&right) });
    assert_eq!((with.authenticated, with.anchor), (true, AnchorState::Matches));
    assert!(with.memory_locked.is_some());

    let verify = |depth| strongroom_vault::ops::verify(&vault.path(), WAIT, depth, |_| {}).unwrap();
    assert!(verify(Depth::File).is_ok());
    let older = fs::read(vault.path().join("vault.db")).unwrap();
    let mut open = vault.open();
    escrow(&mut open, &who(1), "LAB-01", 1);
    open.close().unwrap();
    fs::write(vault.path().join("vault.db"), older).unwrap();
    for depth in [Depth::Tpm { pin: None }, Depth::Tpm { pin: Some(&right) }] {
        let rolled_back = verify(depth);
        assert!(!rolled_back.is_ok(), "{rolled_back:?}");
        assert!(matches!(rolled_back.anchor, AnchorState::Alarm(_)), "{rolled_back:?}");
    }
    assert!(verify(Depth::File).is_ok(), "nothing says so but the TPM");
    assert!(matches!(
        status(&vault, at(2), Depth::Tpm { pin: None }).anchor,
        AnchorState::Alarm(_)
    ));
}

#[test]
fn a_pin_is_limited_where_it_is_ours_to_limit() {
    let limited = |pin: Option<&str>, keep_lockout_auth: bool| {
        let folder = tempfile::tempdir().unwrap();
        let pin = pin.map(crate::fixture::pin);
        let request = InitRequest {
            tcti: Tcti::Simulator,
            pcrs: PcrSelection::of(&[]).unwrap(),
            pin: pin.as_ref(),
            keep_lockout_auth,
            site: None,
            grace_seconds: 60,
        };
        let path = folder.path().join("vault");
        let made = strongroom_vault::ops::init(&path, WAIT, &who(0), &request).unwrap();
        let status = strongroom_vault::ops::status(&path, WAIT, at(0), Depth::Tpm { pin: None }).unwrap();
        let guesses = status.tpm.unwrap().guesses;
        (
            made.vault.tpm.guesses_limited,
            guesses.lockout_auth_set,
            guesses.max_tries,
        )
    };
    assert_eq!(limited(Some("4711"), false), (true, true, 5));
    // The limits are set even where somebody could take them away again.
    assert_eq!(limited(Some("4711"), true), (false, false, 5));
    let (ours, set, _) = limited(None, false);
    assert_eq!((ours, set), (false, false), "without a PIN the TPM is left as it is");
}

#[test]
fn a_list_says_whether_there_is_more() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    for number in 1..=3 {
        escrow(&mut open, &who(i64::from(number)), &format!("LAB-{number}"), number);
    }
    open.close().unwrap();
    let page = |limit: Option<u64>| {
        let page = Page {
            limit,
            ..Page::default()
        };
        let listed = vault.inventory().list(&Filter::All, &page).unwrap();
        (listed.items.len(), listed.more)
    };
    assert_eq!(
        (page(Some(2)), page(Some(3)), page(Some(4))),
        ((2, true), (3, false), (3, false))
    );
    assert_eq!(page(None), (3, false));
    let mut seen = 0;
    vault
        .inventory()
        .items(&Filter::All, &Page::default(), |_| {
            seen += 1;
            Ok::<_, Error>(())
        })
        .unwrap();
    assert_eq!(seen, 3);
}

#[test]
fn ends_that_nobody_proved_are_listed_in_their_order() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    for number in 1..=3 {
        escrow(&mut open, &who(0), &format!("LAB-{number}"), number);
        item_revealed(&vault, &mut open, number);
    }
    let waive = WaiveRequest {
        escrow: vault.item(2).record.escrow,
        reason: WaiveReason::DeviceDestroyed,
        note: "shredded".parse().unwrap(),
    };
    open.waive(&who(300), &waive).unwrap();
    escrow(&mut open, &who(400), "LAB-1", 11);
    open.close().unwrap();
    let claimed = vault.inventory().claimed().unwrap();
    let devices: Vec<String> = claimed
        .iter()
        .map(|item| item.volume.device.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(devices, ["LAB-2", "LAB-1"], "the third is exposed still");
    assert_eq!(vault.inventory().to_rotate(at(500)).unwrap().len(), 1);
}

/// What is in the folder decides what opening it says.
#[test]
fn a_folder_without_a_vault_says_why() {
    let vault = Vault::new(None);
    let opened = || {
        let looked = Inventory::open(&vault.path()).map(drop);
        let worked = Unsealed::open(&vault.path(), WAIT, None).map(drop);
        [looked, worked]
    };
    assert!(opened().iter().all(Result::is_ok));
    // A note that an init left behind is no interrupted init where the vault is in its place.
    let pending = vault.path().join("init.pending");
    note(&pending);
    assert!(opened().iter().all(Result::is_ok));
    assert!(!pending.exists(), "opening finishes it");

    note(&pending);
    let kept = vault.path().join("kept");
    fs::rename(vault.path().join("vault.db"), &kept).unwrap();
    for opened in opened() {
        let error = opened.unwrap_err();
        assert!(matches!(error, Error::Store(StoreError::InitPending { .. })), "{error}");
    }
    fs::remove_file(&pending).unwrap();
    for opened in opened() {
        let error = opened.unwrap_err();
        assert!(matches!(error, Error::Store(StoreError::NoVault { .. })), "{error}");
    }
}

/// Writes what an init notes before it defines an index.
fn note(pending: &Path) {
    fs::write(pending, r#"{"handle":25165824,"tcti":"simulator"}"#).unwrap();
    fs::set_permissions(pending, Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn what_was_not_interrupted_is_not_cleaned() {
    let vault = Vault::new(None);
    let error = strongroom_vault::ops::clean(&vault.path(), WAIT).unwrap_err();
    assert!(matches!(error, Error::NothingToClean), "{error}");
    let request = InitRequest {
        tcti: Tcti::Simulator,
        pcrs: PcrSelection::of(&[7]).unwrap(),
        pin: None,
        keep_lockout_auth: false,
        site: None,
        grace_seconds: 60,
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let error = strongroom_vault::ops::init(&path, WAIT, &who(0), &request).unwrap_err();
    assert!(matches!(error, Error::PcrsOfSimulator), "{error}");
    assert!(!path.exists());
}
