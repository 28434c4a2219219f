//! C2SP checkpoints (<https://c2sp.org/tlog-checkpoint>, v1.0.0).
//!
//! ```text
//! strongroom/<vault id>/<epoch id>
//! <size, in decimal>
//! <base64 of the root>
//! ```

use data_encoding::BASE64;

use crate::crypto::Digest;
use crate::crypto::SigningKey;
use crate::crypto::sha256;
use crate::log::Note;
use crate::log::Origin;

/// How large a log is and what its root is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Checkpoint {
    /// Whose log, and of which epoch.
    pub origin: Origin,
    /// How many leaves it has.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
}

/// The text is no checkpoint of a vault.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a checkpoint of a vault")]
pub struct ParseCheckpointError;

impl Checkpoint {
    /// The checkpoint as a text, three lines each ending in a newline.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root.base64())
    }

    /// The checkpoint, signed.
    pub fn sign(&self, key: &SigningKey) -> Note {
        Note::sign(self.text(), &self.origin.to_string(), key)
    }

    /// `SHA-256(text)`: what the anchor remembers. Signatures may be added to a checkpoint later; its text stays.
    pub fn digest(&self) -> Digest {
        sha256(&[self.text().as_bytes()])
    }

    /// The checkpoint that a note holds.
    ///
    /// # Errors
    ///
    /// Fails if the note's text is not that of a checkpoint of a vault, without extension lines.
    pub fn from_note(note: &Note) -> Result<Self, ParseCheckpointError> {
        Self::parse(note.text()).ok_or(ParseCheckpointError)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        let checkpoint = Self {
            origin: lines.next()?.parse().ok()?,
            size: lines.next()?.parse().ok()?,
            root: Digest::new(BASE64.decode(lines.next()?.as_bytes()).ok()?.try_into().ok()?),
        };
        // Whatever else is written otherwise than we write it (a leading zero, another line) is not ours.
        let ours = checkpoint.text() == text && i64::try_from(checkpoint.size).is_ok();
        ours.then_some(checkpoint)
    }
}

#[cfg(test)]
mod tests;
