//! What a volume that is presented says of the passwords that are held for it.

use std::sync::Arc;

use strongroom_core::log::Action;
use strongroom_core::state::EscrowState;
use strongroom_core::state::HowEnded;
use strongroom_core::state::Naming;
use strongroom_core::state::Source;
use strongroom_core::state::Standing;
use strongroom_core::values::VolumeId;
use strongroom_vault::ops::Arriving;
use strongroom_vault::ops::AssignRequest;
use strongroom_vault::ops::EscrowRequest;
use strongroom_vault::ops::TrialResult;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Page;

use crate::fixture::Vault;
use crate::fixture::at;
use crate::fixture::drive;
use crate::fixture::escrow;
use crate::fixture::item_revealed;
use crate::fixture::password;
use crate::fixture::protector;
use crate::fixture::who;
use crate::presented::prove;
use crate::presented::prove_of;
use crate::presented::prover;
use crate::presented::request;
use crate::presented::results;
use crate::presented::volume;

const CURRENT: EscrowState = EscrowState::Current;
const EXPOSED: EscrowState = EscrowState::Exposed;
const SUPERSEDED: EscrowState = EscrowState::Superseded;
const OPENED: TrialResult = TrialResult::Opened;
const DID_NOT_OPEN: TrialResult = TrialResult::DidNotOpen;

/// Takes in password `number` for the protector of another number.
fn escrow_as(open: &mut Unsealed, seconds: i64, protects: u8, naming: Naming, number: u8) {
    let request = EscrowRequest {
        device: "PC-1".parse().unwrap(),
        naming,
        protector: protector(protects),
        password: &password(number),
        created: None,
    };
    open.escrow(&who(seconds), &request).unwrap();
}

/// C:, known by the id of the volume that the tests present as `number`.
fn with_id(number: u8) -> Naming {
    Naming {
        id: Some(VolumeId::new([number; 16])),
        ..drive("C:")
    }
}

/// That the escrow of this number is in this state, how its exposure ended, and whether it is proven.
#[track_caller]
fn assert_is(vault: &Vault, number: u8, state: EscrowState, ended: Option<HowEnded>, proven: bool) {
    let record = vault.item(number).record;
    let how = record.ended.map(|ending| ending.how);
    assert_eq!(
        (record.state, how, record.proven_at.is_some()),
        (state, ended, proven),
        "password {number}"
    );
}

#[test]
fn what_opens_is_proven_and_both_steps_are_on_record() {
    let vault = Vault::new(Some("4711-pin"));
    let mut open = vault.open();
    escrow(&mut open, &who(50), "PC-1", 1);
    let presented = volume(7, &[(1, 1), (2, 2)]);
    let before = vault.events().len();
    let proved = prove(&mut open, 200, &presented);
    assert_eq!(results(&proved), [OPENED], "number 2 is not held");
    assert_eq!(vault.item(1).record.proven_at, Some(at(201)));
    assert_eq!(
        vault.item(1).volume.id,
        Some(presented.volume),
        "its volume is known now"
    );
    let events = vault.events();
    let [begun, ended] = &events[before..] else {
        panic!("{} events", events.len() - before);
    };
    for (event, action, result) in [(begun, Action::Prove, None), (ended, Action::Proven, Some("opened"))] {
        let body = &event.body;
        assert_eq!((body.action, body.result.as_deref()), (action, result));
        assert_eq!(body.escrow, Some(vault.item(1).record.escrow));
        assert_eq!(body.volume_id, Some(presented.volume));
        assert_eq!(body.file.as_ref().unwrap().as_str(), "disk.img");
        assert_eq!(event.operator, prover(0).operator);
        assert!(event.commit.is_some(), "a commit of its own");
    }
    assert_eq!(ended.leaf, proved.tried[0].leaf);

    // Proven again, it is proven anew.
    prove(&mut open, 300, &presented);
    assert_eq!(vault.item(1).record.proven_at, Some(at(301)));
    vault.assert_verifies();
}

#[test]
fn what_is_opened_is_on_record_whatever_becomes_of_the_trial() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(50), "PC-1", 1);
    let presented = volume(7, &[(1, 1)]);
    let trial = open.begin_trial(&prover(200), &request(&presented, None)).unwrap();
    assert_eq!(trial.len(), 1);
    drop(trial);
    open.close().unwrap();
    assert_eq!(vault.events().last().unwrap().body.action, Action::Prove);
    assert_is(&vault, 1, CURRENT, None, false);
    vault.assert_verifies();
}

#[test]
fn where_none_is_held_nothing_is_recorded() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(50), "PC-1", 1);
    let before = vault.events().len();
    let trial = open
        .begin_trial(&who(200), &request(&volume(7, &[(2, 1)]), None))
        .unwrap();
    assert!(trial.is_empty());
    assert_eq!(vault.events().len(), before);
}

#[test]
fn what_does_not_open_is_in_conflict_and_not_proven() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow_as(&mut open, 50, 1, drive("C:"), 9);
    let proved = prove(&mut open, 200, &volume(7, &[(1, 1)]));
    assert_eq!(results(&proved), [DID_NOT_OPEN]);
    assert_is(&vault, 1, CURRENT, None, false);
    let item = vault.item(1);
    assert!(item.record.conflict);
    assert_eq!(item.volume.id, None, "it says nothing of whose volume that is");
    let event = vault.events().pop().unwrap();
    assert_eq!(event.body.result.as_deref(), Some("did-not-open"));
    vault.assert_verifies();
}

#[test]
fn a_conflict_is_decided_for_the_one_that_opens() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow_as(&mut open, 50, 1, drive("C:"), 9);
    escrow_as(&mut open, 60, 1, drive("C:"), 1);
    let both = |vault: &Vault| {
        let prefix = protector(1).to_string().parse().unwrap();
        let filter = Filter::Protector(prefix);
        let listed = vault.inventory().list(&filter, &Page::default());
        listed
            .unwrap()
            .items
            .into_iter()
            .map(|item| item.record)
            .collect::<Vec<_>>()
    };
    assert!(both(&vault).iter().all(|record| record.conflict));
    let proved = prove(&mut open, 200, &volume(7, &[(1, 1)]));
    assert_eq!(results(&proved).len(), 2);
    let [wrong, right] = &both(&vault)[..] else { panic!() };
    assert!(!wrong.conflict && !right.conflict);
    assert_eq!((wrong.state, wrong.proven_at), (SUPERSEDED, None));
    assert_eq!(wrong.superseded_by, Some(right.escrow));
    assert_eq!((right.state, right.proven_at), (CURRENT, Some(at(201))));
    vault.assert_verifies();
}

/// Password 1 was shown, and somebody says that 2 came in its place.
fn claimed(naming: &Naming) -> (Vault, Unsealed) {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow_as(&mut open, 50, 1, naming.clone(), 1);
    item_revealed(&vault, &mut open, 1);
    escrow_as(&mut open, 200, 2, naming.clone(), 2);
    assert_is(&vault, 1, SUPERSEDED, Some(HowEnded::Claimed), false);
    (vault, open)
}

#[test]
fn a_claimed_end_is_proven_where_the_protector_is_gone() {
    for naming in [drive("C:"), with_id(7)] {
        let (vault, mut open) = claimed(&naming);
        let proved = prove(&mut open, 300, &volume(7, &[(2, 2)]));
        assert_eq!(proved.ended, [protector(1)]);
        assert!(proved.exposed_again.is_empty());
        assert_is(&vault, 1, SUPERSEDED, Some(HowEnded::Proven), false);
        assert_is(&vault, 2, CURRENT, None, true);
        vault.assert_verifies();
    }
}

#[test]
fn an_exposure_comes_back_where_its_protector_is_listed_still() {
    // Whether or not its own password opens what is listed there.
    for (password, proven) in [(1, true), (9, false)] {
        let (vault, mut open) = claimed(&drive("C:"));
        let due = vault.item(1).record.rotate_by;
        let proved = prove(&mut open, 300, &volume(7, &[(1, password), (2, 2)]));
        assert_eq!(proved.exposed_again, [protector(1)]);
        assert!(proved.ended.is_empty());
        assert_is(&vault, 1, EXPOSED, None, proven);
        let record = vault.item(1).record;
        assert_eq!(
            (record.exposed_at, record.rotate_by),
            (Some(at(120)), due),
            "since it was shown"
        );
        assert_eq!(vault.inventory().to_rotate(at(300)).unwrap().len(), 1);
        // And it ends once the volume no longer lists it.
        let proved = prove(&mut open, 400, &volume(7, &[(2, 2)]));
        assert_eq!(proved.ended, [protector(1)]);
        vault.assert_verifies();
    }
}

#[test]
fn what_another_volume_lists_says_nothing_of_this_one() {
    let (vault, mut open) = claimed(&with_id(7));
    let proved = prove(&mut open, 300, &volume(8, &[(2, 2)]));
    assert_eq!(results(&proved), [OPENED]);
    assert!(proved.ended.is_empty());
    assert_is(&vault, 1, SUPERSEDED, Some(HowEnded::Claimed), false);
    assert_is(&vault, 2, CURRENT, None, true);
    assert_eq!(vault.item(2).volume.id, Some(VolumeId::new([7; 16])), "ids never merge");
    vault.assert_verifies();
}

#[test]
fn a_list_that_is_not_proven_says_nothing_of_others() {
    let (vault, mut open) = claimed(&drive("C:"));
    let mut presented = volume(7, &[(2, 2)]);
    presented.complete = false;
    let proved = prove(&mut open, 300, &presented);
    assert_eq!(results(&proved), [TrialResult::OpenedListUnproven]);
    assert!(proved.ended.is_empty());
    assert_is(&vault, 1, SUPERSEDED, Some(HowEnded::Claimed), false);
    assert_is(&vault, 2, CURRENT, None, true);
    vault.assert_verifies();
}

#[test]
fn only_the_device_that_is_named_is_tried() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(50), "PC-1", 1);
    escrow(&mut open, &who(60), "PC-2", 1);
    let presented = volume(7, &[(1, 1)]);
    assert_eq!(prove_of(&mut open, 200, &presented, Some("pc-2")).tried.len(), 1);
    let proven = |vault: &Vault| {
        let listed = vault.inventory().list(&Filter::All, &Page::default());
        let items = listed.unwrap().items.into_iter();
        items.map(|item| item.record.proven_at.is_some()).collect::<Vec<_>>()
    };
    assert_eq!(proven(&vault), [false, true]);
    assert_eq!(prove(&mut open, 300, &presented).tried.len(), 2);
    assert_eq!(proven(&vault), [true, true]);
    vault.assert_verifies();
}

#[test]
fn one_without_a_device_is_proven_too_and_its_volume_known_by_that() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let password = password(1);
    let arriving = Arriving {
        device: None,
        naming: Naming::default(),
        protector: protector(1),
        password: &password,
        source: Source::Import,
        standing: Standing::Undated,
        confirmed: true,
        listed: Arc::default(),
        file: None,
        drop: None,
        sender: None,
    };
    open.take_in(&who(50), &[&arriving], || {}).unwrap();
    prove(&mut open, 200, &volume(7, &[(1, 1)]));
    assert_is(&vault, 1, CURRENT, None, true);
    let item = vault.item(1);
    assert_eq!(
        (item.volume.device, item.volume.id),
        (None, Some(VolumeId::new([7; 16])))
    );
    let request = AssignRequest {
        escrow: item.record.escrow,
        device: "PC-1".parse().unwrap(),
        naming: Naming::default(),
    };
    open.assign(&who(300), &request).unwrap();
    let item = vault.item(1);
    assert_eq!(item.volume.id, Some(VolumeId::new([7; 16])), "it takes that along");
    assert_is(&vault, 1, CURRENT, None, true);
    vault.assert_verifies();
}
