//! Who saw which password, when and why, and what became of it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::audit::Period;
use crate::audit::Subject;
use crate::log::Action;
use crate::log::Event;
use crate::log::Replayed;
use crate::state::Change;
use crate::state::Ending;
use crate::state::EscrowRecord;
use crate::state::EscrowState;
use crate::values::EscrowId;
use crate::values::LogText;
use crate::values::Time;
use crate::values::may_be_same_person;

/// The ways by which passwords got out within a period, and the requests that were refused.
///
/// It grows with these, not with the log. The whole log is to be shown to it: what became of a password of the period
/// may stand behind it.
#[derive(Clone, Debug, Default)]
pub struct Reveals {
    period: Period,
    shown: Vec<RevealRow>,
    denied: Vec<DeniedRow>,
    last: BTreeMap<EscrowId, usize>,
    running: BTreeMap<EscrowId, Exposing>,
}

/// A password that got out, and what became of it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct RevealRow {
    /// `reveal`, or `expose` where it got out otherwise.
    pub action: Action,
    /// Who, when and why.
    #[serde(flatten)]
    pub asked: Asked,
    /// What came of it, as its callers said, in order.
    pub outcomes: Vec<RevealOutcome>,
    /// How its exposure ended, or when it is to.
    pub rotation: Rotation,
    /// Whether the operator who ended it is one to whom the password was ever shown.
    #[serde(skip)]
    pub self_ended: bool,
}

/// A request that was refused, or a count of such.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct DeniedRow {
    /// `reveal-denied`, `refused` or `refusals`.
    pub action: Action,
    /// Who, when and why.
    #[serde(flatten)]
    pub asked: Asked,
}

/// What stands in an event about a password that somebody asked for; what is unknown is null.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Asked {
    /// The event.
    pub leaf: u64,
    /// When.
    pub time: Time,
    /// Who: the login user where there is one, else the effective one.
    pub operator: String,
    /// The password.
    #[serde(flatten)]
    pub subject: Subject,
    /// Who called.
    pub caller: Option<LogText>,
    /// Why, as a code.
    pub reason: Option<String>,
    /// Why, in words.
    pub note: Option<LogText>,
    /// The ticket.
    pub ticket: Option<LogText>,
    /// What it came to.
    pub result: Option<String>,
}

/// What came of a reveal.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct RevealOutcome {
    /// The event.
    pub leaf: u64,
    /// When it was said.
    pub time: Time,
    /// By whom.
    pub operator: String,
    /// `unlocked` or `did-not-unlock`.
    pub result: Option<String>,
    /// In words.
    pub note: Option<LogText>,
}

/// What became of a password that got out.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Rotation {
    /// A newer one was proven before, so that this one opens nothing any more.
    NotNeeded,
    /// It is to be rotated.
    Owed {
        /// By when.
        rotate_by: Option<Time>,
    },
    /// Its exposure ended.
    Ended(Ending),
}

/// The rows of an exposure that may still change.
#[derive(Clone, Debug)]
struct Exposing {
    began: Option<Time>,
    rows: Vec<usize>,
}

impl Reveals {
    /// Those of a period.
    pub fn of(period: Period) -> Self {
        Self {
            period,
            ..Self::default()
        }
    }

    /// Takes the next leaf.
    pub fn take(&mut self, replayed: &Replayed) {
        let event = &replayed.event;
        for change in &event.body.changes {
            if let Change::Escrow { record, .. } | Change::Moved { record, .. } = change {
                self.follow(record);
            }
        }
        match event.body.action {
            Action::Reveal | Action::Expose => self.take_shown(event),
            Action::Outcome => self.take_outcome(event),
            Action::RevealDenied | Action::Refused | Action::Refusals if self.period.holds(event.time) => {
                self.denied.push(DeniedRow {
                    action: event.body.action,
                    asked: Asked::of(event),
                });
            }
            Action::RevealDenied
            | Action::Refused
            | Action::Refusals
            | Action::AlarmAccept
            | Action::Assign
            | Action::Checkpoint
            | Action::Confirm
            | Action::Continued
            | Action::Escrow
            | Action::Export
            | Action::Init
            | Action::Migrated
            | Action::Proof
            | Action::Prove
            | Action::Proven
            | Action::Receipts
            | Action::Rekey
            | Action::Report
            | Action::Restore
            | Action::SenderEnrol
            | Action::SenderRevoke
            | Action::Waive => {}
        }
    }

    /// The passwords that got out, in order.
    pub fn shown(&self) -> &[RevealRow] {
        &self.shown
    }

    /// The requests that were refused, in order.
    pub fn denied(&self) -> &[DeniedRow] {
        &self.denied
    }

    /// A record changed: so does what became of the showings of its present exposure.
    fn follow(&mut self, record: &EscrowRecord) {
        let Some(exposing) = self.running.get(&record.escrow) else {
            return;
        };
        if exposing.began != record.exposed_at {
            // It was exposed anew: what became of it before stays as it was.
            self.running.remove(&record.escrow);
            return;
        }
        for row in &exposing.rows {
            if let Some(row) = self.shown.get_mut(*row) {
                row.rotation = Rotation::of(record);
                row.self_ended = record.is_self_ended();
            }
        }
    }

    fn take_shown(&mut self, event: &Event) {
        let body = &event.body;
        let row = self.shown.len();
        let record = body.changes.iter().find_map(|change| match change {
            Change::Escrow { record, .. } if Some(record.escrow) == body.escrow => Some(record),
            Change::Escrow { .. } | Change::Moved { .. } | Change::Sender(_) | Change::Vault(_) | Change::Volume(_) => {
                None
            }
        });
        let holds = self.period.holds(event.time);
        if let Some(escrow) = body.escrow.filter(|_| body.action == Action::Reveal) {
            // What is said of a reveal outside of the period is not said of the one before.
            if holds {
                self.last.insert(escrow, row);
            } else {
                self.last.remove(&escrow);
            }
        }
        if !holds {
            return;
        }
        let exposed = record.filter(|record| record.state == EscrowState::Exposed);
        if let Some(record) = exposed {
            let exposing = self.running.entry(record.escrow).or_insert_with(|| Exposing {
                began: record.exposed_at,
                rows: Vec::new(),
            });
            exposing.rows.push(row);
        }
        self.shown.push(RevealRow {
            action: body.action,
            asked: Asked::of(event),
            outcomes: Vec::new(),
            rotation: exposed.map_or(Rotation::NotNeeded, |record| Rotation::of(record)),
            self_ended: false,
        });
    }

    fn take_outcome(&mut self, event: &Event) {
        let row = event.body.escrow.and_then(|escrow| self.last.get(&escrow));
        if let Some(row) = row.and_then(|row| self.shown.get_mut(*row)) {
            row.outcomes.push(RevealOutcome {
                leaf: event.leaf,
                time: event.time,
                operator: event.operator.to_string(),
                result: event.body.result.clone(),
                note: event.body.note.clone(),
            });
        }
    }
}

impl Asked {
    fn of(event: &Event) -> Self {
        let body = &event.body;
        Self {
            leaf: event.leaf,
            time: event.time,
            operator: event.operator.to_string(),
            subject: Subject::of_event(body),
            caller: body.caller.clone(),
            reason: body.reason.clone(),
            note: body.note.clone(),
            ticket: body.ticket.clone(),
            result: body.result.clone(),
        }
    }
}

impl RevealRow {
    /// Returns whether the exposure may have ended on the word of an operator to whom the password was shown.
    pub fn is_self_ended(&self) -> bool {
        let Rotation::Ended(ending) = &self.rotation else {
            return false;
        };
        self.self_ended || may_be_same_person(&ending.by, &self.asked.operator)
    }
}

impl Rotation {
    /// What a record says of an exposure that it was once in.
    fn of(record: &EscrowRecord) -> Self {
        match (record.state, &record.ended) {
            (EscrowState::Exposed, _) => Self::Owed {
                rotate_by: record.rotate_by,
            },
            (EscrowState::Superseded | EscrowState::Current, Some(ending)) => Self::Ended(ending.clone()),
            (EscrowState::Superseded | EscrowState::Current, None) => Self::NotNeeded,
        }
    }
}

#[cfg(test)]
mod tests;
