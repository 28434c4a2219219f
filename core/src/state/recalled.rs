//! Volumes that are read again from the log when they change: 32 bytes for a volume of one escrow, whatever its record.
//!
//! ```text
//! volume ─▶ leaf that named it last
//!        ─▶ first escrow ─▶ next escrow ─▶ …      each ─▶ leaf that stated its record last
//! ```

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::state::Change;
use crate::state::EscrowRecord;
use crate::state::VolumeRecord;
use crate::state::Volumes;
use crate::state::volumes::place_of;
use crate::values::EscrowId;

/// The place of a change in the log: its leaf, and its position among the changes of that leaf.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Place(u64);

impl Place {
    /// Returns the place, if a log can be so long. A leaf of 65,535 bytes has fewer changes than that.
    pub fn new(leaf: u64, position: usize) -> Option<Self> {
        let position = u64::from(u16::try_from(position).ok()?);
        (leaf <= u64::MAX >> POSITION_BITS).then_some(Self(leaf << POSITION_BITS | position))
    }

    const fn leaf(self) -> u64 {
        self.0 >> POSITION_BITS
    }

    fn position(self) -> Option<usize> {
        usize::try_from(self.0 & POSITION_MASK).ok()
    }
}

/// Volumes of which only those in use are in memory.
#[derive(Clone, Debug)]
pub struct RecalledVolumes {
    /// How many volumes and escrows stay in memory from one commit to the next.
    room: usize,
    /// Of each volume: where it was named last, and the number of its first escrow.
    volumes: Vec<(Place, u64)>,
    /// Of each escrow: where its record was stated last, and the number of the next one in its volume.
    escrows: Vec<(Place, u64)>,
    loaded: BTreeMap<u64, VolumeRecord>,
    /// The numbers of the escrows of those that are loaded.
    numbers: BTreeMap<EscrowId, u64>,
    /// The volumes that have changed since the last commit ended.
    changed: BTreeSet<u64>,
    /// The place of the present change.
    place: Place,
}

impl Default for RecalledVolumes {
    fn default() -> Self {
        Self::new(ROOM)
    }
}

impl RecalledVolumes {
    /// Returns no volumes yet; so many volumes and escrows stay in memory from one commit to the next.
    pub const fn new(room: usize) -> Self {
        Self {
            room,
            volumes: Vec::new(),
            escrows: Vec::new(),
            loaded: BTreeMap::new(),
            numbers: BTreeMap::new(),
            changed: BTreeSet::new(),
            place: Place(0),
        }
    }

    /// Returns the volumes that a change touches, and that have to be read again before it is applied.
    pub fn missing(&self, change: &Change) -> impl Iterator<Item = u64> {
        let touched = match change {
            Change::Vault(_) | Change::Sender(_) => [None, None],
            Change::Volume(naming) => [Some(naming.volume), None],
            Change::Escrow { volume, .. } => [Some(*volume), None],
            Change::Moved { from, volume, .. } => [Some(*from), Some(*volume)],
        };
        let held = 1..=self.count();
        touched
            .into_iter()
            .flatten()
            .filter(move |volume| held.contains(volume) && !self.loaded.contains_key(volume))
    }

    /// Reads a volume again: `read` returns the changes of a leaf. `None` if they are not what they were.
    ///
    /// # Errors
    ///
    /// Fails where `read` does.
    pub fn read<E>(
        &self,
        volume: u64,
        mut read: impl FnMut(u64) -> Result<Vec<Change>, E>,
    ) -> Result<Option<Found>, E> {
        let Some((naming, numbers)) = self.places(volume) else {
            return Ok(None);
        };
        let mut places: Vec<Place> = numbers.iter().map(|(_, place)| *place).collect();
        places.push(naming);
        places.sort_unstable();
        let mut changes = BTreeMap::new();
        for of_a_leaf in places.chunk_by(|one, other| one.leaf() == other.leaf()) {
            let Some(first) = of_a_leaf.first() else { continue };
            let mut of_leaf: Vec<Option<Change>> = read(first.leaf())?.into_iter().map(Some).collect();
            for place in of_a_leaf {
                let at = place.position().and_then(|position| of_leaf.get_mut(position));
                changes.insert(*place, at.and_then(Option::take));
            }
        }
        let mut found = |place: Place| changes.remove(&place).flatten();
        let Some(Change::Volume(mut record)) = found(naming) else {
            return Ok(None);
        };
        let mut numbered = Vec::with_capacity(numbers.len());
        for (number, place) in numbers {
            let Some(Change::Escrow { record: escrow, .. } | Change::Moved { record: escrow, .. }) = found(place)
            else {
                return Ok(None);
            };
            numbered.push((escrow.escrow, number));
            record.escrows.put_at(number, *escrow);
        }
        Ok(Some(Found { record, numbered }))
    }

    /// Loads a volume that was read again.
    pub fn load(&mut self, found: Found) {
        self.numbers.extend(found.numbered);
        self.loaded.insert(found.record.volume, found.record);
    }

    /// Returns where a volume and each of its escrows was stated last, the escrows with their numbers.
    fn places(&self, volume: u64) -> Option<(Place, Vec<(u64, Place)>)> {
        let (naming, mut next) = *self.volumes.get(place_of(volume)?)?;
        let mut numbers = Vec::new();
        while next != NONE {
            let (place, behind) = *self.escrows.get(place_of(next)?)?;
            // A log that names an escrow in two volumes could lead in a circle.
            if numbers.len() >= self.escrows.len() {
                return None;
            }
            numbers.push((next, place));
            next = behind;
        }
        Some((naming, numbers))
    }

    /// Links the escrows of a volume, in their order.
    fn link(&mut self, volume: u64) {
        let Some(record) = self.loaded.get(&volume) else { return };
        let mut next = NONE;
        for escrow in record.escrows.iter().rev() {
            let Some(number) = self.numbers.get(&escrow.escrow).copied() else {
                continue;
            };
            if let Some((_, behind)) = place_of(number).and_then(|at| self.escrows.get_mut(at)) {
                *behind = next;
            }
            next = number;
        }
        if let Some((_, first)) = place_of(volume).and_then(|at| self.volumes.get_mut(at)) {
            *first = next;
        }
    }
}

impl Volumes for RecalledVolumes {
    fn count(&self) -> u64 {
        u64::try_from(self.volumes.len()).unwrap_or(u64::MAX)
    }

    fn get(&self, volume: u64) -> Option<&VolumeRecord> {
        self.loaded.get(&volume)
    }

    fn get_mut(&mut self, volume: u64) -> Option<&mut VolumeRecord> {
        let record = self.loaded.get_mut(&volume)?;
        self.changed.insert(volume);
        Some(record)
    }

    fn push(&mut self, volume: VolumeRecord) {
        self.volumes.push((self.place, NONE));
        self.changed.insert(volume.volume);
        self.loaded.insert(volume.volume, volume);
    }

    fn number(&self, escrow: EscrowId) -> Option<u64> {
        self.numbers.get(&escrow).copied()
    }

    fn arrived(&mut self, escrow: EscrowId, number: u64) {
        self.numbers.insert(escrow, number);
        self.escrows.push((self.place, NONE));
    }

    fn named(&mut self, volume: u64) {
        if let Some((place, _)) = place_of(volume).and_then(|at| self.volumes.get_mut(at)) {
            *place = self.place;
        }
    }

    fn stated(&mut self, escrow: EscrowId) {
        let number = self.number(escrow).and_then(place_of);
        if let Some((place, _)) = number.and_then(|at| self.escrows.get_mut(at)) {
            *place = self.place;
        }
    }

    fn turn_to(&mut self, place: Place) {
        self.place = place;
    }

    /// Links what has changed, and forgets the rest where it has become much.
    fn settle(&mut self) {
        let changed = std::mem::take(&mut self.changed);
        for volume in &changed {
            self.link(*volume);
        }
        if self.loaded.len().saturating_add(self.numbers.len()) <= self.room {
            return;
        }
        self.loaded.retain(|volume, _| changed.contains(volume));
        let escrows = self.loaded.values().flat_map(|record| record.escrows.iter());
        let kept: BTreeSet<EscrowId> = escrows.map(|record: &EscrowRecord| record.escrow).collect();
        self.numbers.retain(|escrow, _| kept.contains(escrow));
    }
}

/// A volume that was read again.
#[derive(Debug)]
pub struct Found {
    /// Its record.
    pub record: VolumeRecord,
    numbered: Vec<(EscrowId, u64)>,
}

/// No escrow has this number.
const NONE: u64 = 0;
/// About 12 MiB of them.
const ROOM: usize = 20_000;
const POSITION_BITS: u32 = 16;
const POSITION_MASK: u64 = (1 << POSITION_BITS) - 1;
