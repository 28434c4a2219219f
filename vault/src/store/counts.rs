//! Counting escrows and commits.

use strongroom_core::log::CommitSummary;
use strongroom_core::values::Time;

use crate::store::Alarm;
use crate::store::Snapshot;
use crate::store::StoreError;
use crate::store::snapshot::read_leaf;

/// How many escrows are how.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// All of them.
    pub escrows: u64,
    /// Held and not shown.
    pub current: u64,
    /// Shown, and to be rotated.
    pub exposed: u64,
    /// Followed by something newer.
    pub superseded: u64,
    /// Exposed, and past their day.
    pub overdue: u64,
    /// Marked `conflict`.
    pub conflict: u64,
    /// Marked `unconfirmed`.
    pub unconfirmed: u64,
    /// Without a device.
    pub unassigned: u64,
    /// Current or exposed, and never proven to open their volume.
    pub unproven: u64,
    /// Exposures that ended on somebody's word alone.
    pub claimed_ends: u64,
    /// Devices.
    pub devices: u64,
}

impl Counts {
    /// That the totals are those of the last event.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if they are not.
    pub fn require(&self, summary: &CommitSummary) -> Result<(), StoreError> {
        if (self.escrows, self.exposed) == (summary.escrows, summary.exposed) {
            return Ok(());
        }
        let what = format!(
            "there are {} escrows, {} of them exposed, and the log has {} and {}",
            self.escrows, self.exposed, summary.escrows, summary.exposed
        );
        Err(Alarm::tampered(what).into())
    }
}

impl Snapshot<'_> {
    /// Counts the escrows.
    ///
    /// # Errors
    ///
    /// Fails if they cannot be read.
    pub fn counts(&self, now: Time) -> Result<Counts, StoreError> {
        Ok(self.transaction.query_row(COUNTS, [now.as_millis()], |row| {
            Ok(Counts {
                escrows: row.get(0)?,
                current: row.get(1)?,
                exposed: row.get(2)?,
                superseded: row.get(3)?,
                overdue: row.get(4)?,
                conflict: row.get(5)?,
                unconfirmed: row.get(6)?,
                unproven: row.get(7)?,
                claimed_ends: row.get(8)?,
                unassigned: row.get(9)?,
                devices: row.get(10)?,
            })
        })?)
    }

    /// How many commits there were since `time`, by what their events say.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if a leaf is no event.
    pub fn commits_since(&self, time: Time) -> Result<u64, StoreError> {
        let mut statement = self
            .transaction
            .prepare_cached("SELECT leaf, event FROM leaf ORDER BY leaf DESC")?;
        let mut rows = statement.query(())?;
        let mut commits = 0;
        while let Some(row) = rows.next()? {
            let index = row.get(0)?;
            let leaf = read_leaf(index, row, 1)?;
            let event = leaf
                .decode()
                .map_err(|error| Alarm::tampered(format!("leaf {index}: {error}")))?;
            if event.time < time {
                break;
            }
            commits += u64::from(event.commit.is_some());
        }
        Ok(commits)
    }
}

const COUNTS: &str = "SELECT count(*), count(*) FILTER (WHERE state = 'current'), \
     count(*) FILTER (WHERE state = 'exposed'), count(*) FILTER (WHERE state = 'superseded'), \
     count(*) FILTER (WHERE state = 'exposed' AND rotate_by < ?1), count(*) FILTER (WHERE conflict), \
     count(*) FILTER (WHERE unconfirmed), \
     count(*) FILTER (WHERE state <> 'superseded' AND proven_at IS NULL), \
     count(*) FILTER (WHERE ended_how IN ('claimed', 'presented', 'waived')), \
     (SELECT count(*) FROM escrow JOIN volume USING (volume) WHERE device IS NULL), \
     (SELECT count(*) FROM device) FROM escrow";
