//! What was seen in a text and became nothing: so that nothing is lost without a word.

use std::collections::BTreeSet;

use crate::intake::finder::{Seen, scan};
use crate::intake::record::Record;

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
        let (mut guids, mut passwords) = (BTreeSet::new(), BTreeSet::new());
        let mut rejected = 0_usize;
        for record in records {
            guids.extend(record.guids());
            match &record.outcome {
                Ok(ready) => {
                    passwords.insert(ready.password.expose());
                }
                Err(_) => rejected += 1,
            }
        }
        let mut hidden = passwords.len();
        let mut found = BTreeSet::new();
        let (mut unused, mut others, mut lost) = (Self::default(), BTreeSet::new(), 0_usize);
        unused.groups = scan(text, |_, seen| match seen {
            Seen::Guid(guid) => {
                let is_other = guid.is_parted && !guids.contains(guid.id.as_bytes()) && others.len() < MOST;
                unused.guids += usize::from(is_other && others.insert(guid.id));
            }
            Seen::Password(Ok(password)) => match passwords.get(password.expose()) {
                Some(known) => hidden -= usize::from(found.insert(*known)),
                None => lost += 1,
            },
            Seen::Password(Err(_)) => lost += 1,
        });
        // Those of a password that is parted in the text, and was put together.
        unused.groups = unused.groups.saturating_sub(hidden.saturating_mul(8));
        unused.groups += lost.saturating_sub(rejected).saturating_mul(8);
        unused
    }
}

/// Different GUIDs that are counted.
const MOST: usize = 1 << 20;
