//! Summing up a whole log.

use std::collections::BTreeMap;

use crate::audit::ClaimedEnd;
use crate::audit::ClockStep;
use crate::audit::EpochBegun;
use crate::audit::Exposure;
use crate::audit::HandedOut;
use crate::audit::OperatorCounts;
use crate::audit::Rekey;
use crate::audit::Report;
use crate::audit::Subject;
use crate::audit::Waiver;
use crate::audit::WrongPins;
use crate::crypto::Digest;
use crate::log::Action;
use crate::log::Event;
use crate::log::Replayed;
use crate::state::EscrowRecord;
use crate::state::EscrowState;
use crate::state::HowEnded;
use crate::state::Projection;
use crate::state::VolumeRecord;
use crate::values::Time;

/// What the leaves of a log came to so far.
///
/// It grows with the number of operators, epochs, rekeys, waivers, clock steps, wrong PINs and things handed out, not with the log.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    times: Times,
    operators: BTreeMap<String, OperatorCounts>,
    refusals_counted: u64,
    epochs: Vec<EpochBegun>,
    rekeys: Vec<Rekey>,
    waivers: Vec<Waiver>,
    clock_steps: Vec<ClockStep>,
    wrong_pins: Vec<WrongPins>,
    handed_out: Vec<HandedOut>,
    /// Whether the last of these has not got its checkpoint yet: `continued` events follow it.
    is_handing_out: bool,
}

/// Events and their times.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    events: u64,
    first: Option<Time>,
    last: Option<Time>,
    least: Option<Time>,
    greatest: Option<Time>,
}

impl Findings {
    /// Takes the next leaf; `root` is the log's root over the leaves up to and with it.
    pub fn take(&mut self, replayed: &Replayed, root: impl FnOnce() -> Digest) {
        let event = &replayed.event;
        self.times.take(event.time);
        self.count(event);
        self.note_clock_and_pins(event);
        self.epochs.extend(EpochBegun::of(event));
        match event.body.action {
            Action::Waive => self.waivers.push(Waiver::of(event)),
            Action::Rekey => self.rekeys.push(Rekey::of(event)),
            Action::Checkpoint | Action::Export | Action::Proof | Action::Receipts | Action::Report => {
                self.handed_out.push(HandedOut::of(event));
                self.is_handing_out = true;
            }
            Action::Refusals => {
                self.refusals_counted = self.refusals_counted.saturating_add(refusals(event));
            }
            Action::AlarmAccept
            | Action::Assign
            | Action::Confirm
            | Action::Continued
            | Action::Escrow
            | Action::Expose
            | Action::Init
            | Action::Migrated
            | Action::Outcome
            | Action::Prove
            | Action::Proven
            | Action::Refused
            | Action::Restore
            | Action::Reveal
            | Action::RevealDenied
            | Action::SenderEnrol
            | Action::SenderRevoke => {}
        }
        self.conclude_hand_out(event, root);
    }

    /// Completes the hand-out whose commit ends with this event: what left the vault is the checkpoint of that commit.
    fn conclude_hand_out(&mut self, event: &Event, root: impl FnOnce() -> Digest) {
        if event.commit.is_none() || !std::mem::take(&mut self.is_handing_out) {
            return;
        }
        if let Some(handed_out) = self.handed_out.last_mut() {
            handed_out.size = event.leaf.saturating_add(1);
            handed_out.root = root();
        }
    }

    /// What it all came to; `projection` is what the log says at its end.
    pub fn finish(self, projection: &Projection) -> Report {
        let totals = projection.totals();
        let sum = |of: fn(&OperatorCounts) -> u64| self.operators.values().map(of).sum();
        Report {
            events: self.times.events,
            first_at: self.times.first,
            last_at: self.times.last,
            earliest_at: self.times.least,
            latest_at: self.times.greatest,
            reveals: sum(|operator| operator.reveals),
            reveals_denied: sum(|operator| operator.reveals_denied),
            refused: sum(|operator| operator.refused),
            refusals_counted: self.refusals_counted,
            escrows: totals.escrows,
            exposed: totals.exposed,
            exposures: exposures(projection),
            claimed_ends: claimed_ends(projection),
            operators: self.operators.into_values().collect(),
            epochs: self.epochs,
            rekeys: self.rekeys,
            waivers: self.waivers,
            clock_steps: self.clock_steps,
            wrong_pins: self.wrong_pins,
            handed_out: self.handed_out,
        }
    }

    fn count(&mut self, event: &Event) {
        let operator = event.operator.to_string();
        let counts = self
            .operators
            .entry(operator.clone())
            .or_insert_with(|| OperatorCounts::none(operator));
        let action = event.body.action;
        counts.events += 1;
        counts.reveals += u64::from(action == Action::Reveal);
        counts.reveals_denied += u64::from(action == Action::RevealDenied);
        counts.refused += u64::from(action == Action::Refused);
    }

    fn note_clock_and_pins(&mut self, event: &Event) {
        let (leaf, time) = (event.leaf, event.time);
        if let Some(clock_step_ms) = event.clock_step {
            self.clock_steps.push(ClockStep {
                leaf,
                time,
                clock_step_ms,
            });
        }
        if let Some(wrong_pins) = event.wrong_pins {
            self.wrong_pins.push(WrongPins {
                leaf,
                time,
                operator: event.operator.to_string(),
                wrong_pins,
            });
        }
    }
}

impl Times {
    fn take(&mut self, time: Time) {
        self.events += 1;
        self.first = self.first.or(Some(time));
        self.last = Some(time);
        self.least = Some(self.least.map_or(time, |least| least.min(time)));
        self.greatest = self.greatest.max(Some(time));
    }
}

impl OperatorCounts {
    const fn none(operator: String) -> Self {
        Self {
            operator,
            events: 0,
            reveals: 0,
            reveals_denied: 0,
            refused: 0,
        }
    }
}

impl Waiver {
    fn of(event: &Event) -> Self {
        Self {
            leaf: event.leaf,
            time: event.time,
            operator: event.operator.to_string(),
            subject: Subject::of_event(&event.body),
            reason: event.body.reason.clone(),
            note: event.body.note.clone(),
        }
    }
}

impl EpochBegun {
    fn of(event: &Event) -> Option<Self> {
        let statement = &event.body.epoch.as_ref()?.statement;
        Some(Self {
            leaf: event.leaf,
            time: event.time,
            operator: event.operator.to_string(),
            action: event.body.action,
            old_origin: statement.old_origin.clone(),
            missing_commits: statement.missing_commits,
            note: event.body.note.clone(),
        })
    }
}

impl Rekey {
    fn of(event: &Event) -> Self {
        Self {
            leaf: event.leaf,
            time: event.time,
            operator: event.operator.to_string(),
        }
    }
}

impl HandedOut {
    /// One without its checkpoint.
    fn of(event: &Event) -> Self {
        Self {
            leaf: event.leaf,
            time: event.time,
            operator: event.operator.to_string(),
            action: event.body.action,
            size: 0,
            root: Digest::new([0; 32]),
            note: event.body.note.clone(),
        }
    }
}

impl ClaimedEnd {
    fn of(volume: &VolumeRecord, record: &EscrowRecord) -> Option<Self> {
        let is_word = |how| matches!(how, HowEnded::Claimed | HowEnded::Presented);
        let ended = record.ended.as_ref().filter(|ended| is_word(ended.how))?;
        Some(Self {
            subject: Subject::of_record(volume, record),
            exposed_at: record.exposed_at,
            exposed_by: record.exposed_by.clone(),
            rotate_by: record.rotate_by,
            at: ended.at,
            claimed_by: ended.by.clone(),
            self_claimed: record.is_self_ended(),
            how: ended.how,
        })
    }
}

/// How many refusals an event of action `refusals` counts: its result begins with that.
fn refusals(event: &Event) -> u64 {
    let result = event.body.result.as_deref().unwrap_or_default();
    let number = result.split(' ').next().unwrap_or_default();
    number.parse().unwrap_or_default()
}

fn exposures(projection: &Projection) -> Vec<Exposure> {
    let mut exposures: Vec<Exposure> = escrows(projection)
        .filter(|(_, record)| record.state == EscrowState::Exposed)
        .map(|(volume, record)| Exposure {
            subject: Subject::of_record(volume, record),
            exposed_at: record.exposed_at,
            exposed_by: record.exposed_by.clone(),
            rotate_by: record.rotate_by,
        })
        .collect();
    exposures.sort_by_key(|exposure| exposure.rotate_by);
    exposures
}

fn claimed_ends(projection: &Projection) -> Vec<ClaimedEnd> {
    let mut ends: Vec<ClaimedEnd> = escrows(projection)
        .filter_map(|(volume, record)| ClaimedEnd::of(volume, record))
        .collect();
    ends.sort_by_key(|end| end.at);
    ends
}

fn escrows(projection: &Projection) -> impl Iterator<Item = (&VolumeRecord, &EscrowRecord)> {
    projection
        .volumes()
        .iter()
        .flat_map(|volume| volume.escrows.iter().map(move |record| (volume, record)))
}

#[cfg(test)]
mod tests;
