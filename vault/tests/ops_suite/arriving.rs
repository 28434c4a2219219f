//! Whole histories taken in at once: what each password becomes, whatever the order in which they are listed.

use std::sync::Arc;

use strongroom_core::crypto::Digest;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Naming;
use strongroom_core::state::Rule;
use strongroom_core::state::Source;
use strongroom_core::state::Standing;
use strongroom_core::values::EscrowId;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::VolumeId;
use strongroom_core::values::VolumeType;
use strongroom_vault::ops::Arriving;
use strongroom_vault::ops::Escrowed;
use strongroom_vault::ops::Rehearsed;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::in_order;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Page;

use crate::fixture::Vault;
use crate::fixture::at;
use crate::fixture::drive;
use crate::fixture::escrow;
use crate::fixture::item_revealed;
use crate::fixture::password;
use crate::fixture::protector;
use crate::fixture::who;

const CURRENT: EscrowState = EscrowState::Current;
const EXPOSED: EscrowState = EscrowState::Exposed;
const SUPERSEDED: EscrowState = EscrowState::Superseded;

/// Password `number` of drive C: of PC-1, from an export that dates it at `created`.
fn dated(password: &RecoveryPassword, number: u8, created: i64) -> Arriving<'_> {
    Arriving {
        device: Some("PC-1".parse().unwrap()),
        naming: drive("C:"),
        protector: protector(number),
        password,
        source: Source::Import,
        standing: Standing::Dated(at(created)),
        confirmed: true,
        listed: Arc::default(),
        file: Some("ad.ldf".parse().unwrap()),
        drop: None,
        sender: None,
    }
}

/// Password `number` from a list that names no device and no time.
fn unassigned(password: &RecoveryPassword, number: u8) -> Arriving<'_> {
    Arriving {
        device: None,
        naming: Naming::default(),
        standing: Standing::Undated,
        ..dated(password, number, 0)
    }
}

/// Takes all in as an import does: in the order of their times.
fn take_in(open: &mut Unsealed, seconds: i64, arriving: &[Arriving<'_>]) -> Vec<Escrowed> {
    let ordered: Vec<_> = in_order(arriving)
        .into_iter()
        .filter_map(|index| arriving.get(index))
        .collect();
    open.take_in(&who(seconds), &ordered, || {}).unwrap()
}

#[track_caller]
fn assert_states(vault: &Vault, expected: &[(u8, EscrowState)]) {
    for (number, state) in expected {
        assert_eq!(vault.item(*number).record.state, *state, "password {number}");
    }
    vault.assert_verifies();
}

#[test]
fn an_export_with_ten_old_passwords_whether_listed_up_or_down() {
    let passwords: Vec<_> = (1..=11).map(password).collect();
    for downwards in [false, true] {
        for newest_is_held in [false, true] {
            let vault = Vault::new(None);
            let mut open = vault.open();
            if newest_is_held {
                escrow(&mut open, &who(50), "PC-1", 11);
            }
            let mut export: Vec<_> = (1..)
                .zip(&passwords)
                .map(|(number, password)| dated(password, number, -10_000 + i64::from(number)))
                .collect();
            if downwards {
                export.reverse();
            }
            let taken = take_in(&mut open, 100, &export);
            assert_eq!(taken.len(), 11);
            let mut expected: Vec<_> = (1..=10).map(|number| (number, SUPERSEDED)).collect();
            expected.push((11, CURRENT));
            assert_states(&vault, &expected);

            let again = take_in(&mut open, 200, &export);
            assert!(
                again
                    .iter()
                    .all(|escrowed| escrowed.rule == Rule::AlreadyHeld && escrowed.leaf.is_none()),
                "a second run changes nothing"
            );
            assert_eq!(
                vault
                    .inventory()
                    .list(&Filter::All, &Page::default())
                    .unwrap()
                    .items
                    .len(),
                11
            );
            open.close().unwrap();
        }
    }
}

#[test]
fn an_older_export_ends_no_exposure_and_a_newer_one_does() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(50), "PC-1", 1);
    item_revealed(&vault, &mut open, 1);
    let (older, undated, newer) = (password(2), password(3), password(4));
    take_in(&mut open, 300, &[dated(&older, 2, -100)]);
    let unknown = Arriving {
        standing: Standing::Undated,
        ..dated(&undated, 3, 0)
    };
    take_in(&mut open, 310, &[unknown]);
    assert_states(&vault, &[(1, EXPOSED), (2, SUPERSEDED), (3, CURRENT)]);
    let taken = take_in(&mut open, 320, &[dated(&newer, 4, 200)]);
    assert!(taken[0].exposure_ended);
    // The undated one may be newer still: it was held only after.
    assert_states(&vault, &[(1, SUPERSEDED), (3, CURRENT), (4, CURRENT)]);
}

#[test]
fn a_listing_that_is_live_ends_nothing_that_it_lists() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(50), "PC-1", 1);
    item_revealed(&vault, &mut open, 1);
    let (first, second) = (password(1), password(2));
    let live = |password, number, listed: &[u8]| Arriving {
        standing: Standing::Live(Some(at(250))),
        listed: Arc::new(listed.iter().copied().map(protector).collect()),
        ..dated(password, number, 0)
    };
    take_in(&mut open, 300, &[live(&first, 1, &[1, 2]), live(&second, 2, &[1, 2])]);
    assert_states(&vault, &[(1, EXPOSED), (2, CURRENT)]);
    let third = password(3);
    take_in(&mut open, 310, &[live(&third, 3, &[3])]);
    assert_states(&vault, &[(1, SUPERSEDED), (2, SUPERSEDED), (3, CURRENT)]);
}

#[test]
fn a_machine_that_was_installed_anew_has_another_volume() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let (old, new) = (password(1), password(2));
    let named = |password, number, id: u8, created| Arriving {
        naming: Naming {
            id: Some(VolumeId::new([id; 16])),
            ..drive("C:")
        },
        ..dated(password, number, created)
    };
    take_in(&mut open, 100, &[named(&old, 1, 7, 10), named(&new, 2, 8, 20)]);
    // The old volume may still lie on a shelf: nothing newer came for it.
    assert_states(&vault, &[(1, CURRENT), (2, CURRENT)]);
    assert_ne!(vault.item(1).volume.volume, vault.item(2).volume.volume);
}

#[test]
fn volumes_whose_letters_were_swapped_stay_apart() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let passwords: Vec<_> = (1..=4).map(password).collect();
    let named = |number: u8, id: u8, letter: &str, created| Arriving {
        naming: Naming {
            id: Some(VolumeId::new([id; 16])),
            ..drive(letter)
        },
        ..dated(&passwords[usize::from(number) - 1], number, created)
    };
    take_in(&mut open, 100, &[named(1, 7, "D:", 10), named(2, 8, "E:", 10)]);
    take_in(&mut open, 200, &[named(3, 7, "E:", 20), named(4, 8, "D:", 20)]);
    assert_states(&vault, &[(1, SUPERSEDED), (2, SUPERSEDED), (3, CURRENT), (4, CURRENT)]);
    assert_eq!(vault.item(1).volume.volume, vault.item(3).volume.volume);
}

#[test]
fn a_stick_that_was_moved_supersedes_nothing_where_only_its_letter_is_known() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let (first, second) = (password(1), password(2));
    let stick = |password, number, created| Arriving {
        naming: Naming {
            kind: Some(VolumeType::Removable),
            ..drive("E:")
        },
        ..dated(password, number, created)
    };
    take_in(&mut open, 100, &[stick(&first, 1, 10), stick(&second, 2, 20)]);
    assert_states(&vault, &[(1, CURRENT), (2, CURRENT)]);
    let elsewhere = Arriving {
        device: Some("PC-2".parse().unwrap()),
        ..stick(&first, 1, 30)
    };
    let taken = take_in(&mut open, 200, &[elsewhere]);
    assert_eq!(taken[0].record.state, CURRENT, "held for both machines");
}

#[test]
fn what_comes_without_a_device_is_held_and_found_again() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let (first, second) = (password(1), password(2));
    let taken = take_in(&mut open, 100, &[unassigned(&first, 1), unassigned(&second, 2)]);
    assert_ne!(
        taken[0].volume.volume, taken[1].volume.volume,
        "each a volume of its own"
    );
    assert_eq!(taken[0].volume.device, None);
    let again = take_in(&mut open, 200, &[unassigned(&first, 1)]);
    assert_eq!((again[0].rule, again[0].leaf), (Rule::AlreadyHeld, None));
    // Nor is it held twice where it is known of a device.
    take_in(&mut open, 300, &[dated(&password(3), 3, 10)]);
    let known = take_in(&mut open, 400, &[unassigned(&password(3), 3)]);
    assert_eq!((known[0].rule, known[0].leaf), (Rule::AlreadyHeld, None));
    assert_states(&vault, &[(1, CURRENT), (2, CURRENT), (3, CURRENT)]);
}

#[test]
fn a_rehearsal_changes_nothing() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let (first, second) = (password(1), password(2));
    let arriving = [dated(&first, 1, 10), dated(&second, 2, 20)];
    let before = vault.events().len();
    let all: Vec<_> = arriving.iter().collect();
    let rehearsed = open.rehearse(&who(100), &all, || {}).unwrap();
    let Rehearsed::New(second) = &rehearsed[1] else {
        panic!("{rehearsed:?}")
    };
    assert_eq!(second.superseded, [protector(1)], "one finds the other");
    assert_eq!(vault.events().len(), before);
    assert!(
        vault
            .inventory()
            .list(&Filter::All, &Page::default())
            .unwrap()
            .items
            .is_empty()
    );
    vault.assert_verifies();
    let taken = take_in(&mut open, 100, &arriving);
    assert_eq!(taken[1].superseded, [protector(1)]);
    assert_states(&vault, &[(1, SUPERSEDED), (2, CURRENT)]);
}

/// Whoever knows seven groups of a password may rehearse every eighth: no answer tells the right one.
#[test]
fn a_rehearsal_says_the_same_of_the_held_password_and_of_any_other() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    take_in(&mut open, 50, &[dated(&password(1), 1, 10), dated(&password(2), 2, 20)]);
    take_in(&mut open, 60, &[unassigned(&password(3), 3)]);
    // The second is exposed, so its password would be exposed under any protector.
    item_revealed(&vault, &mut open, 2);
    let events = vault.events().len();
    let mut said = |guess: u8| -> Vec<String> {
        let guess = password(guess);
        let elsewhere = |number| Arriving {
            device: Some("PC-9".parse().unwrap()),
            ..dated(&guess, number, 30)
        };
        let lists = [
            // The protector of the password; another one in its volume, older and newer; and on another device.
            vec![dated(&guess, 1, 10)],
            vec![dated(&guess, 2, 10)],
            vec![dated(&guess, 7, 5)],
            vec![dated(&guess, 7, 30)],
            vec![elsewhere(2)],
            vec![elsewhere(7)],
            // Without a device; and what comes after it in the same list.
            vec![unassigned(&guess, 3)],
            vec![unassigned(&guess, 7)],
            vec![dated(&guess, 1, 40), dated(&guess, 8, 30), dated(&guess, 8, 30)],
        ];
        let told = lists.iter().map(|list| {
            let list: Vec<_> = list.iter().collect();
            let rehearsed = open.rehearse(&who(100), &list, || {}).unwrap();
            let told = rehearsed.into_iter().map(|rehearsed| match rehearsed {
                Rehearsed::Known => "known".to_owned(),
                Rehearsed::New(mut new) => {
                    // They are random.
                    new.record.escrow = EscrowId::new([0; 16]);
                    new.record.envelope = Digest::new([0; 32]);
                    format!("{new:?}")
                }
            });
            told.collect::<Vec<_>>().join("\n")
        });
        told.collect()
    };
    let wrong = said(99);
    for held in [1, 2, 3] {
        assert_eq!(said(held), wrong, "password {held} is told");
    }
    assert!(
        wrong[0] == "known" && wrong[1] == "known" && wrong[6] == "known",
        "{wrong:?}"
    );
    assert_eq!(vault.events().len(), events);
}

#[test]
fn one_commit_takes_all_and_tells_where_each_came_from() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let passwords: Vec<_> = (1..=100).map(password).collect();
    let arriving: Vec<_> = (1..)
        .zip(&passwords)
        .map(|(number, password)| Arriving {
            device: Some(format!("PC-{number}").parse().unwrap()),
            ..dated(password, number, 10)
        })
        .collect();
    let taken = take_in(&mut open, 100, &arriving);
    let events = vault.events();
    assert_eq!(
        events.iter().filter(|event| event.commit.is_some()).count(),
        2,
        "init's and this"
    );
    for escrowed in &taken {
        let event = &events[usize::try_from(escrowed.leaf.unwrap()).unwrap()];
        assert_eq!(event.body.escrow, Some(escrowed.record.escrow));
        assert_eq!(event.body.file.as_ref().unwrap().as_str(), "ad.ldf");
    }
    vault.assert_verifies();
}
