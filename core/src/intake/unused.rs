//! What was seen in a text and became nothing: so that nothing is lost without a word.

use std::collections::{BTreeMap, BTreeSet};

use crate::intake::finder::{Seen, scan};
use crate::intake::record::Record;
use crate::values::{ProtectorId, RecoveryPassword};

/// How much of a text became nothing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Unused {
    /// GUIDs that are in no record: neither as a key protector nor as a device, a volume or a doubt.
    pub guids: usize,
    /// Groups of six digits, two or more in a row, that are in no recovery password.
    pub groups: usize,
}

impl Unused {
    /// Counts what of `text` is in none of `records`.
    pub(super) fn of(text: &str, records: &[Record]) -> Self {
        let mut known = Known::new(records);
        let (mut unused, mut others, mut lost) = (Self::default(), BTreeSet::new(), 0_usize);
        unused.groups = scan(text, |_, seen| match seen {
            Seen::Guid(guid) => {
                let is_other = guid.is_parted && others.len() < MOST && !known.has_guid(guid.id);
                unused.guids += usize::from(is_other && others.insert(guid.id));
            }
            Seen::Password(Ok(password)) => lost += usize::from(!known.finds(&password)),
            Seen::Password(Err(_)) => lost += 1,
        });
        let rejected = records.iter().filter(|record| record.outcome.is_err()).count();
        // Those of a password that is parted in the text, and was put together.
        unused.groups = unused.groups.saturating_sub(known.hidden().saturating_mul(8));
        unused.groups += lost.saturating_sub(rejected).saturating_mul(8);
        unused
    }
}

/// What is in the records. Their order is mostly that of the text, so the next ones are asked first; all of them are
/// put in order only where that fails.
struct Known<'r> {
    records: &'r [Record],
    /// The record whose password was seen last.
    at: usize,
    guids: Option<BTreeSet<[u8; 16]>>,
    passwords: Option<BTreeMap<&'r [u8; 16], usize>>,
    /// Whether the password of each was seen.
    found: Vec<bool>,
}

impl<'r> Known<'r> {
    fn new(records: &'r [Record]) -> Self {
        Self {
            records,
            at: 0,
            guids: None,
            passwords: None,
            found: vec![false; records.len()],
        }
    }

    /// The record whose password was seen last and the one after it, with their places.
    fn next(&self) -> impl Iterator<Item = (usize, &'r Record)> + use<'r> {
        self.records.iter().enumerate().skip(self.at).take(2)
    }

    /// Whether `id` stands in one of them.
    fn has_guid(&mut self, id: ProtectorId) -> bool {
        let mut next = self.next().flat_map(|(_, record)| record.guids());
        next.any(|guid| guid == *id.as_bytes()) || {
            let all = || self.records.iter().flat_map(Record::guids).collect();
            self.guids.get_or_insert_with(all).contains(id.as_bytes())
        }
    }

    /// Whether `password` is one of theirs, which is then found.
    fn finds(&mut self, password: &RecoveryPassword) -> bool {
        let bytes = password.expose();
        let mut next = self.next();
        let at = next
            .find(|(_, record)| password_of(record) == Some(bytes))
            .map(|(at, _)| at);
        let at = at.or_else(|| {
            let all = || {
                let ready = self.records.iter().zip(0..);
                ready
                    .filter_map(|(record, at)| Some((password_of(record)?, at)))
                    .collect()
            };
            self.passwords.get_or_insert_with(all).get(bytes).copied()
        });
        if let Some(at) = at {
            self.at = at;
            self.found.iter_mut().skip(at).take(1).for_each(|found| *found = true);
        }
        at.is_some()
    }

    /// How many of their passwords were not seen.
    fn hidden(&self) -> usize {
        let of = |found: bool| {
            let records = self.records.iter().zip(&self.found);
            let those = records.filter(move |(_, is)| **is == found);
            those.filter_map(|(record, _)| password_of(record))
        };
        let missing: BTreeSet<_> = of(false).collect();
        if missing.is_empty() {
            return 0;
        }
        let found: BTreeSet<_> = of(true).collect();
        missing.difference(&found).count()
    }
}

fn password_of(record: &Record) -> Option<&[u8; 16]> {
    record.outcome.as_ref().ok().map(|ready| ready.password.expose())
}

/// Different GUIDs that are counted.
const MOST: usize = 1 << 20;

#[cfg(test)]
mod tests;
