//! What a receipt shows.

use super::*;
use crate::crypto::Digest;
use crate::log::Action;
use crate::log::Checkpoint;
use crate::log::Event;
use crate::log::EventBody;
use crate::log::EventProof;
use crate::log::EventProofError;
use crate::log::Leaf;
use crate::log::Salt;
use crate::state::Change;
use crate::state::EscrowRecord;
use crate::state::Rule;
use crate::state::VolumeRecord;
use crate::values::Operator;

/// The proof of this event, alone in the log of the vectors' vault.
fn proof(body: EventBody) -> EventProof {
    let event = Event {
        version: 1,
        leaf: 0,
        time: Time::from_millis(0).unwrap(),
        clock_step: None,
        operator: Operator {
            login: None,
            effective: "anna".parse().unwrap(),
            claimed: None,
        },
        wrong_pins: None,
        body,
        commit: None,
        salt: Salt::new([0; 16]),
    };
    let leaf = Leaf::encode(&event).unwrap();
    let origin = drop_key().origin();
    let checkpoint = Checkpoint {
        origin,
        size: 1,
        root: leaf.hash(),
    };
    let key = keyring().secret().log_signing_key(origin.epoch);
    EventProof::new(leaf, 0, Vec::new(), checkpoint.sign(&key))
}

/// The event of an escrow that this drop brought.
fn taken_in(drop: &DropFile) -> EventBody {
    EventBody {
        protector: Some(ProtectorId::new([3; 16])),
        device: Some("PC-0042".parse().unwrap()),
        rule: Some(Rule::Newest),
        drop: Some(drop.digest()),
        ..EventBody::new(Action::Escrow)
    }
}

fn check(body: EventBody, drop: &DropFile, wanted: &Wanted) -> Result<Receipt, ReceiptError> {
    check_receipt(&proof(body), &drop_key(), drop, wanted)
}

#[test]
fn it_is_of_exactly_this_drop() {
    let (drop, other) = (drop_of("PC-0042"), drop_of("PC-0042"));
    let receipt = check(taken_in(&drop), &drop, &Wanted::default()).unwrap();
    assert_eq!(
        (receipt.protector, receipt.is_unconfirmed),
        (ProtectorId::new([3; 16]), false)
    );
    assert_eq!(receipt.proven.event.body, taken_in(&drop));

    let refused = |body: EventBody, expected: ReceiptError| {
        assert_eq!(check(body, &drop, &Wanted::default()), Err(expected));
    };
    refused(taken_in(&other), ReceiptError::OtherDrop);
    let body = |change: &dyn Fn(&mut EventBody)| {
        let mut body = taken_in(&drop);
        change(&mut body);
        body
    };
    refused(body(&|body| body.drop = None), ReceiptError::OtherDrop);
    refused(
        body(&|body| body.drop = Some(Digest::new([0; 32]))),
        ReceiptError::OtherDrop,
    );
    refused(body(&|body| body.action = Action::Refused), ReceiptError::NoEscrow);
    refused(body(&|body| body.action = Action::Reveal), ReceiptError::NoEscrow);
    refused(body(&|body| body.protector = None), ReceiptError::NoEscrow);
}

#[test]
fn it_is_of_the_protector_that_was_asked_for() {
    let drop = drop_of("PC-0042");
    let asked = |device: Option<&str>, protector: Option<u8>| {
        let wanted = Wanted {
            device: device.map(|name| name.parse().unwrap()),
            protector: protector.map(|byte| ProtectorId::new([byte; 16])),
        };
        check(taken_in(&drop), &drop, &wanted).err()
    };
    assert_eq!(asked(Some("pc-0042"), Some(3)), None);
    assert_eq!(asked(Some("PC-0043"), None), Some(ReceiptError::OtherDevice));
    let protector = ProtectorId::new([3; 16]);
    assert_eq!(asked(None, Some(4)), Some(ReceiptError::OtherProtector { protector }));
}

#[test]
fn it_is_signed_by_every_key_of_the_vaults_log() {
    let drop = drop_of("PC-0042");
    let good = proof(taken_in(&drop));
    let wanted = Wanted::default();
    let another: DropKey = {
        let mut record = vault_record();
        record.log_key = HEXLOWER.encode(&[7; 32]);
        DropKey::of(&record, &keyring()).unwrap()
    };
    let refused = check_receipt(&good, &another, &drop, &wanted);
    assert!(
        matches!(refused, Err(ReceiptError::Proof(EventProofError::NotSigned { .. }))),
        "{refused:?}"
    );
    let later: DropKey = {
        let mut record = vault_record();
        record.epoch = crate::values::EpochId::new([7; 16]);
        DropKey::of(&record, &keyring()).unwrap()
    };
    let refused = check_receipt(&good, &later, &drop, &wanted);
    assert!(
        matches!(refused, Err(ReceiptError::Proof(EventProofError::OtherEpoch { .. }))),
        "{refused:?}"
    );
    let mut record = vault_record();
    record.vault = VaultId::new([7; 16]);
    let of_another = DropKey::of(&record, &keyring()).unwrap();
    assert_eq!(
        check_receipt(&good, &of_another, &drop, &wanted),
        Err(ReceiptError::OtherVault)
    );
}

#[test]
fn it_says_what_nobody_vouches_for() {
    let drop = drop_of("PC-0042");
    let unconfirmed = |body| check(body, &drop, &Wanted::default()).unwrap().is_unconfirmed;
    let no_standing = EventBody {
        rule: Some(Rule::NoStanding),
        ..taken_in(&drop)
    };
    assert!(unconfirmed(no_standing));

    let volume: VolumeRecord = from_canonical(vector("volume record").as_bytes()).unwrap();
    let with_record = |unconfirmed: bool, rule: Rule| {
        let record = EscrowRecord {
            unconfirmed,
            ..volume.escrows.at(0).unwrap().clone()
        };
        EventBody {
            escrow: Some(record.escrow),
            rule: Some(rule),
            changes: vec![Change::Escrow {
                volume: 1,
                record: Box::new(record),
            }],
            ..taken_in(&drop)
        }
    };
    let state = |body| check(body, &drop, &Wanted::default()).unwrap().state;
    assert_eq!(
        state(with_record(false, Rule::Newest)),
        volume.escrows.at(0).map(|record| record.state)
    );
    assert_eq!(state(taken_in(&drop)), None);
    assert!(unconfirmed(with_record(true, Rule::AlreadyHeld)));
    assert!(!unconfirmed(with_record(false, Rule::Newest)));
}
