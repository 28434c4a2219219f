//! What an arriving password becomes.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::Serialize;

use crate::crypto::Digest;
use crate::state::Ending;
use crate::state::EscrowRecord;
use crate::state::EscrowState;
use crate::state::HowEnded;
use crate::state::Source;
use crate::state::VolumeRecord;
use crate::values::EscrowId;
use crate::values::ProtectorId;
use crate::values::Time;

/// A password that arrives at a volume.
#[derive(Clone, Debug)]
pub struct Arrival<'a> {
    /// The escrow it will be, unless it is held already.
    pub escrow: EscrowId,
    /// The protector whose password it is.
    pub protector: ProtectorId,
    /// `SHA-256(envelope ‖ fingerprint)`.
    pub envelope: Digest,
    /// How it came.
    pub source: Source,
    /// What its source may say.
    pub standing: Standing,
    /// Whether its source is known; what comes from any other touches nothing.
    pub confirmed: bool,
    /// When it arrived.
    pub at: Time,
    /// Whether the vault's own clock is known to be wrong: it stands before the vault was made.
    pub clock_is_wrong: bool,
    /// Who brought it.
    pub by: &'a str,
    /// The protectors of this volume that the same live source lists.
    pub listed: &'a BTreeSet<ProtectorId>,
    /// The escrows of this volume that hold the same password. Of those with the same protector, one that somebody vouches
    /// for and one that nobody does are enough; of those with another protector, the most exposed one that somebody vouches
    /// for. Escrows of other volumes are not looked at.
    pub same_password: &'a [EscrowId],
    /// Of the escrows, of any volume, that hold the same password and were shown, the one shown last: the arriving one is
    /// exposed with its dates, and what is created after that showing ends the exposure.
    pub shown: Option<&'a EscrowRecord>,
    /// For how long a password may stay exposed, in seconds.
    pub grace_seconds: u64,
}

/// What a source can say of time. A time in the future counts as the time of arrival.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It sees the volume now, and may know when the password was made.
    Live(Option<Time>),
    /// It saw the volume when its own clock said so, and nothing that it sent later came before. What it sent is as new as
    /// its place in the log.
    Sent {
        /// When it saw the volume, by its own clock.
        at: Time,
        /// When the password was made.
        created: Option<Time>,
        /// Whether that clock is known to be wrong: it stands before the sender was enrolled.
        clock_is_wrong: bool,
    },
    /// It saw the volume then, and may know when the password was made.
    Seen {
        /// When it saw the volume.
        at: Time,
        /// When the password was made.
        created: Option<Time>,
    },
    /// It knows when the password was made.
    Dated(Time),
    /// It knows neither.
    Undated,
}

/// What was decided of an arrival.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Decision {
    /// The rule that fitted.
    pub rule: Rule,
    /// The escrow that now holds the password.
    pub escrow: EscrowId,
    /// Its state.
    pub state: EscrowState,
    /// Every record that is new or has changed, the arriving one first; none where nothing is new.
    pub changed: Vec<EscrowRecord>,
    /// The escrows that this one superseded.
    pub superseded: Vec<EscrowId>,
    /// Whether it ended an exposure.
    pub exposure_ended: bool,
}

/// The rules of arrival, in their order; the first that fits decides.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// 1: its source has no standing.
    NoStanding,
    /// 2: the same protector and password are held in this volume.
    AlreadyHeld,
    /// 3: the same protector is held in this volume with another password.
    OtherPassword,
    /// 4: the same password is held in this volume under another protector.
    OtherProtector,
    /// 5: nobody knows when it was made.
    Undated,
    /// 6: it was made before the newest that is held.
    Older,
    /// 6: it is the newest.
    Newest,
}

/// Decides what an arriving password becomes in `volume`, by the first rule that fits.
pub fn arrive(volume: &VolumeRecord, arrival: &Arrival<'_>) -> Decision {
    // Also where it is held: if that were told, whoever can hand in could find a held password out by trying.
    if !arrival.confirmed {
        return arrival.becomes(Rule::NoStanding, arrival.fresh(EscrowState::Current));
    }
    match arrival.held_in(volume) {
        // Whoever now vouches for a password that nobody vouched for brings it in anew.
        Some(held) if held.unconfirmed => arrival.settle(volume, Some(held)),
        Some(held) => arrival.already_held(volume, held),
        None => arrival.settle(volume, None),
    }
}

impl Rule {
    /// What the rule says, for people.
    pub const fn why(self) -> &'static str {
        match self {
            Self::AlreadyHeld => "the same password of the same protector is already held",
            Self::Newest => "it is the newest password of its volume",
            Self::NoStanding => "its source is not enrolled; it waits for `confirm`",
            Self::Older => "a newer password of its volume is held",
            Self::OtherPassword => "another password is held for the same protector; one of them is wrong",
            Self::OtherProtector => "the same password is held in this volume under another protector",
            Self::Undated => "nobody says when it was made, so it supersedes nothing",
        }
    }
}

impl Arrival<'_> {
    /// Rules 3 to 6. `again` is the unconfirmed escrow that this arrival gives standing to.
    fn settle(&self, volume: &VolumeRecord, again: Option<&EscrowRecord>) -> Decision {
        // What a source without standing said of time does not hold; whoever confirms it says it again.
        let time = self.time();
        let newest = volume.escrows.newest(self.at, None);
        let overtaken = newest.filter(|newest| time.is_some_and(|time| time < *newest));
        let wrong = overtaken.is_some_and(|newest| self.standing.is_contradicted_by(newest));
        let clock_is_wrong = self.clock_is_wrong || self.standing.has_a_wrong_clock();
        let is_older = overtaken.is_some() && !wrong;
        let doubted = wrong || clock_is_wrong || self.is_contradicted_in(volume);
        let doubted = doubted && time.is_some() && !is_older;
        let record = |state| match again {
            Some(again) => EscrowRecord {
                unconfirmed: false,
                escrowed_by: self.vouches(again),
                created_at: time,
                clock: doubted,
                ..self.in_state(again.clone(), state)
            },
            None => EscrowRecord {
                clock: doubted,
                ..self.fresh(state)
            },
        };
        let mut rivals = volume.escrows.of_protector(self.protector);
        if rivals.any(|held| !held.unconfirmed) {
            return self.conflicts(record(EscrowState::Current), volume);
        }
        let age = match is_older {
            true => EscrowState::Superseded,
            false => EscrowState::Current,
        };
        let twins = self.same_password(volume).filter(|held| !held.unconfirmed);
        if let Some(twins) = twins.map(|held| held.state).max() {
            return self.becomes(Rule::OtherProtector, record(age.max(twins)));
        }
        match time {
            None => self.becomes(Rule::Undated, record(EscrowState::Current)),
            Some(_) if age == EscrowState::Superseded => self.becomes(Rule::Older, record(age)),
            Some(time) => self.supersedes(volume, record(age), time),
        }
    }

    /// Rule 2.
    fn already_held(&self, volume: &VolumeRecord, held: &EscrowRecord) -> Decision {
        let mut record = EscrowRecord {
            created_at: held.created_at.or(self.time()),
            ..held.clone()
        };
        let back = held.state == EscrowState::Superseded && self.saw_it_since(volume, held);
        if back {
            record = self.in_state(record, EscrowState::Current);
            let newest = self.newest_beside(volume, held);
            record.clock |= newest.is_some_and(|newest| self.standing.is_contradicted_by(newest));
        }
        let mut decision = self.becomes(Rule::AlreadyHeld, record);
        decision.changed.retain(|record| record != held);
        decision
    }

    /// Rule 3: both are kept, and both are marked until one is proven.
    fn conflicts(&self, record: EscrowRecord, volume: &VolumeRecord) -> Decision {
        let mut decision = self.becomes(
            Rule::OtherPassword,
            EscrowRecord {
                conflict: true,
                ..record
            },
        );
        let rivals = volume.escrows.without_conflict(self.protector);
        for held in rivals.filter(|held| !held.unconfirmed) {
            decision.changed.push(EscrowRecord {
                conflict: true,
                ..held.clone()
            });
        }
        decision
    }

    /// Rule 6, for the newest. It makes the others old whether or not anybody vouches for them.
    fn supersedes(&self, volume: &VolumeRecord, record: EscrowRecord, time: Time) -> Decision {
        let escrow = record.escrow;
        let mut decision = self.becomes(Rule::Newest, record);
        let live = self.standing.is_live();
        let open: Vec<&EscrowRecord> = match volume.supersedes() {
            true => volume.escrows.open().collect(),
            false => volume.escrows.exposed().collect(),
        };
        let is_open = |held: &EscrowRecord| match held.state {
            EscrowState::Current => volume.supersedes(),
            EscrowState::Exposed => true,
            EscrowState::Superseded => false,
        };
        let later = volume.escrows.later_than(self.at).filter(|held| !is_open(held));
        for held in open.into_iter().chain(later) {
            if held.escrow == escrow {
                continue;
            }
            let is_there = live && self.listed.contains(&held.protector);
            let goes = match held.state {
                EscrowState::Current => volume.supersedes() && self.follows(held, time),
                EscrowState::Exposed => held.shown_at.is_some_and(|shown| self.follows_showing(shown, time)),
                EscrowState::Superseded => false,
            };
            if goes && !is_there {
                decision.superseded.push(held.escrow);
                decision.exposure_ended |= held.state == EscrowState::Exposed;
                decision.changed.push(self.superseded(held, decision.escrow));
            } else if self.standing.is_in_order() && self.contradicts(held) {
                decision.changed.push(EscrowRecord {
                    clock: true,
                    ..held.clone()
                });
            }
        }
        decision
    }

    fn superseded(&self, held: &EscrowRecord, successor: EscrowId) -> EscrowRecord {
        let ended = (held.state == EscrowState::Exposed).then(|| Ending {
            how: HowEnded::Claimed,
            at: self.at,
            by: self.by.to_owned(),
        });
        EscrowRecord {
            state: EscrowState::Superseded,
            superseded_at: Some(self.at),
            superseded_by: Some(successor),
            ended,
            clock: held.clock || self.knows_only_the_order_of(held),
            ..held.clone()
        }
    }

    fn becomes(&self, rule: Rule, record: EscrowRecord) -> Decision {
        Decision {
            rule,
            escrow: record.escrow,
            state: record.state,
            changed: vec![record],
            superseded: Vec::new(),
            exposure_ended: false,
        }
    }

    fn fresh(&self, state: EscrowState) -> EscrowRecord {
        let record = EscrowRecord {
            escrow: self.escrow,
            protector: self.protector,
            envelope: self.envelope,
            source: self.source,
            escrowed_at: self.at,
            escrowed_by: self.confirmed.then(|| self.by.to_owned()),
            created_at: self.time(),
            state,
            conflict: false,
            unconfirmed: !self.confirmed,
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
        };
        self.in_state(record, state)
    }

    /// The record in this state, or exposed where that would be `current` and the password was ever shown. One that is
    /// exposed stays so: what ends an exposure is a newer password.
    fn in_state(&self, record: EscrowRecord, state: EscrowState) -> EscrowRecord {
        if state == EscrowState::Superseded && record.state != EscrowState::Exposed {
            return EscrowRecord {
                state,
                superseded_at: record.superseded_at.or(Some(self.at)),
                ..record
            };
        }
        let record = EscrowRecord {
            superseded_at: None,
            superseded_by: None,
            ended: None,
            ..record
        };
        let shown = if record.ever_shown() {
            Some(record.clone())
        } else {
            self.shown.cloned()
        };
        let Some(shown) = shown else {
            return EscrowRecord { state, ..record };
        };
        let began = shown.exposed_at.or(shown.shown_at).unwrap_or(self.at);
        EscrowRecord {
            state: EscrowState::Exposed,
            exposed_at: Some(began),
            exposed_by: shown.exposed_by,
            shown_to: shown.shown_to,
            shown_to_more: shown.shown_to_more,
            shown_at: shown.shown_at,
            rotate_by: Some(
                shown
                    .rotate_by
                    .unwrap_or_else(|| began.plus_seconds(self.grace_seconds)),
            ),
            ..record
        }
    }

    /// Who took in an escrow that settles now: whoever vouches for it now or, where that was done before, did so then.
    fn vouches(&self, held: &EscrowRecord) -> Option<String> {
        match held.unconfirmed {
            true => Some(self.by.to_owned()),
            false => held.escrowed_by.clone(),
        }
    }

    fn time(&self) -> Option<Time> {
        self.standing.time(self.at)
    }

    /// The escrow that holds it already; one that somebody vouches for before any other.
    fn held_in<'v>(&self, volume: &'v VolumeRecord) -> Option<&'v EscrowRecord> {
        let mut held = self
            .same_password(volume)
            .filter(|held| held.protector == self.protector);
        let vouched = held.clone().find(|held| !held.unconfirmed);
        vouched.or_else(|| held.next())
    }

    fn same_password<'v>(&self, volume: &'v VolumeRecord) -> impl Iterator<Item = &'v EscrowRecord> + Clone {
        self.same_password.iter().filter_map(|escrow| volume.escrow(*escrow))
    }
}

mod clock;

mod assigned;

pub use assigned::assign;
pub use assigned::confirm;

#[cfg(test)]
mod tests;
