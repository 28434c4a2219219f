//! Counting escrows by their states and marks.

use serde::Deserialize;
use serde::Serialize;

use crate::state::EscrowRecord;
use crate::state::EscrowState;
use crate::state::HowEnded;
use crate::state::VolumeRecord;

/// The numbers of a vault's escrows, kept up to date with each change of a record.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Totals {
    /// All escrows.
    pub escrows: u64,
    /// The exposed ones.
    pub exposed: u64,
    /// The rest.
    pub tally: Tally,
}

/// The numbers of escrows that are superseded or have a mark, as a commit's last event states them.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Superseded ones.
    pub superseded: u64,
    /// Marked `conflict`.
    pub conflict: u64,
    /// Marked `unconfirmed`.
    pub unconfirmed: u64,
    /// Without a device.
    pub unassigned: u64,
    /// Current or exposed, and never proven to open their volume.
    pub unproven: u64,
    /// Those whose exposure ended without a proof: claimed or waived.
    pub claimed_ends: u64,
}

/// What the totals count of one escrow.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    exposed: bool,
    superseded: bool,
    conflict: bool,
    unconfirmed: bool,
    unassigned: bool,
    unproven: bool,
    claimed_end: bool,
}

impl Counted {
    /// Returns what counts of a record in a volume.
    pub fn of(record: &EscrowRecord, volume: &VolumeRecord) -> Self {
        let superseded = record.state == EscrowState::Superseded;
        let ended = record.ended.as_ref();
        Self {
            exposed: record.state == EscrowState::Exposed,
            superseded,
            conflict: record.conflict,
            unconfirmed: record.unconfirmed,
            unassigned: volume.device.is_none(),
            unproven: !superseded && record.proven_at.is_none(),
            claimed_end: ended.is_some_and(|ended| ended.how != HowEnded::Proven),
        }
    }
}

impl Totals {
    /// Counts an escrow that was `before`, if it was there, and is `after` now.
    pub fn count(&mut self, before: Option<Counted>, after: Counted) {
        match before {
            Some(before) => self.each(before, |total| *total = total.saturating_sub(1)),
            None => self.escrows = self.escrows.saturating_add(1),
        }
        self.each(after, |total| *total = total.saturating_add(1));
    }

    /// Counts the escrows of a volume that is named `after` now.
    pub fn name(&mut self, before: &VolumeRecord, after: &VolumeRecord) {
        let escrows = u64::try_from(before.escrows.len()).unwrap_or(u64::MAX);
        let unassigned = &mut self.tally.unassigned;
        match (before.device.is_none(), after.device.is_none()) {
            (true, false) => *unassigned = unassigned.saturating_sub(escrows),
            (false, true) => *unassigned = unassigned.saturating_add(escrows),
            (true, true) | (false, false) => {}
        }
    }

    fn each(&mut self, counted: Counted, change: impl Fn(&mut u64)) {
        let tally = &mut self.tally;
        for (counts, total) in [
            (counted.exposed, &mut self.exposed),
            (counted.superseded, &mut tally.superseded),
            (counted.conflict, &mut tally.conflict),
            (counted.unconfirmed, &mut tally.unconfirmed),
            (counted.unassigned, &mut tally.unassigned),
            (counted.unproven, &mut tally.unproven),
            (counted.claimed_end, &mut tally.claimed_ends),
        ] {
            if counts {
                change(total);
            }
        }
    }
}
