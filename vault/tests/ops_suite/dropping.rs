//! Drops: what those of enrolled senders do, what those of anybody else do not, and what is seen twice.

use strongroom_core::drop::DropContents;
use strongroom_core::drop::DropFile;
use strongroom_core::drop::DropKey;
use strongroom_core::drop::DroppedEscrow;
use strongroom_core::drop::SenderFile;
use strongroom_core::drop::Wanted;
use strongroom_core::drop::check_receipt;
use strongroom_core::log::Action;
use strongroom_core::log::Salt;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Rule;
use strongroom_core::values::SenderDevices;
use strongroom_vault::ops::DropOutcome;
use strongroom_vault::ops::Dropped;
use strongroom_vault::ops::EnrolRequest;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::ErrorKind;
use strongroom_vault::ops::Receipted;
use strongroom_vault::ops::TakenDrop;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::Who;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Page;

use crate::fixture::Vault;
use crate::fixture::at;
use crate::fixture::drive;
use crate::fixture::escrow;
use crate::fixture::item_revealed;
use crate::fixture::operator;
use crate::fixture::password;
use crate::fixture::protector;
use crate::fixture::who;

pub(crate) fn enrol(open: &mut Unsealed, name: &str, devices: SenderDevices) -> SenderFile {
    let request = EnrolRequest {
        name: name.parse().unwrap(),
        devices,
    };
    open.enrol(&who(10), &request).unwrap().1
}

/// Password `number` of drive C: of PC-1, in a drop that was made at `created`.
pub(crate) fn dropped(key: &DropKey, sender: Option<&SenderFile>, number: u8, sequence: u64, created: i64) -> Dropped {
    let contents = DropContents {
        sequence,
        created_at: at(created),
        escrows: vec![DroppedEscrow {
            device: "PC-1".parse().unwrap(),
            naming: drive("C:"),
            protector: protector(number),
            password: password(number),
            created_at: None,
            listed: Vec::new(),
        }],
    };
    Dropped {
        drop: DropFile::encrypt(key, sender, &contents).unwrap(),
        file: Some("a.drop".parse().unwrap()),
    }
}

pub(crate) fn take(open: &mut Unsealed, seconds: i64, drops: &[Dropped]) -> Receipted {
    open.take_drops(&who(seconds), drops).unwrap()
}

#[track_caller]
pub(crate) fn taken(outcome: &DropOutcome) -> &TakenDrop {
    match outcome {
        DropOutcome::Taken(taken) => taken,
        DropOutcome::Rejected(error) => panic!("{error}"),
        DropOutcome::Replayed(leaves) => panic!("replayed: {leaves:?}"),
        DropOutcome::Left => panic!("left"),
    }
}

#[test]
fn an_enrolled_senders_drop_ends_an_exposure_and_is_receipted() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let sender = enrol(&mut open, "plant 3", SenderDevices::Any);
    escrow(&mut open, &who(50), "PC-1", 1);
    item_revealed(&vault, &mut open, 1);
    let drop = dropped(sender.key(), Some(&sender), 2, 1, 300);
    let courier = Who {
        operator: operator("courier"),
        at: at(400),
    };
    let done = open.take_drops(&courier, std::slice::from_ref(&drop)).unwrap();
    let of = taken(&done.outcomes[0]);
    assert_eq!(of.sender.as_ref().unwrap().as_str(), "plant 3");
    assert!(!of.late && of.escrowed[0].exposure_ended);
    assert_eq!(vault.item(1).record.state, EscrowState::Superseded);
    assert_eq!(vault.item(2).record.created_at, Some(at(300)));

    let wanted = Wanted {
        device: Some("PC-1".parse().unwrap()),
        protector: Some(protector(2)),
    };
    let receipt = check_receipt(&done.receipts[0][0], sender.key(), &drop.drop, &wanted).unwrap();
    assert!(!receipt.is_unconfirmed);
    // The event names the sender, and so does the end of the exposure.
    let events = vault.events();
    let named = events.iter().find_map(|event| event.body.sender.as_ref()).unwrap();
    assert_eq!((named.id, named.name.as_str()), (*sender.sender(), "plant 3"));
    assert_eq!(vault.item(1).record.ended.unwrap().by, "sender plant 3");
    let other = dropped(sender.key(), Some(&sender), 2, 2, 300);
    assert!(check_receipt(&done.receipts[0][0], sender.key(), &other.drop, &wanted).is_err());
    assert_eq!(vault.events().last().unwrap().body.action, Action::Receipts);
    vault.assert_verifies();
}

#[test]
fn anybodys_drop_is_held_and_touches_nothing() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let key = open.drop_key().unwrap();
    escrow(&mut open, &who(50), "PC-1", 1);
    item_revealed(&vault, &mut open, 1);
    let drop = dropped(&key, None, 2, 1, 300);
    let done = take(&mut open, 400, std::slice::from_ref(&drop));
    let of = taken(&done.outcomes[0]);
    assert_eq!((of.sender.as_ref(), of.escrowed[0].rule), (None, Rule::NoStanding));
    assert!(vault.item(2).record.unconfirmed);
    assert_eq!(vault.item(1).record.state, EscrowState::Exposed);
    let receipt = check_receipt(&done.receipts[0][0], &key, &drop.drop, &Wanted::default()).unwrap();
    assert!(receipt.is_unconfirmed, "its maker is told that it does not count yet");
    // Handed in again in another drop, it still does not count.
    let again = dropped(&key, None, 2, 2, 310);
    let done = take(&mut open, 410, std::slice::from_ref(&again));
    assert_eq!(taken(&done.outcomes[0]).escrowed[0].rule, Rule::NoStanding);
    let receipt = check_receipt(&done.receipts[0][0], &key, &again.drop, &Wanted::default()).unwrap();
    assert!(receipt.is_unconfirmed);
    vault.assert_verifies();
}

/// Whoever has the vault's public key may hand in guesses: no receipt tells the right one.
#[test]
fn a_receipt_says_the_same_of_the_held_password_and_of_any_other() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let key = open.drop_key().unwrap();
    escrow(&mut open, &who(50), "PC-1", 1);
    escrow(&mut open, &who(60), "PC-1", 2);
    escrow(&mut open, &who(70), "PC-2", 3);
    // The first is superseded, the second exposed, and the third exposed on another device.
    item_revealed(&vault, &mut open, 2);
    item_revealed(&vault, &mut open, 3);
    // One that nobody vouches for is held, too.
    take(&mut open, 200, &[dropped(&key, None, 4, 1, 190)]);
    let mut sequence = 10;
    let mut told = |guess: u8, protector_of: u8| -> String {
        sequence += 1;
        let contents = DropContents {
            sequence,
            created_at: at(300),
            escrows: vec![DroppedEscrow {
                device: "PC-1".parse().unwrap(),
                naming: drive("C:"),
                protector: protector(protector_of),
                password: password(guess),
                created_at: None,
                listed: Vec::new(),
            }],
        };
        let drop = Dropped {
            drop: DropFile::encrypt(&key, None, &contents).unwrap(),
            file: Some("a.drop".parse().unwrap()),
        };
        let done = take(&mut open, 400, std::slice::from_ref(&drop));
        assert_eq!(done.receipts[0].len(), 1);
        let proof = &done.receipts[0][0];
        let receipt = check_receipt(proof, &key, &drop.drop, &Wanted::default()).unwrap();
        assert!(receipt.is_unconfirmed);
        let (mut event, size) = (receipt.proven.event, receipt.proven.checkpoint.size);
        assert!(event.body.escrow.is_some() && event.body.drop == Some(drop.drop.digest()));
        let after = size - event.leaf;
        // They are random, or count what was handed in.
        (event.body.escrow, event.body.drop, event.leaf) = (None, None, 0);
        event.salt = Salt::new([0; 16]);
        format!("{after} {event:?}")
    };
    for protector_of in [1, 2, 3, 4, 9] {
        let wrong = told(99, protector_of);
        for held in [1, 2, 3, 4] {
            assert_eq!(
                told(held, protector_of),
                wrong,
                "password {held} is told, for protector {protector_of}"
            );
        }
    }
    vault.assert_verifies();
    // What was shown is not current, whoever hands it in.
    let exposed = vault
        .inventory()
        .list(&Filter::Device("PC-1".parse().unwrap()), &Page::default());
    let states = exposed
        .unwrap()
        .items
        .into_iter()
        .filter(|item| item.record.protector == protector(9));
    let exposed = states.filter(|item| item.record.state == EscrowState::Exposed).count();
    assert_eq!(exposed, 2);
}

#[test]
fn a_sender_speaks_for_its_own_devices_until_it_is_revoked() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    // Its file names PC-1; then the vault enrols another of that name for PC-2 alone.
    let mine = enrol(
        &mut open,
        "plant 3",
        SenderDevices::Named(vec!["PC-1".parse().unwrap()]),
    );
    let done = take(&mut open, 100, &[dropped(mine.key(), Some(&mine), 1, 1, 90)]);
    assert!(!taken(&done.outcomes[0]).escrowed[0].record.unconfirmed);
    let there = EnrolRequest {
        name: "plant 3".parse().unwrap(),
        devices: SenderDevices::Any,
    };
    assert!(matches!(open.enrol(&who(110), &there), Err(Error::SenderThere { .. })));
    let revoked = open.revoke(&who(120), &there.name).unwrap();
    assert_eq!(revoked.record.revoked_at, Some(at(120)));
    let done = take(&mut open, 130, &[dropped(mine.key(), Some(&mine), 2, 2, 125)]);
    assert!(taken(&done.outcomes[0]).escrowed[0].record.unconfirmed);
    assert!(matches!(
        open.revoke(&who(140), &there.name),
        Err(Error::NoSender { .. })
    ));
    // A name is free again, and its new file opens with a key of its own.
    let next = enrol(
        &mut open,
        "plant 3",
        SenderDevices::Named(vec!["PC-2".parse().unwrap()]),
    );
    assert_ne!(next.sender(), mine.sender());
    let senders = vault.inventory().senders().unwrap();
    assert_eq!(senders.len(), 2);
    vault.assert_verifies();
}

#[test]
fn a_file_that_comes_again_is_known_again_and_receipted() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let sender = enrol(&mut open, "plant 3", SenderDevices::Any);
    let key = sender.key();
    let (old, new) = (
        dropped(key, Some(&sender), 1, 1, 90),
        dropped(key, Some(&sender), 2, 2, 95),
    );
    take(&mut open, 100, std::slice::from_ref(&old));
    take(&mut open, 110, &[new]);
    assert_eq!(vault.item(1).record.state, EscrowState::Superseded);
    // Whoever puts an old drop in again does not bring its password back.
    let again = take(&mut open, 120, &[old.clone(), old.clone()]);
    for (outcome, receipts) in again.outcomes.iter().zip(&again.receipts) {
        assert!(matches!(outcome, DropOutcome::Replayed(leaves) if leaves.len() == 1));
        assert!(check_receipt(&receipts[0], key, &old.drop, &Wanted::default()).is_ok());
    }
    assert_eq!(vault.item(1).record.state, EscrowState::Superseded);
    vault.assert_verifies();
}

#[test]
fn a_drop_that_was_overtaken_is_placed_by_its_time() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let sender = enrol(&mut open, "plant 3", SenderDevices::Any);
    let key = sender.key();
    let (first, second) = (
        dropped(key, Some(&sender), 1, 1, 90),
        dropped(key, Some(&sender), 2, 2, 95),
    );
    // Together, the order in which they lie there is none.
    let both = take(&mut open, 100, &[second.clone(), first]);
    assert!(both.outcomes.iter().all(|outcome| !taken(outcome).late));
    assert_eq!(vault.item(2).record.state, EscrowState::Current);
    let late = take(&mut open, 110, &[dropped(key, Some(&sender), 3, 1, 92)]);
    let of = taken(&late.outcomes[0]);
    assert!(of.late);
    assert_eq!(
        (of.escrowed[0].rule, vault.item(2).record.state),
        (Rule::Older, EscrowState::Current)
    );
    // So is another one of the last number: its sender counted twice.
    let twice = take(&mut open, 115, &[dropped(key, Some(&sender), 4, 2, 94)]);
    assert!(taken(&twice.outcomes[0]).late);
    // Nor does one that lists an old password bring it back.
    let listed = take(&mut open, 120, &[dropped(key, Some(&sender), 1, 1, 93)]);
    assert_eq!(
        taken(&listed.outcomes[0]).escrowed[0].record.state,
        EscrowState::Superseded
    );
    vault.assert_verifies();
}

#[test]
fn what_does_not_open_is_rejected_and_stops_nothing() {
    let (vault, other) = (Vault::new(None), Vault::new(None));
    let mut open = vault.open();
    let key = open.drop_key().unwrap();
    let foreign = other.open().drop_key().unwrap();
    let mut bytes = dropped(&key, None, 1, 1, 90).drop.to_bytes();
    *bytes.last_mut().unwrap() ^= 1;
    let changed = Dropped {
        drop: DropFile::from_bytes(&bytes).unwrap(),
        file: None,
    };
    let done = take(
        &mut open,
        100,
        &[
            changed.clone(),
            dropped(&foreign, None, 2, 1, 90),
            dropped(&key, None, 3, 1, 90),
        ],
    );
    let texts = done.outcomes.iter().map(|outcome| match outcome {
        DropOutcome::Rejected(error) => error.to_string(),
        DropOutcome::Taken(_) | DropOutcome::Replayed(_) | DropOutcome::Left => String::new(),
    });
    let texts: Vec<_> = texts.collect();
    assert_eq!(texts[0], "it does not open with this vault's keys");
    assert!(texts[1].starts_with("it is for another vault: "));
    assert_eq!(texts[2], "");
    assert_eq!(done.receipts.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 1]);
    let events = vault.events().len();
    take(&mut open, 110, &[changed]);
    assert_eq!(vault.events().len(), events, "nothing came, so nothing is on record");
    vault.assert_verifies();
}

/// Whoever can write the file cannot have a drop thrown away as one that was taken in before.
#[test]
fn a_forged_memory_of_a_drop_is_an_alarm() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let key = open.drop_key().unwrap();
    take(&mut open, 100, &[dropped(&key, None, 1, 1, 90)]);
    let next = dropped(&key, None, 2, 2, 95);
    let file = vault.file();
    let remember = |leaf: u64| {
        let row = (leaf, next.drop.digest().as_bytes().to_vec());
        file.execute("INSERT OR REPLACE INTO drop_event (leaf, digest) VALUES (?1, ?2)", row)
            .unwrap();
    };
    // An event of another drop, one of none, and one that is not there.
    for leaf in [1, 0, 7] {
        remember(leaf);
        let refused = open.take_drops(&who(110), std::slice::from_ref(&next)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Integrity, "{leaf}: {refused}");
        file.execute("DELETE FROM drop_event WHERE leaf = ?1", (leaf,)).unwrap();
    }
    assert!(!taken(&take(&mut open, 120, &[next]).outcomes[0]).escrowed.is_empty());
}

/// Who was shown a password and takes the newer one in is not hidden behind its sender.
#[test]
fn an_end_by_who_was_shown_the_password_is_theirs_whoever_sent_it() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let sender = enrol(&mut open, "plant 3", SenderDevices::Any);
    escrow(&mut open, &who(50), "PC-1", 1);
    item_revealed(&vault, &mut open, 1);
    take(&mut open, 400, &[dropped(sender.key(), Some(&sender), 2, 1, 300)]);
    let record = vault.item(1).record;
    let began = record.exposed_by.clone().unwrap();
    assert_eq!(
        (record.ended.as_ref().unwrap().by.as_str(), record.is_self_ended()),
        (began.as_str(), true)
    );
    vault.assert_verifies();
}
