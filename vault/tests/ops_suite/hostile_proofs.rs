//! Volumes that are presented while something else is said of the passwords that are tried on them.

use std::sync::Arc;

use strongroom_core::fve::Metadata;
use strongroom_core::state::Naming;
use strongroom_core::state::Source;
use strongroom_core::state::Standing;
use strongroom_core::values::VolumeId;
use strongroom_vault::ops::Arriving;
use strongroom_vault::ops::AssignRequest;
use strongroom_vault::ops::ProveRequest;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Page;

use crate::fixture::Vault;
use crate::fixture::drive;
use crate::fixture::escrow;
use crate::fixture::password;
use crate::fixture::protector;
use crate::fixture::who;
use crate::presented::prover;

/// A volume of id 7 that password 1 opens by its protector.
fn volume() -> Metadata {
    crate::presented::volume(7, &[(1, 1)])
}

fn request(volume: &Metadata) -> ProveRequest {
    ProveRequest {
        file: "disk.img".parse().unwrap(),
        volume_id: volume.volume,
        listed: volume.recovery_protectors().collect(),
        device: None,
    }
}

/// Password `number` of protector `protects`, from a file.
fn import(open: &mut Unsealed, device: Option<&str>, naming: Naming, (protects, number): (u8, u8), confirmed: bool) {
    let password = password(number);
    let arriving = Arriving {
        device: device.map(|name| name.parse().unwrap()),
        naming,
        protector: protector(protects),
        password: &password,
        source: Source::Import,
        standing: Standing::Undated,
        confirmed,
        listed: Arc::default(),
        file: None,
        drop: None,
        sender: None,
    };
    open.take_in(&who(50), &[&arriving], || {}).unwrap();
}

/// The ids of the volumes that hold password 1 for protector 1.
fn ids(vault: &Vault) -> Vec<Option<VolumeId>> {
    let listed = vault.inventory().list(&Filter::All, &Page::default()).unwrap();
    let held = listed.items.iter().filter(|item| item.record.proven_at.is_some());
    held.map(|item| item.volume.id).collect()
}

#[test]
fn an_id_is_of_one_volume_of_a_device() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let volume = volume();
    // Once with its letter and once without, as two lists had it.
    import(&mut open, Some("PC-1"), drive("C:"), (1, 1), true);
    import(&mut open, Some("PC-1"), Naming::default(), (1, 1), true);
    let tried = open.begin_trial(&prover(100), &request(&volume)).unwrap();
    let tried = tried.run(&volume, |_| {});
    let proved = open.end_trial(&prover(101), &tried).unwrap();
    assert_eq!(proved.tried.len(), 2);
    assert_eq!(ids(&vault), [Some(volume.volume), None]);
    vault.assert_verifies();
}

#[test]
fn what_anybody_claims_keeps_no_volume_from_being_known_by_its_id() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let volume = volume();
    let other = Naming {
        id: Some(VolumeId::new([9; 16])),
        ..drive("C:")
    };
    import(&mut open, Some("PC-1"), other, (2, 2), false);
    import(&mut open, Some("PC-1"), drive("C:"), (1, 1), true);
    let tried = open.begin_trial(&prover(100), &request(&volume)).unwrap();
    let tried = tried.run(&volume, |_| {});
    open.end_trial(&prover(101), &tried).unwrap();
    assert_eq!(ids(&vault), [Some(volume.volume)]);
    vault.assert_verifies();
}

#[test]
fn what_was_assigned_meanwhile_is_proven_where_it_is() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let volume = volume();
    import(&mut open, None, Naming::default(), (1, 1), true);
    escrow(&mut open, &who(60), "PC-1", 2);
    let trial = open.begin_trial(&prover(100), &request(&volume)).unwrap();
    let assign = AssignRequest {
        escrow: vault.item(1).record.escrow,
        device: "PC-1".parse().unwrap(),
        naming: drive("C:"),
    };
    open.assign(&who(110), &assign).unwrap();
    let tried = trial.run(&volume, |_| {});
    let proved = open.end_trial(&prover(120), &tried).unwrap();
    assert_eq!(proved.tried[0].volume.device, Some(assign.device));
    assert_eq!(ids(&vault), [Some(volume.volume)]);
    vault.assert_verifies();
}

#[test]
fn what_is_held_no_more_for_that_device_is_no_commit_of_nothing() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let volume = volume();
    let tried = open.begin_trial(&prover(100), &request(&volume)).unwrap();
    let tried = tried.run(&volume, |_| {});
    let events = vault.events().len();
    let proved = open.end_trial(&prover(101), &tried).unwrap();
    assert!(proved.tried.is_empty());
    assert_eq!(vault.events().len(), events);
    vault.assert_verifies();
    // And the vault goes on.
    escrow(&mut open, &who(200), "PC-1", 2);
    vault.assert_verifies();
}
