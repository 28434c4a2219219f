//! Passwords for which nobody vouches: how many are taken in, and that the rest is told.

use strongroom_core::drop::DropContents;
use strongroom_core::drop::DropFile;
use strongroom_core::drop::DropKey;
use strongroom_core::drop::DroppedEscrow;
use strongroom_core::drop::SenderFile;
use strongroom_core::drop::Wanted;
use strongroom_core::drop::check_receipt;
use strongroom_core::state::Naming;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Secret;
use strongroom_core::values::SenderDevices;
use strongroom_core::values::VolumeId;
use strongroom_vault::ops::ConfirmRequest;
use strongroom_vault::ops::DropOutcome;
use strongroom_vault::ops::Dropped;
use strongroom_vault::ops::RejectedDrop;
use strongroom_vault::ops::TooMany;

use crate::dropping::enrol;
use crate::dropping::take;
use crate::dropping::taken;
use crate::fixture::Vault;
use crate::fixture::at;
use crate::fixture::drive;
use crate::fixture::escrow;
use crate::fixture::who;

fn bytes(number: u32) -> [u8; 16] {
    let mut bytes = [0x3c; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// Password `number` of a protector of that number.
fn one(device: &str, naming: Naming, number: u32) -> DroppedEscrow {
    DroppedEscrow {
        device: device.parse().unwrap(),
        naming,
        protector: ProtectorId::new(bytes(number)),
        password: RecoveryPassword::from_bytes(Secret::from_fn(|secret| *secret = bytes(number))),
        created_at: None,
        listed: Vec::new(),
    }
}

fn drop_of(key: &DropKey, sender: Option<&SenderFile>, sequence: u64, escrows: Vec<DroppedEscrow>) -> Dropped {
    let contents = DropContents {
        sequence,
        created_at: at(90),
        escrows,
    };
    Dropped {
        drop: DropFile::encrypt(key, sender, &contents).unwrap(),
        file: None,
    }
}

fn of_c(device: &str, numbers: std::ops::Range<u32>) -> Vec<DroppedEscrow> {
    numbers.map(|number| one(device, drive("C:"), number)).collect()
}

fn volume(number: u32) -> Naming {
    Naming {
        id: Some(VolumeId::new(bytes(number))),
        ..Naming::default()
    }
}

#[test]
fn a_drop_without_a_sender_brings_32() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let key = open.drop_key().unwrap();
    let escrows = (0..40).map(|number| one(&format!("PC-{number}"), drive("C:"), number));
    let drop = drop_of(&key, None, 1, escrows.collect());
    let done = take(&mut open, 100, std::slice::from_ref(&drop));
    let of = taken(&done.outcomes[0]);
    assert_eq!(
        (of.escrowed.len(), of.refused.len(), done.receipts[0].len()),
        (32, 8, 32)
    );
    for (refused, number) in of.refused.iter().zip(32..) {
        assert_eq!(
            (refused.why, refused.protector),
            (TooMany::InDrop, ProtectorId::new(bytes(number)))
        );
        assert_eq!(refused.device.as_str(), format!("PC-{number}"));
    }
    let receipt = check_receipt(&done.receipts[0][31], &key, &drop.drop, &Wanted::default()).unwrap();
    assert!(receipt.is_unconfirmed);
    // It is on record, so it is known again; the rest of it needs another drop.
    let again = take(&mut open, 110, &[drop]);
    assert!(matches!(&again.outcomes[0], DropOutcome::Replayed(leaves) if leaves.len() == 32));
    vault.assert_verifies();
}

#[test]
fn a_volume_holds_32_that_nobody_vouches_for() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let key = open.drop_key().unwrap();
    escrow(&mut open, &who(50), "PC-1", 200);
    take(&mut open, 100, &[drop_of(&key, None, 1, of_c("PC-1", 0..20))]);
    let done = take(&mut open, 110, &[drop_of(&key, None, 2, of_c("PC-1", 20..40))]);
    let of = taken(&done.outcomes[0]);
    assert_eq!((of.escrowed.len(), of.refused.len()), (12, 8));
    assert!(of.refused.iter().all(|refused| refused.why == TooMany::InVolume));
    // A full volume says nothing of a password: neither of one that waits there, nor of the one that is vouched for.
    let (events, held) = (vault.events().len(), drop_of(&key, None, 3, of_c("PC-1", 5..6)));
    let known = DropContents {
        sequence: 4,
        created_at: at(95),
        escrows: vec![DroppedEscrow {
            protector: crate::fixture::protector(200),
            password: crate::fixture::password(200),
            ..one("PC-1", drive("C:"), 0)
        }],
    };
    let known = Dropped {
        drop: DropFile::encrypt(&key, None, &known).unwrap(),
        file: None,
    };
    let wrong = drop_of(&key, None, 5, of_c("PC-1", 90..91));
    let done = take(&mut open, 120, &[held.clone(), known, wrong]);
    for outcome in &done.outcomes {
        let many = RejectedDrop::TooMany(TooMany::InVolume);
        assert!(
            matches!(outcome, DropOutcome::Rejected(why) if *why == many),
            "{outcome:?}"
        );
    }
    assert_eq!(vault.events().len(), events, "nothing of it is on record");
    // Once somebody vouches for one, there is room for one, and what was rejected can come again.
    let confirmed = of.escrowed[0].record.escrow;
    let request = ConfirmRequest {
        escrow: confirmed,
        note: "read on site".parse().unwrap(),
    };
    open.confirm(&who(130), &request).unwrap();
    assert_eq!(taken(&take(&mut open, 140, &[held]).outcomes[0]).escrowed.len(), 1);
    vault.assert_verifies();
}

#[test]
fn a_device_has_32_volumes_that_nobody_vouches_for() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let key = open.drop_key().unwrap();
    escrow(&mut open, &who(50), "PC-1", 200);
    let of_volumes =
        |numbers: std::ops::Range<u32>| numbers.map(|number| one("pc-1", volume(number), number)).collect();
    take(&mut open, 100, &[drop_of(&key, None, 1, of_volumes(0..30))]);
    let done = take(&mut open, 110, &[drop_of(&key, None, 2, of_volumes(30..40))]);
    let of = taken(&done.outcomes[0]);
    assert_eq!((of.escrowed.len(), of.refused.len()), (2, 8));
    assert!(of.refused.iter().all(|refused| refused.why == TooMany::OfDevice));
    // Volumes that are there take more, and so does another device.
    let more = vec![one("PC-1", volume(3), 50), one("PC-2", volume(40), 51)];
    assert_eq!(
        taken(&take(&mut open, 120, &[drop_of(&key, None, 3, more)]).outcomes[0])
            .escrowed
            .len(),
        2
    );
    vault.assert_verifies();
}

#[test]
fn an_enrolled_sender_is_bounded_where_it_may_not_speak() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let sender = enrol(&mut open, "plant 3", SenderDevices::Any);
    let done = take(
        &mut open,
        100,
        &[drop_of(sender.key(), Some(&sender), 1, of_c("PC-1", 0..40))],
    );
    assert_eq!(taken(&done.outcomes[0]).escrowed.len(), 40);
    open.revoke(&who(110), &"plant 3".parse().unwrap()).unwrap();
    let done = take(
        &mut open,
        120,
        &[drop_of(sender.key(), Some(&sender), 2, of_c("PC-2", 40..80))],
    );
    let of = taken(&done.outcomes[0]);
    assert_eq!((of.escrowed.len(), of.refused.len()), (32, 8));
    assert_eq!(of.sender.as_ref().unwrap().as_str(), "plant 3");
    vault.assert_verifies();
}

#[test]
fn a_commit_ends_with_256_passwords_and_leaves_the_rest() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let sender = enrol(&mut open, "plant 3", SenderDevices::Any);
    let of = |number: u32| {
        drop_of(
            sender.key(),
            Some(&sender),
            number.into(),
            of_c(&format!("PC-{number}"), number * 60..(number + 1) * 60),
        )
    };
    // The last one lies first.
    let mut drops: Vec<Dropped> = (1..8).map(of).rev().collect();
    for (commit, expected) in [5, 2].into_iter().enumerate() {
        let done = take(&mut open, 100 + i64::try_from(commit).unwrap(), &drops);
        let left: Vec<bool> = done.outcomes.iter().map(DropOutcome::is_left).collect();
        assert_eq!(left.iter().filter(|left| !**left).count(), expected);
        let handled = done
            .outcomes
            .iter()
            .zip(&done.receipts)
            .filter(|(outcome, _)| !outcome.is_left());
        for (outcome, receipts) in handled {
            assert_eq!((taken(outcome).late, receipts.len()), (false, 60));
        }
        let mut left = left.into_iter();
        drops.retain(|_| left.next().unwrap());
    }
    assert!(drops.is_empty());
    vault.assert_verifies();
}
