//! SHA-256.

use std::fmt;

use data_encoding::BASE64;
use data_encoding::HEXLOWER;
use serde::Deserialize;
use serde::Serialize;
use sha2::Digest as _;

/// A SHA-256 hash, as FIPS 180-4 has it; written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(into = "String", try_from = "String")]
pub struct Digest([u8; 32]);

/// `SHA-256(part ‖ part ‖ …)` of what is public.
pub fn sha256(parts: &[&[u8]]) -> Digest {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    for part in parts {
        context.update(part);
    }
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    Digest(bytes)
}

/// `SHA-256(part ‖ part ‖ …)` of what a secret is among; nothing of it stays in memory.
pub fn sha256_of_secret<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Digest {
    let mut hash = sha2::Sha256::new();
    for part in parts {
        sha2::Digest::update(&mut hash, part);
    }
    Digest(hash.finalize().into())
}

impl Digest {
    /// The hash of these 32 bytes' value.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// In base64, as a checkpoint has it.
    pub fn base64(&self) -> String {
        BASE64.encode(&self.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        HEXLOWER
            .decode(text.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or("a SHA-256 hash is 64 lower-case hexadecimal digits")
    }
}
