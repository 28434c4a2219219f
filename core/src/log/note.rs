//! C2SP signed notes (<https://c2sp.org/signed-note>, v1.0.0).
//!
//! ```text
//! text, ending in a newline
//!
//! — name base64(key id ‖ signature)
//! ```

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;

use crate::crypto::EcdsaSignature;
use crate::crypto::SigningKey;
use crate::crypto::VerifyError;
use crate::log::VerifierKey;

/// A text with signatures.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NoteSignature {
    name: String,
    key_id: [u8; 4],
    signature: Vec<u8>,
}

/// The text is no signed note.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ParseNoteError {
    /// Over 1 MiB, or a control character other than a newline.
    #[error("a note is at most 1 MiB of text without control characters")]
    Text,
    /// No empty line between text and signatures, or no newline at the end.
    #[error("a note is a text, an empty line and signature lines")]
    Shape,
    /// A signature line that is not as it should be.
    #[error("line {line} of the signatures is malformed")]
    Signature {
        /// Which, from 1.
        line: usize,
    },
    /// A verifier key that is not as it should be.
    #[error("a verifier key is name+id+base64, of type Ed25519 or ECDSA")]
    VerifierKey,
}

impl Note {
    /// Signs `text`, which ends in a newline, under `name`.
    pub fn sign(text: String, name: &str, key: &SigningKey) -> Self {
        let verifier = VerifierKey::new(name.to_owned(), key.public_key());
        let signature = NoteSignature {
            name: name.to_owned(),
            key_id: verifier.key_id(),
            signature: key.sign(text.as_bytes()).as_bytes().to_vec(),
        };
        Self {
            text,
            signatures: vec![signature],
        }
    }

    /// The note with one more signature, by an ECDSA key; it is put behind those that are there.
    pub fn add(&mut self, key: &VerifierKey, signature: &EcdsaSignature) {
        self.signatures.push(NoteSignature {
            name: key.name().to_owned(),
            key_id: key.key_id(),
            signature: signature.as_der().to_vec(),
        });
    }

    /// The signed text, with the newline at its end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many signature lines there are.
    pub fn signatures(&self) -> usize {
        self.signatures.len()
    }

    /// Whether `key` signed the text. Signatures of other keys do not matter.
    ///
    /// # Errors
    ///
    /// Fails if there is no signature by this key, or a wrong one.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), VerifyError> {
        let signed = self
            .signatures
            .iter()
            .find(|line| line.name == key.name() && line.key_id == key.key_id())
            .ok_or(VerifyError)?;
        key.verify(self.text.as_bytes(), &signed.signature)
    }
}

impl Note {
    /// Returns whether the signatures of `key`, which verify, are written as a vault writes them that says `low_s` of its
    /// TPM's key.
    pub fn is_signed_as_written(&self, key: &VerifierKey) -> bool {
        let by_key = |line: &&NoteSignature| line.name == key.name() && line.key_id == key.key_id();
        self.signatures
            .iter()
            .filter(by_key)
            .all(|line| key.is_as_written(&line.signature))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for line in &self.signatures {
            let mut bytes = line.key_id.to_vec();
            bytes.extend_from_slice(&line.signature);
            writeln!(f, "{DASH}{} {}", line.name, BASE64.encode(&bytes))?;
        }
        Ok(())
    }
}

impl FromStr for Note {
    type Err = ParseNoteError;

    fn from_str(note: &str) -> Result<Self, Self::Err> {
        let control = |c: char| c.is_control() && c != '\n';
        if note.len() > MAX_NOTE_LEN || note.contains(control) {
            return Err(ParseNoteError::Text);
        }
        let split = note.rfind("\n\n").ok_or(ParseNoteError::Shape)?;
        let (text, lines) = note.split_at(split + 1);
        let lines = lines
            .strip_prefix('\n')
            .and_then(|lines| lines.strip_suffix('\n'))
            .ok_or(ParseNoteError::Shape)?;
        let signatures = lines
            .split('\n')
            .enumerate()
            .map(|(index, line)| NoteSignature::parse(line).ok_or(ParseNoteError::Signature { line: index + 1 }))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix(DASH)?.split_once(' ')?;
        let bytes = BASE64.decode(base64.as_bytes()).ok()?;
        // The decoder takes several padded texts in a row for one; we do not.
        if BASE64.encode(&bytes) != base64 {
            return None;
        }
        let (key_id, signature) = bytes.split_first_chunk::<4>()?;
        (is_name(name) && !signature.is_empty()).then(|| Self {
            name: name.to_owned(),
            key_id: *key_id,
            signature: signature.to_vec(),
        })
    }
}

/// What can stand as a name in a signature line and in a verifier key.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

const DASH: &str = "— ";
const MAX_NOTE_LEN: usize = 1 << 20;

#[cfg(test)]
mod tests;
