//! The search index against the names of the devices, entry by entry.
//!
//! An entry is three characters of a name, with the device and their position in the name. Entries are compared as
//! multisets: each is hashed under a random key, and the sums of all hashes are equal only if the entries are. An attacker
//! wrote the file before the key was chosen.

use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::hash::RandomState;

use rusqlite::Connection;

use crate::store::Alarm;
use crate::store::Snapshot;
use crate::store::StoreError;
use crate::store::audit::Work;

/// Three characters of a name, as the index has them.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct Entry<'t> {
    device: i64,
    position: i64,
    text: &'t [u8],
}

/// The sums of the hashes of entries, each of some of the devices.
#[derive(Debug, Eq, PartialEq)]
struct Sums(Vec<u128>);

/// The two halves of a keyed hash of 128 bits: SipHash under keys that the process draws at random.
#[derive(Default)]
struct Key(RandomState, RandomState);

/// How entries are looked up.
#[derive(Clone, Copy)]
enum Reading {
    /// All of them, in the order of the index.
    Walk,
    /// Those of each text by a search for it, as `find` does.
    Search,
}

impl Snapshot<'_> {
    /// Compares the search index with the names: what is in it, and what a search in it finds.
    pub(super) fn audit_search(&self, devices: u64, done: &mut dyn FnMut(u64)) -> Result<(), StoreError> {
        let index = Index::open(&self.transaction)?;
        let key = Key::default();
        let mut expected = Sums::new();
        index.names(|entry| {
            expected.add(&key, entry);
            Ok(())
        })?;
        done(devices.saturating_mul(Work::SEARCHED));
        for reading in [Reading::Walk, Reading::Search] {
            let mut found = Sums::new();
            index.entries(reading, |entry| {
                found.add(&key, entry);
                Ok(())
            })?;
            if let Some(bucket) = expected.first_difference(&found) {
                return index.name_difference(reading, bucket);
            }
            done(devices.saturating_mul(Work::SEARCHED));
        }
        Ok(())
    }
}

/// The search index, to be read entry by entry.
struct Index<'c>(&'c Connection);

impl<'c> Index<'c> {
    fn open(connection: &'c Connection) -> Result<Self, StoreError> {
        // The tables are temporary and empty: they read the index of the vault file, and nothing is written to that.
        connection.pragma_update(None, "query_only", false)?;
        let made = connection.execute_batch(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.indexed USING fts5vocab('main', 'device_search', 'instance'); \
             CREATE VIRTUAL TABLE IF NOT EXISTS temp.indexed_text USING fts5vocab('main', 'device_search', 'row')",
        );
        connection.pragma_update(None, "query_only", true)?;
        made?;
        Ok(Self(connection))
    }

    /// Calls `each` with every entry that the names have.
    fn names(&self, mut each: impl FnMut(&Entry<'_>) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut statement = self.0.prepare("SELECT device, folded FROM device")?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            let device = row.get(0)?;
            let folded = row.get_ref(1)?.as_str().unwrap_or_default();
            let ends = folded.char_indices().map(|(at, _)| at).skip(3).chain([folded.len()]);
            for ((position, (start, _)), end) in (0..).zip(folded.char_indices()).zip(ends) {
                let text = folded.as_bytes().get(start..end).unwrap_or_default();
                if folded.get(start..end).is_some_and(|text| text.chars().count() == 3) {
                    each(&Entry { device, position, text })?;
                }
            }
        }
        Ok(())
    }

    /// Calls `each` with every entry of the index.
    fn entries(
        &self,
        reading: Reading,
        mut each: impl FnMut(&Entry<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut read = |sql: &str, text: Option<&str>| -> Result<(), StoreError> {
            let mut statement = self.0.prepare_cached(sql)?;
            let mut rows = match text {
                Some(text) => statement.query([text])?,
                None => statement.query(())?,
            };
            while let Some(row) = rows.next()? {
                each(&Entry {
                    device: row.get(1)?,
                    position: row.get(2)?,
                    text: row.get_ref(0)?.as_bytes().unwrap_or_default(),
                })?;
            }
            Ok(())
        };
        if let Reading::Walk = reading {
            return read("SELECT term, doc, offset FROM temp.indexed", None);
        }
        let mut statement = self.0.prepare("SELECT term FROM temp.indexed_text")?;
        let mut texts = statement.query(())?;
        while let Some(row) = texts.next()? {
            // A text that is none, the walk has found.
            let text = row.get_ref(0)?.as_str().unwrap_or_default();
            read("SELECT term, doc, offset FROM temp.indexed WHERE term = ?1", Some(text))?;
        }
        Ok(())
    }

    /// Names an entry that only one of index and names has, of the devices in `bucket`.
    fn name_difference(&self, reading: Reading, bucket: usize) -> Result<(), StoreError> {
        let mut names = BTreeSet::new();
        self.names(|entry| {
            if bucket_of(entry.device) == bucket {
                names.insert((entry.device, entry.position, entry.text.to_vec()));
            }
            Ok(())
        })?;
        self.entries(reading, |entry| {
            let here = bucket_of(entry.device) == bucket;
            if here && !names.remove(&(entry.device, entry.position, entry.text.to_vec())) {
                // What stands there is not repeated: it may be anything.
                return Err(Alarm::tampered(format!(
                    "the search index has an entry for device {}, position {}, that its name does not have",
                    entry.device, entry.position
                ))
                .into());
            }
            Ok(())
        })?;
        let what = match names.first() {
            Some((device, position, _)) => format!(
                "the search index does not find device {device} by the three characters of its name at position {position}"
            ),
            None => "the search index is not what the names of the devices make".to_owned(),
        };
        Err(Alarm::tampered(what).into())
    }
}

impl Sums {
    fn new() -> Self {
        Self(vec![0; BUCKETS])
    }

    fn add(&mut self, key: &Key, entry: &Entry<'_>) {
        if let Some(sum) = self.0.get_mut(bucket_of(entry.device)) {
            *sum = sum.wrapping_add(key.hash(entry));
        }
    }

    fn first_difference(&self, other: &Self) -> Option<usize> {
        self.0.iter().zip(&other.0).position(|(one, other)| one != other)
    }
}

impl Key {
    fn hash(&self, entry: &Entry<'_>) -> u128 {
        let halves = [&self.0, &self.1].map(|half| u128::from(half.hash_one(entry)));
        halves.into_iter().fold(0, |hash, half| hash << 64 | half)
    }
}

fn bucket_of(device: i64) -> usize {
    let buckets = u64::try_from(BUCKETS).unwrap_or(1);
    usize::try_from(device.cast_unsigned() % buckets).unwrap_or_default()
}

/// So many parts are summed up apart, so that a difference is looked for in one of them alone.
const BUCKETS: usize = 4096;

#[cfg(test)]
mod tests;
