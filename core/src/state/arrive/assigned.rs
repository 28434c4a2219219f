//! What an escrow becomes in the volume that it is given, or once somebody vouches for it.

use crate::state::Arrival;
use crate::state::Decision;
use crate::state::EscrowRecord;
use crate::state::EscrowState;
use crate::state::Rule;
use crate::state::VolumeRecord;

/// Decides what an escrow that came without a device becomes in `volume`, by the rules of arrival and its own times.
///
/// Nothing that was said of it is forgotten: shown, it stays exposed; waived, it stays superseded. Where the volume
/// holds the same password for the same protector already, it is superseded by that one.
pub fn assign(volume: &VolumeRecord, record: &EscrowRecord, arrival: &Arrival<'_>) -> Decision {
    // What nobody vouches for buries nothing.
    let held = arrival.held_in(volume);
    if let Some(held) = held.filter(|held| record.unconfirmed || !held.unconfirmed) {
        return arrival.becomes(Rule::AlreadyHeld, arrival.held_twice(record, held));
    }
    if record.unconfirmed {
        return arrival.becomes(Rule::NoStanding, record.clone());
    }
    let mut decision = arrival.settle(volume, Some(record));
    if record.state == EscrowState::Superseded {
        decision.state = record.state;
        if let Some(first) = decision.changed.first_mut() {
            *first = EscrowRecord {
                conflict: first.conflict,
                ..record.clone()
            };
        }
    }
    decision
}

/// Decides what an escrow that nobody vouched for becomes in `volume` now that somebody does, by the rules of arrival and
/// its own times. Where the volume holds it otherwise too, with somebody to vouch for it, it is superseded by that one.
pub fn confirm(volume: &VolumeRecord, record: &EscrowRecord, arrival: &Arrival<'_>) -> Decision {
    match arrival.held_in(volume).filter(|held| !held.unconfirmed) {
        Some(held) => {
            let vouched = EscrowRecord {
                unconfirmed: false,
                ..record.clone()
            };
            arrival.becomes(Rule::AlreadyHeld, arrival.held_twice(&vouched, held))
        }
        None => {
            let mut decision = arrival.settle(volume, Some(record));
            // That somebody vouches for it does not say who made it: anyone who has the key for drops may have.
            if let Some(first) = decision.changed.first_mut() {
                first.escrowed_by = None;
            }
            decision
        }
    }
}

impl Arrival<'_> {
    fn held_twice(&self, record: &EscrowRecord, held: &EscrowRecord) -> EscrowRecord {
        match record.state {
            EscrowState::Exposed | EscrowState::Superseded => record.clone(),
            EscrowState::Current => EscrowRecord {
                state: EscrowState::Superseded,
                superseded_at: Some(self.at),
                superseded_by: Some(held.escrow),
                ..record.clone()
            },
        }
    }
}

#[cfg(test)]
mod tests;
