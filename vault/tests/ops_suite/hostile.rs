//! What the thief, the insider and the clumsy colleague bring: nothing of it ends, buries, hides or blocks anything.

use std::collections::BTreeSet;
use std::sync::Arc;

use strongroom_core::drop::DropContents;
use strongroom_core::drop::DropFile;
use strongroom_core::drop::DropKey;
use strongroom_core::drop::DroppedEscrow;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Naming;
use strongroom_core::state::Rule;
use strongroom_core::state::Source;
use strongroom_core::state::Standing;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::VolumeId;
use strongroom_core::values::VolumeType;
use strongroom_core::values::WaiveReason;
use strongroom_vault::ops::Arriving;
use strongroom_vault::ops::AssignRequest;
use strongroom_vault::ops::ConfirmRequest;
use strongroom_vault::ops::DropOutcome;
use strongroom_vault::ops::Dropped;
use strongroom_vault::ops::EscrowRequest;
use strongroom_vault::ops::Escrowed;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::WaiveRequest;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Page;
use strongroom_vault::store::Problem;
use strongroom_vault::store::Problems;

use crate::fixture::Vault;
use crate::fixture::at;
use crate::fixture::drive;
use crate::fixture::escrow;
use crate::fixture::item_revealed;
use crate::fixture::password;
use crate::fixture::protector;
use crate::fixture::who;

const CURRENT: EscrowState = EscrowState::Current;
const EXPOSED: EscrowState = EscrowState::Exposed;
const SUPERSEDED: EscrowState = EscrowState::Superseded;

/// Password `number` of PC-1, in a drop that anybody can make.
pub(crate) fn anybodys(key: &DropKey, number: u8, naming: Naming, created: i64) -> Dropped {
    let contents = DropContents {
        sequence: u64::MAX,
        created_at: at(created),
        escrows: vec![DroppedEscrow {
            device: "PC-1".parse().unwrap(),
            naming,
            protector: protector(number),
            password: password(number),
            created_at: None,
            listed: vec![protector(1), protector(2)],
        }],
    };
    Dropped {
        drop: DropFile::encrypt(key, None, &contents).unwrap(),
        file: None,
    }
}

pub(crate) fn hand_in(open: &mut Unsealed, seconds: i64, drop: Dropped) -> Escrowed {
    let mut done = open.take_drops(&who(seconds), &[drop]).unwrap();
    match done.outcomes.remove(0) {
        DropOutcome::Taken(mut taken) => taken.escrowed.remove(0),
        DropOutcome::Rejected(error) => panic!("{error}"),
        DropOutcome::Replayed(leaves) => panic!("replayed: {leaves:?}"),
        DropOutcome::Left => panic!("left"),
    }
}

fn named(id: u8, mount: &str) -> Naming {
    Naming {
        id: Some(VolumeId::new([id; 16])),
        ..drive(mount)
    }
}

/// Escrowed by hand, so live.
fn by_hand(open: &mut Unsealed, seconds: i64, number: u8, naming: Naming) -> Escrowed {
    let request = EscrowRequest {
        device: "PC-1".parse().unwrap(),
        naming,
        protector: protector(number),
        password: &password(number),
        created: None,
    };
    open.escrow(&who(seconds), &request).unwrap()
}

/// Password `number` from a file, of PC-1 or of nobody knows whom.
pub(crate) fn listed<'p>(
    password: &'p RecoveryPassword,
    number: u8,
    device: Option<&str>,
    standing: Standing,
) -> Arriving<'p> {
    Arriving {
        device: device.map(|name| name.parse().unwrap()),
        naming: device.map_or_else(Naming::default, |_| drive("C:")),
        protector: protector(number),
        password,
        source: Source::Import,
        standing,
        confirmed: true,
        listed: Arc::new(BTreeSet::from([protector(number)])),
        file: None,
        drop: None,
        sender: None,
    }
}

fn import(open: &mut Unsealed, seconds: i64, arriving: &Arriving<'_>) -> Escrowed {
    open.take_in(&who(seconds), &[arriving], || {}).unwrap().remove(0)
}

#[track_caller]
fn assert_states(vault: &Vault, expected: &[(u8, EscrowState)]) {
    for (number, state) in expected {
        assert_eq!(vault.item(*number).record.state, *state, "password {number}");
    }
    vault.assert_verifies();
}

/// What is not well with the escrow of this number, where a device is silent after an hour.
fn problems(vault: &Vault, number: u8, now: i64) -> Vec<Problem> {
    let page = Page {
        problems: Some(Problems {
            any_of: Problem::ALL.to_vec(),
            silent_since: at(now - 3600),
        }),
        ..Page::default()
    };
    let listed = vault.inventory().list(&Filter::All, &page).unwrap();
    let item = listed
        .items
        .into_iter()
        .find(|item| item.record.protector == protector(number));
    item.unwrap().problems
}

/// PC-1 has password 1, then anybody hands in password 9 under `claimed`, and then password 2 comes by hand: it is in the
/// place of password 1, as if nobody had handed anything in.
#[track_caller]
fn assert_leads_nobody_astray(first: Option<Naming>, claimed: Naming, second: Naming, third: Naming) {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let key = open.drop_key().unwrap();
    if let Some(first) = first {
        by_hand(&mut open, 50, 1, first);
    }
    let before = vault.inventory().list(&Filter::All, &Page::default());
    let before: Vec<_> = before.unwrap().items;
    hand_in(&mut open, 100, anybodys(&key, 9, claimed, 90));
    for item in &before {
        assert_eq!(&vault.item(1).volume.naming(), &item.volume.naming(), "its name stays");
    }
    by_hand(&mut open, 200, 2, second);
    by_hand(&mut open, 300, 3, third);
    assert_states(&vault, &[(2, SUPERSEDED), (3, CURRENT)]);
    if !before.is_empty() {
        assert_states(&vault, &[(1, SUPERSEDED)]);
    }
    assert_eq!(vault.item(2).volume.volume, vault.item(3).volume.volume);
}

#[test]
fn what_anybody_says_of_a_volume_names_none_that_is_known() {
    let removable = |naming| Naming {
        kind: Some(VolumeType::Removable),
        ..naming
    };
    // An identifier for the drive that had none yet.
    assert_leads_nobody_astray(Some(drive("C:")), named(7, "C:"), named(8, "C:"), drive("C:"));
    // A drive of a kind where nothing is superseded.
    assert_leads_nobody_astray(Some(drive("C:")), removable(drive("C:")), drive("C:"), drive("C:"));
    // Another letter for a known volume.
    assert_leads_nobody_astray(Some(named(8, "C:")), named(8, "D:"), named(8, "C:"), drive("C:"));
    // Before anybody else named the drive.
    assert_leads_nobody_astray(None, named(7, "C:"), drive("C:"), named(8, "C:"));
    assert_leads_nobody_astray(None, removable(drive("C:")), drive("C:"), drive("C:"));
    assert_leads_nobody_astray(None, removable(named(8, "C:")), named(8, "C:"), drive("C:"));
}

#[test]
fn what_is_confirmed_goes_where_its_volume_is_known_since() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let key = open.drop_key().unwrap();
    let waiting = hand_in(&mut open, 100, anybodys(&key, 9, named(8, "C:"), 90));
    by_hand(&mut open, 200, 1, drive("C:"));
    by_hand(&mut open, 300, 2, named(8, "C:"));
    let request = ConfirmRequest {
        escrow: waiting.record.escrow,
        note: "ours".parse().unwrap(),
    };
    let confirmed = open.confirm(&who(400), &request).unwrap();
    assert_eq!((confirmed.rule, confirmed.record.state), (Rule::Older, SUPERSEDED));
    assert_eq!(vault.item(9).volume.volume, vault.item(2).volume.volume);
    assert!(!vault.item(9).record.unconfirmed);
    assert_states(&vault, &[(1, SUPERSEDED), (2, CURRENT), (9, SUPERSEDED)]);
}

#[test]
fn an_older_listing_brings_nothing_back_when_it_is_read_again() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let (first, second) = (password(1), password(2));
    let seen = |seconds| Standing::Seen {
        at: at(seconds),
        created: None,
    };
    let older = listed(&first, 1, Some("PC-1"), seen(100));
    import(&mut open, 1000, &older);
    import(&mut open, 1010, &listed(&second, 2, Some("PC-1"), seen(200)));
    assert_states(&vault, &[(1, SUPERSEDED), (2, CURRENT)]);
    let again = import(&mut open, 1020, &older);
    assert_eq!((again.rule, again.leaf), (Rule::AlreadyHeld, None));
    assert_states(&vault, &[(1, SUPERSEDED), (2, CURRENT)]);
    // One that was taken since does.
    let later = listed(&first, 1, Some("PC-1"), seen(300));
    import(&mut open, 1030, &later);
    assert_states(&vault, &[(1, CURRENT), (2, CURRENT)]);
}

#[test]
fn an_older_listing_does_not_undo_a_waiver() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let first = password(1);
    let listing = listed(
        &first,
        1,
        Some("PC-1"),
        Standing::Seen {
            at: at(100),
            created: None,
        },
    );
    import(&mut open, 110, &listing);
    item_revealed(&vault, &mut open, 1);
    let request = WaiveRequest {
        escrow: vault.item(1).record.escrow,
        reason: WaiveReason::DeviceDestroyed,
        note: "shredded".parse().unwrap(),
    };
    open.waive(&who(200), &request).unwrap();
    assert_eq!(import(&mut open, 300, &listing).leaf, None);
    assert_states(&vault, &[(1, SUPERSEDED)]);
}

#[test]
fn the_time_that_anybody_claims_ends_nothing_by_an_undated_source() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let key = open.drop_key().unwrap();
    escrow(&mut open, &who(50), "PC-1", 1);
    item_revealed(&vault, &mut open, 1);
    hand_in(&mut open, 200, anybodys(&key, 9, drive("C:"), 190));
    let printout = password(9);
    let taken = import(&mut open, 300, &listed(&printout, 9, Some("PC-1"), Standing::Undated));
    assert_eq!((taken.rule, taken.record.unconfirmed), (Rule::Undated, false));
    assert_states(&vault, &[(1, EXPOSED), (9, CURRENT)]);
}

#[test]
fn a_password_without_a_device_vouches_for_no_device_that_anybody_named() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let key = open.drop_key().unwrap();
    escrow(&mut open, &who(50), "PC-1", 1);
    let claimed = hand_in(&mut open, 200, anybodys(&key, 9, drive("C:"), 190));
    let printout = password(9);
    let arriving = listed(&printout, 9, None, Standing::Dated(at(195)));
    let taken = import(&mut open, 300, &arriving);
    assert_eq!(taken.volume.device, None);
    assert_ne!(taken.record.escrow, claimed.record.escrow);
    assert_eq!(
        import(&mut open, 310, &arriving).leaf,
        None,
        "nor is it held a third time"
    );
    assert_states(&vault, &[(1, CURRENT)]);

    // Assigned there by somebody who knows, it is not buried by what nobody vouches for.
    let request = AssignRequest {
        escrow: taken.record.escrow,
        device: "PC-1".parse().unwrap(),
        naming: drive("C:"),
    };
    let assigned = open.assign(&who(400), &request).unwrap();
    assert_eq!((assigned.rule, assigned.record.state), (Rule::Newest, CURRENT));
    assert_states(&vault, &[(1, SUPERSEDED)]);
    // Handed in or escrowed again, it is that one; and the other may be confirmed, and is then held twice and not current.
    let again = by_hand(&mut open, 500, 9, drive("C:"));
    assert_eq!(
        (again.rule, again.record.escrow),
        (Rule::AlreadyHeld, taken.record.escrow)
    );
    assert!(!again.record.conflict);
    let request = ConfirmRequest {
        escrow: claimed.record.escrow,
        note: "the same".parse().unwrap(),
    };
    let confirmed = open.confirm(&who(600), &request).unwrap();
    assert_eq!(
        (confirmed.rule, confirmed.record.state),
        (Rule::AlreadyHeld, SUPERSEDED)
    );
    assert_eq!(confirmed.record.escrow, claimed.record.escrow);
    assert!(!confirmed.record.unconfirmed && !confirmed.record.conflict);
    vault.assert_verifies();
}

#[test]
fn a_device_is_silent_whatever_anybody_hands_in_for_it() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let key = open.drop_key().unwrap();
    by_hand(&mut open, 50, 1, drive("C:"));
    assert!(!problems(&vault, 1, 3600).contains(&Problem::Silent));
    hand_in(&mut open, 5000, anybodys(&key, 9, drive("C:"), 4990));
    assert!(problems(&vault, 1, 5000).contains(&Problem::Silent));
    by_hand(&mut open, 5010, 2, drive("D:"));
    assert!(!problems(&vault, 1, 5020).contains(&Problem::Silent));
}
