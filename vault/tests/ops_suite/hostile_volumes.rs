//! Volumes that an operator made up: with the volume's id, any protector, and a master key of their own.

use strongroom_core::fve::Metadata;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::HowEnded;
use strongroom_core::state::Naming;
use strongroom_core::values::VolumeId;
use strongroom_vault::ops::EscrowRequest;
use strongroom_vault::ops::TrialResult;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::Who;

use crate::fixture::Vault;
use crate::fixture::drive;
use crate::fixture::operator;
use crate::fixture::password;
use crate::fixture::protector;
use crate::fixture::reveal;
use crate::fixture::who;
use crate::presented::made_up;
use crate::presented::prove;
use crate::presented::prove_by;
use crate::presented::results;
use crate::presented::volume;

const MADE_UP: [u8; 32] = *b"a master key that mara invented.";

fn by(login: &str, seconds: i64) -> Who {
    Who {
        operator: operator(login),
        ..who(seconds)
    }
}

/// Takes in password number `number` for the volume of id 7.
#[track_caller]
fn escrow(open: &mut Unsealed, who: &Who, number: u8) {
    let request = EscrowRequest {
        device: "PC-1".parse().unwrap(),
        naming: Naming {
            id: Some(VolumeId::new([7; 16])),
            ..drive("C:")
        },
        protector: protector(number),
        password: &password(number),
        created: None,
    };
    open.escrow(who, &request).unwrap();
}

fn record(vault: &Vault, number: u8) -> EscrowRecord {
    vault.item(number).record
}

fn ended(vault: &Vault, number: u8) -> (EscrowState, Option<HowEnded>, bool) {
    let record = record(vault, number);
    let how = record.ended.as_ref().map(|ending| ending.how);
    (record.state, how, record.is_self_ended())
}

/// The volume that mara makes up: password 9 opens it, and password 1 is not on it.
fn invented() -> Metadata {
    made_up(7, &[(9, 9)], MADE_UP)
}

#[test]
fn who_revealed_and_claimed_does_not_prove_the_end() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(50), 1);
    reveal(&mut open, &by("mara", 100), vault.item(1)).unwrap();
    escrow(&mut open, &by("mara", 200), 9);
    let claimed = (EscrowState::Superseded, Some(HowEnded::Claimed), true);
    assert_eq!(ended(&vault, 1), claimed);
    let proved = prove_by(&mut open, &by("mara", 300), &invented(), None);
    assert_eq!(results(&proved), [TrialResult::Opened]);
    assert!(proved.ended.is_empty() && proved.ended_on_word.is_empty());
    assert_eq!(ended(&vault, 1), claimed, "it is listed still, with SAME PERSON");
    assert_eq!(vault.inventory().claimed().unwrap().len(), 1);
    let presented = record(&vault, 9);
    assert_eq!(
        (presented.proven_at, presented.presented.unwrap().by.as_str()),
        (None, "mara")
    );
    // Showing what it superseded is owed for anew.
    reveal(&mut open, &by("lena", 400), vault.item(1)).unwrap();
    assert_eq!(ended(&vault, 1), (EscrowState::Exposed, None, false));
    // That it is presented once more, now that it is exposed, ends that as a claim does.
    let proved = prove_by(&mut open, &by("mara", 500), &invented(), None);
    assert_eq!(proved.ended, []);
    open.close().unwrap();
    vault.assert_verifies();
}

#[test]
fn the_true_volume_has_the_last_word() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(50), 1);
    escrow(&mut open, &by("mara", 100), 9);
    prove_by(&mut open, &by("mara", 200), &invented(), None);
    assert!(record(&vault, 9).presented.is_some());
    let proved = prove(&mut open, 300, &volume(7, &[(1, 1)]));
    assert_eq!(results(&proved), [TrialResult::Opened]);
    let found = record(&vault, 1);
    assert_eq!((found.state, found.proven_at.is_some()), (EscrowState::Current, true));
    assert_eq!(record(&vault, 9).presented, None, "it opened another master key");
    open.close().unwrap();
    vault.assert_verifies();
}

#[test]
fn a_made_up_password_does_not_bury_the_true_one() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(50), 1);
    // Claimed as older, so that the true one stays current; then presented as the only one.
    let request = EscrowRequest {
        device: "PC-1".parse().unwrap(),
        naming: drive("C:"),
        protector: protector(9),
        password: &password(9),
        created: Some(crate::fixture::at(40)),
    };
    open.escrow(&by("mara", 100), &request).unwrap();
    prove_by(&mut open, &by("mara", 200), &invented(), None);
    assert_eq!(record(&vault, 1).state, EscrowState::Current);
    assert_eq!(record(&vault, 9).proven_at, None);
    open.close().unwrap();
    vault.assert_verifies();
}

#[test]
fn an_image_with_another_master_key_than_the_proven_one_counts_for_nothing() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(50), 1);
    prove(&mut open, 100, &volume(7, &[(1, 1)]));
    let bound = vault.item(1).volume.master_key.unwrap();
    assert!(bound.proven);
    reveal(&mut open, &by("mara", 200), vault.item(1)).unwrap();
    // Whoever took it in: here somebody whom mara gave a list, so that she has no hand in it on record.
    escrow(&mut open, &by("lena", 300), 9);
    let before = vault.events().len();
    let proved = prove_by(&mut open, &by("tom", 400), &invented(), None);
    assert_eq!(results(&proved), [TrialResult::OtherMasterKey]);
    assert_eq!(
        ended(&vault, 1),
        (EscrowState::Superseded, Some(HowEnded::Claimed), false)
    );
    let held = record(&vault, 9);
    assert_eq!((held.proven_at, held.presented), (None, None));
    assert_eq!(vault.item(1).volume.master_key, Some(bound));
    let events = vault.events();
    let last = events.last().unwrap();
    assert_eq!(events.len(), before + 2, "it is on record that it was presented");
    assert_eq!(last.body.result.as_deref(), Some("other-master-key"));
    assert_eq!(last.operator, operator("tom"));
    // The protectors were rotated, and the key is the same.
    escrow(&mut open, &by("lena", 500), 2);
    let proved = prove_by(&mut open, &by("tom", 600), &volume(7, &[(2, 2)]), None);
    assert_eq!(results(&proved), [TrialResult::Opened]);
    assert!(record(&vault, 2).proven_at.is_some());
    assert_eq!(ended(&vault, 1).1, Some(HowEnded::Proven));
    open.close().unwrap();
    vault.assert_verifies();
}

#[test]
fn two_operators_who_present_the_same_key_prove_it() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &by("mara", 50), 1);
    prove_by(&mut open, &by("mara", 100), &volume(7, &[(1, 1)]), None);
    prove_by(&mut open, &by("mara", 110), &volume(7, &[(1, 1)]), None);
    assert_eq!(
        (
            record(&vault, 1).proven_at,
            vault.item(1).volume.master_key.unwrap().proven
        ),
        (None, false)
    );
    reveal(&mut open, &by("lena", 200), vault.item(1)).unwrap();
    prove_by(&mut open, &by("lena", 300), &volume(7, &[(1, 1)]), None);
    let proven = record(&vault, 1);
    assert!(proven.proven_at.is_some() && proven.presented.is_none());
    assert!(vault.item(1).volume.master_key.unwrap().proven);
    open.close().unwrap();
    vault.assert_verifies();
}
