//! What a volume that is at hand says of the escrows that are held for it.

use crate::state::Ending;
use crate::state::EscrowRecord;
use crate::state::EscrowState;
use crate::state::HowEnded;
use crate::state::VolumeRecord;
use crate::values::EscrowId;
use crate::values::ProtectorId;
use crate::values::Time;
use crate::values::VolumeId;

/// A volume that was presented, and what came of trying passwords on it.
#[derive(Clone, Debug)]
pub struct Presented<'a> {
    /// Its own identifier.
    pub volume_id: VolumeId,
    /// The protectors of recovery passwords that it lists.
    pub listed: &'a [ProtectorId],
    /// The escrows whose password opened it, each by its own protector.
    pub opened: &'a [EscrowId],
    /// The escrows whose password did not, though their protector is listed.
    pub failed: &'a [EscrowId],
    /// Whether a password proved the list itself: that nobody edited the metadata since Windows wrote it.
    pub list_proven: bool,
    /// When.
    pub at: Time,
    /// Who presented it.
    pub by: &'a str,
    /// For how long a password may stay exposed, in seconds.
    pub grace_seconds: u64,
}

/// What follows for the escrows of one volume.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Proof {
    /// Every record that has changed.
    pub changed: Vec<EscrowRecord>,
    /// The escrows whose exposure has ended, and is proven to have.
    pub ended: Vec<EscrowId>,
    /// The escrows that are exposed again: their protector is listed still.
    pub exposed_again: Vec<EscrowId>,
}

/// What follows for the escrows of `volume`.
///
/// - A password that opened the volume is proven, and in conflict no more. Superseded, it is there still, so it is
///   current again, or exposed where it was ever shown.
/// - One that did not is in conflict; unless another of the same protector did, which decides the conflict against it.
/// - What the volume says of its other protectors holds where its list is proven and the volume is known by the same
///   identifier: an exposure whose protector is listed still comes back; one whose protector is gone has ended, if a
///   password that is newer than its showing opened the volume; and a current password whose protector is gone is
///   superseded by a newer one that opened it.
pub fn prove(volume: &VolumeRecord, presented: &Presented<'_>) -> Proof {
    let opened: Vec<&EscrowRecord> = volume
        .escrows
        .iter()
        .filter(|record| presented.opened.contains(&record.escrow))
        .collect();
    let speaks = presented.list_proven && !opened.is_empty() && volume.id == Some(presented.volume_id);
    let judge = Judge {
        presented,
        opened: &opened,
        speaks,
    };
    let mut proof = Proof::default();
    for held in volume.escrows.iter() {
        let record = judge.judge(held);
        if record == *held {
            continue;
        }
        let ended = |record: &EscrowRecord| record.ended.as_ref().map(|ending| ending.how) == Some(HowEnded::Proven);
        if ended(&record) && !ended(held) {
            proof.ended.push(held.escrow);
        }
        if record.state == EscrowState::Exposed && held.state != EscrowState::Exposed {
            proof.exposed_again.push(held.escrow);
        }
        proof.changed.push(record);
    }
    proof
}

struct Judge<'a> {
    presented: &'a Presented<'a>,
    opened: &'a [&'a EscrowRecord],
    /// Whether what the volume lists says something of the other escrows.
    speaks: bool,
}

impl Judge<'_> {
    fn judge(&self, held: &EscrowRecord) -> EscrowRecord {
        if self.presented.opened.contains(&held.escrow) {
            return self.proven(held);
        }
        let right = self.opened.iter().find(|opened| opened.protector == held.protector);
        if let Some(right) = right {
            return self.buried(
                &EscrowRecord {
                    conflict: false,
                    ..held.clone()
                },
                right,
            );
        }
        let record = EscrowRecord {
            conflict: held.conflict || self.presented.failed.contains(&held.escrow),
            ..held.clone()
        };
        match (self.speaks, self.presented.listed.contains(&held.protector)) {
            (false, _) => record,
            (true, true) if held.state == EscrowState::Superseded && held.ended.is_some() => self.exposed_again(record),
            (true, true) => record,
            (true, false) => self.gone(record),
        }
    }

    /// It opened the volume.
    fn proven(&self, held: &EscrowRecord) -> EscrowRecord {
        let record = EscrowRecord {
            proven_at: Some(self.presented.at),
            conflict: false,
            ..held.clone()
        };
        match held.state {
            EscrowState::Superseded if !self.speaks => record,
            EscrowState::Superseded if held.ever_shown() => self.exposed_again(record),
            EscrowState::Superseded => EscrowRecord {
                state: EscrowState::Current,
                superseded_at: None,
                superseded_by: None,
                ..record
            },
            EscrowState::Current | EscrowState::Exposed => record,
        }
    }

    fn exposed_again(&self, record: EscrowRecord) -> EscrowRecord {
        let began = record.exposed_at.or(record.shown_at).unwrap_or(self.presented.at);
        EscrowRecord {
            state: EscrowState::Exposed,
            exposed_at: Some(began),
            rotate_by: record
                .rotate_by
                .or_else(|| Some(began.plus_seconds(self.presented.grace_seconds))),
            superseded_at: None,
            superseded_by: None,
            ended: None,
            ..record
        }
    }

    /// Its protector is not on the volume any more.
    fn gone(&self, record: EscrowRecord) -> EscrowRecord {
        let successor = self.opened.iter().find(|opened| follows(opened, &record));
        match successor {
            Some(successor) => self.buried(&record, successor),
            None => record,
        }
    }

    /// It is superseded by `successor`, which is proven; an exposure of it has ended, and that is proven too.
    fn buried(&self, record: &EscrowRecord, successor: &EscrowRecord) -> EscrowRecord {
        let claimed = record
            .ended
            .as_ref()
            .is_some_and(|ending| ending.how == HowEnded::Claimed);
        let ends = record.state == EscrowState::Exposed || claimed;
        if record.state == EscrowState::Superseded && !claimed {
            return record.clone();
        }
        let ended = ends.then(|| Ending {
            how: HowEnded::Proven,
            at: self.presented.at,
            by: self.presented.by.to_owned(),
        });
        EscrowRecord {
            state: EscrowState::Superseded,
            superseded_at: record.superseded_at.or(Some(self.presented.at)),
            superseded_by: record.superseded_by.or(Some(successor.escrow)),
            ended,
            ..record.clone()
        }
    }
}

/// Whether `newer` came in the place of `older`: it is named as its successor, or was made after the other was last
/// shown, or, where it never was, not before it was known.
fn follows(newer: &EscrowRecord, older: &EscrowRecord) -> bool {
    older.superseded_by == Some(newer.escrow)
        || match (newer.created_at, older.shown_at) {
            (Some(created), Some(shown)) => created > shown,
            (Some(created), None) => created >= older.known_since(),
            (None, _) => false,
        }
}

#[cfg(test)]
mod tests;
