//! Proofs that an event is in a log (<https://c2sp.org/tlog-proof>): one text, checked without the log.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra <base64 of the leaf>
//! index <its place in the log, from 0>
//! <base64 of each hash of the inclusion proof, lowest first>
//!
//! <signed checkpoint>
//! ```

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;

use crate::crypto::Digest;
use crate::log::Checkpoint;
use crate::log::Event;
use crate::log::Leaf;
use crate::log::Note;
use crate::log::Origin;
use crate::log::VerifierKey;
use crate::tree::root_from_inclusion;

/// An event with the proof that it stands in the log of a checkpoint.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EventProof {
    leaf: Leaf,
    index: u64,
    hashes: Vec<Digest>,
    note: Note,
}

/// What a proof shows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProvenEvent {
    /// The event.
    pub event: Event,
    /// The checkpoint of the log in which it stands.
    pub checkpoint: Checkpoint,
}

/// The text is no proof of an event.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line} is not as a proof of an event has it")]
pub struct ParseEventProofError {
    /// Which line, from 1.
    pub line: usize,
}

/// A proof shows nothing.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EventProofError {
    /// What is signed is no checkpoint of a vault.
    #[error("its checkpoint is not one of a vault")]
    Checkpoint,
    /// A key did not sign the checkpoint.
    #[error("its checkpoint is not signed by {key}")]
    NotSigned {
        /// The key, as it was given.
        key: String,
    },
    /// A key is of another epoch of the same vault, and a proof does not say who vouches for the one of its own.
    #[error("its checkpoint is of another epoch than the key: {origin}")]
    OtherEpoch {
        /// The checkpoint's origin.
        origin: String,
    },
    /// The hashes do not lead from the leaf to the checkpoint's root.
    #[error("its event is not in the log of its checkpoint")]
    NotIncluded,
    /// The leaf is no event, or one of another place.
    #[error("what it holds is no event of this place in a log")]
    Event,
}

impl EventProof {
    /// A proof from its parts; whether it shows anything, [`EventProof::verify`] tells.
    pub const fn new(leaf: Leaf, index: u64, hashes: Vec<Digest>, note: Note) -> Self {
        Self {
            leaf,
            index,
            hashes,
            note,
        }
    }

    /// The event, if every key signed the checkpoint and it is in the log of that.
    ///
    /// # Errors
    ///
    /// Fails if anything of it does not hold.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<ProvenEvent, EventProofError> {
        let checkpoint = Checkpoint::from_note(&self.note).map_err(|_| EventProofError::Checkpoint)?;
        for key in keys {
            let origin: Option<Origin> = key.name().parse().ok();
            let other_epoch = |origin: &Origin| origin.vault == checkpoint.origin.vault && *origin != checkpoint.origin;
            if origin.as_ref().is_some_and(other_epoch) {
                return Err(EventProofError::OtherEpoch {
                    origin: checkpoint.origin.to_string(),
                });
            }
            if origin != Some(checkpoint.origin) || self.note.verify(key).is_err() {
                return Err(EventProofError::NotSigned { key: key.to_string() });
            }
        }
        let root = root_from_inclusion(self.leaf.hash(), self.index, checkpoint.size, &self.hashes);
        if root != Some(checkpoint.root) {
            return Err(EventProofError::NotIncluded);
        }
        match self.leaf.decode() {
            Ok(event) if event.leaf == self.index => Ok(ProvenEvent { event, checkpoint }),
            _ => Err(EventProofError::Event),
        }
    }
}

impl fmt::Display for EventProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        writeln!(f, "{EXTRA}{}", BASE64.encode(self.leaf.as_bytes()))?;
        writeln!(f, "{INDEX}{}", self.index)?;
        for hash in &self.hashes {
            writeln!(f, "{}", BASE64.encode(hash.as_bytes()))?;
        }
        write!(f, "\n{}", self.note)
    }
}

impl FromStr for EventProof {
    type Err = ParseEventProofError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (head, note) = text.split_once("\n\n").ok_or(ParseEventProofError { line: 1 })?;
        let mut lines = head.split('\n').zip(1..);
        let mut next = |line| lines.next().ok_or(ParseEventProofError { line });
        let (header, _) = next(1)?;
        let (extra, _) = next(2)?;
        let (index, _) = next(3)?;
        if header != HEADER {
            return Err(ParseEventProofError { line: 1 });
        }
        let leaf = extra.strip_prefix(EXTRA).and_then(decode);
        let leaf = leaf.and_then(|bytes| Leaf::bounded(bytes).ok());
        let index = index.strip_prefix(INDEX).and_then(number);
        let mut hashes = Vec::new();
        for (hash, line) in lines {
            let hash = decode(hash).and_then(|bytes| bytes.try_into().ok());
            hashes.push(hash.map(Digest::new).ok_or(ParseEventProofError { line })?);
        }
        let line = hashes.len() + 5;
        Ok(Self {
            leaf: leaf.ok_or(ParseEventProofError { line: 2 })?,
            index: index.ok_or(ParseEventProofError { line: 3 })?,
            hashes,
            note: note.parse().map_err(|_| ParseEventProofError { line })?,
        })
    }
}

/// Base64 in the one way of writing it.
fn decode(text: &str) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    (BASE64.encode(&bytes) == text).then_some(bytes)
}

fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

const HEADER: &str = "c2sp.org/tlog-proof@v1";
const EXTRA: &str = "extra ";
const INDEX: &str = "index ";

#[cfg(test)]
mod tests;
