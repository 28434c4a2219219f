use super::*;
use crate::state::tests::GRACE;
use crate::state::tests::at;
use crate::state::tests::escrow;
use crate::state::tests::exposed;
use crate::state::tests::held;
use crate::state::tests::superseded;
use crate::state::tests::volume;

fn showing(seconds: i64) -> Showing {
    Showing {
        at: at(seconds),
        by: "ann".to_owned(),
        grace_seconds: GRACE,
    }
}

/// What comes of `record`, beside `others`, when it is shown at 50.
#[track_caller]
fn check(record: &EscrowRecord, others: &[EscrowRecord], expected: &EscrowRecord) {
    let volume = volume(std::iter::once(record).chain(others).cloned());
    assert_eq!(expose(&volume, record, &showing(50)), *expected);
}

fn proven(record: EscrowRecord) -> EscrowRecord {
    EscrowRecord {
        proven_at: Some(at(40)),
        ..record
    }
}

#[test]
fn a_current_one_becomes_exposed_with_a_due_date() {
    check(&held(1, Some(10)), &[], &exposed(1, Some(10), 50));
    let marked = EscrowRecord {
        conflict: true,
        unconfirmed: true,
        ..held(1, None)
    };
    let expected = EscrowRecord {
        conflict: true,
        unconfirmed: true,
        ..exposed(1, None, 50)
    };
    check(&marked, &[], &expected);
}

#[test]
fn a_second_showing_keeps_beginning_and_due_date() {
    let again = EscrowRecord {
        shown_at: Some(at(50)),
        ..exposed(1, Some(10), 20)
    };
    check(&exposed(1, Some(10), 20), &[], &again);
    // The clock went back: the last showing is the one of the greatest time.
    check(&exposed(1, Some(10), 60), &[], &exposed(1, Some(10), 60));
}

#[test]
fn a_superseded_one_is_exposed_anew_unless_its_successor_is_proven() {
    let shown = exposed(1, Some(10), 50);
    check(&superseded(1, Some(10)), &[], &shown);
    check(&superseded(1, Some(10)), &[held(9, Some(30))], &shown);
    // Another one than its successor is proven.
    check(
        &superseded(1, Some(10)),
        &[held(9, Some(30)), proven(held(8, Some(30)))],
        &shown,
    );
    let buried = EscrowRecord {
        shown_at: Some(at(50)),
        shown_to: vec!["ann".to_owned()],
        ..superseded(1, Some(10))
    };
    check(&superseded(1, Some(10)), &[proven(held(9, Some(30)))], &buried);
    // One without a successor: it was older when it came, or its exposure was waived.
    let older = EscrowRecord {
        superseded_by: None,
        ..superseded(1, Some(10))
    };
    check(&older, &[proven(held(9, Some(30)))], &shown);
    let waived = waive(&exposed(1, Some(10), 20), at(30), "bob").unwrap();
    check(&waived, &[], &shown);
}

#[test]
fn an_end_is_undone_by_a_new_showing() {
    let ended = EscrowRecord {
        ended: Some(Ending {
            how: HowEnded::Claimed,
            at: at(30),
            by: "bob".to_owned(),
        }),
        exposed_at: Some(at(20)),
        shown_at: Some(at(20)),
        rotate_by: Some(at(20).plus_seconds(GRACE)),
        ..superseded(1, Some(10))
    };
    check(&ended, &[], &exposed(1, Some(10), 50));
}

#[test]
fn a_waiver_ends_an_exposure_and_nothing_else() {
    let waived = waive(&exposed(1, Some(10), 20), at(30), "bob").unwrap();
    let expected = EscrowRecord {
        state: EscrowState::Superseded,
        superseded_at: Some(at(30)),
        ended: Some(Ending {
            how: HowEnded::Waived,
            at: at(30),
            by: "bob".to_owned(),
        }),
        ..exposed(1, Some(10), 20)
    };
    assert_eq!(waived, expected);
    for record in [held(1, None), superseded(1, None), waived] {
        assert_eq!(waive(&record, at(30), "bob"), Err(WaiveError));
    }
    assert_eq!(escrow(1), expected.escrow);
}

fn shown_by(record: &EscrowRecord, seconds: i64, by: &str) -> EscrowRecord {
    let showing = Showing {
        by: by.to_owned(),
        ..showing(seconds)
    };
    expose(&volume([record.clone()]), record, &showing)
}

#[test]
fn everyone_to_whom_it_was_shown_is_remembered() {
    let shown = shown_by(&shown_by(&held(1, Some(10)), 20, "ann"), 30, "bob");
    assert_eq!(
        (shown.exposed_by.as_deref(), shown.shown_to.as_slice()),
        (Some("ann"), &["bob".to_owned()][..])
    );
    assert_eq!(shown_by(&shown, 40, "bob").shown_to, shown.shown_to, "once");
    let ended_by = |by: &str| EscrowRecord {
        state: EscrowState::Superseded,
        ended: Some(Ending {
            how: HowEnded::Claimed,
            at: at(50),
            by: by.to_owned(),
        }),
        ..shown.clone()
    };
    for (by, is_same) in [("ann", true), ("bob", true), ("cy", false)] {
        assert_eq!(ended_by(by).is_self_ended(), is_same, "{by}");
    }
    // Shown anew, it is a new exposure; those who saw it before know it still.
    let anew = shown_by(&ended_by("bob"), 60, "cy");
    assert_eq!(
        (anew.exposed_at, anew.exposed_by.as_deref()),
        (Some(at(60)), Some("cy"))
    );
    assert_eq!(anew.shown_to, ["bob", "ann"]);
    assert!(anew.may_have_been_shown_to("bob") && !anew.may_have_been_shown_to("dan"));
}

#[test]
fn one_that_is_shown_where_its_successor_is_proven_remembers_it_too() {
    let buried = superseded(1, Some(10));
    let volume = volume([buried.clone(), proven(held(9, Some(30)))]);
    assert_eq!(expose(&volume, &buried, &showing(50)).shown_to, ["ann"]);
}

#[test]
fn beyond_so_many_anybody_may_have_been_shown_it() {
    let names: Vec<String> = (0..=EscrowRecord::MAX_SHOWN_TO)
        .map(|number| format!("op-{number}"))
        .collect();
    let mut record = held(1, Some(10));
    for name in &names {
        record = shown_by(&record, 20, name);
    }
    assert_eq!(record.shown_to.len(), EscrowRecord::MAX_SHOWN_TO);
    assert!(!record.shown_to_more && !record.may_have_been_shown_to("zoe"));
    let more = shown_by(&record, 20, "yan");
    assert_eq!(more.shown_to, record.shown_to);
    assert!(more.shown_to_more && more.may_have_been_shown_to("zoe"));
}
