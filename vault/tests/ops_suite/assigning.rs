//! Escrows that are given a place, and those that are given standing.

use std::sync::Arc;

use strongroom_core::log::Action;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Naming;
use strongroom_core::state::Rule;
use strongroom_core::state::Source;
use strongroom_core::state::Standing;
use strongroom_vault::ops::Arriving;
use strongroom_vault::ops::AssignRequest;
use strongroom_vault::ops::ConfirmRequest;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::Escrowed;
use strongroom_vault::ops::Unsealed;

use crate::fixture::Vault;
use crate::fixture::at;
use crate::fixture::drive;
use crate::fixture::escrow;
use crate::fixture::item_revealed;
use crate::fixture::password;
use crate::fixture::protector;
use crate::fixture::reveal;
use crate::fixture::who;

fn take_in(open: &mut Unsealed, number: u8, created: Option<i64>, device: Option<&str>, confirmed: bool) -> Escrowed {
    let password = password(number);
    let arriving = Arriving {
        device: device.map(|name| name.parse().unwrap()),
        naming: device.map_or_else(Naming::default, |_| drive("C:")),
        protector: protector(number),
        password: &password,
        source: Source::Import,
        standing: created.map_or(Standing::Undated, |created| Standing::Dated(at(created))),
        confirmed,
        listed: Arc::default(),
        file: None,
        drop: None,
        sender: None,
    };
    open.take_in(&who(100), &[&arriving], || {}).unwrap().remove(0)
}

fn to(escrowed: &Escrowed, device: &str) -> AssignRequest {
    AssignRequest {
        escrow: escrowed.record.escrow,
        device: device.parse().unwrap(),
        naming: drive("C:"),
    }
}

#[test]
fn a_volume_of_its_own_becomes_that_of_a_device_that_has_none_there() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let unassigned = take_in(&mut open, 1, None, None, true);
    let assigned = open.assign(&who(200), &to(&unassigned, "PC-1")).unwrap();
    assert_eq!(assigned.volume.volume, unassigned.volume.volume);
    assert_eq!(assigned.record, unassigned.record, "its record is what it was");
    let item = vault.item(1);
    assert_eq!(item.volume.device, Some("PC-1".parse().unwrap()));
    assert_eq!(item.volume.mount().unwrap().as_str(), "C:");
    vault.assert_verifies();
    let revealed = reveal(&mut open, &who(300), vault.item(1)).unwrap();
    assert_eq!(revealed.password.to_text(), password(1).to_text());
    let refused = open.assign(&who(400), &to(&unassigned, "PC-2"));
    assert!(matches!(refused, Err(Error::HasDevice { .. })));
    assert_eq!(vault.events().last().unwrap().body.action, Action::Refused);
}

#[test]
fn it_moves_to_the_volume_that_the_device_has_and_is_judged_there() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let unassigned = take_in(&mut open, 1, Some(20), None, true);
    let later = take_in(&mut open, 3, Some(60), None, true);
    take_in(&mut open, 2, Some(40), Some("PC-1"), true);
    let assigned = open.assign(&who(200), &to(&unassigned, "pc-1")).unwrap();
    assert_eq!(
        (assigned.rule, assigned.record.state),
        (Rule::Older, EscrowState::Superseded)
    );
    vault.assert_verifies();
    let assigned = open.assign(&who(210), &to(&later, "pc-1")).unwrap();
    assert_eq!((assigned.rule, assigned.superseded), (Rule::Newest, vec![protector(2)]));
    let volumes = [1, 2, 3].map(|number| vault.item(number).volume.volume);
    assert_eq!(volumes, [volumes[0]; 3]);
    vault.assert_verifies();
    // What moved opens where it is, for where it belongs is no matter of its envelope.
    let revealed = reveal(&mut open, &who(300), vault.item(3)).unwrap();
    assert_eq!(revealed.password.to_text(), password(3).to_text());
    vault.assert_verifies();
}

#[test]
fn an_exposed_one_stays_exposed_and_one_that_is_held_there_is_not_current_twice() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let shown = take_in(&mut open, 1, None, None, true);
    item_revealed(&vault, &mut open, 1);
    take_in(&mut open, 2, Some(40), Some("PC-1"), true);
    let assigned = open.assign(&who(200), &to(&shown, "PC-1")).unwrap();
    assert_eq!(assigned.record.state, EscrowState::Exposed);

    let alone = take_in(&mut open, 5, None, None, true);
    escrow(&mut open, &who(250), "PC-5", 5);
    let assigned = open.assign(&who(260), &to(&alone, "PC-5")).unwrap();
    assert_eq!(
        (assigned.rule, assigned.record.state),
        (Rule::AlreadyHeld, EscrowState::Superseded)
    );
    vault.assert_verifies();
}

#[test]
fn what_is_confirmed_is_judged_by_its_own_time() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(50), "PC-1", 1);
    item_revealed(&vault, &mut open, 1);
    let handed_in = take_in(&mut open, 2, Some(90), Some("PC-1"), false);
    assert!(handed_in.record.unconfirmed);
    assert_eq!(handed_in.rule, Rule::NoStanding);
    assert_eq!(vault.item(1).record.state, EscrowState::Exposed, "it ends nothing");
    let request = ConfirmRequest {
        escrow: handed_in.record.escrow,
        note: "the courier is ours".parse().unwrap(),
    };
    let confirmed = open.confirm(&who(400), &request).unwrap();
    // Made before the reveal at 120, so the exposure goes on.
    assert_eq!((confirmed.rule, confirmed.exposure_ended), (Rule::Newest, false));
    assert!(!vault.item(2).record.unconfirmed);
    assert_eq!(vault.item(1).record.state, EscrowState::Exposed);
    let event = vault.events().pop().unwrap();
    assert_eq!(event.body.action, Action::Confirm);
    assert_eq!(event.body.note.unwrap().as_str(), "the courier is ours");
    assert!(matches!(
        open.confirm(&who(500), &request),
        Err(Error::HasStanding { .. })
    ));
    vault.assert_verifies();
}
