//! The escrows of one volume: in order of arrival, and found without reading all of them.
//!
//! Their JSON is a list. A volume with many escrows keeps look-ups beside the list, so that the rules of arrival cost as
//! much with the ten thousandth escrow of a volume as with the second.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;

use crate::state::Age;
use crate::state::EscrowRecord;
use crate::state::EscrowState;
use crate::values::EscrowId;
use crate::values::ProtectorId;
use crate::values::Time;

/// The escrows of one volume, in order of arrival. A clone shares them until one of the two changes.
#[derive(Clone, Default)]
pub struct Escrows(Option<Arc<List>>);

#[derive(Clone, Default)]
struct List {
    /// In the order of their numbers.
    entries: Vec<Entry>,
    /// Present once there are more than [`FEW`].
    lookups: Option<Box<Lookups>>,
}

#[derive(Clone)]
struct Entry {
    /// Greater than those of the escrows that arrived before.
    number: u64,
    /// Boxed, so that an escrow that moves in between two others does not move their records.
    record: Box<EscrowRecord>,
}

/// Numbers of entries, by what the rules ask for.
#[derive(Clone, Default)]
struct Lookups {
    by_escrow: BTreeMap<EscrowId, u64>,
    /// Those in conflict come last.
    by_protector: BTreeSet<(ProtectorId, bool, u64)>,
    /// The confirmed escrows that have a creation time, by each time at which they may have been made.
    by_creation: BTreeSet<(Time, u64)>,
    /// Those without a clock mark, by their earliest time.
    by_first_time: BTreeSet<(Time, u64)>,
    marked_open: BTreeSet<u64>,
    /// The current and the exposed ones.
    open: BTreeSet<u64>,
    exposed: BTreeSet<u64>,
    unconfirmed: usize,
}

impl Escrows {
    /// Returns the number of escrows.
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Returns whether the volume has no escrow.
    pub fn is_empty(&self) -> bool {
        self.entries().is_empty()
    }

    /// Returns the escrows in order of arrival.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &EscrowRecord> + ExactSizeIterator + Clone {
        self.entries().iter().map(Entry::read)
    }

    /// Returns one escrow.
    pub fn get(&self, escrow: EscrowId) -> Option<&EscrowRecord> {
        self.at(self.place(escrow)?)
    }

    /// Returns the place of an escrow in the order of arrival, from 0.
    pub fn place(&self, escrow: EscrowId) -> Option<usize> {
        match self.lookups() {
            Some(lookups) => self.place_of_number(*lookups.by_escrow.get(&escrow)?),
            None => self.iter().position(|record| record.escrow == escrow),
        }
    }

    /// Returns the escrow at a place in the order of arrival.
    pub fn at(&self, place: usize) -> Option<&EscrowRecord> {
        self.entries().get(place).map(Entry::read)
    }

    /// Returns the escrows of a protector, those in conflict last.
    pub fn of_protector(&self, protector: ProtectorId) -> impl Iterator<Item = &EscrowRecord> + Clone {
        self.with_protector(protector, true)
    }

    /// Returns the escrows of a protector that are not in conflict.
    pub fn without_conflict(&self, protector: ProtectorId) -> impl Iterator<Item = &EscrowRecord> + Clone {
        self.with_protector(protector, false)
    }

    /// Returns when the newest confirmed escrow was made, as far as that can be known at `now`, leaving out `beside`.
    pub fn newest(&self, now: Time, beside: Option<EscrowId>) -> Option<Time> {
        let Some(lookups) = self.lookups() else {
            let confirmed = self.iter().filter(|record| !record.unconfirmed);
            let others = confirmed.filter(|record| Some(record.escrow) != beside);
            return others.filter_map(|record| record.made_at(now)).max();
        };
        let beside = beside.and_then(|escrow| lookups.by_escrow.get(&escrow));
        let newest = lookups.by_creation.range(..=(now, u64::MAX)).rev();
        let mut others = newest.filter(|(_, number)| Some(number) != beside);
        others.next().map(|(time, _)| *time)
    }

    /// Returns the escrows without a clock mark whose times are all later than `now`.
    pub fn later_than(&self, now: Time) -> impl Iterator<Item = &EscrowRecord> {
        let is_later = move |record: &&EscrowRecord| !record.clock && record.age(now) == Age::Contradicted;
        let found = self.lookups().map(|lookups| {
            let later = lookups.by_first_time.range((now, u64::MAX)..);
            later.filter_map(|(_, number)| self.numbered(*number))
        });
        let few = found.is_none().then(|| self.iter());
        few.into_iter()
            .flatten()
            .chain(found.into_iter().flatten())
            .filter(is_later)
    }

    /// Returns the current and the exposed escrows with a clock mark.
    pub fn marked_open(&self) -> impl Iterator<Item = &EscrowRecord> {
        self.chosen(|lookups| &lookups.marked_open, is_marked_open)
    }

    /// Returns the current and the exposed escrows.
    pub fn open(&self) -> impl Iterator<Item = &EscrowRecord> {
        self.chosen(
            |lookups| &lookups.open,
            |record| record.state != EscrowState::Superseded,
        )
    }

    /// Returns the exposed escrows.
    pub fn exposed(&self) -> impl Iterator<Item = &EscrowRecord> {
        self.chosen(
            |lookups| &lookups.exposed,
            |record| record.state == EscrowState::Exposed,
        )
    }

    /// Returns the number of escrows that nobody vouches for.
    pub fn unconfirmed(&self) -> usize {
        match self.lookups() {
            Some(lookups) => lookups.unconfirmed,
            None => self.iter().filter(|record| record.unconfirmed).count(),
        }
    }

    /// Puts `record` in the place of the one of the same escrow, or behind the last.
    pub fn put(&mut self, record: EscrowRecord) {
        let number = self.entries().last().map_or(0, |last| last.number.saturating_add(1));
        self.put_at(number, record);
    }

    /// Puts `record` in the place of the one of the same escrow, or where `number` stands in the order of arrival.
    pub(super) fn put_at(&mut self, number: u64, record: EscrowRecord) {
        let place = self.place(record.escrow);
        let list = Arc::make_mut(self.0.get_or_insert_default());
        let record = Box::new(record);
        let Some(entry) = place.and_then(|place| list.entries.get_mut(place)) else {
            return list.insert(Entry { number, record });
        };
        let before = std::mem::replace(&mut entry.record, record);
        if let Some(lookups) = &mut list.lookups {
            lookups.remove(entry.number, &before);
            lookups.add(entry.number, &entry.record);
        }
    }

    /// Takes an escrow out, with its number in the order of arrival.
    pub(super) fn take(&mut self, escrow: EscrowId) -> Option<(u64, EscrowRecord)> {
        let place = self.place(escrow)?;
        let list = Arc::make_mut(self.0.as_mut()?);
        let entry = list.entries.remove(place);
        if let Some(lookups) = &mut list.lookups {
            lookups.remove(entry.number, &entry.record);
        }
        Some((entry.number, *entry.record))
    }

    fn entries(&self) -> &[Entry] {
        self.0.as_ref().map_or(&[], |list| &list.entries)
    }

    fn lookups(&self) -> Option<&Lookups> {
        self.0.as_ref()?.lookups.as_deref()
    }

    fn place_of_number(&self, number: u64) -> Option<usize> {
        self.entries().binary_search_by_key(&number, |entry| entry.number).ok()
    }

    fn numbered(&self, number: u64) -> Option<&EscrowRecord> {
        self.at(self.place_of_number(number)?)
    }

    fn with_protector(&self, protector: ProtectorId, conflict: bool) -> impl Iterator<Item = &EscrowRecord> + Clone {
        let is_meant = move |record: &&EscrowRecord| record.protector == protector && (conflict || !record.conflict);
        let found = self.lookups().map(|lookups| {
            let range = (protector, false, 0)..=(protector, conflict, u64::MAX);
            let numbers = lookups.by_protector.range(range);
            numbers.filter_map(|(_, _, number)| self.numbered(*number))
        });
        let few = found.is_none().then(|| self.iter().filter(is_meant));
        few.into_iter().flatten().chain(found.into_iter().flatten())
    }

    fn chosen(
        &self,
        set: fn(&Lookups) -> &BTreeSet<u64>,
        is_meant: fn(&EscrowRecord) -> bool,
    ) -> impl Iterator<Item = &EscrowRecord> {
        let found = self.lookups().map(|lookups| set(lookups).iter());
        let few = found
            .is_none()
            .then(|| self.iter().filter(move |record| is_meant(record)));
        let found = found.into_iter().flatten().filter_map(|number| self.numbered(*number));
        few.into_iter().flatten().chain(found)
    }
}

impl Entry {
    fn read(&self) -> &EscrowRecord {
        #[cfg(test)]
        READ.set(READ.get() + 1);
        &self.record
    }
}

impl List {
    fn insert(&mut self, entry: Entry) {
        // Most volumes have one escrow, and a list of one would make room for four.
        if self.entries.is_empty() {
            self.entries.reserve_exact(1);
        }
        let place = self.entries.partition_point(|held| held.number <= entry.number);
        if let Some(lookups) = &mut self.lookups {
            lookups.add(entry.number, &entry.record);
        }
        self.entries.insert(place, entry);
        if self.lookups.is_none() && self.entries.len() > FEW {
            let mut lookups = Box::<Lookups>::default();
            for entry in &self.entries {
                lookups.add(entry.number, &entry.record);
            }
            self.lookups = Some(lookups);
        }
    }
}

impl Lookups {
    fn add(&mut self, number: u64, record: &EscrowRecord) {
        self.by_escrow.insert(record.escrow, number);
        self.by_protector.insert((record.protector, record.conflict, number));
        for time in creation_times(record) {
            self.by_creation.insert((time, number));
        }
        if !record.clock {
            self.by_first_time.insert((first_time(record), number));
        }
        if is_marked_open(record) {
            self.marked_open.insert(number);
        }
        if record.state != EscrowState::Superseded {
            self.open.insert(number);
        }
        if record.state == EscrowState::Exposed {
            self.exposed.insert(number);
        }
        self.unconfirmed += usize::from(record.unconfirmed);
    }

    fn remove(&mut self, number: u64, record: &EscrowRecord) {
        self.by_escrow.remove(&record.escrow);
        self.by_protector.remove(&(record.protector, record.conflict, number));
        for time in creation_times(record) {
            self.by_creation.remove(&(time, number));
        }
        self.by_first_time.remove(&(first_time(record), number));
        self.marked_open.remove(&number);
        self.open.remove(&number);
        self.exposed.remove(&number);
        self.unconfirmed -= usize::from(record.unconfirmed);
    }
}

/// The times at which a confirmed escrow may have been made: at a moment before its creation time, the time of its arrival
/// counts.
fn creation_times(record: &EscrowRecord) -> impl Iterator<Item = Time> {
    let created = record.created_at.filter(|_| !record.unconfirmed && !record.clock);
    let arrived = created.filter(|created| record.escrowed_at < *created);
    created.into_iter().chain(arrived.map(|_| record.escrowed_at))
}

fn first_time(record: &EscrowRecord) -> Time {
    let arrived = record.escrowed_at;
    record.created_at.map_or(arrived, |created| created.min(arrived))
}

fn is_marked_open(record: &EscrowRecord) -> bool {
    record.clock && record.state != EscrowState::Superseded
}

impl FromIterator<EscrowRecord> for Escrows {
    fn from_iter<I: IntoIterator<Item = EscrowRecord>>(records: I) -> Self {
        let mut escrows = Self::default();
        records.into_iter().for_each(|record| escrows.put(record));
        escrows
    }
}

impl PartialEq for Escrows {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Escrows {}

impl PartialEq<[EscrowRecord]> for Escrows {
    fn eq(&self, other: &[EscrowRecord]) -> bool {
        self.iter().eq(other)
    }
}

impl<const N: usize> PartialEq<[EscrowRecord; N]> for Escrows {
    fn eq(&self, other: &[EscrowRecord; N]) -> bool {
        self.iter().eq(other)
    }
}

impl fmt::Debug for Escrows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Escrows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Escrows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

/// Escrows that are read one after the other sooner than they are looked up.
const FEW: usize = 16;

#[cfg(test)]
thread_local! {
    /// How many records this thread has read in volumes: what the rules cost.
    pub(crate) static READ: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
mod tests;
