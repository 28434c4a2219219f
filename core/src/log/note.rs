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
use data_encoding::HEXLOWER;

use crate::crypto::PublicKey;
use crate::crypto::Signature;
use crate::crypto::SigningKey;
use crate::crypto::VerifyError;
use crate::crypto::sha256;

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

/// An Ed25519 key (type 0x01) under a name: `name+key id+base64(0x01 ‖ key)`, the key id being the first 4 bytes of
/// `SHA-256(name ‖ newline ‖ 0x01 ‖ key)` as 8 hexadecimal digits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VerifierKey {
    name: String,
    key: PublicKey,
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
    #[error("a verifier key is name+id+base64, of type Ed25519")]
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
            .find(|line| line.name == key.name && line.key_id == key.key_id())
            .ok_or(VerifyError)?;
        let signature: [u8; 64] = signed.signature.as_slice().try_into().map_err(|_| VerifyError)?;
        key.key.verify(self.text.as_bytes(), &Signature::new(signature))
    }
}

impl VerifierKey {
    /// The key under this name.
    pub const fn new(name: String, key: PublicKey) -> Self {
        Self { name, key }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> [u8; 4] {
        let hash = sha256(&[self.name.as_bytes(), b"\n", &[ED25519], self.key.as_bytes()]);
        let [a, b, c, d, ..] = *hash.as_bytes();
        [a, b, c, d]
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

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519];
        key.extend_from_slice(self.key.as_bytes());
        write!(
            f,
            "{}+{}+{}",
            self.name,
            HEXLOWER.encode(&self.key_id()),
            BASE64.encode(&key)
        )
    }
}

impl FromStr for VerifierKey {
    type Err = ParseNoteError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (name, rest) = text.split_once('+')?;
            let (_, base64) = rest.split_once('+')?;
            let bytes = BASE64.decode(base64.as_bytes()).ok()?;
            let (kind, key) = bytes.split_first()?;
            let key = PublicKey::new(key.try_into().ok()?);
            (*kind == ED25519 && is_name(name)).then(|| Self::new(name.to_owned(), key))
        };
        parse()
            .filter(|key| key.to_string() == text)
            .ok_or(ParseNoteError::VerifierKey)
    }
}

/// What can stand as a name in a signature line and in a verifier key.
fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

const DASH: &str = "— ";
const ED25519: u8 = 0x01;
const MAX_NOTE_LEN: usize = 1 << 20;

#[cfg(test)]
mod tests;
