//! Thousands of passwords in one commit, which other threads help with.

use std::fs;
use std::sync::Arc;

use strongroom_core::state::EscrowState;
use strongroom_core::state::Naming;
use strongroom_core::state::Rule;
use strongroom_core::state::Source;
use strongroom_core::state::Standing;
use strongroom_core::values::EscrowId;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Secret;
use strongroom_vault::ops::Arriving;
use strongroom_vault::ops::Depth;
use strongroom_vault::ops::ErrorKind;
use strongroom_vault::ops::Escrowed;
use strongroom_vault::ops::Part;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::status;
use strongroom_vault::ops::verify;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Page;

use crate::fixture::Vault;
use crate::fixture::WAIT;
use crate::fixture::at;
use crate::fixture::escrow;
use crate::fixture::reveal;
use crate::fixture::who;

/// More than two parts of leaves, and not a whole number of any part.
const THOUSANDS: u32 = 2_345;

fn bytes(number: u32) -> [u8; 16] {
    let mut bytes = [0x5a; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    bytes
}

fn passwords(numbers: impl Iterator<Item = u32>) -> Vec<(u32, RecoveryPassword)> {
    let password = |number| RecoveryPassword::from_bytes(Secret::from_fn(|secret| *secret = bytes(number)));
    numbers.map(|number| (number, password(number))).collect()
}

/// Each of a device of its own.
fn arriving((number, password): &(u32, RecoveryPassword)) -> Arriving<'_> {
    Arriving {
        device: Some(format!("PC-{number}").parse().unwrap()),
        naming: Naming::default(),
        protector: ProtectorId::new(bytes(*number)),
        password,
        source: Source::Import,
        standing: Standing::Dated(at(-1)),
        confirmed: true,
        listed: Arc::default(),
        file: None,
        drop: None,
        sender: None,
    }
}

fn take_in(open: &mut Unsealed, seconds: i64, passwords: &[(u32, RecoveryPassword)]) -> Vec<Escrowed> {
    let arriving: Vec<_> = passwords.iter().map(arriving).collect();
    let mut done = 0;
    let taken = open.take_in(&who(seconds), &arriving.iter().collect::<Vec<_>>(), || done += 1);
    assert_eq!(done, passwords.len());
    taken.unwrap()
}

#[test]
fn each_is_in_its_place_in_the_log_and_opens() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let before = u64::try_from(vault.events().len()).unwrap();
    let first = passwords(1..THOUSANDS);
    let taken = take_in(&mut open, 10, &first);
    for ((number, _), (escrowed, leaf)) in first.iter().zip(taken.iter().zip(before..)) {
        assert_eq!(escrowed.leaf, Some(leaf));
        assert_eq!(escrowed.record.protector, ProtectorId::new(bytes(*number)));
    }
    let events = vault.events();
    assert_eq!(events.len(), usize::try_from(before).unwrap() + taken.len());
    let escrows = events.iter().filter_map(|event| event.body.escrow);
    assert!(escrows.eq(taken.iter().map(|escrowed| escrowed.record.escrow)));
    let commits: Vec<_> = events
        .iter()
        .filter(|event| event.commit.is_some())
        .map(|event| event.leaf)
        .collect();
    assert_eq!(commits.last(), events.last().map(|event| &event.leaf), "{commits:?}");
    assert!(
        commits
            .iter()
            .all(|leaf| *leaf < before || Some(leaf) == commits.last()),
        "{commits:?}"
    );
    vault.assert_verifies();

    // Some that are held, and thousands that are not, once more beside the copying of those before.
    let second = passwords(THOUSANDS - 7..2 * THOUSANDS);
    let taken = take_in(&mut open, 20, &second);
    let held: Vec<_> = taken
        .iter()
        .map(|escrowed| escrowed.rule == Rule::AlreadyHeld)
        .collect();
    assert!(held.iter().enumerate().all(|(index, held)| *held == (index < 7)));
    for number in [1, 1_000, 1_001, THOUSANDS, 2 * THOUSANDS - 1] {
        let filter = Filter::Device(format!("PC-{number}").parse().unwrap());
        let item = vault
            .inventory()
            .list(&filter, &Page::default())
            .unwrap()
            .items
            .remove(0);
        let shown = reveal(&mut open, &who(30), item).unwrap();
        assert_eq!(shown.password.expose(), &bytes(number));
    }
    vault.assert_verifies();
    open.close().unwrap();
    assert!(!vault.path().join("vault.db-wal").exists(), "all of it is in the file");
    vault.assert_verifies();
}

#[test]
fn one_that_cannot_be_believed_lets_none_in() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(1), "PC-2000", 1);
    let before = vault.events().len();
    vault
        .file()
        .execute("UPDATE volume SET mounts = '[\"D:\"]'", ())
        .unwrap();

    let many = passwords(1..THOUSANDS);
    let arriving: Vec<_> = many.iter().map(arriving).collect();
    let refused = open.take_in(&who(10), &arriving.iter().collect::<Vec<_>>(), || {});
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Integrity);
    assert_eq!(vault.events().len(), before);
    let all = vault.inventory().list(&Filter::All, &Page::default()).unwrap();
    assert_eq!(all.items.len(), 1);
    assert_eq!(all.items[0].record.state, EscrowState::Current);

    vault
        .file()
        .execute("UPDATE volume SET mounts = '[\"C:\"]'", ())
        .unwrap();
    take_in(&mut open, 20, &many);
    vault.assert_verifies();
}

/// One password on each of so many devices, shown once: all of them are to be rotated.
fn exposed(devices: u32) -> Vault {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let password = passwords(0..1).remove(0).1;
    let arriving: Vec<_> = (0..devices)
        .map(|number| Arriving {
            device: Some(format!("PC-{number}").parse().unwrap()),
            naming: Naming::default(),
            protector: ProtectorId::new(bytes(number)),
            password: &password,
            source: Source::Import,
            standing: Standing::Dated(at(-1)),
            confirmed: true,
            listed: Arc::default(),
            sender: None,
            file: None,
            drop: None,
        })
        .collect();
    open.take_in(&who(10), &arriving.iter().collect::<Vec<_>>(), || {})
        .unwrap();
    let filter = Filter::Device("PC-0".parse().unwrap());
    let item = vault
        .inventory()
        .list(&filter, &Page::default())
        .unwrap()
        .items
        .remove(0);
    reveal(&mut open, &who(20), item).unwrap();
    open.close().unwrap();
    vault
}

#[test]
fn a_long_worklist_is_read_page_by_page() {
    let vault = exposed(1_100);
    vault.assert_verifies();
    let all: Vec<_> = vault.inventory().to_rotate(at(30)).unwrap();
    let all: Vec<_> = all.iter().map(|due| due.item.record.escrow).collect();
    assert_eq!(all.len(), 1_100);
    let page = |after, limit| {
        let part = Part { after, limit };
        let listing = vault.inventory().worklist(at(30), part).unwrap().unwrap();
        let rows: Vec<_> = listing.rows.iter().map(|due| due.item.record.escrow).collect();
        (rows, listing.more, listing.whole, listing.of)
    };
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let (rows, more, whole, of) = page(after, Some(300));
        assert_eq!((whole, of), (false, Some(1_100)));
        after = rows.last().copied();
        seen.extend(rows);
        if !more {
            break;
        }
    }
    assert_eq!(seen, all, "the pages are the list");
    assert_eq!(
        page(all.get(1_098).copied(), None),
        (vec![all[1_099]], false, true, Some(1_100))
    );
    let elsewhere = Part {
        after: Some(EscrowId::new([9; 16])),
        limit: Some(5),
    };
    assert!(vault.inventory().worklist(at(30), elsewhere).unwrap().is_none());

    // A row of a page that the log does not hold, and one that is hidden: from a page, from the list.
    let tampered = |sql: &str, limit| {
        let file = vault.file();
        file.execute_batch(&format!("SAVEPOINT before; {sql}; RELEASE before"))
            .unwrap();
        drop(file);
        let part = Part { after: None, limit };
        vault.inventory().worklist(at(30), part).map(drop)
    };
    assert!(tampered("SELECT 1", Some(5)).is_ok());
    let refused = tampered(
        "UPDATE escrow SET rotate_by = rotate_by - 1 WHERE number = 1000",
        Some(5),
    )
    .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Integrity);
    let back = "UPDATE escrow SET rotate_by = rotate_by + 1 WHERE number = 1000";
    assert!(tampered(back, Some(5)).is_ok());
    let hidden = "UPDATE escrow SET state = 'current' WHERE number = 1100";
    assert!(tampered(hidden, Some(5)).is_ok(), "it is on another page");
    let refused = tampered("SELECT 1", None).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Integrity);
}

/// Nanoseconds that this thread has used while it did something so many times.
fn used(times: u32, what: impl Fn()) -> u64 {
    let now = || -> u64 {
        let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        text.split(' ').next().unwrap().parse().unwrap()
    };
    let begun = now();
    (0..times).for_each(|_| what());
    now() - begun
}

#[test]
fn what_is_asked_each_day_does_not_grow_faster_than_the_vault() {
    let taken = [500, 4_000].map(|devices| {
        let vault = Vault::new(None);
        let mut open = vault.open();
        take_in(&mut open, 10, &passwords(0..devices));
        open.close().unwrap();
        let part = Part {
            after: None,
            limit: Some(50),
        };
        [
            used(3, || {
                assert!(verify(&vault.path(), WAIT, Depth::File, |_| {}).unwrap().is_ok())
            }),
            used(100, || drop(status(&vault.path(), WAIT, at(20), Depth::File).unwrap())),
            used(100, || drop(vault.inventory().worklist(at(20), part).unwrap())),
        ]
    });
    // Eight times the devices: a search for each, in an index of all of them, would take fifty times as long.
    let [few, many] = &taken;
    assert!(many[0] < 16 * few[0], "verify: {taken:?}");
    assert!(many[1] < 2 * few[1], "status: {taken:?}");
    assert!(many[2] < 2 * few[2], "rotation list: {taken:?}");
}
