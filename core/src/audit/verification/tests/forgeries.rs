//! Each kind of forgery. The forger holds the log key, where the test does not say otherwise.

use super::*;
use crate::values::VaultId;

/// The forged leaves under a checkpoint that the forger signed for them.
fn re_signed(log: &Written, forged: Vec<Leaf>, since: Option<&Note>) -> Result<Accepted, AuditAlarm> {
    let forged = Written {
        leaves: forged,
        ..log.clone()
    };
    verify(&forged.leaves, &forged.signed(1), &[key(1)], since)
}

/// The log with one event as it is after `change`.
fn changed(log: &Written, leaf: usize, change: impl FnOnce(&mut Event)) -> Vec<Leaf> {
    let mut event = log.leaves[leaf].decode().unwrap();
    change(&mut event);
    let mut leaves = log.leaves.clone();
    leaves[leaf] = Leaf::encode(&event).unwrap();
    leaves
}

#[test]
fn a_changed_leaf() {
    let log = Written::of(5);
    let forged = changed(&log, 2, |event| event.body.note = Some("another".parse().unwrap()));
    check(
        verify(&forged, &log.signed(1), &[key(1)], None),
        "the 5 events do not lead to the checkpoint, which is over 5",
    );
    // The forger signs anew: only what was seen before tells.
    assert!(re_signed(&log, forged.clone(), None).is_ok());
    let seen = log.cut(3).signed(1);
    check(
        re_signed(&log, forged.clone(), Some(&seen)),
        "the first 3 events are not those",
    );
    assert!(re_signed(&log, forged, Some(&log.cut(2).signed(1))).is_ok());
}

#[test]
fn a_dropped_leaf() {
    let log = Written::of(5);
    let mut forged = log.leaves.clone();
    forged.remove(2);
    check(re_signed(&log, forged.clone(), None), "does not hold together");
    check(
        verify(&forged, &log.signed(1), &[key(1)], None),
        "does not hold together",
    );
    // The last one, whose absence no number shows.
    check(
        verify(&log.cut(4).leaves, &log.signed(1), &[key(1)], None),
        "the 4 events do not lead to the checkpoint, which is over 5",
    );
}

#[test]
fn an_inserted_leaf() {
    let log = Written::of(5);
    let mut forged = log.leaves.clone();
    forged.insert(2, log.leaves[1].clone());
    check(re_signed(&log, forged, None), "does not hold together");
    let mut longer = log.clone();
    longer.write(EventBody::new(Action::Outcome));
    check(
        verify(&longer.leaves, &log.signed(1), &[key(1)], None),
        "the 6 events do not lead to the checkpoint, which is over 5",
    );
}

#[test]
fn reordered_leaves() {
    let log = Written::of(5);
    let mut forged = log.leaves.clone();
    forged.swap(2, 3);
    check(re_signed(&log, forged, None), "does not hold together");
    // Renumbered too: the commits then are out of order.
    let mut forged = changed(&log, 2, |event| event.leaf = 3);
    forged[3] = changed(&log, 3, |event| event.leaf = 2)[3].clone();
    forged.swap(2, 3);
    check(re_signed(&log, forged, None), "does not hold together");
}

#[test]
fn two_histories_of_one_size() {
    let log = Written::of(5);
    let other = changed(&log, 4, |event| event.body.note = Some("another".parse().unwrap()));
    check(
        re_signed(&log, other, Some(&log.signed(1))),
        "two logs of 5 events were signed: this one, and that of the earlier checkpoint",
    );
}

#[test]
fn a_truncated_tail_with_its_own_valid_checkpoint() {
    let log = Written::of(5);
    let short = log.cut(3);
    check(
        verify(&short.leaves, &short.signed(1), &[key(1)], Some(&log.signed(1))),
        "the log ends with 3 events, and had 5 when the earlier checkpoint was made",
    );
    // Without what was seen, nobody can know.
    assert!(verify(&short.leaves, &short.signed(1), &[key(1)], None).is_ok());
}

#[test]
fn another_origin() {
    let log = Written::of(3);
    let elsewhere = Checkpoint {
        origin: origin(&vault(2)),
        ..log.checkpoint()
    };
    for epoch in [1, 2] {
        check(
            verify(&log.leaves, &elsewhere.sign(&signing(epoch)), &[key(epoch)], None),
            "and the log is not",
        );
    }
    let text = Note::sign("a\nb\nc\n".to_owned(), "a", &signing(1));
    check(verify(&log.leaves, &text, &[key(1)], None), "not one of a vault");
}

#[test]
fn an_unknown_key_and_a_missing_signature() {
    let log = Written::of(3);
    let of_another_vault = VerifierKey::new("strongroom/00/00".to_owned(), signing(1).public_key());
    for unknown in [key(9), of_another_vault] {
        check(
            verify(&log.leaves, &log.signed(1), &[key(1), unknown], None),
            "is none of this log",
        );
    }
    // Of this origin, and not the one that signed.
    let other = VerifierKey::new(origin(&vault(1)).to_string(), signing(9).public_key());
    check(
        verify(&log.leaves, &log.signed(1), &[key(1), other], None),
        "is not signed by",
    );
    check(verify(&log.leaves, &log.signed(9), &[key(1)], None), "is not signed by");
}

#[test]
fn an_earlier_checkpoint_that_proves_nothing() {
    let log = Written::of(3);
    let nothing = Note::sign("a\nb\nc\n".to_owned(), "a", &signing(1));
    let of_no_event = log.cut(0).signed(1);
    // Whatever such a one says of the log, it accuses nobody.
    let invented = Checkpoint {
        size: 3,
        root: log.leaves[0].hash(),
        ..log.checkpoint()
    };
    for earlier in [log.cut(2).signed(9), nothing, of_no_event, invented.sign(&signing(9))] {
        check(
            verify(&log.leaves, &log.signed(1), &[key(1)], Some(&earlier)),
            "the earlier checkpoint is not one of a vault, or is not signed by it",
        );
    }
    // The wrong stick.
    let elsewhere = Checkpoint {
        origin: Origin {
            vault: VaultId::new([9; 16]),
            ..log.checkpoint().origin
        },
        ..invented
    };
    check(
        verify(
            &log.leaves,
            &log.signed(1),
            &[key(1)],
            Some(&elsewhere.sign(&signing(1))),
        ),
        "the earlier checkpoint is of another vault",
    );
    let later = Checkpoint {
        origin: origin(&vault(2)),
        ..log.cut(2).checkpoint()
    };
    check(
        verify(&log.leaves, &log.signed(1), &[key(1)], Some(&later.sign(&signing(2)))),
        "the earlier checkpoint is of an epoch that this log does not have",
    );
}

#[test]
fn a_replay_that_does_not_reach_its_state_root() {
    let log = Written::of(4);
    let root = log.leaves[0].hash();
    let forged = changed(&log, 2, |event| {
        if let Some(commit) = &mut event.commit {
            commit.state_root = root;
        }
    });
    check(re_signed(&log, forged, None), "does not hold together");
    // It ends within a commit.
    let forged = changed(&log, 3, |event| event.commit = None);
    check(re_signed(&log, forged, None), "does not hold together");
}

/// A commit whose events are of these actions, the last of which says what it comes to.
fn commit(log: &mut Written, actions: &[Action]) {
    let vault = || Change::Vault(Box::new(vault(1)));
    for (action, number) in actions.iter().zip(1..) {
        let mut event = log.event(EventBody {
            changes: vec![vault()],
            ..EventBody::new(*action)
        });
        if number < actions.len() {
            event.commit = None;
            log.commits -= 1;
        }
        log.leaves.push(Leaf::encode(&event).unwrap());
    }
}

/// Receipts of the first releases, whose senders' changes were too many for one leaf.
#[test]
fn a_hand_out_that_goes_on_is_of_the_end_of_its_commit() {
    let mut log = Written::of(2);
    commit(
        &mut log,
        &[Action::Outcome, Action::Receipts, Action::Continued, Action::Continued],
    );
    let root = log.root();
    commit(&mut log, &[Action::Checkpoint]);
    let accepted = verify(&log.leaves, &log.signed(1), &[key(1)], None).unwrap();
    let handed_out: Vec<_> = accepted
        .report
        .handed_out
        .iter()
        .map(|row| (row.leaf, row.size, row.root))
        .collect();
    assert_eq!(handed_out, [(3, 6, root), (6, 7, log.root())]);
}

#[test]
fn what_is_handed_out_in_the_middle_of_a_commit() {
    for actions in [
        &[Action::Receipts, Action::Outcome][..],
        &[Action::Receipts, Action::Continued, Action::Outcome],
        &[Action::Receipts, Action::Continued, Action::Receipts],
        &[Action::Checkpoint, Action::Checkpoint],
    ] {
        let mut log = Written::of(2);
        commit(&mut log, actions);
        check(
            verify(&log.leaves, &log.signed(1), &[key(1)], None),
            "leaf 2 hands something out in the middle of a commit",
        );
    }
}
