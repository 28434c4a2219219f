use std::collections::BTreeSet;

use strongroom_core::crypto::Digest;
use strongroom_core::state::Source;
use strongroom_core::values::Time;

use super::*;

/// Escrow `number`; how it is hangs on its number.
fn some(number: u8) -> EscrowRecord {
    let state = EscrowState::ALL[usize::from(number % 3)];
    EscrowRecord {
        escrow: EscrowId::new([number; 16]),
        protector: ProtectorId::new([number % 5; 16]),
        envelope: Digest::new([0; 32]),
        source: Source::Drop,
        escrowed_at: Time::EPOCH,
        escrowed_by: None,
        clock: false,
        shown_to: Vec::new(),
        shown_to_more: false,
        presented: None,
        created_at: None,
        state,
        conflict: false,
        unconfirmed: number.is_multiple_of(4),
        exposed_at: None,
        exposed_by: None,
        shown_at: (state == EscrowState::Exposed || number.is_multiple_of(7))
            .then(|| Time::from_millis((i64::from(number) * 37) % 101 - 50).unwrap()),
        rotate_by: None,
        superseded_at: None,
        superseded_by: None,
        ended: None,
        proven_at: None,
    }
}

fn password(number: u8) -> Fingerprint {
    Fingerprint::kept([number % 3; 32])
}

/// That the look-ups give what the rules need of all that hold the password.
#[track_caller]
fn check(passwords: &Passwords, escrows: &Escrows) {
    assert_eq!(passwords.lookups.is_some(), escrows.len() > FEW);
    for asked in 0..4 {
        let fingerprint = Fingerprint::kept([asked; 32]);
        let all: Vec<&EscrowRecord> = passwords.all(escrows, &fingerprint).collect();
        for protector in (0..6).map(|number| ProtectorId::new([number; 16])) {
            let same = passwords.same(escrows, &fingerprint, protector);
            let found: Vec<&EscrowRecord> = same.iter().map(|escrow| escrows.get(*escrow).unwrap()).collect();
            let ids: BTreeSet<EscrowId> = all.iter().map(|record| record.escrow).collect();
            assert!(same.iter().all(|escrow| ids.contains(escrow)));
            for unconfirmed in [false, true] {
                let is_held =
                    |record: &&&EscrowRecord| record.protector == protector && record.unconfirmed == unconfirmed;
                assert_eq!(found.iter().find(is_held), all.iter().find(is_held));
            }
            let most = |records: &[&EscrowRecord]| {
                let vouched = records.iter().filter(|record| !record.unconfirmed);
                vouched.map(|record| record.state).max()
            };
            assert_eq!(most(&found), most(&all));
        }
        let shown = passwords.shown(escrows, &fingerprint);
        let last =
            |records: &mut dyn Iterator<Item = &EscrowRecord>| records.filter_map(|record| record.shown_at).max();
        assert_eq!(last(&mut shown.iter()), last(&mut all.iter().copied()));
        let is_exposed = |record: &&EscrowRecord| record.state == EscrowState::Exposed;
        let last_exposed = all.iter().copied().rfind(is_exposed);
        assert_eq!(shown.iter().rfind(is_exposed), last_exposed);
    }
}

#[test]
fn a_lookup_gives_what_the_rules_need_of_all_of_them() {
    let (mut passwords, mut escrows) = (Passwords::default(), Escrows::default());
    for number in 0..60 {
        passwords.add(&some(number), &password(number));
        escrows.put(some(number));
        passwords.look_up(&escrows);
        check(&passwords, &escrows);
    }
    for number in 0..60 {
        let changed = EscrowRecord {
            escrow: some(number).escrow,
            protector: some(number).protector,
            ..some(number + 1)
        };
        passwords.change(usize::from(number), &some(number), &changed);
        escrows.put(changed);
        check(&passwords, &escrows);
    }
}
