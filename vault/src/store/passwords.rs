//! Which escrows of one proven volume hold which password.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use strongroom_core::keys::Fingerprint;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Escrows;
use strongroom_core::values::EscrowId;
use strongroom_core::values::ProtectorId;

/// The fingerprints of a volume's passwords, and what was asked of them in a volume with many.
#[derive(Default)]
pub(super) struct Passwords {
    /// In order of arrival, as the escrows of the volume stand.
    fingerprints: Vec<[u8; 32]>,
    /// Present once there are more than [`FEW`].
    lookups: Option<Box<Lookups>>,
}

/// Places in the order of arrival, by what is asked for.
#[derive(Default)]
struct Lookups {
    /// Those that somebody vouches for come first.
    by_protector: BTreeSet<([u8; 32], ProtectorId, bool, usize)>,
    /// The confirmed ones, the most exposed first.
    by_state: BTreeSet<([u8; 32], Reverse<EscrowState>, usize)>,
    by_showing: BTreeSet<([u8; 32], i64, usize)>,
    exposed: BTreeSet<([u8; 32], usize)>,
}

impl Passwords {
    /// Adds the password of an escrow that comes behind the last.
    pub(super) fn add(&mut self, record: &EscrowRecord, fingerprint: &Fingerprint) {
        let (place, password) = (self.fingerprints.len(), *fingerprint.as_bytes());
        // Most volumes have one escrow.
        if place == 0 {
            self.fingerprints.reserve_exact(1);
        }
        self.fingerprints.push(password);
        if let Some(lookups) = &mut self.lookups {
            lookups.add(password, place, record);
        }
    }

    /// Follows an escrow whose record changed.
    pub(super) fn change(&mut self, place: usize, before: &EscrowRecord, record: &EscrowRecord) {
        let password = self.fingerprints.get(place).copied();
        if let (Some(lookups), Some(password)) = (&mut self.lookups, password) {
            lookups.remove(password, place, before);
            lookups.add(password, place, record);
        }
    }

    /// Makes the look-ups, where the volume has many escrows and no look-ups yet.
    pub(super) fn look_up(&mut self, escrows: &Escrows) {
        if self.lookups.is_some() || self.fingerprints.len() <= FEW {
            return;
        }
        let mut lookups = Box::<Lookups>::default();
        for (place, (record, password)) in escrows.iter().zip(&self.fingerprints).enumerate() {
            lookups.add(*password, place, record);
        }
        self.lookups = Some(lookups);
    }

    /// Returns every escrow that holds a password.
    pub(super) fn all<'p>(
        &'p self,
        escrows: &'p Escrows,
        fingerprint: &Fingerprint,
    ) -> impl Iterator<Item = &'p EscrowRecord> + use<'p> {
        let password = *fingerprint.as_bytes();
        let held = escrows.iter().zip(&self.fingerprints);
        held.filter_map(move |(record, held)| (*held == password).then_some(record))
    }

    /// Returns the escrows that the rules of arrival ask for.
    pub(super) fn same(&self, escrows: &Escrows, fingerprint: &Fingerprint, protector: ProtectorId) -> Vec<EscrowId> {
        let Some(lookups) = &self.lookups else {
            return self.all(escrows, fingerprint).map(|record| record.escrow).collect();
        };
        let password = *fingerprint.as_bytes();
        let first = |unconfirmed| {
            let range = (password, protector, unconfirmed, 0)..=(password, protector, unconfirmed, usize::MAX);
            lookups.by_protector.range(range).next().map(|(.., place)| *place)
        };
        let range =
            (password, Reverse(EscrowState::Exposed), 0)..=(password, Reverse(EscrowState::Superseded), usize::MAX);
        let most_exposed = lookups.by_state.range(range).next().map(|(.., place)| *place);
        let places = [first(false), first(true), most_exposed].into_iter().flatten();
        let records = places.filter_map(|place| escrows.at(place));
        records.map(|record| record.escrow).collect()
    }

    /// Returns the escrow that was shown last and the last that is exposed, of those that hold a password; in a volume with
    /// few escrows, all that were ever shown.
    pub(super) fn shown(&self, escrows: &Escrows, fingerprint: &Fingerprint) -> Vec<EscrowRecord> {
        let Some(lookups) = &self.lookups else {
            let all = self.all(escrows, fingerprint);
            return all.filter(|record| record.ever_shown()).cloned().collect();
        };
        let password = *fingerprint.as_bytes();
        let range = (password, i64::MIN, 0)..=(password, i64::MAX, usize::MAX);
        let last_shown = lookups.by_showing.range(range).next_back().map(|(.., place)| *place);
        let range = (password, 0)..=(password, usize::MAX);
        let last_exposed = lookups.exposed.range(range).next_back().map(|(_, place)| *place);
        let places = [last_shown, last_exposed].into_iter().flatten();
        places.filter_map(|place| escrows.at(place)).cloned().collect()
    }
}

impl Lookups {
    fn add(&mut self, password: [u8; 32], place: usize, record: &EscrowRecord) {
        self.by_protector
            .insert((password, record.protector, record.unconfirmed, place));
        if !record.unconfirmed {
            self.by_state.insert((password, Reverse(record.state), place));
        }
        if let Some(shown) = record.shown_at {
            self.by_showing.insert((password, shown.as_millis(), place));
        }
        if record.state == EscrowState::Exposed && record.ever_shown() {
            self.exposed.insert((password, place));
        }
    }

    fn remove(&mut self, password: [u8; 32], place: usize, record: &EscrowRecord) {
        self.by_protector
            .remove(&(password, record.protector, record.unconfirmed, place));
        self.by_state.remove(&(password, Reverse(record.state), place));
        if let Some(shown) = record.shown_at {
            self.by_showing.remove(&(password, shown.as_millis(), place));
        }
        self.exposed.remove(&(password, place));
    }
}

/// Passwords that are compared one after the other sooner than they are looked up.
const FEW: usize = 16;

#[cfg(test)]
mod tests;
