use super::*;
use crate::state::tests::GRACE;
use crate::state::tests::at;
use crate::state::tests::escrow;
use crate::state::tests::exposed;
use crate::state::tests::held;
use crate::state::tests::protector;
use crate::state::tests::superseded;
use crate::state::tests::volume;

const ID: VolumeId = VolumeId::new([7; 16]);

/// What follows at 100, where the passwords of `opened` open the volume, those of `failed` do not, and the protectors of
/// both and of `also` are listed.
fn presented(records: &[EscrowRecord], opened: &[u8], failed: &[u8], also: &[u8]) -> Proof {
    with(records, opened, failed, also, |_, _, _| {})
}

fn with(
    records: &[EscrowRecord],
    opened: &[u8],
    failed: &[u8],
    also: &[u8],
    change: impl FnOnce(&mut VolumeRecord, &mut Vec<Opened>, &mut Presented<'_>),
) -> Proof {
    let mut volume = volume(records.iter().cloned());
    volume.id = Some(ID);
    let numbers = || opened.iter().chain(failed).copied();
    let of = |number: u8| records.iter().find(|record| record.escrow == escrow(number)).unwrap();
    let listed: Vec<_> = numbers()
        .map(|number| of(number).protector)
        .chain(also.iter().copied().map(protector))
        .collect();
    let escrows = |numbers: &[u8]| numbers.iter().copied().map(escrow).collect::<Vec<_>>();
    let failed = escrows(failed);
    let mut opened: Vec<Opened> = opened.iter().map(|number| by_key(*number, 1)).collect();
    let mut presented = Presented {
        volume_id: ID,
        listed: &listed,
        opened: &[],
        failed: &failed,
        at: at(100),
        by: "bob",
        grace_seconds: GRACE,
    };
    change(&mut volume, &mut opened, &mut presented);
    let opened = opened.as_slice();
    prove(&volume, &Presented { opened, ..presented })
}

/// Escrow `number` opened the volume, by master key `key`.
fn by_key(number: u8, key: u8) -> Opened {
    Opened {
        escrow: escrow(number),
        master_key: Digest::new([key; 32]),
        proves_list: true,
    }
}

fn proven(record: EscrowRecord) -> EscrowRecord {
    EscrowRecord {
        proven_at: Some(at(100)),
        ..record
    }
}

fn in_conflict(record: EscrowRecord) -> EscrowRecord {
    EscrowRecord {
        conflict: true,
        ..record
    }
}

/// Escrow `number`, shown at 20, whose exposure ended at 2 because somebody escrowed 9.
fn claimed(number: u8) -> EscrowRecord {
    EscrowRecord {
        state: EscrowState::Superseded,
        superseded_at: Some(at(2)),
        superseded_by: Some(escrow(9)),
        ended: Some(Ending {
            how: HowEnded::Claimed,
            at: at(2),
            by: "ann".to_owned(),
        }),
        ..exposed(number, Some(10), 20)
    }
}

fn ended(record: EscrowRecord, successor: u8, since: i64) -> EscrowRecord {
    EscrowRecord {
        state: EscrowState::Superseded,
        superseded_at: Some(at(since)),
        superseded_by: Some(escrow(successor)),
        ended: Some(Ending {
            how: HowEnded::Proven,
            at: at(100),
            by: "bob".to_owned(),
        }),
        ..record
    }
}

mod presented;

#[track_caller]
fn check(proof: &Proof, changed: &[EscrowRecord], ended: &[u8], again: &[u8]) {
    let escrows = |numbers: &[u8]| numbers.iter().copied().map(escrow).collect::<Vec<_>>();
    assert_eq!(proof.changed, changed);
    assert_eq!(proof.ended, escrows(ended), "ended");
    assert_eq!(proof.exposed_again, escrows(again), "exposed again");
}

#[test]
fn one_that_opened_is_proven() {
    check(
        &presented(&[held(1, Some(5))], &[1], &[], &[]),
        &[proven(held(1, Some(5)))],
        &[],
        &[],
    );
    let shown = exposed(1, Some(5), 20);
    check(
        &presented(std::slice::from_ref(&shown), &[1], &[], &[]),
        &[proven(shown)],
        &[],
        &[],
    );
    let marked = in_conflict(held(1, None));
    check(
        &presented(&[marked], &[1], &[], &[]),
        &[proven(held(1, None))],
        &[],
        &[],
    );
}

#[test]
fn one_that_opened_is_on_the_volume_still() {
    check(
        &presented(&[superseded(1, Some(5))], &[1], &[], &[]),
        &[proven(held(1, Some(5)))],
        &[],
        &[],
    );
    let shown = claimed(1);
    let back = proven(exposed(1, Some(10), 20));
    check(
        &presented(&[shown, held(9, Some(30))], &[1, 9], &[], &[]),
        &[back, proven(held(9, Some(30)))],
        &[],
        &[1],
    );
}

#[test]
fn one_that_did_not_open_is_in_conflict() {
    check(
        &presented(&[held(1, None)], &[], &[1], &[]),
        &[in_conflict(held(1, None))],
        &[],
        &[],
    );
    check(&presented(&[in_conflict(held(1, None))], &[], &[1], &[]), &[], &[], &[]);
}

#[test]
fn a_conflict_is_decided_by_the_one_that_opened() {
    let wrong = EscrowRecord {
        protector: protector(1),
        ..held(2, Some(5))
    };
    let records = [in_conflict(held(1, Some(5))), in_conflict(wrong.clone())];
    let lost = EscrowRecord {
        state: EscrowState::Superseded,
        superseded_at: Some(at(100)),
        superseded_by: Some(escrow(1)),
        ..wrong.clone()
    };
    check(
        &presented(&records, &[1], &[2], &[]),
        &[proven(held(1, Some(5))), lost],
        &[],
        &[],
    );
    let shown = EscrowRecord {
        protector: protector(1),
        ..exposed(2, Some(5), 20)
    };
    let records = [in_conflict(held(1, Some(5))), in_conflict(shown.clone())];
    check(
        &presented(&records, &[1], &[2], &[]),
        &[proven(held(1, Some(5))), ended(shown, 1, 100)],
        &[2],
        &[],
    );
}

#[test]
fn a_claimed_end_becomes_proven_where_its_protector_is_gone() {
    let records = [claimed(1), held(9, Some(30))];
    let expected = [ended(exposed(1, Some(10), 20), 9, 2), proven(held(9, Some(30)))];
    check(&presented(&records, &[9], &[], &[]), &expected, &[1], &[]);
    // By one that was made before the showing, nothing is proven: the volume may be an old image.
    let records = [claimed(1), held(2, Some(15)), held(9, Some(30))];
    check(
        &presented(&records, &[2], &[], &[]),
        &[proven(held(2, Some(15)))],
        &[],
        &[],
    );
    // By one of which nobody knows when it was made, neither.
    let records = [claimed(1), held(2, None)];
    check(&presented(&records, &[2], &[], &[]), &[proven(held(2, None))], &[], &[]);
}

#[test]
fn an_exposure_comes_back_where_its_protector_is_listed_still() {
    let records = [claimed(1), held(9, Some(30))];
    let again = exposed(1, Some(10), 20);
    let expected = [again, proven(held(9, Some(30)))];
    check(&presented(&records, &[9], &[], &[1]), &expected, &[], &[1]);
}

#[test]
fn an_exposure_ends_where_its_protector_is_gone_and_a_newer_one_opens() {
    let records = [exposed(1, Some(10), 20), held(2, Some(30))];
    let expected = [ended(exposed(1, Some(10), 20), 2, 100), proven(held(2, Some(30)))];
    check(&presented(&records, &[2], &[], &[]), &expected, &[1], &[]);
    let records = [exposed(1, Some(10), 30), held(2, Some(30))];
    check(
        &presented(&records, &[2], &[], &[]),
        &[proven(held(2, Some(30)))],
        &[],
        &[],
    );
    let listed = [exposed(1, Some(10), 20), held(2, Some(30))];
    check(
        &presented(&listed, &[2], &[], &[1]),
        &[proven(held(2, Some(30)))],
        &[],
        &[],
    );
}

#[test]
fn a_current_one_that_is_gone_is_superseded_by_a_newer_one_that_opened() {
    let gone = EscrowRecord {
        state: EscrowState::Superseded,
        superseded_at: Some(at(100)),
        superseded_by: Some(escrow(2)),
        ..held(1, Some(10))
    };
    let records = [held(1, Some(10)), held(2, Some(30))];
    check(
        &presented(&records, &[2], &[], &[]),
        &[gone, proven(held(2, Some(30)))],
        &[],
        &[],
    );
    let newer = [held(1, Some(40)), held(2, Some(30))];
    check(
        &presented(&newer, &[2], &[], &[]),
        &[proven(held(2, Some(30)))],
        &[],
        &[],
    );
}

#[test]
fn a_list_that_is_not_proven_says_nothing_of_the_others() {
    let records = [claimed(1), held(2, Some(5)), superseded(3, Some(5)), held(9, Some(30))];
    let expected = [proven(superseded(3, Some(5))), proven(held(9, Some(30)))];
    let edited = with(&records, &[3, 9], &[], &[1], |_, opened, _| {
        opened.iter_mut().for_each(|opened| opened.proves_list = false);
    });
    check(&edited, &expected, &[], &[]);
    for id in [Some(VolumeId::new([8; 16])), None] {
        let other_volume = with(&records, &[3, 9], &[], &[1], |volume, _, _| volume.id = id);
        check(&other_volume, &expected, &[], &[]);
        assert_eq!(other_volume.master_key, None, "it is another volume's");
    }
    check(&presented(&records, &[], &[], &[1]), &[], &[], &[]);
}

#[test]
fn proven_again_it_is_proven_later() {
    let before = EscrowRecord {
        proven_at: Some(at(50)),
        ..held(1, Some(5))
    };
    check(
        &presented(&[before], &[1], &[], &[]),
        &[proven(held(1, Some(5)))],
        &[],
        &[],
    );
}
