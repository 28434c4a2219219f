//! Events on their way into the log: encoded and hashed; where they are many, beside the thread that decides on the next.

use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread::Builder;
use std::thread::JoinHandle;

use strongroom_core::crypto::Digest;
use strongroom_core::log::CommitSummary;
use strongroom_core::log::Event;
use strongroom_core::log::EventBody;
use strongroom_core::log::Leaf;
use strongroom_core::log::Salt;
use strongroom_core::values::Time;

use crate::store::Stamp;
use crate::store::StoreError;

/// The events of one commit, in order.
pub(super) struct Leaves {
    encoder: Encoder,
    parts: Vec<Part>,
    /// Behind all parts, and never none of them: the last event has to say what the commit comes to.
    waiting: Vec<EventBody>,
    /// The number of the first that waits.
    next: u64,
}

/// Makes leaves of the events of a commit.
#[derive(Clone)]
struct Encoder {
    stamp: Stamp,
    before: Option<Time>,
    first: u64,
}

/// Some of the events, encoded or about to be.
enum Part {
    Encoded(Encoded),
    Encoding(JoinHandle<Result<Encoded, StoreError>>),
}

/// Leaves, one behind the other.
#[derive(Default)]
pub(super) struct Encoded {
    text: Vec<u8>,
    /// Where each ends, and its hash.
    ends: Vec<(usize, Digest)>,
    /// Their events. They go back to the thread that made them: one that frees what another allocated makes that one wait.
    spent: Vec<EventBody>,
}

impl Leaves {
    /// None yet; the first one will be leaf `first`, and `before` is when the event before it was.
    pub(super) const fn new(stamp: Stamp, before: Option<Time>, first: u64) -> Self {
        Self {
            encoder: Encoder { stamp, before, first },
            parts: Vec::new(),
            waiting: Vec::new(),
            next: first,
        }
    }

    /// Adds an event.
    pub(super) fn push(&mut self, body: EventBody) -> Result<(), StoreError> {
        self.waiting.push(body);
        if self.waiting.len() > PART {
            let last = self.waiting.split_off(PART);
            let part = std::mem::replace(&mut self.waiting, last);
            let first = self.next;
            self.next = behind(first, &part);
            self.parts.push(self.encoder.part(first, part)?);
        }
        Ok(())
    }

    /// The leaves of all but the last events.
    pub(super) fn encoded(&mut self) -> impl Iterator<Item = Result<Encoded, StoreError>> {
        self.parts.drain(..).map(Part::encoded)
    }

    /// The leaves behind [`Self::encoded`], once it is known what the commit comes to.
    pub(super) fn last(self, summary: CommitSummary) -> Result<Encoded, StoreError> {
        self.encoder.encode(self.next, self.waiting, Some(summary))
    }
}

impl Encoder {
    /// Encodes events on a thread of their own, or here where there is none to have.
    fn part(&self, first: u64, bodies: Vec<EventBody>) -> Result<Part, StoreError> {
        let (give, given) = sync_channel(1);
        let encoder = self.clone();
        let beside = Builder::new().spawn(move || encoder.encode(first, given.recv().unwrap_or_default(), None));
        Ok(match beside {
            Ok(thread) => {
                // It waits for them.
                drop(give.send(bodies));
                Part::Encoding(thread)
            }
            Err(_) => Part::Encoded(self.encode(first, bodies, None)?),
        })
    }

    /// The leaves of events from `first` on; `summary` goes to the last of them.
    fn encode(
        &self,
        first: u64,
        bodies: Vec<EventBody>,
        summary: Option<CommitSummary>,
    ) -> Result<Encoded, StoreError> {
        let end = behind(first, &bodies);
        let mut encoded = Encoded::default();
        for (leaf, body) in (first..end).zip(bodies) {
            let is_first = leaf == self.first;
            let event = Event {
                version: 1,
                leaf,
                time: self.stamp.at,
                clock_step: self
                    .before
                    .filter(|_| is_first)
                    .and_then(|before| clock_step(before, self.stamp.at)),
                operator: self.stamp.operator.clone(),
                wrong_pins: self.stamp.wrong_pins.filter(|_| is_first),
                body,
                commit: summary.filter(|_| leaf.saturating_add(1) == end),
                salt: Salt::random()?,
            };
            let leaf = Leaf::encode(&event).map_err(StoreError::Event)?;
            encoded.text.extend_from_slice(leaf.as_bytes());
            encoded.ends.push((encoded.text.len(), leaf.hash()));
            encoded.spent.push(event.body);
        }
        Ok(encoded)
    }
}

impl Part {
    fn encoded(self) -> Result<Encoded, StoreError> {
        match self {
            Self::Encoded(encoded) => Ok(encoded),
            Self::Encoding(thread) => thread.join().unwrap_or_else(|panicked| resume_unwind(panicked)),
        }
    }
}

impl Encoded {
    /// Each leaf's bytes and hash.
    pub(super) fn leaves(&self) -> impl Iterator<Item = (&[u8], Digest)> {
        let mut begin = 0;
        self.ends.iter().map(move |(end, hash)| {
            let leaf = self.text.get(std::mem::replace(&mut begin, *end)..*end);
            (leaf.unwrap_or_default(), *hash)
        })
    }
}

/// The number behind those of events from `first` on.
fn behind(first: u64, bodies: &[EventBody]) -> u64 {
    first.saturating_add(u64::try_from(bodies.len()).unwrap_or(u64::MAX))
}

/// How far the clock moved, where it went back or leapt by more than a day.
fn clock_step(before: Time, now: Time) -> Option<i64> {
    let step = now.millis_since(before);
    (!(0..=DAY).contains(&step)).then_some(step)
}

const DAY: i64 = 24 * 60 * 60 * 1000;
/// Events for which a thread is worth its while.
const PART: usize = 1000;
