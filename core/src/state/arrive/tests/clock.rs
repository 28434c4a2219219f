use super::*;

/// A drop of an enrolled sender, by its own clock.
fn sent(seconds: i64) -> Arrival<'static> {
    arrival(Standing::Sent {
        at: at(seconds),
        created: None,
        clock_is_wrong: false,
    })
}

/// Escrow `number`, live at this time by the vault's own clock.
fn live(number: u8, seconds: i64) -> EscrowRecord {
    EscrowRecord {
        escrowed_at: at(seconds),
        ..held(number, Some(seconds))
    }
}

fn marked(record: EscrowRecord) -> EscrowRecord {
    EscrowRecord { clock: true, ..record }
}

#[track_caller]
fn check_marked(volume: &VolumeRecord, arrival: &Arrival<'_>, others: &[(u8, EscrowState)], is_marked: bool) {
    let decision = check(volume, arrival, Newest, CURRENT, others);
    assert_eq!(decision.changed[0].clock, is_marked);
}

#[test]
fn a_sender_whose_clock_fell_back_brings_what_is_current() {
    // Neither buries the other: nobody knows which of the two clocks is right.
    check_marked(&volume([live(1, 60)]), &sent(10), &[], true);
    check_marked(&volume([live(1, 60)]), &sent(60), &[(1, SUPERSEDED)], false);
    // What it sends next follows what it sent before, and not what another clock dated.
    let before = marked(EscrowRecord {
        escrowed_at: at(70),
        ..held(2, Some(10))
    });
    check_marked(&volume([live(1, 60), before]), &sent(11), &[(2, SUPERSEDED)], true);
    // It ends no exposure that began after its time.
    check_marked(&volume([exposed(1, Some(60), 70)]), &sent(10), &[], true);
    // A time of creation is no clock: a sender that saw the volume since says that this one is older.
    let older = Standing::Sent {
        at: at(90),
        created: Some(at(10)),
        clock_is_wrong: false,
    };
    check(&volume([live(1, 60)]), &arrival(older), Older, SUPERSEDED, &[]);
    // A listing that was taken at a time is placed by that time.
    let taken = Standing::Seen {
        at: at(10),
        created: None,
    };
    check(&volume([live(1, 60)]), &arrival(taken), Older, SUPERSEDED, &[]);
}

#[test]
fn a_time_later_than_now_makes_nothing_older() {
    // The vault's clock stood at 9999 and was put back: what is live now came later.
    let future = || live(1, 9999);
    check_marked(&volume([future()]), &arrival(NOW), &[(1, SUPERSEDED)], true);
    check_marked(&volume([future()]), &sent(95), &[(1, SUPERSEDED)], true);
    // Of what a list dates, nobody knows.
    check_marked(&volume([future()]), &dated(90), &[], true);
    // It is said once: what was marked then counts no more.
    let decision = arrive(&volume([future()]), &arrival(NOW));
    let [arrived, gone] = decision.changed.as_slice() else {
        panic!("{decision:?}");
    };
    assert!(gone.clock, "{gone:?}");
    let next = Arrival {
        escrow: escrow(6),
        protector: protector(6),
        at: at(200),
        ..arrival(NOW)
    };
    check_marked(
        &volume([gone.clone(), arrived.clone()]),
        &next,
        &[(5, SUPERSEDED)],
        false,
    );
    // So it is of one that was superseded in that future.
    let buried = EscrowRecord {
        escrowed_at: at(9999),
        ..superseded(1, Some(9999))
    };
    let decision = arrive(&volume([buried.clone()]), &arrival(NOW));
    assert_eq!(decision.changed.get(1), Some(&marked(buried)));
    assert!(decision.superseded.is_empty());
}

#[test]
fn a_stored_time_later_than_now_counts_as_its_time_of_escrow() {
    let stored = EscrowRecord {
        escrowed_at: at(50),
        ..held(1, Some(9999))
    };
    check_marked(&volume([stored.clone()]), &dated(60), &[(1, SUPERSEDED)], false);
    check(&volume([stored]), &dated(49), Older, SUPERSEDED, &[]);
}

#[test]
fn an_exposure_of_the_future_ends_by_what_is_live_now() {
    let shown = exposed(1, Some(10), 9999);
    check_marked(&volume([shown.clone()]), &arrival(NOW), &[(1, SUPERSEDED)], false);
    // That a sender made it after the showing, nothing says.
    check_marked(&volume([shown]), &sent(95), &[], false);
}

#[test]
fn a_clock_that_stands_before_the_vault_was_made_is_believed_in_nothing() {
    let wrong = |standing| Arrival {
        clock_is_wrong: true,
        ..arrival(standing)
    };
    check_marked(&volume([]), &wrong(NOW), &[], true);
    check_marked(&volume([live(1, 60)]), &wrong(NOW), &[(1, SUPERSEDED)], true);
    // What it dated supersedes nothing, and a list does not supersede it, until something live comes.
    let then = marked(live(1, -90_000));
    check_marked(&volume([then.clone()]), &dated(60), &[], true);
    check_marked(&volume([then]), &arrival(NOW), &[(1, SUPERSEDED)], false);
    let decision = arrive(&volume([]), &wrong(Standing::Undated));
    assert!(!decision.changed[0].clock, "it has no time");
}

#[test]
fn what_a_sender_sees_comes_back_whatever_its_clock_says() {
    let gone = volume([superseded(1, Some(10)), held(9, Some(50))]);
    let seen = |seconds| Standing::Sent {
        at: at(seconds),
        created: None,
        clock_is_wrong: false,
    };
    for (seconds, is_marked) in [(50, false), (49, true)] {
        let decision = check(&gone, &again(seen(seconds)), AlreadyHeld, CURRENT, &[]);
        assert_eq!(decision.changed[0].clock, is_marked);
    }
    // But not what was waived since, by the vault's own clock.
    let waived = volume([crate::state::waive(&exposed(1, Some(10), 20), at(60), "ann").unwrap()]);
    check(&waived, &again(seen(59)), AlreadyHeld, SUPERSEDED, &[]);
    check(&waived, &again(seen(60)), AlreadyHeld, EXPOSED, &[]);
}

#[test]
fn a_sender_whose_clock_is_wrong_orders_its_own_drops_by_it() {
    let wrong = |seconds| {
        arrival(Standing::Sent {
            at: at(seconds),
            created: None,
            clock_is_wrong: true,
        })
    };
    check_marked(&volume([]), &wrong(10), &[], true);
    let before = || marked(held(1, Some(10)));
    check_marked(&volume([before()]), &wrong(11), &[(1, SUPERSEDED)], true);
    // One that was held back and comes after it buries nothing.
    check_marked(&volume([before()]), &wrong(9), &[], true);
}
