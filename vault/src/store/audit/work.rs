//! How much work an audit is, so that its progress is true.

use crate::store::Snapshot;
use crate::store::StoreError;

/// What an audit goes through, by what the file says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Work {
    /// Events in the log.
    pub events: u64,
    /// Escrows.
    pub escrows: u64,
    /// Volumes.
    pub volumes: u64,
    /// Devices.
    pub devices: u64,
}

// What one step of each phase took on a vault of 100,000 escrows, each of a device of its own; only the ratios count.
impl Work {
    /// SQLite's own check, for an event.
    pub(super) const CHECKED_EVENT: u64 = 17;
    /// SQLite's own check, for an escrow.
    pub(super) const CHECKED_ESCROW: u64 = 17;
    /// An event that is replayed.
    pub const EVENT: u64 = 80;
    /// A volume and its escrows, compared with the replay.
    pub(super) const VOLUME: u64 = 34;
    /// A node of the state tree.
    pub(super) const NODE: u64 = 3;
    /// A device that is compared with its volumes.
    pub(super) const DEVICE: u64 = 3;
    /// A device in the search index.
    pub(super) const SEARCHED: u64 = 9;

    /// Returns the units of work of an audit.
    pub fn units(&self) -> u64 {
        self.file()
            .saturating_add(self.events.saturating_mul(Self::EVENT))
            .saturating_add(self.nodes().saturating_mul(Self::NODE))
            .saturating_add(self.volumes.saturating_mul(Self::VOLUME))
            .saturating_add(self.devices.saturating_mul(Self::DEVICE + 3 * Self::SEARCHED))
    }

    /// Returns how many complete subtrees the state tree has: the vault record is its first leaf.
    fn nodes(&self) -> u64 {
        let leaves = self.volumes.saturating_add(1);
        leaves.saturating_mul(2).saturating_sub(u64::from(leaves.count_ones()))
    }

    /// Returns the units of work of a report: each event is replayed twice.
    pub fn reported(&self) -> u64 {
        self.units().saturating_add(self.events.saturating_mul(Self::EVENT))
    }

    /// Returns the units of SQLite's own check.
    pub(super) const fn file(&self) -> u64 {
        let events = self.events.saturating_mul(Self::CHECKED_EVENT);
        events.saturating_add(self.escrows.saturating_mul(Self::CHECKED_ESCROW))
    }
}

impl Snapshot<'_> {
    /// Returns how much work [`Self::audit`] is, in constant time.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub fn work(&self) -> Result<Work, StoreError> {
        Ok(self.transaction.query_row(LAST, (), |row| {
            // A number that no vault writes, the audit is to name.
            let count = |column: usize| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)?.max(0).cast_unsigned());
            Ok(Work {
                events: row.get::<_, i64>(0)?.saturating_add(1).max(0).cast_unsigned(),
                escrows: count(1)?,
                volumes: count(2)?,
                devices: count(3)?,
            })
        })?)
    }
}

/// The last number of each.
const LAST: &str = "SELECT (SELECT coalesce(max(leaf), -1) FROM leaf), (SELECT coalesce(max(number), 0) FROM escrow), \
     (SELECT coalesce(max(volume), 0) FROM volume), (SELECT coalesce(max(device), 0) FROM device)";
