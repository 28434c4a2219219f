//! Where a projection keeps its volumes: all in memory, or read again from the log.

use std::collections::BTreeMap;

use crate::state::Place;
use crate::state::VolumeRecord;
use crate::values::EscrowId;

/// The volumes of a projection.
pub trait Volumes {
    /// Returns how many there are.
    fn count(&self) -> u64;

    /// Returns a volume, if it is there and loaded.
    fn get(&self, volume: u64) -> Option<&VolumeRecord>;

    /// Returns a volume to be changed, if it is there and loaded.
    fn get_mut(&mut self, volume: u64) -> Option<&mut VolumeRecord>;

    /// Appends the next volume.
    fn push(&mut self, volume: VolumeRecord);

    /// Returns an escrow's number in the order of arrival, from 1; only for escrows of loaded volumes.
    fn number(&self, escrow: EscrowId) -> Option<u64>;

    /// Numbers an escrow that is new.
    fn arrived(&mut self, escrow: EscrowId, number: u64);

    /// Notes that the present change names a volume.
    fn named(&mut self, _volume: u64) {}

    /// Notes that the present change states an escrow's record.
    fn stated(&mut self, _escrow: EscrowId) {}

    /// Notes where in the log the next change stands.
    fn turn_to(&mut self, _place: Place) {}

    /// Notes that a commit has ended.
    fn settle(&mut self) {}
}

/// Volumes that are all kept in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryVolumes {
    records: Vec<VolumeRecord>,
    numbers: BTreeMap<EscrowId, u64>,
}

impl MemoryVolumes {
    /// Returns all of them, in order; the first has the number 1.
    pub fn records(&self) -> &[VolumeRecord] {
        &self.records
    }
}

impl Volumes for MemoryVolumes {
    fn count(&self) -> u64 {
        u64::try_from(self.records.len()).unwrap_or(u64::MAX)
    }

    fn get(&self, volume: u64) -> Option<&VolumeRecord> {
        self.records.get(place_of(volume)?)
    }

    fn get_mut(&mut self, volume: u64) -> Option<&mut VolumeRecord> {
        self.records.get_mut(place_of(volume)?)
    }

    fn push(&mut self, volume: VolumeRecord) {
        self.records.push(volume);
    }

    fn number(&self, escrow: EscrowId) -> Option<u64> {
        self.numbers.get(&escrow).copied()
    }

    fn arrived(&mut self, escrow: EscrowId, number: u64) {
        self.numbers.insert(escrow, number);
    }
}

/// Returns the index of what is numbered from 1.
pub(super) fn place_of(number: u64) -> Option<usize> {
    usize::try_from(number.checked_sub(1)?).ok()
}
