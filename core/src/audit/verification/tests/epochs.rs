//! A log through several epochs, and who vouches for their keys.

use super::*;
use crate::crypto::EcdsaPublicKey;
use crate::log::EpochStart;
use crate::log::EpochStatement;
use crate::state::TpmKeyRecord;

/// Says of `log` what is so when the epoch of `to` begins.
fn statement(log: &Written, to: &VaultRecord) -> EpochStatement {
    let keys = LogKeys::of(to).unwrap();
    EpochStatement {
        old_origin: origin(&log.vault).to_string(),
        size: log.size(),
        root: log.root(),
        anchor: None,
        missing_commits: Some(2),
        log_key: keys.log.to_string(),
        tpm_key: keys.tpm.map(|key| key.to_string()),
    }
}

fn begin(log: &mut Written, to: VaultRecord, start: Option<EpochStart>) {
    log.write(EventBody {
        epoch: start.map(Box::new),
        changes: vec![Change::Vault(Box::new(to))],
        ..EventBody::new(Action::Restore)
    });
    log.write(EventBody::new(Action::Rekey));
}

/// A log of the epochs 1, 2 and 3, each of which the one before vouches for.
fn three() -> Written {
    let mut log = Written::of(3);
    for epoch in [2, 3] {
        let start = EpochStart::sign(statement(&log, &vault(epoch)), &signing(epoch - 1), &signing(epoch));
        begin(&mut log, vault(epoch), Some(start));
    }
    log
}

#[test]
fn a_key_of_any_epoch_vouches_for_those_that_follow() {
    let log = three();
    for keys in [vec![key(1)], vec![key(2)], vec![key(3)], vec![key(1), key(3)]] {
        let accepted = verify(&log.leaves, &log.signed(3), &keys, None).unwrap();
        assert_eq!(accepted.checkpoint.origin, origin(&vault(3)));
        assert_eq!(
            accepted.signed_by,
            [key(3)],
            "its successor did, and not the key that was given"
        );
        let report = accepted.report;
        let epochs: Vec<_> = report
            .epochs
            .iter()
            .map(|epoch| (epoch.leaf, epoch.missing_commits))
            .collect();
        assert_eq!(epochs, [(3, Some(2)), (5, Some(2))]);
        assert_eq!(report.epochs[1].old_origin, origin(&vault(2)).to_string());
        assert_eq!(report.rekeys.len(), 2);
    }
}

#[test]
fn a_checkpoint_of_an_earlier_epoch_is_extended() {
    let log = three();
    let seen = Written {
        vault: vault(1),
        ..log.cut(3)
    };
    assert!(verify(&log.leaves, &log.signed(3), &[key(1)], Some(&seen.signed(1))).is_ok());
}

#[test]
fn a_key_of_the_present_epoch_has_to_sign_for_one_of_an_earlier() {
    let log = three();
    for epoch in [1, 2] {
        check(
            verify(&log.leaves, &log.signed(epoch), &[key(1)], None),
            "is not signed by",
        );
    }
    check(
        verify(&log.leaves, &log.signed(3), &[key(1), key(4)], None),
        "is none of this log",
    );
}

/// Whoever holds the file, but not the old key, begins an epoch of their own.
#[test]
fn an_epoch_without_the_old_keys_word_is_refused() {
    let begun = |start: fn(&Written) -> Option<EpochStart>| {
        let mut log = Written::of(3);
        let start = start(&log);
        begin(&mut log, vault(2), start);
        verify(&log.leaves, &log.signed(2), &[key(1)], None)
    };
    let refused = "leaf 3 begins an epoch that does not come out of the one before";
    check(begun(|_| None), refused);
    check(
        begun(|log| Some(EpochStart::sign(statement(log, &vault(2)), &signing(2), &signing(2)))),
        refused,
    );
    check(
        begun(|log| Some(EpochStart::sign(statement(log, &vault(2)), &signing(1), &signing(1)))),
        refused,
    );
    // The old key signed for other keys than the record then names.
    check(
        begun(|log| Some(EpochStart::sign(statement(log, &vault(3)), &signing(1), &signing(3)))),
        refused,
    );
}

#[test]
fn an_epoch_that_says_otherwise_of_the_one_before_is_refused() {
    let changes: [fn(&mut EpochStatement); 3] = [
        |said| said.old_origin = origin(&vault(9)).to_string(),
        |said| said.size = 2,
        |said| said.root = hash(),
    ];
    for change in changes {
        let mut log = Written::of(3);
        let mut said = statement(&log, &vault(2));
        change(&mut said);
        begin(
            &mut log,
            vault(2),
            Some(EpochStart::sign(said, &signing(1), &signing(2))),
        );
        check(
            verify(&log.leaves, &log.signed(2), &[key(1)], None),
            "does not come out of the one before",
        );
    }
}

/// The report repeats what an epoch's beginning says; so nothing else may say it.
#[test]
fn an_event_that_begins_no_epoch_says_nothing_of_one() {
    let mut log = Written::of(3);
    let start = EpochStart::sign(statement(&log, &vault(2)), &signing(1), &signing(2));
    log.write(EventBody {
        epoch: Some(Box::new(start)),
        ..EventBody::new(Action::Outcome)
    });
    check(
        verify(&log.leaves, &log.signed(1), &[key(1)], None),
        "leaf 3 begins an epoch",
    );
    for action in [Action::Restore, Action::AlarmAccept] {
        let mut log = Written::of(3);
        log.write(EventBody::new(action));
        check(
            verify(&log.leaves, &log.signed(1), &[key(1)], None),
            "leaf 3 begins an epoch",
        );
    }
}

fn hash() -> Digest {
    Leaf::bounded(Vec::new()).unwrap().hash()
}

/// A log that was forged from its first leaf on, under the true origin of the epoch whose key the auditor noted down.
#[test]
fn keys_that_nobody_vouches_for_count_nothing() {
    let forged = VaultRecord {
        log_key: HEXLOWER.encode(signing(8).public_key().as_bytes()),
        ..vault(1)
    };
    let mut log = Written {
        leaves: Vec::new(),
        records: Projection::default(),
        vault: forged.clone(),
        commits: 0,
    };
    log.write(EventBody {
        changes: vec![Change::Vault(Box::new(forged)), Change::Volume(volume([]))],
        ..EventBody::new(Action::Init)
    });
    let start = EpochStart::sign(statement(&log, &vault(2)), &signing(8), &signing(2));
    begin(&mut log, vault(2), Some(start));
    check(
        verify(&log.leaves, &log.signed(2), &[key(1)], None),
        "no given key vouches for the keys of",
    );
}

#[test]
fn a_key_does_not_change_within_an_epoch() {
    let mut log = Written::of(3);
    let other = VaultRecord {
        log_key: vault(2).log_key,
        ..vault(1)
    };
    log.write(EventBody {
        changes: vec![Change::Vault(Box::new(other))],
        ..EventBody::new(Action::Outcome)
    });
    check(
        verify(&log.leaves, &log.signed(1), &[key(1)], None),
        "leaf 3 begins an epoch",
    );
}

/// In a file of the first schema the TPM's key comes later; once there, it stays.
#[test]
fn a_tpms_key_may_come_later_and_stays() {
    let with = |x: u8| VaultRecord {
        tpm_key: Some(TpmKeyRecord {
            public: HEXLOWER.encode(&EcdsaPublicKey::new(&[x; 32], &[2; 32]).to_spki()),
            object: hash(),
            low_s: false,
        }),
        ..vault(1)
    };
    let change = |vault: VaultRecord| EventBody {
        changes: vec![Change::Vault(Box::new(vault))],
        ..EventBody::new(Action::Migrated)
    };
    let mut log = Written::of(3);
    log.write(change(with(1)));
    assert!(verify(&log.leaves, &log.signed(1), &[key(1)], None).is_ok());
    // It was given, and did not sign.
    let tpm = LogKeys::of(&with(1)).unwrap().tpm.unwrap();
    check(
        verify(&log.leaves, &log.signed(1), &[key(1), tpm], None),
        "is not signed by",
    );
    log.write(change(with(3)));
    check(
        verify(&log.leaves, &log.signed(1), &[key(1)], None),
        "leaf 4 begins an epoch",
    );
}
