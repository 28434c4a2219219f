use super::*;
use crate::state::tests::GRACE;
use crate::state::tests::at;
use crate::state::tests::escrow;
use crate::state::tests::exposed;
use crate::state::tests::held;
use crate::state::tests::protector;
use crate::state::tests::superseded;
use crate::state::tests::volume;
use crate::values::VolumeType;
use Rule::*;

mod clock;

mod newest;

mod same;

mod unconfirmed;

const CURRENT: EscrowState = EscrowState::Current;
const EXPOSED: EscrowState = EscrowState::Exposed;
const SUPERSEDED: EscrowState = EscrowState::Superseded;
const NOW: Standing = Standing::Live(None);
const P1: ProtectorId = protector(1);
const P2: ProtectorId = protector(2);
static NOTHING: BTreeSet<ProtectorId> = BTreeSet::new();
const E1: EscrowId = escrow(1);
const E2: EscrowId = escrow(2);

/// Escrow 5 of protector 5 with a new password, at 100.
fn arrival(standing: Standing) -> Arrival<'static> {
    Arrival {
        escrow: escrow(5),
        protector: protector(5),
        envelope: Digest::new([5; 32]),
        source: Source::Import,
        standing,
        confirmed: true,
        at: at(100),
        clock_is_wrong: false,
        by: "bob",
        listed: &NOTHING,
        same_password: &[],
        shown: None,
        grace_seconds: GRACE,
    }
}

fn dated(seconds: i64) -> Arrival<'static> {
    arrival(Standing::Dated(at(seconds)))
}

/// Escrow 1 again: the same protector and password.
fn again(standing: Standing) -> Arrival<'static> {
    Arrival {
        protector: P1,
        same_password: &[E1],
        ..arrival(standing)
    }
}

/// The arrival came to `state` by `rule`; of the rest, exactly `others` changed, each to the state beside it.
#[track_caller]
fn check(
    volume: &VolumeRecord,
    arrival: &Arrival<'_>,
    rule: Rule,
    state: EscrowState,
    others: &[(u8, EscrowState)],
) -> Decision {
    let decision = arrive(volume, arrival);
    assert_eq!((decision.rule, decision.state), (rule, state));
    let changed: Vec<_> = decision
        .changed
        .iter()
        .filter(|record| record.escrow != decision.escrow)
        .map(|record| (record.escrow, record.state))
        .collect();
    let expected: Vec<_> = others.iter().map(|(number, state)| (escrow(*number), *state)).collect();
    assert_eq!(changed, expected);
    if let Some(record) = decision.changed.iter().find(|record| record.escrow == decision.escrow) {
        assert_eq!(record, &decision.changed[0], "the arriving one comes first");
        assert_eq!(record.state, state);
        assert_eq!(record.superseded_at.is_some(), state == SUPERSEDED);
        assert_eq!(record.rotate_by.is_some(), record.exposed_at.is_some());
        assert!(state != EXPOSED || record.exposed_at.is_some());
        assert!(state == SUPERSEDED || (record.ended.is_none() && record.superseded_by.is_none()));
    }
    let before = |id| volume.escrow(id).map(|record| record.state);
    let went: Vec<_> = changed
        .iter()
        .filter(|(_, state)| *state == SUPERSEDED)
        .map(|(id, _)| *id)
        .collect();
    assert_eq!(decision.superseded, went);
    assert_eq!(
        decision.exposure_ended,
        went.iter().any(|id| before(*id) == Some(EXPOSED))
    );
    decision
}

#[test]
fn the_first_password_of_a_volume_is_current() {
    for (standing, rule, created) in [
        (NOW, Newest, Some(at(100))),
        (Standing::Live(Some(at(40))), Newest, Some(at(40))),
        (Standing::Dated(at(40)), Newest, Some(at(40))),
        (Standing::Undated, Undated, None),
    ] {
        let decision = check(&volume([]), &arrival(standing), rule, CURRENT, &[]);
        let record = &decision.changed[0];
        assert_eq!(record.created_at, created);
        assert_eq!((record.escrow, record.escrowed_at), (escrow(5), at(100)));
        assert_eq!((record.source, record.envelope), (Source::Import, Digest::new([5; 32])));
        assert!(!record.conflict && !record.unconfirmed);
    }
}

#[test]
fn a_time_in_the_future_counts_as_arrival() {
    for standing in [Standing::Dated(at(101)), Standing::Live(Some(at(9999)))] {
        let decision = arrive(&volume([]), &arrival(standing));
        assert_eq!(decision.changed[0].created_at, Some(at(100)));
    }
}

#[test]
fn rule_1_no_standing_touches_nothing() {
    let unknown = |standing| Arrival {
        confirmed: false,
        ..arrival(standing)
    };
    let old = volume([held(1, Some(10)), exposed(2, Some(10), 20)]);
    let decision = check(&old, &unknown(NOW), NoStanding, CURRENT, &[]);
    assert!(decision.changed[0].unconfirmed);
    check(&old, &unknown(Standing::Dated(at(1))), NoStanding, CURRENT, &[]);
    check(&old, &unknown(Standing::Undated), NoStanding, CURRENT, &[]);
    // Neither a conflict nor the state of an equal password comes of it.
    check(
        &old,
        &Arrival {
            protector: P1,
            ..unknown(NOW)
        },
        NoStanding,
        CURRENT,
        &[],
    );
    let equal = Arrival {
        same_password: &[E2],
        ..unknown(NOW)
    };
    check(&old, &equal, NoStanding, CURRENT, &[]);
    // A held password is treated as any other, so that nobody unknown is told that it is the held one.
    for held in [held(1, None), superseded(1, Some(10)), exposed(1, Some(10), 20)] {
        let again = Arrival {
            escrow: escrow(8),
            confirmed: false,
            ..again(NOW)
        };
        let decision = check(&volume([held]), &again, NoStanding, CURRENT, &[]);
        assert_eq!((decision.escrow, decision.changed.len()), (escrow(8), 1));
    }
}

#[test]
fn rule_2_the_same_protector_and_password_are_held() {
    for (standing, created, after) in [
        (Standing::Undated, None, None),
        (Standing::Undated, Some(10), None),
        (NOW, Some(10), None),
        (Standing::Dated(at(50)), Some(10), None),
        // Something new: its time.
        (NOW, None, Some(100)),
        (Standing::Dated(at(50)), None, Some(50)),
    ] {
        let decision = check(
            &volume([held(1, created), held(2, Some(20))]),
            &again(standing),
            AlreadyHeld,
            CURRENT,
            &[],
        );
        assert_eq!(decision.escrow, E1);
        assert_eq!(
            decision.changed.first().map(|record| record.created_at),
            after.map(|time| Some(at(time)))
        );
    }
    let shown = volume([exposed(1, Some(10), 20)]);
    assert_eq!(check(&shown, &again(NOW), AlreadyHeld, EXPOSED, &[]).changed, []);
}

#[test]
fn rule_2_a_live_source_brings_a_superseded_one_back() {
    let gone = volume([superseded(1, Some(10)), held(9, Some(50))]);
    check(&gone, &again(NOW), AlreadyHeld, CURRENT, &[]);
    // Whatever its time.
    check(&gone, &again(Standing::Live(Some(at(5)))), AlreadyHeld, CURRENT, &[]);
    for standing in [Standing::Dated(at(60)), Standing::Undated] {
        assert_eq!(check(&gone, &again(standing), AlreadyHeld, SUPERSEDED, &[]).changed, []);
    }
    // One that saw the volume before something newer was made there does not; one that saw it since does.
    let seen = |seconds| Standing::Seen {
        at: at(seconds),
        created: None,
    };
    for (standing, state) in [(seen(49), SUPERSEDED), (seen(50), CURRENT), (seen(60), CURRENT)] {
        check(&gone, &again(standing), AlreadyHeld, state, &[]);
    }
    let made = Standing::Seen {
        at: at(60),
        created: Some(at(5)),
    };
    check(&gone, &again(made), AlreadyHeld, CURRENT, &[]);
    // Nor one that saw it before its successor was proven there.
    let successor = EscrowRecord {
        proven_at: Some(at(70)),
        ..held(9, Some(50))
    };
    let followed = EscrowRecord {
        superseded_by: Some(escrow(9)),
        ..superseded(1, Some(10))
    };
    let proven = volume([followed, successor]);
    check(&proven, &again(seen(69)), AlreadyHeld, SUPERSEDED, &[]);
    check(&proven, &again(seen(70)), AlreadyHeld, CURRENT, &[]);
    // Or before its exposure was waived.
    let waived = volume([crate::state::waive(&exposed(1, Some(10), 20), at(60), "ann").unwrap()]);
    check(&waived, &again(seen(59)), AlreadyHeld, SUPERSEDED, &[]);
    check(&waived, &again(seen(60)), AlreadyHeld, EXPOSED, &[]);
    // One that was shown comes back exposed, with its beginning and its due date.
    let ended = EscrowRecord {
        state: SUPERSEDED,
        superseded_at: Some(at(50)),
        superseded_by: Some(escrow(9)),
        ended: Some(Ending {
            how: HowEnded::Claimed,
            at: at(50),
            by: "eve".to_owned(),
        }),
        ..exposed(1, Some(10), 20)
    };
    let decision = check(
        &volume([ended, held(9, Some(50))]),
        &again(NOW),
        AlreadyHeld,
        EXPOSED,
        &[],
    );
    assert_eq!(decision.changed, [exposed(1, Some(10), 20)]);
    // So does one whose password was shown from another escrow.
    let twin = exposed(7, Some(3), 30);
    let decision = check(
        &gone,
        &Arrival {
            shown: Some(&twin),
            ..again(NOW)
        },
        AlreadyHeld,
        EXPOSED,
        &[],
    );
    assert_eq!(decision.changed[0].exposed_at, Some(at(30)));
}

fn arrival_undated() -> Arrival<'static> {
    arrival(Standing::Undated)
}

#[test]
fn rule_5_undated_supersedes_and_ends_nothing() {
    let old = volume([held(1, Some(10)), held(2, None), exposed(3, Some(10), 20)]);
    check(&old, &arrival_undated(), Undated, CURRENT, &[]);
    let twin = exposed(7, None, 30);
    check(
        &old,
        &Arrival {
            shown: Some(&twin),
            ..arrival_undated()
        },
        Undated,
        EXPOSED,
        &[],
    );
}

#[test]
fn a_password_ever_shown_arrives_exposed() {
    let twin = exposed(7, Some(3), 30);
    let shown = |standing| Arrival {
        shown: Some(&twin),
        ..arrival(standing)
    };
    let decision = check(&volume([]), &shown(NOW), Newest, EXPOSED, &[]);
    let record = &decision.changed[0];
    assert_eq!((record.exposed_at, record.shown_at), (Some(at(30)), Some(at(30))));
    assert_eq!(record.rotate_by, twin.rotate_by);
    assert_eq!(record.exposed_by.as_deref(), Some("ann"));
    // Still, what is older goes.
    check(
        &volume([held(1, Some(10))]),
        &shown(NOW),
        Newest,
        EXPOSED,
        &[(1, SUPERSEDED)],
    );
    let unknown = Arrival {
        confirmed: false,
        ..shown(NOW)
    };
    check(&volume([]), &unknown, NoStanding, EXPOSED, &[]);
}
