//! What a volume that is at hand says of the escrows that are held for it.

use std::collections::BTreeMap;

use crate::crypto::Digest;
use crate::state::Age;
use crate::state::Ending;
use crate::state::EscrowRecord;
use crate::state::EscrowState;
use crate::state::HowEnded;
use crate::state::MasterKeyRecord;
use crate::state::Presentation;
use crate::state::VolumeRecord;
use crate::values::EscrowId;
use crate::values::ProtectorId;
use crate::values::Time;
use crate::values::VolumeId;
use crate::values::may_be_same_person;

/// A volume that was presented, and what came of trying passwords on it.
#[derive(Clone, Debug)]
pub struct Presented<'a> {
    /// Its own identifier.
    pub volume_id: VolumeId,
    /// The protectors of recovery passwords that it lists.
    pub listed: &'a [ProtectorId],
    /// The escrows whose password opened it, each by its own protector.
    pub opened: &'a [Opened],
    /// The escrows whose password did not, though their protector is listed.
    pub failed: &'a [EscrowId],
    /// When.
    pub at: Time,
    /// Who presented it.
    pub by: &'a str,
    /// For how long a password may stay exposed, in seconds.
    pub grace_seconds: u64,
}

/// An escrow whose password opened a volume.
#[derive(Clone, Copy, Debug)]
pub struct Opened {
    /// The escrow.
    pub escrow: EscrowId,
    /// `HMAC-SHA256[fingerprint key](master key)` of the master key that it opened.
    pub master_key: Digest,
    /// Whether that key proved the list itself: that nobody without it edited the metadata.
    pub proves_list: bool,
}

/// What follows for the escrows of one volume.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Proof {
    /// What the volume's master key is known as from now on.
    pub master_key: Option<MasterKeyRecord>,
    /// The escrows that opened it by another master key than its own; what that image says counts for nothing.
    pub other_key: Vec<EscrowId>,
    /// Every record that has changed.
    pub changed: Vec<EscrowRecord>,
    /// The escrows whose exposure has ended, and is proven to have.
    pub ended: Vec<EscrowId>,
    /// The escrows whose exposure has ended on the word of the operator who presented the volume.
    pub ended_on_word: Vec<EscrowId>,
    /// The escrows that are exposed again: their protector is listed still.
    pub exposed_again: Vec<EscrowId>,
}

/// What follows for the escrows of `volume`.
///
/// - An image with another master key than the proven one speaks for nothing.
/// - A password that opened the volume is proven, and in conflict no more. Superseded, it is there still, so it is
///   current again, or exposed where it was ever shown.
/// - One that did not is in conflict; unless another of the same protector did, which decides the conflict against it.
/// - What the volume says of its other protectors holds where its list is proven and the volume is known by the same
///   identifier: an exposure whose protector is listed still comes back; one whose protector is gone has ended, if a
///   password that is newer than its showing opened the volume; and a current password whose protector is gone is
///   superseded by a newer one that opened it.
/// - An operator who exposed, claimed or escrowed what opens the volume could have made it up. Their word proves nothing:
///   it ends an exposure as a claim does, and makes nothing superseded. It is proven once another operator presents the
///   same master key.
pub fn prove(volume: &VolumeRecord, presented: &Presented<'_>) -> Proof {
    let Some(judge) = Judge::new(volume, presented) else {
        return Proof {
            master_key: volume.master_key,
            other_key: presented.opened.iter().map(|opened| opened.escrow).collect(),
            ..Proof::default()
        };
    };
    let mut proof = Proof {
        master_key: judge.master_key(),
        other_key: judge.other_key(),
        ..Proof::default()
    };
    for (place, held) in volume.escrows.iter().enumerate() {
        let record = judge.judge(place, held);
        if record == *held {
            continue;
        }
        let how = |record: &EscrowRecord| record.ended.as_ref().map(|ending| ending.how);
        match how(&record).filter(|_| how(&record) != how(held)) {
            Some(HowEnded::Proven) => proof.ended.push(held.escrow),
            Some(HowEnded::Presented) => proof.ended_on_word.push(held.escrow),
            Some(HowEnded::Claimed | HowEnded::Waived) | None => {}
        }
        if record.state == EscrowState::Exposed && held.state != EscrowState::Exposed {
            proof.exposed_again.push(held.escrow);
        }
        proof.changed.push(record);
    }
    proof
}

struct Judge<'a> {
    volume: &'a VolumeRecord,
    presented: &'a Presented<'a>,
    /// The master key that counts; none where nothing opened the volume.
    key: Option<Digest>,
    /// What opened the volume by that key, with its place among the arrivals.
    opened: Vec<(usize, &'a EscrowRecord)>,
    /// Whether what the volume lists says something of the other escrows.
    speaks: bool,
}

impl<'a> Judge<'a> {
    /// `None` where the image has another master key than the one that is proven.
    fn new(volume: &'a VolumeRecord, presented: &'a Presented<'a>) -> Option<Self> {
        let proven = volume.master_key.filter(|key| key.proven).map(|key| key.mac);
        let first = presented.opened.iter().max_by_key(|opened| opened.proves_list);
        let key = proven.or(first.map(|opened| opened.master_key));
        let ours = presented.opened.iter().filter(|opened| Some(opened.master_key) == key);
        let is_ours: BTreeMap<EscrowId, bool> = ours.map(|opened| (opened.escrow, opened.proves_list)).collect();
        if is_ours.is_empty() && !presented.opened.is_empty() {
            return None;
        }
        let all = volume.escrows.iter().enumerate();
        Some(Self {
            volume,
            presented,
            key: key.filter(|_| !is_ours.is_empty()),
            opened: all.filter(|(_, record)| is_ours.contains_key(&record.escrow)).collect(),
            speaks: is_ours.values().any(|proves_list| *proves_list) && volume.id == Some(presented.volume_id),
        })
    }

    fn other_key(&self) -> Vec<EscrowId> {
        let others = self.presented.opened.iter();
        let others = others.filter(|opened| Some(opened.master_key) != self.key);
        others.map(|opened| opened.escrow).collect()
    }

    /// A key is remembered where the volume is known by the image's own identifier.
    fn master_key(&self) -> Option<MasterKeyRecord> {
        let known = self.volume.master_key;
        let is_known = known.is_some_and(|key| key.proven) || self.volume.id != Some(self.presented.volume_id);
        match self.key {
            Some(mac) if !is_known => Some(MasterKeyRecord {
                mac,
                proven: self.opened.iter().any(|(_, opened)| self.proves(opened)),
            }),
            _ => known,
        }
    }

    /// Whether another master key had been presented before.
    fn is_new_key(&self) -> bool {
        let known = self.volume.master_key.map(|key| key.mac);
        self.key.is_some() && known != self.key
    }

    /// Whether it proves something that this password opened the volume: the operator who presented it had no hand in the
    /// password, or another one had presented the same master key with it.
    fn proves(&self, opened: &EscrowRecord) -> bool {
        let by = self.presented.by;
        let other = opened
            .presented
            .as_ref()
            .filter(|before| !may_be_same_person(&before.by, by));
        !opened.unconfirmed && (!opened.is_in_the_hands_of(by) || (other.is_some() && !self.is_new_key()))
    }

    fn judge(&self, place: usize, held: &EscrowRecord) -> EscrowRecord {
        if self.opened.iter().any(|(opened, _)| *opened == place) {
            return self.opened(held);
        }
        let mut held = held.clone();
        if self.is_new_key() {
            // It opened what had another master key.
            held.presented = None;
        }
        let right = self.opened.iter().map(|(_, opened)| *opened);
        let mut right = right.filter(|opened| opened.protector == held.protector);
        if let Some(right) = right.find(|opened| self.proves(opened)) {
            held.conflict = false;
            return self.buried(held, right, HowEnded::Proven);
        }
        held.conflict |= self.presented.failed.contains(&held.escrow);
        match (self.speaks, self.presented.listed.contains(&held.protector)) {
            (false, _) => held,
            (true, true) if held.state == EscrowState::Superseded && held.ended.is_some() => self.exposed_again(held),
            (true, true) => held,
            (true, false) => self.gone(place, held),
        }
    }

    /// It opened the volume.
    fn opened(&self, held: &EscrowRecord) -> EscrowRecord {
        let mut record = held.clone();
        let at = self.presented.at;
        if self.proves(held) {
            (record.proven_at, record.presented, record.conflict) = (Some(at), None, false);
        } else if record.proven_at.is_none() {
            let by = self.presented.by.to_owned();
            record.presented = Some(Presentation { at, by });
        }
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
    fn gone(&self, place: usize, record: EscrowRecord) -> EscrowRecord {
        let follows = |(later, newer): &(usize, &EscrowRecord)| self.follows(newer, &record, *later > place);
        let successors = self.opened.iter().copied().filter(follows).map(|(_, newer)| newer);
        let mut successors = successors.filter(|newer| !newer.unconfirmed);
        let proof = successors.clone().find(|newer| self.proves_end(&record, newer));
        match proof {
            Some(successor) => self.buried(record, successor, HowEnded::Proven),
            None if record.state == EscrowState::Exposed => match successors.next() {
                Some(successor) => self.buried(record, successor, HowEnded::Presented),
                None => record,
            },
            None => record,
        }
    }

    /// Whether it is proven that a password is gone: the operator who presented the volume had no hand in it either, or
    /// another one had said the same before.
    fn proves_end(&self, gone: &EscrowRecord, successor: &EscrowRecord) -> bool {
        let by = self.presented.by;
        let ended = gone.ended.as_ref();
        let was_theirs = gone.may_have_been_shown_to(by) || gone.was_escrowed_by(by);
        let own = was_theirs || ended.is_some_and(|ending| may_be_same_person(&ending.by, by));
        let said = ended.is_some_and(|ending| ending.how == HowEnded::Presented && !may_be_same_person(&ending.by, by));
        self.proves(successor) && (!own || said)
    }

    /// It is superseded by `successor`; an exposure of it has ended in this way.
    fn buried(&self, record: EscrowRecord, successor: &EscrowRecord, how: HowEnded) -> EscrowRecord {
        let ended = record.ended.as_ref().map(|ending| ending.how);
        let claimed = matches!(ended, Some(HowEnded::Claimed | HowEnded::Presented));
        if record.state == EscrowState::Superseded && !claimed {
            return record;
        }
        let ends = record.state == EscrowState::Exposed || claimed;
        EscrowRecord {
            state: EscrowState::Superseded,
            superseded_at: record.superseded_at.or(Some(self.presented.at)),
            superseded_by: record.superseded_by.or(Some(successor.escrow)),
            ended: ends.then(|| Ending {
                how,
                at: self.presented.at,
                by: self.presented.by.to_owned(),
            }),
            ..record
        }
    }

    /// Whether `newer` came in the place of `older`: it is named as its successor, or was made after the other was last
    /// shown, or, where it never was, not before it was known. Where a clock contradicts, what arrived later is newer.
    fn follows(&self, newer: &EscrowRecord, older: &EscrowRecord, arrived_later: bool) -> bool {
        if older.superseded_by == Some(newer.escrow) {
            return true;
        }
        let now = self.presented.at;
        match (newer.created_at, newer.age(now), older.shown_at, older.age(now)) {
            (None, ..) => false,
            (Some(_), Age::Contradicted, ..) => arrived_later,
            (Some(_), _, Some(shown), _) if shown > now => arrived_later,
            (Some(_), Age::Since(created), Some(shown), _) => created > shown,
            (Some(_), _, None, Age::Contradicted) => arrived_later,
            (Some(_), Age::Since(created), None, Age::Since(known)) => created >= known,
        }
    }
}

#[cfg(test)]
mod tests;
