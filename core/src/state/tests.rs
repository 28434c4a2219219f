//! Records for the tests of this folder's files: small numbers stand for escrows, protectors and seconds.

use crate::crypto::Digest;
use crate::state::EscrowRecord;
use crate::state::EscrowState;
use crate::state::HowEnded;
use crate::state::Source;
use crate::state::VolumeRecord;
use crate::values::EscrowId;
use crate::values::ProtectorId;
use crate::values::Time;
use crate::values::VolumeType;

pub(crate) const GRACE: u64 = 1000;

pub(crate) fn at(seconds: i64) -> Time {
    Time::from_millis(seconds * 1000).unwrap()
}

pub(crate) const fn escrow(number: u8) -> EscrowId {
    EscrowId::new([number; 16])
}

pub(crate) const fn protector(number: u8) -> ProtectorId {
    ProtectorId::new([number; 16])
}

/// Escrow `number` of protector `number`, taken in at 1 and `current`.
pub(crate) fn held(number: u8, created: Option<i64>) -> EscrowRecord {
    EscrowRecord {
        escrow: escrow(number),
        protector: protector(number),
        envelope: Digest::new([number; 32]),
        source: Source::Escrow,
        escrowed_at: at(1),
        escrowed_by: Some("eve".to_owned()),
        created_at: created.map(at),
        state: EscrowState::Current,
        conflict: false,
        unconfirmed: false,
        clock: false,
        exposed_at: None,
        exposed_by: None,
        shown_to: Vec::new(),
        shown_to_more: false,
        shown_at: None,
        rotate_by: None,
        superseded_at: None,
        superseded_by: None,
        ended: None,
        proven_at: None,
        presented: None,
    }
}

/// The same, shown at `shown`.
pub(crate) fn exposed(number: u8, created: Option<i64>, shown: i64) -> EscrowRecord {
    EscrowRecord {
        state: EscrowState::Exposed,
        exposed_at: Some(at(shown)),
        exposed_by: Some("ann".to_owned()),
        shown_at: Some(at(shown)),
        rotate_by: Some(at(shown).plus_seconds(GRACE)),
        ..held(number, created)
    }
}

/// The same as [`held`], superseded at 2 by escrow 9.
pub(crate) fn superseded(number: u8, created: Option<i64>) -> EscrowRecord {
    EscrowRecord {
        state: EscrowState::Superseded,
        superseded_at: Some(at(2)),
        superseded_by: Some(escrow(9)),
        ..held(number, created)
    }
}

/// `C:` of PC-1.
pub(crate) fn volume(escrows: impl IntoIterator<Item = EscrowRecord>) -> VolumeRecord {
    VolumeRecord {
        volume: 1,
        device: Some("PC-1".parse().unwrap()),
        id: None,
        mounts: vec!["C:".parse().unwrap()],
        kind: VolumeType::Os,
        master_key: None,
        escrows: escrows.into_iter().collect(),
    }
}

/// The words that are written by hand are those of the format.
#[test]
fn a_word_is_the_same_in_a_record_and_on_a_screen() {
    let written = |word: serde_json::Value| word.as_str().unwrap().to_owned();
    for state in EscrowState::ALL {
        assert_eq!(written(serde_json::to_value(state).unwrap()), state.as_str());
    }
    for source in [Source::Drop, Source::Escrow, Source::Import] {
        assert_eq!(written(serde_json::to_value(source).unwrap()), source.as_str());
    }
    for how in HowEnded::ALL {
        assert_eq!(written(serde_json::to_value(how).unwrap()), how.as_str());
    }
}
