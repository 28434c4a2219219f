//! How old passwords are and to whom they were shown, in the model.

use std::collections::BTreeSet;

use crate::Told;
use crate::states_model::model::Coming;
use crate::states_model::model::Model;
use crate::states_model::model::Seen;

impl Model {
    /// A time later than now counts as the time of escrow. Where that is later too, or a clock contradicted, there is none.
    pub(super) fn age(&self, index: usize) -> Option<i64> {
        let escrow = &self.escrows[index];
        let times = [escrow.seen.created, Some(escrow.arrived)];
        let known = times.into_iter().flatten().find(|time| *time <= self.now);
        known.filter(|_| !escrow.seen.clock)
    }

    pub(super) fn made(&self, index: usize) -> Option<i64> {
        self.escrows[index].seen.created.and_then(|_| self.age(index))
    }

    /// When the newest beside it in its volume was made.
    pub(super) fn made_beside(&self, held: usize) -> Option<i64> {
        let beside = |index: &usize| {
            let other = &self.escrows[*index].seen;
            *index != held && other.volume == self.escrows[held].seen.volume && !other.unconfirmed
        };
        (0..self.escrows.len())
            .filter(beside)
            .filter_map(|index| self.made(index))
            .max()
    }

    /// When something newer was made in its volume, its exposure was waived, or its successor was proven: the last of these.
    /// What was sent in its order came after everything that was made.
    pub(super) fn gone_since(&self, held: usize, coming: &Coming) -> Option<i64> {
        let escrow = &self.escrows[held];
        let in_order = matches!(coming.told, Told::Sent(_));
        let made = self.made_beside(held).filter(|_| !in_order);
        let waived = escrow.waived.filter(|_| escrow.seen.ended == Some("waived"));
        let proven = escrow
            .seen
            .superseded_by
            .and_then(|successor| self.escrows[successor].proven);
        made.into_iter().chain(waived).chain(proven).max()
    }

    /// A reveal exposes every current escrow with its fingerprint, and each remembers who was shown it.
    pub(super) fn show(&mut self, index: usize, by: &str) {
        let password = self.escrows[index].seen.password;
        let twins = (0..self.escrows.len()).filter(|other| {
            let other = &self.escrows[*other].seen;
            other.password == password && other.state == "current"
        });
        let shown: BTreeSet<usize> = twins.chain([index]).collect();
        for index in shown {
            let successor = self.escrows[index].seen.superseded_by;
            let buried = successor.is_some_and(|successor| self.escrows[successor].proven.is_some());
            let seen = &mut self.escrows[index].seen;
            seen.shown = seen.shown.max(Some(self.now));
            seen.shown_to.insert(by.to_owned());
            // A superseded one whose successor was never proven is exposed anew.
            if seen.state != "superseded" || !buried {
                seen.state = "exposed";
                (seen.superseded_by, seen.ended) = (None, None);
            }
        }
    }

    pub(super) fn last_shown(&self, password: u8) -> Option<&Seen> {
        let seen = self.escrows.iter().map(|escrow| &escrow.seen);
        let same = seen.filter(|seen| seen.password == password && seen.shown.is_some());
        same.max_by_key(|seen| seen.shown)
    }
}
