//! Counting escrows and commits.

use strongroom_core::log::CommitSummary;
use strongroom_core::log::Event;
use strongroom_core::state::Counted;
use strongroom_core::state::Tally;
use strongroom_core::state::Totals;
use strongroom_core::tree::Frontier;
use strongroom_core::values::Time;

use crate::store::Alarm;
use crate::store::Session;
use crate::store::Snapshot;
use crate::store::StoreError;
use crate::store::rows;
use crate::store::session::Head;
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
    /// Exposed, and past their day: no more than 10,000 of them are counted.
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
    /// Returns whether more passwords may be overdue than were counted.
    pub const fn overdue_or_more(&self) -> bool {
        self.overdue >= MOST_COUNTED
    }
}

impl Session<'_> {
    /// Counts what the events of an older program do not state, from all volumes, once: each is proven, for a wrong number in
    /// an event would stay wrong for ever.
    pub(super) fn count_what_no_event_says(&mut self) -> Result<(), StoreError> {
        let Some(Head { summary, vault, .. }) = self.head.as_ref().filter(|head| head.summary.tally.is_none()) else {
            return Ok(());
        };
        let mut totals = Totals::default();
        let mut state = Frontier::default();
        state.append(vault.leaf_hash());
        for volume in 1..summary.state_size {
            let record = rows::volume(&self.transaction, volume)?;
            for escrow in record.escrows.iter() {
                totals.count(None, Counted::of(escrow, &record));
            }
            state.append(record.leaf_hash());
        }
        if state.root() != summary.state_root {
            return Err(Alarm::tampered("the volumes are not what the log says").into());
        }
        self.totals = totals;
        Ok(())
    }
}

impl Snapshot<'_> {
    /// Counts the escrows: by what the last event states, in constant time, or, where an older program wrote that, one by
    /// one.
    ///
    /// # Errors
    ///
    /// Fails if they cannot be read, and with an alarm if the rows are not as many as the last event says.
    pub fn counts(&self, summary: &CommitSummary, now: Time) -> Result<Counts, StoreError> {
        let counts = match summary.tally {
            Some(tally) => self.stated(summary, tally, now)?,
            None => self.counted(now)?,
        };
        if (counts.escrows, counts.exposed) == (summary.escrows, summary.exposed) {
            return Ok(counts);
        }
        let what = format!(
            "there are {} escrows, {} of them exposed, and the log has {} and {}",
            counts.escrows, counts.exposed, summary.escrows, summary.exposed
        );
        Err(Alarm::tampered(what).into())
    }

    /// Takes what the last event states, and from the file the last numbers and the worklist, as far as it is counted.
    fn stated(&self, summary: &CommitSummary, tally: Tally, now: Time) -> Result<Counts, StoreError> {
        let (escrows, devices, found, overdue): (u64, u64, u64, u64) =
            self.transaction
                .query_row(STATED, (now.as_millis(), MOST_COUNTED), |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })?;
        let exposed = if found < MOST_COUNTED {
            found
        } else {
            summary.exposed.max(found)
        };
        let rest = exposed.saturating_add(tally.superseded);
        Ok(Counts {
            escrows,
            current: summary.escrows.saturating_sub(rest),
            exposed,
            superseded: tally.superseded,
            overdue,
            conflict: tally.conflict,
            unconfirmed: tally.unconfirmed,
            unassigned: tally.unassigned,
            unproven: tally.unproven,
            claimed_ends: tally.claimed_ends,
            devices,
        })
    }

    fn counted(&self, now: Time) -> Result<Counts, StoreError> {
        Ok(self.transaction.query_row(COUNTED, [now.as_millis()], |row| {
            Ok(Counts {
                escrows: row.get(0)?,
                current: row.get(1)?,
                exposed: row.get(2)?,
                superseded: row.get(3)?,
                overdue: row.get::<_, u64>(4)?.min(MOST_COUNTED),
                conflict: row.get(5)?,
                unconfirmed: row.get(6)?,
                unproven: row.get(7)?,
                claimed_ends: row.get(8)?,
                unassigned: row.get(9)?,
                devices: row.get(10)?,
            })
        })?)
    }

    /// Returns how many commits there were on the day of `now`, or since, by what the last event states.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if a leaf is no event.
    pub fn commits_today(&self, last: &Event, summary: &CommitSummary, now: Time) -> Result<u64, StoreError> {
        let Some(first) = summary.first_of_day else {
            return self.commits_since(now.midnight());
        };
        if last.time.day() < now.day() {
            return Ok(0);
        }
        Ok(summary.number.saturating_sub(first).saturating_add(1))
    }

    /// Counts the commits since `time`, event by event.
    fn commits_since(&self, time: Time) -> Result<u64, StoreError> {
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

/// So many overdue passwords are counted at most: counting takes as long as there are.
const MOST_COUNTED: u64 = 10_000;
/// Escrows are numbered in the order in which they came, devices too; both are for `audit verify` to hold.
const STATED: &str = "SELECT (SELECT coalesce(max(number), 0) FROM escrow), (SELECT coalesce(max(device), 0) FROM device), \
     count(*), count(*) FILTER (WHERE rotate_by < ?1) \
     FROM (SELECT rotate_by FROM escrow WHERE state = 'exposed' ORDER BY rotate_by LIMIT ?2)";
/// Each escrow is looked at.
const COUNTED: &str = "SELECT count(*), count(*) FILTER (WHERE state = 'current'), \
     count(*) FILTER (WHERE state = 'exposed'), count(*) FILTER (WHERE state = 'superseded'), \
     count(*) FILTER (WHERE state = 'exposed' AND rotate_by < ?1), count(*) FILTER (WHERE conflict), \
     count(*) FILTER (WHERE unconfirmed), \
     count(*) FILTER (WHERE state <> 'superseded' AND proven_at IS NULL), \
     count(*) FILTER (WHERE ended_how IN ('claimed', 'presented', 'waived')), \
     (SELECT count(*) FROM escrow JOIN volume USING (volume) WHERE device IS NULL), \
     (SELECT count(*) FROM device) FROM escrow";
