//! The bytes of an event in the log.

use crate::crypto::Digest;
use crate::log::Event;
use crate::state::CanonicalError;
use crate::state::canonical;
use crate::state::from_canonical;
use crate::tree::hash_leaf;

/// The canonical JSON of an event, at most 65,535 bytes (what an entry bundle of C2SP tlog-tiles can hold).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Leaf(Vec<u8>);

/// The bytes are no leaf of ours.
#[derive(Debug, thiserror::Error)]
pub enum LeafError {
    /// An event that takes more than 65,535 bytes.
    #[error("the event has {len} bytes; a leaf holds 65,535")]
    TooLong {
        /// How many bytes it takes.
        len: usize,
    },
    /// An event of a format that this program does not know.
    #[error("the event has format {version}, which this program does not know")]
    Version {
        /// Its format.
        version: u32,
    },
    /// Not the canonical text of an event.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

impl Leaf {
    /// The leaf of an event.
    ///
    /// # Errors
    ///
    /// Fails if the event takes more than 65,535 bytes.
    pub fn encode(event: &Event) -> Result<Self, LeafError> {
        Self::bounded(canonical(event))
    }

    /// The event of a leaf.
    ///
    /// # Errors
    ///
    /// Fails unless the bytes are the canonical text of an event of format 1.
    pub fn decode(&self) -> Result<Event, LeafError> {
        let event: Event = from_canonical(&self.0)?;
        if event.version != VERSION {
            return Err(LeafError::Version { version: event.version });
        }
        Ok(event)
    }

    /// The leaf that was kept as these bytes.
    ///
    /// # Errors
    ///
    /// Fails if they are more than 65,535.
    pub fn bounded(bytes: Vec<u8>) -> Result<Self, LeafError> {
        if bytes.len() > MAX_LEAF_LEN {
            return Err(LeafError::TooLong { len: bytes.len() });
        }
        Ok(Self(bytes))
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its hash in the tree.
    pub fn hash(&self) -> Digest {
        hash_leaf(&self.0)
    }
}

/// How many bytes a leaf can hold.
pub const MAX_LEAF_LEN: usize = 65_535;

const VERSION: u32 = 1;

#[cfg(test)]
mod tests;
