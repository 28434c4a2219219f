use super::*;

fn by(record: EscrowRecord, by: &str, seconds: i64) -> EscrowRecord {
    EscrowRecord {
        presented: Some(Presentation {
            at: at(seconds),
            by: by.to_owned(),
        }),
        ..record
    }
}

fn escrowed_by(record: EscrowRecord, by: &str) -> EscrowRecord {
    EscrowRecord {
        escrowed_by: Some(by.to_owned()),
        ..record
    }
}

fn known(key: u8, proven: bool) -> Option<MasterKeyRecord> {
    Some(MasterKeyRecord {
        mac: Digest::new([key; 32]),
        proven,
    })
}

/// The exposure ended because of escrow 2, on the word of bob, who presented the volume.
fn on_his_word(record: EscrowRecord) -> EscrowRecord {
    let mut record = ended(record, 2, 100);
    record.ended.as_mut().unwrap().how = HowEnded::Presented;
    record
}

#[test]
fn another_operator_proves_and_binds_the_key() {
    let proof = presented(&[held(1, Some(5))], &[1], &[], &[]);
    assert_eq!(proof.master_key, known(1, true));
}

#[test]
fn who_escrowed_what_opens_proves_nothing() {
    let own = || escrowed_by(held(2, Some(30)), "bob");
    let proof = presented(&[own()], &[2], &[], &[]);
    check(&proof, &[by(own(), "bob", 100)], &[], &[]);
    assert_eq!(proof.master_key, known(1, false));
    // It buries no other password, whatever the list says, and decides no conflict.
    let twin = EscrowRecord {
        protector: protector(2),
        ..in_conflict(held(3, Some(5)))
    };
    let records = [held(1, Some(10)), in_conflict(own()), twin];
    let proof = presented(&records, &[2], &[3], &[]);
    check(&proof, &[by(in_conflict(own()), "bob", 100)], &[], &[]);
    // So it is where the record does not say who escrowed it.
    let unknown = EscrowRecord {
        escrowed_by: None,
        ..held(2, Some(30))
    };
    let proof = presented(&[held(1, Some(10)), unknown.clone()], &[2], &[], &[]);
    check(&proof, &[by(unknown, "bob", 100)], &[], &[]);
}

#[test]
fn who_was_shown_what_opens_proves_nothing() {
    let mut shown = exposed(2, Some(30), 40);
    shown.remember_shown_to("bob");
    let records = [held(1, Some(10)), shown.clone()];
    check(&presented(&records, &[2], &[], &[]), &[by(shown, "bob", 100)], &[], &[]);
}

#[test]
fn who_presents_ends_an_exposure_as_a_claim_does() {
    let own = || escrowed_by(held(2, Some(30)), "bob");
    let records = [exposed(1, Some(10), 20), own()];
    let proof = presented(&records, &[2], &[], &[]);
    let end = on_his_word(exposed(1, Some(10), 20));
    assert!(end.is_self_ended(), "it is listed with SAME PERSON");
    check(&proof, &[end, by(own(), "bob", 100)], &[], &[]);
    assert_eq!(proof.ended_on_word, [escrow(1)]);
    // Showing what it superseded exposes it anew.
    let after = volume(proof.changed.clone());
    let showing = crate::state::Showing {
        at: at(200),
        by: "cy".to_owned(),
        grace_seconds: GRACE,
    };
    let anew = crate::state::expose(&after, &proof.changed[0], &showing);
    assert_eq!((anew.state, anew.ended), (EscrowState::Exposed, None));
    // A claim stays the claim that it was, also of the operator who only saw the exposed one.
    let mut seen = claimed(1);
    seen.remember_shown_to("bob");
    let proof = presented(&[seen.clone(), held(9, Some(30))], &[9], &[], &[]);
    check(&proof, &[proven(held(9, Some(30)))], &[], &[]);
}

#[test]
fn what_is_listed_still_is_exposed_again_whoever_presents_it() {
    let own = || escrowed_by(held(9, Some(30)), "bob");
    let proof = presented(&[claimed(1), own()], &[9], &[], &[1]);
    check(&proof, &[exposed(1, Some(10), 20), by(own(), "bob", 100)], &[], &[1]);
}

#[test]
fn somebody_else_who_presents_the_same_key_proves_it() {
    let theirs = || by(held(2, Some(30)), "ann", 50);
    let shown_to_bob = || {
        let mut shown = theirs();
        shown.remember_shown_to("bob");
        shown
    };
    let ended_by_ann = || {
        let mut record = on_his_word(exposed(1, Some(10), 20));
        record.ended.as_mut().unwrap().by = "ann".to_owned();
        record
    };
    let again = |records: &[EscrowRecord], key| with(records, &[2], &[], &[], |volume, _, _| volume.master_key = key);
    let proof = again(&[ended_by_ann(), shown_to_bob()], known(1, false));
    let expected = EscrowRecord {
        presented: None,
        ..proven(shown_to_bob())
    };
    check(&proof, &[ended(exposed(1, Some(10), 20), 2, 100), expected], &[1], &[]);
    assert_eq!(proof.master_key, known(1, true));
    // By another key it is but another word, and the first is forgotten.
    let mut other = by(held(3, Some(10)), "ann", 50);
    other.remember_shown_to("bob");
    let proof = again(&[other.clone(), shown_to_bob()], known(7, false));
    let forgotten = EscrowRecord {
        presented: None,
        ..other
    };
    check(&proof, &[forgotten, by(shown_to_bob(), "bob", 100)], &[], &[]);
    assert_eq!(proof.master_key, known(1, false));
    // The same operator twice is one operator.
    let twice = escrowed_by(by(held(2, Some(30)), "bob", 50), "bob");
    let proof = again(&[exposed(1, Some(10), 20), twice], known(1, false));
    assert_eq!(
        (proof.ended.as_slice(), proof.ended_on_word.as_slice()),
        (&[][..], &[escrow(1)][..])
    );
}

#[test]
fn another_master_key_than_the_proven_one_speaks_for_nothing() {
    let records = [exposed(1, Some(10), 20), held(2, Some(30)), held(3, Some(5))];
    let other = with(&records, &[2], &[3], &[], |volume, _, _| {
        volume.master_key = known(7, true)
    });
    check(&other, &[], &[], &[]);
    assert_eq!(
        (other.other_key.as_slice(), other.master_key),
        (&[escrow(2)][..], known(7, true))
    );
    // Not even where another password opens the right one.
    let mixed = with(&records, &[2, 3], &[], &[], |volume, opened, _| {
        volume.master_key = known(7, true);
        opened[1].master_key = Digest::new([7; 32]);
    });
    check(&mixed, &[proven(held(3, Some(5)))], &[], &[]);
    assert_eq!(mixed.other_key, [escrow(2)]);
    // One image has one key: the one that proves its list.
    let two = with(&records, &[2, 3], &[], &[], |_, opened, _| {
        opened[0].master_key = Digest::new([7; 32]);
        opened[0].proves_list = false;
    });
    assert_eq!(
        (two.other_key.as_slice(), two.master_key),
        (&[escrow(2)][..], known(1, true))
    );
}

#[test]
fn what_nobody_vouches_for_proves_nothing() {
    let unknown = EscrowRecord {
        unconfirmed: true,
        escrowed_by: None,
        ..held(2, Some(30))
    };
    let records = [
        exposed(1, Some(10), 20),
        held(3, Some(10)),
        by(unknown.clone(), "ann", 50),
    ];
    let proof = with(&records, &[2], &[], &[], |volume, _, _| {
        volume.master_key = known(1, false)
    });
    check(&proof, &[by(unknown, "bob", 100)], &[], &[]);
    assert!(proof.ended_on_word.is_empty());
}

#[test]
fn where_a_clock_contradicts_what_came_later_is_newer() {
    let by_a_wrong_clock = || EscrowRecord {
        clock: true,
        ..held(2, Some(0))
    };
    let records = [exposed(1, Some(10), 20), by_a_wrong_clock()];
    let expected = [ended(exposed(1, Some(10), 20), 2, 100), proven(by_a_wrong_clock())];
    check(&presented(&records, &[2], &[], &[]), &expected, &[1], &[]);
    let future = exposed(1, Some(10), 9999);
    let expected = [ended(future.clone(), 2, 100), proven(held(2, Some(30)))];
    check(
        &presented(&[future.clone(), held(2, Some(30))], &[2], &[], &[]),
        &expected,
        &[1],
        &[],
    );
    let earlier = [held(2, Some(30)), future];
    check(
        &presented(&earlier, &[2], &[], &[]),
        &[proven(held(2, Some(30)))],
        &[],
        &[],
    );
}
