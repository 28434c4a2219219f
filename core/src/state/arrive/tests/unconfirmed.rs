use super::*;
use crate::state::waive;

#[test]
fn what_nobody_vouched_for_is_settled_once_somebody_does() {
    let unknown = |created| EscrowRecord {
        unconfirmed: true,
        ..held(1, created)
    };
    #[track_caller]
    fn settled(
        volume: &VolumeRecord,
        arrival: &Arrival<'_>,
        rule: Rule,
        state: EscrowState,
        others: &[(u8, EscrowState)],
    ) {
        let decision = check(volume, arrival, rule, state, others);
        assert_eq!(decision.escrow, E1, "it keeps its id");
        assert!(!decision.changed[0].unconfirmed);
    }
    let beside = |other| volume([unknown(Some(40)), other]);
    settled(&volume([unknown(Some(40))]), &again(NOW), Newest, CURRENT, &[]);
    settled(
        &beside(held(2, Some(10))),
        &again(Standing::Dated(at(40))),
        Newest,
        CURRENT,
        &[(2, SUPERSEDED)],
    );
    settled(
        &beside(held(2, Some(60))),
        &again(Standing::Dated(at(40))),
        Older,
        SUPERSEDED,
        &[],
    );
    settled(
        &beside(exposed(2, Some(10), 30)),
        &again(Standing::Dated(at(40))),
        Newest,
        CURRENT,
        &[(2, SUPERSEDED)],
    );
    settled(
        &beside(exposed(2, Some(10), 40)),
        &again(Standing::Dated(at(40))),
        Newest,
        CURRENT,
        &[],
    );
    settled(
        &volume([unknown(None), held(2, Some(60))]),
        &again(Standing::Undated),
        Undated,
        CURRENT,
        &[],
    );
    let same_protector = EscrowRecord {
        protector: P1,
        ..held(2, Some(10))
    };
    settled(
        &beside(same_protector),
        &again(NOW),
        OtherPassword,
        CURRENT,
        &[(2, CURRENT)],
    );
    let twin = Arrival {
        same_password: &[E1, E2],
        ..again(NOW)
    };
    settled(&beside(superseded(2, Some(60))), &twin, OtherProtector, CURRENT, &[]);
    // What it said of time itself is nobody's word: by an undated source it ends nothing.
    for beside in [beside(held(2, Some(60))), beside(exposed(2, Some(10), 30))] {
        settled(&beside, &again(Standing::Undated), Undated, CURRENT, &[]);
    }
    // A source with standing is believed.
    settled(
        &beside(held(2, Some(60))),
        &again(NOW),
        Newest,
        CURRENT,
        &[(2, SUPERSEDED)],
    );
    let decision = arrive(&beside(held(2, Some(60))), &again(NOW));
    assert_eq!(decision.changed[0].created_at, Some(at(100)));
}

#[test]
fn an_exposure_does_not_end_by_being_vouched_for() {
    let unknown = EscrowRecord {
        unconfirmed: true,
        ..exposed(1, Some(10), 50)
    };
    let older = volume([unknown.clone(), held(2, Some(40))]);
    let decision = check(&older, &again(Standing::Dated(at(10))), Older, EXPOSED, &[]);
    let vouched = EscrowRecord {
        escrowed_by: Some("bob".to_owned()),
        ..exposed(1, Some(10), 50)
    };
    assert_eq!(decision.changed[0], vouched);
    let twins = volume([unknown.clone(), superseded(2, Some(40))]);
    let arrival = Arrival {
        same_password: &[E1, E2],
        ..again(Standing::Dated(at(10)))
    };
    check(&twins, &arrival, OtherProtector, EXPOSED, &[]);
    // Waived while nobody vouched for it, and then seen on the volume: exposed again, and the waiver is over.
    let waived = waive(&unknown, at(60), "ann").unwrap();
    check(&volume([waived.clone()]), &again(NOW), Newest, EXPOSED, &[]);
    let decision = check(
        &volume([waived, held(2, Some(40))]),
        &again(Standing::Dated(at(10))),
        Older,
        SUPERSEDED,
        &[],
    );
    assert_eq!(decision.changed[0].superseded_at, Some(at(60)));
    assert_eq!(
        decision.changed[0].ended.as_ref().map(|ended| ended.how),
        Some(HowEnded::Waived)
    );
}
