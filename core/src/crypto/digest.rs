//! SHA-256.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64;
use data_encoding::HEXLOWER;
use sha2::Digest as _;

use crate::values::text_in_json;

/// A SHA-256 hash, as FIPS 180-4 has it; written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
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
        f.write_str(HEXLOWER.encode_mut_str(&self.0, &mut [0; 64]))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

text_in_json!(Digest);

impl FromStr for Digest {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        HEXLOWER
            .decode(text.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or("a SHA-256 hash is 64 lower-case hexadecimal digits")
    }
}
