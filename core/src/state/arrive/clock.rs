//! Clocks that contradict the order in which passwords came.
//!
//! The order of live sources is the log's: what comes is never older than what was live before it, whatever a clock says
//! now or said then. A time that is later than now, or that was contradicted when it came, decides nothing.

use crate::state::Age;
use crate::state::Arrival;
use crate::state::EscrowRecord;
use crate::state::EscrowState;
use crate::state::HowEnded;
use crate::state::Standing;
use crate::state::VolumeRecord;
use crate::values::Time;

impl Standing {
    /// The time it speaks of, at most the time of arrival.
    pub(super) fn time(self, arrived: Time) -> Option<Time> {
        match self {
            Self::Live(time) => Some(time.map_or(arrived, |time| time.min(arrived))),
            Self::Seen { at, created } | Self::Sent { at, created, .. } => Some(created.unwrap_or(at).min(arrived)),
            Self::Dated(time) => Some(time.min(arrived)),
            Self::Undated => None,
        }
    }

    /// Whether it sees the volume, or saw it.
    pub(super) const fn is_live(self) -> bool {
        matches!(self, Self::Live(_) | Self::Seen { .. } | Self::Sent { .. })
    }

    /// Whether its order is the log's.
    pub(super) const fn is_in_order(self) -> bool {
        matches!(self, Self::Live(_) | Self::Sent { .. })
    }

    /// Whether the source's own clock stands before `newest`, which came before.
    pub(super) fn is_contradicted_by(self, newest: Time) -> bool {
        matches!(self, Self::Sent { at, .. } if at < newest)
    }

    /// Whether it is a sender's whose clock is known to be wrong.
    pub(super) const fn has_a_wrong_clock(self) -> bool {
        matches!(
            self,
            Self::Sent {
                clock_is_wrong: true,
                ..
            }
        )
    }
}

impl Arrival<'_> {
    /// Whether it sees the volume, or saw it since everything by which a superseded password is known to be gone: a newer
    /// one was made, or its end was waived or proven. What was sent in its order came after what was made, whatever its
    /// clock says.
    pub(super) fn saw_it_since(&self, volume: &VolumeRecord, held: &EscrowRecord) -> bool {
        let (saw, made) = match self.standing {
            Standing::Live(_) => return true,
            Standing::Sent { at, .. } => (at, None),
            Standing::Seen { at, .. } => (at, self.newest_beside(volume, held)),
            Standing::Dated(_) | Standing::Undated => return false,
        };
        let is_word = |how| matches!(how, HowEnded::Claimed | HowEnded::Presented);
        let ended = held.ended.iter().filter(|ending| !is_word(ending.how));
        let successor = held.superseded_by.and_then(|successor| volume.escrow(successor));
        let proven = successor.and_then(|successor| successor.proven_at);
        let last = made
            .into_iter()
            .chain(ended.map(|ending| ending.at))
            .chain(proven)
            .max();
        last.is_none_or(|last| last <= saw.min(self.at))
    }

    /// When the newest of the other passwords of a volume was made.
    pub(super) fn newest_beside(&self, volume: &VolumeRecord, held: &EscrowRecord) -> Option<Time> {
        volume.escrows.newest(self.at, Some(held.escrow))
    }

    /// Returns whether the times of any confirmed password of a volume contradict this arrival.
    pub(super) fn is_contradicted_in(&self, volume: &VolumeRecord) -> bool {
        let marked = (!self.standing.is_in_order()).then(|| volume.escrows.marked_open());
        let mut doubtful = volume.escrows.later_than(self.at).chain(marked.into_iter().flatten());
        doubtful.any(|held| !held.unconfirmed && self.contradicts(held))
    }

    /// Whether the times of a held password contradict this arrival. In the order of the log they do so once: from then
    /// on that password is marked. What is placed by its own time cannot be compared with it until something follows it.
    pub(super) fn contradicts(&self, held: &EscrowRecord) -> bool {
        let is_over = self.standing.is_in_order() || held.state == EscrowState::Superseded;
        self.knows_only_the_order_of(held) && !(held.clock && is_over)
    }

    /// Whether it came in the place of a held one that is current.
    pub(super) fn follows(&self, held: &EscrowRecord, time: Time) -> bool {
        match held.age(self.at) {
            Age::Since(known) => known <= time,
            // By a wrong clock nothing says in which order a sender's drops were made, but that clock.
            Age::Contradicted if self.standing.has_a_wrong_clock() => held.created_at.is_some_and(|made| made <= time),
            Age::Contradicted => self.standing.is_in_order(),
        }
    }

    /// Whether it was made after a showing. A showing that is later than now was before this in the log; that what was made
    /// at some time came after it, nothing says.
    pub(super) fn follows_showing(&self, shown: Time, time: Time) -> bool {
        let is_now = matches!(self.standing, Standing::Live(None));
        time > shown || (is_now && shown > self.at)
    }

    /// Whether no time on record tells how old a held password is.
    pub(super) fn knows_only_the_order_of(&self, held: &EscrowRecord) -> bool {
        held.age(self.at) == Age::Contradicted
    }
}
