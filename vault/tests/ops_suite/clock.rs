//! Clocks that go wrong, and days that pass.

use strongroom_core::state::EscrowState;

use crate::fixture::HOUR;
use crate::fixture::Vault;
use crate::fixture::at;
use crate::fixture::escrow;
use crate::fixture::reveal;
use crate::fixture::who;

const DAY: i64 = 24 * HOUR;

/// The order of events is their number; the time is as the clock gave it, and a step is on record.
#[test]
fn a_clock_that_steps_is_on_record() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    for (number, seconds) in [(1, 10), (2, -HOUR), (3, -HOUR + DAY), (4, 3 * DAY), (5, 3 * DAY)] {
        escrow(&mut open, &who(seconds), &format!("LAB-0{number}"), number);
    }
    open.close().unwrap();
    let events = vault.events();
    let times: Vec<_> = events.iter().map(|event| event.time).collect();
    assert_eq!(
        times,
        [at(0), at(10), at(-HOUR), at(-HOUR + DAY), at(3 * DAY), at(3 * DAY)]
    );
    let steps: Vec<_> = events
        .iter()
        .map(|event| event.clock_step.map(|step| step / 1000))
        .collect();
    assert_eq!(
        steps,
        [None, None, Some(-HOUR - 10), None, Some(2 * DAY + HOUR), None],
        "back, or on by more than a day"
    );
    vault.assert_verifies();
}

#[test]
fn the_worklist_begins_with_the_most_overdue() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    for number in 1..=3 {
        escrow(&mut open, &who(0), &format!("LAB-0{number}"), number);
    }
    for (number, seconds) in [(2, 100), (3, 200), (1, 300)] {
        reveal(&mut open, &who(seconds), vault.item(number)).unwrap();
    }
    open.close().unwrap();
    let due = |seconds: i64| -> Vec<(String, bool)> {
        let due = vault.inventory().to_rotate(at(seconds)).unwrap();
        due.into_iter()
            .map(|due| (due.item.volume.device.unwrap().to_string(), due.overdue))
            .collect()
    };
    let list = |overdue: [bool; 3]| -> Vec<_> {
        let devices = ["LAB-02", "LAB-03", "LAB-01"].map(str::to_owned);
        devices.into_iter().zip(overdue).collect()
    };
    assert_eq!(due(400), list([false, false, false]));
    assert_eq!(due(DAY + 100), list([false, false, false]), "to the second");
    assert_eq!(due(DAY + 101), list([true, false, false]));
    assert_eq!(due(DAY + 1000), list([true, true, true]));
}

/// A password that a wrong clock dates into the future arrived now, and is followed by whatever comes next.
#[test]
fn a_creation_time_in_the_future_counts_as_now() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let request = strongroom_vault::ops::EscrowRequest {
        device: "LAB-01".parse().unwrap(),
        naming: crate::fixture::drive("C:"),
        protector: crate::fixture::protector(1),
        password: &crate::fixture::password(1),
        created: Some(at(400 * DAY)),
    };
    open.escrow(&who(0), &request).unwrap();
    let next = escrow(&mut open, &who(60), "LAB-01", 2);
    assert_eq!(next.superseded, [crate::fixture::protector(1)]);
    assert_eq!(next.record.state, EscrowState::Current);
    open.close().unwrap();
    vault.assert_verifies();
}
