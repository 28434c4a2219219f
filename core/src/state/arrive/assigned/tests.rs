use std::collections::BTreeSet;

use super::*;
use crate::state::Standing;
use crate::state::expose::Showing;
use crate::state::expose::expose;
use crate::state::expose::waive;
use crate::state::tests::GRACE;
use crate::state::tests::at;
use crate::state::tests::escrow;
use crate::state::tests::held;
use crate::state::tests::volume;
use crate::values::EscrowId;

/// What escrow 1 becomes, assigned at 100 to a volume that holds `others`; `twins` hold the same password.
#[track_caller]
fn check(
    record: &EscrowRecord,
    others: &[EscrowRecord],
    twins: &[EscrowId],
    rule: Rule,
    state: EscrowState,
) -> Decision {
    let decision = assign(
        &volume(others.iter().cloned()),
        record,
        &Arrival {
            escrow: record.escrow,
            protector: record.protector,
            envelope: record.envelope,
            source: record.source,
            standing: record.created_at.map_or(Standing::Undated, Standing::Dated),
            confirmed: !record.unconfirmed,
            at: at(100),
            clock_is_wrong: false,
            by: "ann",
            listed: &BTreeSet::new(),
            same_password: twins,
            shown: None,
            grace_seconds: GRACE,
        },
    );
    assert_eq!((decision.rule, decision.state), (rule, state));
    let first = &decision.changed[0];
    assert_eq!((first.escrow, first.state), (record.escrow, state));
    assert_eq!(first.escrowed_at, record.escrowed_at, "it arrived when it arrived");
    decision
}

fn shown(record: &EscrowRecord) -> EscrowRecord {
    let showing = Showing {
        at: at(50),
        by: "ann".to_owned(),
        grace_seconds: GRACE,
    };
    expose(&volume([record.clone()]), record, &showing)
}

#[test]
fn it_is_placed_by_its_own_time() {
    let decision = check(
        &held(1, Some(20)),
        &[held(2, Some(10))],
        &[],
        Rule::Newest,
        EscrowState::Current,
    );
    assert_eq!(decision.superseded, [escrow(2)]);
    check(
        &held(1, Some(20)),
        &[held(2, Some(30))],
        &[],
        Rule::Older,
        EscrowState::Superseded,
    );
    let decision = check(
        &held(1, None),
        &[held(2, Some(30))],
        &[],
        Rule::Undated,
        EscrowState::Current,
    );
    assert_eq!(decision.superseded, []);
    check(&held(1, Some(20)), &[], &[], Rule::Newest, EscrowState::Current);
}

#[test]
fn what_was_said_of_it_goes_with_it() {
    let exposed = shown(&held(1, Some(20)));
    let decision = check(&exposed, &[held(2, Some(60))], &[], Rule::Older, EscrowState::Exposed);
    assert_eq!(decision.changed[0].exposed_at, exposed.exposed_at);
    let waived = waive(&exposed, at(60), "bob").unwrap();
    let decision = check(&waived, &[], &[], Rule::Newest, EscrowState::Superseded);
    assert_eq!(decision.changed[0], waived);
    let unknown = EscrowRecord {
        unconfirmed: true,
        ..held(1, Some(20))
    };
    let decision = check(
        &unknown,
        &[held(2, Some(10))],
        &[],
        Rule::NoStanding,
        EscrowState::Current,
    );
    assert_eq!(decision.changed, [unknown]);
}

#[test]
fn held_there_already_it_is_superseded_by_that_one() {
    let same = EscrowRecord {
        protector: held(1, None).protector,
        ..held(2, Some(10))
    };
    let twins = [escrow(1), escrow(2)];
    let decision = check(
        &held(1, Some(20)),
        std::slice::from_ref(&same),
        &twins,
        Rule::AlreadyHeld,
        EscrowState::Superseded,
    );
    assert_eq!(decision.changed[0].superseded_by, Some(escrow(2)));
    check(
        &shown(&held(1, None)),
        std::slice::from_ref(&same),
        &twins,
        Rule::AlreadyHeld,
        EscrowState::Exposed,
    );
    // Another password of the same protector: one of them is wrong.
    let decision = check(
        &held(1, Some(20)),
        &[same],
        &[escrow(1)],
        Rule::OtherPassword,
        EscrowState::Current,
    );
    assert!(decision.changed.iter().all(|record| record.conflict));
}
