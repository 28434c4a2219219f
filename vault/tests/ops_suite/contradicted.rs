//! Clocks that contradict the order of the log: the vault's own, and those of senders.

use strongroom_core::drop::Wanted;
use strongroom_core::drop::check_receipt;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Standing;
use strongroom_core::values::SenderDevices;
use strongroom_vault::ops::Dropped;
use strongroom_vault::ops::EscrowRequest;
use strongroom_vault::ops::Unsealed;

use crate::dropping::dropped;
use crate::dropping::enrol;
use crate::fixture::Vault;
use crate::fixture::at;
use crate::fixture::drive;
use crate::fixture::escrow;
use crate::fixture::password;
use crate::fixture::protector;
use crate::fixture::reveal;
use crate::fixture::who;

const CURRENT: EscrowState = EscrowState::Current;
const SUPERSEDED: EscrowState = EscrowState::Superseded;
const YEAR: i64 = 365 * 24 * 3600;
/// 2099, and 1970, from the time of the tests.
const FAR_ON: i64 = 75 * YEAR;
const LONG_AGO: i64 = -53 * YEAR;

#[track_caller]
fn assert_is(vault: &Vault, number: u8, state: EscrowState, clock: bool) {
    let record = vault.item(number).record;
    assert_eq!((record.state, record.clock), (state, clock), "password {number}");
}

#[test]
fn one_escrow_of_the_future_makes_no_later_one_older() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(10), "PC-1", 1);
    escrow(&mut open, &who(FAR_ON), "PC-1", 2);
    // The clock is right again.
    let third = escrow(&mut open, &who(100), "PC-1", 3);
    assert!(
        third.record.clock && third.why().contains("a clock contradicts"),
        "{}",
        third.why()
    );
    assert_is(&vault, 1, SUPERSEDED, false);
    assert_is(&vault, 2, SUPERSEDED, true);
    assert_is(&vault, 3, CURRENT, true);
    // And it is said once.
    escrow(&mut open, &who(200), "PC-1", 4);
    assert_is(&vault, 3, SUPERSEDED, true);
    assert_is(&vault, 4, CURRENT, false);
    open.close().unwrap();
    vault.assert_verifies();
}

#[test]
fn what_is_taken_in_by_a_clock_of_1970_is_followed_by_what_comes_next() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(10), "PC-1", 1);
    escrow(&mut open, &who(LONG_AGO), "PC-1", 2);
    assert_is(&vault, 1, SUPERSEDED, true);
    assert_is(&vault, 2, CURRENT, true);
    // An old list does not make it superseded, though it is dated after 1970.
    let listed = password(7);
    let arriving = crate::hostile::listed(&listed, 7, Some("PC-1"), Standing::Dated(at(-YEAR)));
    open.take_in(&who(300), &[&arriving], || {}).unwrap();
    assert_is(&vault, 2, CURRENT, true);
    escrow(&mut open, &who(400), "PC-1", 3);
    assert_is(&vault, 2, SUPERSEDED, true);
    assert_is(&vault, 3, CURRENT, false);
    open.close().unwrap();
    vault.assert_verifies();
}

#[test]
fn a_reveal_of_the_future_is_ended_by_what_is_live_now() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(10), "PC-1", 1);
    reveal(&mut open, &who(FAR_ON), vault.item(1)).unwrap();
    let next = escrow(&mut open, &who(100), "PC-1", 2);
    assert!(next.exposure_ended);
    open.close().unwrap();
    vault.assert_verifies();
}

#[test]
fn what_a_person_says_of_creation_is_no_clock() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(10), "PC-1", 1);
    let request = EscrowRequest {
        device: "PC-1".parse().unwrap(),
        naming: drive("C:"),
        protector: protector(2),
        password: &password(2),
        created: Some(at(-YEAR)),
    };
    open.escrow(&who(20), &request).unwrap();
    assert_is(&vault, 1, CURRENT, false);
    assert_is(&vault, 2, SUPERSEDED, false);
    open.close().unwrap();
    vault.assert_verifies();
}

#[test]
fn a_sender_whose_clock_fell_back_brings_what_is_current_and_its_receipt_says_so() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let sender = enrol(&mut open, "plant 3", SenderDevices::Any);
    let made = |number: u8, seconds: i64| {
        let sequence = u64::try_from(at(seconds).as_millis()).unwrap();
        dropped(sender.key(), Some(&sender), number, sequence, seconds)
    };
    let hand_in = |open: &mut Unsealed, seconds, drop: &Dropped| {
        let done = open.take_drops(&who(seconds), std::slice::from_ref(drop)).unwrap();
        check_receipt(&done.receipts[0][0], sender.key(), &drop.drop, &Wanted::default()).unwrap()
    };
    hand_in(&mut open, 110, &made(1, 100));
    // By its clock of 2001, which numbers its drops too, this one was overtaken.
    let receipt = hand_in(&mut open, 210, &made(2, -22 * YEAR));
    assert_eq!((receipt.state, receipt.has_clock_contradicted), (Some(CURRENT), true));
    assert_is(&vault, 1, CURRENT, false);
    hand_in(&mut open, 310, &made(3, -22 * YEAR + 100));
    assert_is(&vault, 2, SUPERSEDED, true);
    assert_is(&vault, 3, CURRENT, true);
    // Its clock is right again.
    hand_in(&mut open, 410, &made(4, 400));
    assert_is(&vault, 1, SUPERSEDED, false);
    assert_is(&vault, 3, SUPERSEDED, true);
    assert_is(&vault, 4, CURRENT, false);
    // What was overtaken since it was enrolled is superseded, and its receipt says that too.
    let receipt = hand_in(&mut open, 510, &made(5, 300));
    assert_eq!(
        (receipt.state, receipt.has_clock_contradicted),
        (Some(SUPERSEDED), false)
    );
    open.close().unwrap();
    vault.assert_verifies();
}
