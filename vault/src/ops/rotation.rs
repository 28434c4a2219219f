//! The worklist: exposed passwords, proven as far as that goes without the TPM.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use strongroom_core::log::CommitSummary;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::HowEnded;
use strongroom_core::values::EscrowId;
use strongroom_core::values::Time;

use crate::ops::Error;
use crate::ops::Inventory;
use crate::store::Alarm;
use crate::store::Filter;
use crate::store::Item;
use crate::store::Page;
use crate::store::Snapshot;

/// A password that is to be rotated.
#[derive(Clone, Debug)]
pub struct Due {
    /// The escrow and its volume.
    pub item: Item,
    /// Whether its day has passed.
    pub overdue: bool,
}

/// The part of a list that is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    /// Behind this escrow only.
    pub after: Option<EscrowId>,
    /// At most so many.
    pub limit: Option<u64>,
}

/// A part of a list, each row proven to the root of the file's own last checkpoint.
#[derive(Clone, Debug)]
pub struct Listing<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether the limit cut more off.
    pub more: bool,
    /// How many rows the whole list has, by the last event; unknown for lists of older programs.
    pub of: Option<u64>,
    /// Whether the whole list was read, and so its number proven: no row is missing.
    pub whole: bool,
}

impl Inventory {
    /// Returns all exposed passwords, the most overdue first. Each row is proven to the root of the file's own last
    /// checkpoint, and their number to its total; that this checkpoint is the last, only the TPM knows.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if a row or their number is not what the log says.
    pub fn to_rotate(&mut self, now: Time) -> Result<Vec<Due>, Error> {
        let listing = self.worklist(now, Part::default())?;
        Ok(listing.map_or_else(Vec::new, |listing| listing.rows))
    }

    /// Returns a part of [`Self::to_rotate`]; `None` if the escrow to continue after is not in it. Of a long list the rows of
    /// a part are proven, and not that no row before or between them is hidden.
    ///
    /// # Errors
    ///
    /// Fails as [`Self::to_rotate`] does.
    pub fn worklist(&mut self, now: Time, part: Part) -> Result<Option<Listing<Due>>, Error> {
        let snapshot = self.snapshot()?;
        let (_, summary) = snapshot.last_event()?;
        let list = List {
            filter: Filter::ToRotate,
            of: Some(summary.exposed),
            name: "the worklist",
            rows: "exposed passwords",
            wanted: |record| record.state == EscrowState::Exposed,
            time: |record| record.rotate_by,
        };
        let overdue = |item: &Item| item.record.rotate_by.is_some_and(|day| day < now);
        let listing = list.part(&snapshot, &summary, part)?;
        Ok(listing.map(|listing| {
            listing.map(|item| Due {
                overdue: overdue(&item),
                item,
            })
        }))
    }

    /// Returns all exposures that ended on somebody's word: a newer password was escrowed and nobody looked at the volume, or
    /// the exposure was waived.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if a row or their number is not what the log says.
    pub fn claimed(&mut self) -> Result<Vec<Item>, Error> {
        let listing = self.claimed_list(Part::default())?;
        Ok(listing.map_or_else(Vec::new, |listing| listing.rows))
    }

    /// Returns a part of [`Self::claimed`], as [`Self::worklist`] does.
    ///
    /// # Errors
    ///
    /// Fails as [`Self::claimed`] does.
    pub fn claimed_list(&mut self, part: Part) -> Result<Option<Listing<Item>>, Error> {
        let snapshot = self.snapshot()?;
        let (_, summary) = snapshot.last_event()?;
        let list = List {
            filter: Filter::Claimed,
            of: summary.tally.map(|tally| tally.claimed_ends),
            name: "the list of claimed ends",
            rows: "of them",
            wanted: |record| record.ended.as_ref().is_some_and(|ended| ended.how != HowEnded::Proven),
            time: |record| record.ended.as_ref().map(|ended| ended.at),
        };
        list.part(&snapshot, &summary, part)
    }
}

impl<T> Listing<T> {
    fn map<U>(self, row: impl FnMut(T) -> U) -> Listing<U> {
        Listing {
            rows: self.rows.into_iter().map(row).collect(),
            more: self.more,
            of: self.of,
            whole: self.whole,
        }
    }
}

/// A list of escrows by a time.
struct List {
    filter: Filter,
    /// How many there are, by the last event.
    of: Option<u64>,
    /// What it and its rows are called in an alarm.
    name: &'static str,
    rows: &'static str,
    wanted: fn(&EscrowRecord) -> bool,
    time: fn(&EscrowRecord) -> Option<Time>,
}

impl List {
    /// A list that is not long is read whole, whatever part of it is asked for: only so it shows that nothing is hidden.
    fn part(
        &self,
        snapshot: &Snapshot<'_>,
        summary: &CommitSummary,
        part: Part,
    ) -> Result<Option<Listing<Item>>, Error> {
        if part.limit.is_none() || self.of.is_none_or(|of| of <= LONG) {
            return self.part_of_whole(snapshot, summary, part);
        }
        let behind = match part.after {
            None => None,
            Some(after) => match self.behind(snapshot, summary, after)? {
                None => return Ok(None),
                behind => behind,
            },
        };
        let limit = part.limit.map(|limit| limit.saturating_add(1));
        let page = Page {
            behind,
            limit,
            ..Page::default()
        };
        let mut rows = self.proven(snapshot, summary, &page, true)?;
        Ok(Some(Listing {
            more: cut(&mut rows, part.limit),
            rows,
            of: self.of,
            whole: false,
        }))
    }

    fn part_of_whole(
        &self,
        snapshot: &Snapshot<'_>,
        summary: &CommitSummary,
        part: Part,
    ) -> Result<Option<Listing<Item>>, Error> {
        let mut rows = self.proven(snapshot, summary, &Page::default(), false)?;
        let found = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        if let Some(of) = self.of.filter(|of| *of != found) {
            let what = format!("{} finds {found} {}, the log has {of}", self.name, self.rows);
            return Err(Alarm::tampered(what).into());
        }
        if let Some(after) = part.after {
            let Some(before) = rows.iter().position(|item| item.record.escrow == after) else {
                return Ok(None);
            };
            rows.drain(..=before);
        }
        Ok(Some(Listing {
            more: cut(&mut rows, part.limit),
            rows,
            of: self.of,
            whole: true,
        }))
    }

    /// Returns the time and number of an escrow, by its proven record; `None` if it is not in the list.
    fn behind(
        &self,
        snapshot: &Snapshot<'_>,
        summary: &CommitSummary,
        after: EscrowId,
    ) -> Result<Option<(Option<Time>, u64)>, Error> {
        let Some(item) = snapshot.all_items(&Filter::Escrow(after), &Page::default())?.pop() else {
            return Ok(None);
        };
        let volume = snapshot.volume(summary, item.volume.volume)?;
        let record = volume.escrow(after).filter(|record| (self.wanted)(record));
        let number = snapshot.number(after)?;
        Ok(record.and_then(|record| Some(((self.time)(record), number?))))
    }

    /// Returns the escrows of the list, in the volumes in which the file finds some: taken from the proven records, and not
    /// from the rows that were found. SQLite believes an index of what it says of the columns. With `found_only` without
    /// others of those volumes, which may belong on another page.
    fn proven(
        &self,
        snapshot: &Snapshot<'_>,
        summary: &CommitSummary,
        page: &Page,
        found_only: bool,
    ) -> Result<Vec<Item>, Error> {
        let found = snapshot.all_items(&self.filter, page)?;
        let order: BTreeMap<EscrowId, usize> = found.iter().map(|item| item.record.escrow).zip(0..).collect();
        let volumes: BTreeSet<u64> = found.iter().map(|item| item.volume.volume).collect();
        let mut items = Vec::new();
        for volume in volumes {
            let volume = snapshot.volume(summary, volume)?;
            for record in volume.escrows.iter().filter(|record| (self.wanted)(record)) {
                if found_only && !order.contains_key(&record.escrow) {
                    continue;
                }
                items.push(Item {
                    problems: Vec::new(),
                    volume: volume.naming(),
                    record: record.clone(),
                });
            }
        }
        let place = |item: &Item| order.get(&item.record.escrow).copied().unwrap_or(usize::MAX);
        items.sort_by_key(|item| ((self.time)(&item.record), place(item)));
        let begin = page.behind.and_then(|(time, _)| time);
        let in_order = items.iter().map(place).eq(0..found.len())
            && items.first().is_none_or(|first| (self.time)(&first.record) >= begin);
        if found_only && !in_order {
            let what = format!("{} finds others than the log has, or in another order", self.name);
            return Err(Alarm::tampered(what).into());
        }
        Ok(items)
    }
}

/// Cuts a list to its limit, and returns whether there was more.
fn cut<T>(rows: &mut Vec<T>, limit: Option<u64>) -> bool {
    let limit = limit
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    more
}

/// A list with more rows than this is not read whole for one page of it.
const LONG: u64 = 1000;
