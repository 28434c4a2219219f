//! What holds of the real records after each step.

use strongroom_core::state::Counted;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Projection;
use strongroom_core::state::Totals;
use strongroom_core::state::VolumeRecord;

use crate::states_model::harness::GRACE;
use crate::states_model::harness::Harness;
use crate::states_model::harness::index;

impl Harness {
    /// What must hold whatever happened.
    pub(crate) fn check_invariants(&self) {
        let records = self.records();
        for ((volume, before), (still, now)) in self.before.iter().zip(&records) {
            assert_eq!(before.escrow, now.escrow, "never deleted");
            let confirmed = before.unconfirmed && !now.unconfirmed;
            assert!(volume == still || confirmed, "moved, and not by being confirmed");
            let fixed = |record: &EscrowRecord| (record.protector, record.envelope, record.source, record.escrowed_at);
            assert_eq!(fixed(before), fixed(now), "never overwritten");
            assert!(before.shown_at <= now.shown_at, "never forgotten that it was shown");
            if before.state == EscrowState::Exposed && now.state != EscrowState::Exposed {
                assert!(now.ended.is_some(), "an exposure ends on somebody's word");
            }
        }
        for (volume, record) in &records {
            let same =
                |other: &EscrowRecord| self.passwords[index(other.escrow)] == self.passwords[index(record.escrow)];
            let ever_shown = records.iter().any(|(_, other)| same(other) && other.ever_shown());
            assert!(
                !ever_shown || record.state != EscrowState::Current,
                "shown, and current: {record:?}"
            );
            if record.state == EscrowState::Exposed {
                let began = record.exposed_at.expect("an exposure has a beginning");
                assert_eq!(record.rotate_by, Some(began.plus_seconds(GRACE)), "and a due date");
                assert!(record.ever_shown() && record.ended.is_none());
            }
            assert_eq!(
                record.superseded_at.is_some(),
                record.state == EscrowState::Superseded,
                "{record:?}"
            );
            if let Some(successor) = record.superseded_by {
                assert_eq!(record.state, EscrowState::Superseded);
                assert!(
                    self.volume(*volume).escrow(successor).is_some(),
                    "a successor is of the same volume"
                );
            }
        }
        let volumes = self.projection.volumes();
        for (one, volume) in volumes.iter().enumerate() {
            let same = |other: &&VolumeRecord| {
                other.device == volume.device && other.id == volume.id && other.is_vouched_for()
            };
            assert!(
                volume.id.is_none() || volumes.iter().filter(same).count() <= 1,
                "volume {one}: ids never merge"
            );
        }
        let exposed = records
            .iter()
            .filter(|(_, record)| record.state == EscrowState::Exposed)
            .count();
        let totals = self.projection.totals();
        assert_eq!(totals.exposed, u64::try_from(exposed).unwrap());
        assert_eq!(totals.escrows, u64::try_from(records.len()).unwrap());
        let mut counted = Totals::default();
        for (volume, record) in &records {
            counted.count(None, Counted::of(record, self.volume(*volume)));
        }
        assert_eq!(totals, counted);
    }

    /// The changes alone make the same records.
    pub(crate) fn check_replay(&self) {
        let mut again = Projection::default();
        for change in &self.changes {
            again.apply(change).unwrap();
        }
        assert_eq!(again.volumes(), self.projection.volumes());
        assert_eq!(again.totals(), self.projection.totals());
    }
}
