//! What keeps an event from being guessed.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;

use crate::crypto::RandomError;
use crate::crypto::random;
use crate::values::text_in_json;

/// 16 random bytes, as 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Salt([u8; 16]);

impl Salt {
    /// A fresh one.
    ///
    /// # Errors
    ///
    /// Fails where the system has no randomness.
    pub fn random() -> Result<Self, RandomError> {
        random().map(Self)
    }

    /// The salt of these bytes.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEXLOWER.encode_mut_str(&self.0, &mut [0; 32]))
    }
}

text_in_json!(Salt);

impl FromStr for Salt {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        HEXLOWER
            .decode(text.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or("a salt is 32 lower-case hexadecimal digits")
    }
}
