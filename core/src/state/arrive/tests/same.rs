use super::*;

#[test]
fn rule_3_both_passwords_of_one_protector_are_marked() {
    let other = |standing| Arrival {
        protector: P1,
        ..arrival(standing)
    };
    let two = volume([held(1, Some(10)), exposed(2, Some(10), 20)]);
    for standing in [NOW, Standing::Dated(at(5)), Standing::Undated] {
        let decision = check(&two, &other(standing), OtherPassword, CURRENT, &[(1, CURRENT)]);
        assert!(decision.changed.iter().all(|record| record.conflict));
    }
    // A third one marks only itself; one that ended stays ended.
    let marked = EscrowRecord {
        conflict: true,
        ..held(1, Some(10))
    };
    check(&volume([marked]), &other(NOW), OtherPassword, CURRENT, &[]);
    let gone = volume([superseded(1, Some(10))]);
    let decision = check_conflict_of_superseded(&gone, &other(NOW));
    assert!(decision.changed.iter().all(|record| record.conflict));
    // It was shown elsewhere.
    let twin = exposed(7, None, 30);
    check(
        &two,
        &Arrival {
            shown: Some(&twin),
            ..other(NOW)
        },
        OtherPassword,
        EXPOSED,
        &[(1, CURRENT)],
    );
    // It comes before rule 4.
    let both = Arrival {
        same_password: &[E2],
        ..other(NOW)
    };
    check(&two, &both, OtherPassword, CURRENT, &[(1, CURRENT)]);
    // What nobody vouched for is not in conflict with it.
    let unknown = EscrowRecord {
        unconfirmed: true,
        ..held(1, Some(200))
    };
    check(&volume([unknown]), &other(NOW), Newest, CURRENT, &[(1, SUPERSEDED)]);
}

/// The mark of a superseded one changes, and it is not counted as superseded by this arrival.
#[track_caller]
fn check_conflict_of_superseded(volume: &VolumeRecord, arrival: &Arrival<'_>) -> Decision {
    let decision = arrive(volume, arrival);
    assert_eq!((decision.rule, decision.state), (OtherPassword, CURRENT));
    assert_eq!((decision.superseded.len(), decision.exposure_ended), (0, false));
    decision
}

#[test]
fn rule_4_the_most_exposed_state_of_the_two() {
    let shown = exposed(1, Some(10), 20);
    for (twin, time, state) in [
        (held(1, Some(10)), 50, CURRENT),
        (held(1, Some(10)), 5, CURRENT),
        (superseded(1, Some(10)), 50, CURRENT),
        (superseded(1, Some(10)), 5, SUPERSEDED),
        (shown.clone(), 50, EXPOSED),
        (shown.clone(), 5, EXPOSED),
    ] {
        let twins = volume([twin.clone(), exposed(3, Some(10), 20), held(4, Some(10))]);
        let arrival = Arrival {
            same_password: &[E1],
            shown: twin.ever_shown().then_some(&shown),
            ..dated(time)
        };
        let decision = check(&twins, &arrival, OtherProtector, state, &[]);
        assert_eq!(decision.changed.len(), 1, "it ends nothing");
    }
    // Of several, the most exposed one counts.
    let three = volume([superseded(1, Some(10)), held(2, Some(10)), held(3, Some(60))]);
    let arrival = Arrival {
        same_password: &[E1, E2],
        ..dated(5)
    };
    check(&three, &arrival, OtherProtector, CURRENT, &[]);
    let undated = Arrival {
        same_password: &[E1],
        ..arrival_undated()
    };
    check(
        &volume([superseded(1, Some(10))]),
        &undated,
        OtherProtector,
        CURRENT,
        &[],
    );
    // A twin in another volume is no twin here, and one that nobody vouched for is none.
    let elsewhere = Arrival {
        same_password: &[escrow(8)],
        ..dated(50)
    };
    check(
        &volume([held(1, Some(10))]),
        &elsewhere,
        Newest,
        CURRENT,
        &[(1, SUPERSEDED)],
    );
    let unknown = EscrowRecord {
        unconfirmed: true,
        ..held(1, Some(70))
    };
    check(
        &volume([unknown]),
        &Arrival {
            same_password: &[E1],
            ..dated(50)
        },
        Newest,
        CURRENT,
        &[],
    );
}
