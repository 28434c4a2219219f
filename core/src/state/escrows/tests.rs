use std::collections::BTreeMap;

use super::*;
use crate::crypto::Digest;
use crate::state::Arrival;
use crate::state::Source;
use crate::state::Standing;
use crate::state::arrive;
use crate::state::tests::at;
use crate::state::tests::held;
use crate::state::tests::volume;

/// Escrow `number`, whose protector, password's age and state hang on its number.
fn some(number: u16) -> EscrowRecord {
    let mut id = [0; 16];
    id[..2].copy_from_slice(&number.to_be_bytes());
    EscrowRecord {
        escrow: EscrowId::new(id),
        protector: ProtectorId::new([u8::try_from(number % 5).unwrap(); 16]),
        created_at: (!number.is_multiple_of(4)).then(|| Time::from_millis(i64::from(number % 37)).unwrap()),
        escrowed_at: Time::from_millis(i64::from(number % 29)).unwrap(),
        clock: number.is_multiple_of(5),
        state: EscrowState::ALL[usize::from(number % 3)],
        conflict: number.is_multiple_of(7),
        unconfirmed: number.is_multiple_of(6),
        ..held(1, None)
    }
}

/// That every look-up gives what reading all of them gives.
#[track_caller]
fn check(escrows: &Escrows) {
    let all: Vec<&EscrowRecord> = escrows.iter().collect();
    let of = |is: &dyn Fn(&EscrowRecord) -> bool| -> Vec<EscrowId> {
        let some = all.iter().filter(|record| is(record));
        some.map(|record| record.escrow).collect()
    };
    let ids = |found: &mut dyn Iterator<Item = &EscrowRecord>| -> Vec<EscrowId> {
        found.map(|record| record.escrow).collect()
    };
    for (place, record) in all.iter().enumerate() {
        assert_eq!(escrows.place(record.escrow), Some(place));
        assert_eq!(
            (escrows.get(record.escrow), escrows.at(place)),
            (Some(*record), Some(*record))
        );
    }
    for number in 0..6 {
        let protector = ProtectorId::new([number; 16]);
        let mut found = ids(&mut escrows.of_protector(protector));
        found.sort_by_key(|escrow| escrows.place(*escrow));
        assert_eq!(found, of(&|record| record.protector == protector));
        let found = ids(&mut escrows.without_conflict(protector));
        assert_eq!(found, of(&|record| record.protector == protector && !record.conflict));
    }
    assert_eq!(
        ids(&mut escrows.open()),
        of(&|record| record.state != EscrowState::Superseded)
    );
    assert_eq!(
        ids(&mut escrows.exposed()),
        of(&|record| record.state == EscrowState::Exposed)
    );
    assert_eq!(escrows.unconfirmed(), of(&|record| record.unconfirmed).len());
    assert_eq!(
        ids(&mut escrows.marked_open()),
        of(&|record| record.clock && record.state != EscrowState::Superseded)
    );
    for now in [0, 10, 20, 30, 40].map(|now| Time::from_millis(now).unwrap()) {
        let mut later = ids(&mut escrows.later_than(now));
        later.sort_by_key(|escrow| escrows.place(*escrow));
        assert_eq!(
            later,
            of(&|record| !record.clock && record.age(now) == Age::Contradicted)
        );
        for beside in [
            None,
            all.first().map(|record| record.escrow),
            all.last().map(|record| record.escrow),
        ] {
            let others = all
                .iter()
                .filter(|record| !record.unconfirmed && Some(record.escrow) != beside);
            assert_eq!(
                escrows.newest(now, beside),
                others.filter_map(|record| record.made_at(now)).max()
            );
        }
    }
}

#[test]
fn a_lookup_gives_what_reading_all_of_them_gives() {
    let mut escrows = Escrows::default();
    check(&escrows);
    for number in 0..60 {
        // In no order of their ids.
        escrows.put(some(number * 23 % 61));
        check(&escrows);
    }
    let shared = escrows.clone();
    for number in 0..60 {
        // Every field that a look-up goes by changes, and the place does not.
        let changed = EscrowRecord {
            escrow: some(number).escrow,
            ..some(number + 1)
        };
        escrows.put(changed);
        check(&escrows);
    }
    assert_ne!(escrows, shared);
    check(&shared);
    for number in (0..60).step_by(2) {
        assert!(escrows.take(some(number).escrow).is_some());
        assert!(escrows.take(some(number).escrow).is_none());
        check(&escrows);
    }
}

#[test]
fn an_escrow_that_comes_late_stands_where_it_arrived() {
    let mut by_number = BTreeMap::new();
    let mut escrows = Escrows::default();
    for number in 0..40_u16 {
        let arrival = u64::from(number * 17 % 41);
        by_number.insert(arrival, some(number));
        escrows.put_at(arrival, some(number));
        assert!(escrows.iter().eq(by_number.values()));
        check(&escrows);
    }
    let (arrival, taken) = escrows.take(some(7).escrow).unwrap();
    assert_eq!((arrival, taken), (7 * 17 % 41, some(7)));
}

#[test]
fn their_json_is_a_list_of_the_records() {
    let records: Vec<EscrowRecord> = (0..30).map(some).collect();
    let escrows: Escrows = records.iter().cloned().collect();
    let text = serde_json::to_string(&records).unwrap();
    assert_eq!(serde_json::to_string(&escrows).unwrap(), text);
    let read: Escrows = serde_json::from_str(&text).unwrap();
    assert_eq!(read, escrows);
    check(&read);
}

/// Has so many confirmed passwords arrive at one volume, and gives how many records the rules read for them.
fn reads(arrivals: u16, id: impl Fn(u16) -> (u16, bool), standing: impl Fn(u16) -> Standing, named: bool) -> u64 {
    let mut volume = volume([]);
    if !named {
        volume.mounts.clear();
    }
    let before = READ.get();
    let mut first = None;
    for number in 0..arrivals {
        let (protector, same) = id(number);
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&protector.to_be_bytes());
        let same_password: Vec<EscrowId> = first.filter(|_| same).into_iter().collect();
        let decision = arrive(
            &volume,
            &Arrival {
                escrow: some(number).escrow,
                protector: ProtectorId::new(bytes),
                envelope: Digest::new([0; 32]),
                source: Source::Import,
                standing: standing(number),
                confirmed: true,
                at: at(100_000),
                clock_is_wrong: false,
                by: "ann",
                listed: &BTreeSet::new(),
                same_password: &same_password,
                shown: None,
                grace_seconds: 1,
            },
        );
        first = first.or(Some(decision.escrow));
        decision.changed.into_iter().for_each(|record| volume.put(record));
    }
    READ.get() - before
}

/// No time is measured: twice as many passwords are twice as many reads, on each axis.
#[test]
fn what_the_rules_read_grows_with_the_passwords_and_not_with_their_square() {
    let dated = |number: u16| Standing::Dated(at(i64::from(number)));
    let live = |_: u16| Standing::Live(None);
    let undated = |_: u16| Standing::Undated;
    let other = |number: u16| (number, false);
    let same_protector = |_: u16| (0, false);
    let same_password = |number: u16| (number, true);
    for named in [true, false] {
        let counts: [(&str, &dyn Fn(u16) -> u64); 6] = [
            ("dated passwords of one volume", &|n| reads(n, other, dated, named)),
            ("live passwords of one volume", &|n| reads(n, other, live, named)),
            ("undated passwords of one volume", &|n| reads(n, other, undated, named)),
            ("passwords of one protector", &|n| {
                reads(n, same_protector, dated, named)
            }),
            ("protectors of one password", &|n| reads(n, same_password, dated, named)),
            ("one password of one protector", &|n| {
                reads(n, |_| (0, true), dated, named)
            }),
        ];
        for (what, count) in counts {
            let (some, twice) = (count(400), count(800));
            assert!(
                twice <= some * 5 / 2,
                "{what}: {some} records are read, {twice} for twice as many"
            );
        }
    }
}
