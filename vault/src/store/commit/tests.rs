use strongroom_core::crypto::Digest;
use strongroom_core::state::Ending;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::HowEnded;
use strongroom_core::state::MasterKeyRecord;
use strongroom_core::state::Presentation;
use strongroom_core::state::Source;
use strongroom_core::values::LogText;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::VolumeId;
use strongroom_core::values::VolumeType;

use super::*;

/// A text whose characters all take two bytes in JSON.
fn quotes(len: usize) -> String {
    "\"".repeat(len)
}

fn longest_record() -> EscrowRecord {
    let time = || Time::from_millis(1_700_000_000_000);
    EscrowRecord {
        escrow: EscrowId::new([0xff; 16]),
        protector: ProtectorId::new([0xff; 16]),
        envelope: Digest::new([0xff; 32]),
        source: Source::Import,
        escrowed_at: Time::EPOCH,
        escrowed_by: Some(quotes(LogText::MAX_LEN)),
        created_at: time(),
        state: EscrowState::Superseded,
        conflict: true,
        unconfirmed: true,
        clock: true,
        exposed_at: time(),
        exposed_by: Some(quotes(LogText::MAX_LEN)),
        shown_to: vec![quotes(LogText::MAX_LEN); EscrowRecord::MAX_SHOWN_TO],
        shown_to_more: true,
        shown_at: time(),
        rotate_by: time(),
        superseded_at: time(),
        superseded_by: Some(EscrowId::new([0xff; 16])),
        ended: Some(Ending {
            how: HowEnded::Claimed,
            at: Time::EPOCH,
            by: quotes(LogText::MAX_LEN),
        }),
        proven_at: time(),
        presented: Some(Presentation {
            at: Time::EPOCH,
            by: quotes(LogText::MAX_LEN),
        }),
    }
}

fn volume(mounts: usize) -> VolumeRecord {
    let mount = format!(r"C:\{}", "ü".repeat(500)).parse().unwrap();
    VolumeRecord {
        volume: u64::MAX,
        device: Some(format!("a{}", quotes(DeviceName::MAX_LEN - 1)).parse().unwrap()),
        id: Some(VolumeId::new([0xff; 16])),
        mounts: vec![mount; mounts],
        master_key: Some(MasterKeyRecord {
            mac: Digest::new([0xff; 32]),
            proven: true,
        }),
        kind: VolumeType::Removable,
        escrows: Default::default(),
    }
}

#[test]
fn no_change_is_longer_than_it_is_said_to_be_at_most() {
    let record = || Box::new(longest_record());
    let changes = [
        Change::Volume(volume(0)),
        Change::Volume(volume(32)),
        Change::Escrow {
            volume: u64::MAX,
            record: record(),
        },
        Change::Moved {
            from: u64::MAX,
            volume: u64::MAX,
            record: record(),
        },
    ];
    for change in &changes {
        assert!(canonical_len(change) <= len_at_most(change), "{change:?}");
    }
}

#[test]
fn what_is_too_much_for_a_leaf_is_continued_in_others() {
    let mut body = EventBody::new(Action::Escrow);
    body.changes = (0..40)
        .map(|volume| Change::Escrow {
            volume,
            record: Box::new(longest_record()),
        })
        .collect();
    let all = body.changes.clone();
    let mut parts = Vec::new();
    split(body, |part| parts.push(part));
    assert!(parts.len() > 1, "{}", parts.len());
    let actions: Vec<_> = parts.iter().map(|part| part.action).collect();
    assert_eq!(actions[0], Action::Escrow);
    assert!(actions[1..].iter().all(|action| *action == Action::Continued));
    for part in &parts {
        let len: usize = part.changes.iter().map(canonical_len).sum();
        assert!(len <= CHANGES_IN_A_LEAF, "{len}");
    }
    let again: Vec<_> = parts.into_iter().flat_map(|part| part.changes).collect();
    assert_eq!(again, all);
}
