//! The beginning of a protector ID, as a recovery screen shows it.

use std::fmt;
use std::str::FromStr;

use crate::values::ProtectorId;
use crate::values::protector_id::write_guid;

/// The first `MIN` to 32 hexadecimal digits of a protector ID: eight stand on a recovery screen, 16 on that of
/// Windows 7.
///
/// Read in any case; a hyphen may stand wherever a GUID has one, and a brace before it (then one after it, too).
///
/// It stands for every ID that begins with these digits. Zeros among them are digits like any other: `00000000` is
/// the IDs that begin with eight zeros, and there is no prefix of nothing that would stand for all of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyIdPrefix<const MIN: usize = 8> {
    lowest: [u8; 16],
    highest: [u8; 16],
    digits: usize,
}

/// The text is not the beginning of a protector ID.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a key ID is {min} or more hexadecimal digits of a protector ID, from its beginning")]
pub struct ParseKeyIdPrefixError {
    /// The fewest digits that do.
    pub min: usize,
}

impl<const MIN: usize> KeyIdPrefix<MIN> {
    /// The lowest and the highest ID that begin so, both included, in the order of `ProtectorId::as_bytes`.
    pub const fn range(&self) -> ([u8; 16], [u8; 16]) {
        (self.lowest, self.highest)
    }

    /// Whether `id` begins so.
    pub fn matches(&self, id: &ProtectorId) -> bool {
        (self.lowest..=self.highest).contains(id.as_bytes())
    }

    fn read(text: &str) -> Option<Self> {
        let text = match text.strip_prefix('{') {
            Some(rest) => rest.strip_suffix('}').unwrap_or(rest),
            None => text,
        };
        let mut prefix = Self {
            lowest: [0; 16],
            highest: [0xff; 16],
            digits: 0,
        };
        let mut after_hyphen = false;
        for character in text.chars() {
            if character == '-' {
                if after_hyphen || !HYPHENS_AFTER.contains(&prefix.digits) {
                    return None;
                }
                after_hyphen = true;
            } else {
                prefix.push(u8::try_from(character.to_digit(16)?).ok()?)?;
                after_hyphen = false;
            }
        }
        (prefix.digits >= MIN).then_some(prefix)
    }

    fn push(&mut self, digit: u8) -> Option<()> {
        let lowest = self.lowest.get_mut(self.digits / 2)?;
        let highest = self.highest.get_mut(self.digits / 2)?;
        if self.digits.is_multiple_of(2) {
            *lowest = digit << 4;
            *highest = digit << 4 | 0x0f;
        } else {
            *lowest |= digit;
            *highest = *lowest;
        }
        self.digits += 1;
        Some(())
    }
}

impl<const MIN: usize> fmt::Display for KeyIdPrefix<MIN> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = data_encoding::HEXLOWER.encode(&self.lowest);
        digits.truncate(self.digits);
        write_guid(f, &digits)
    }
}

impl<const MIN: usize> FromStr for KeyIdPrefix<MIN> {
    type Err = ParseKeyIdPrefixError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::read(text).ok_or(ParseKeyIdPrefixError { min: MIN })
    }
}

/// The digits of a GUID after which a hyphen stands.
const HYPHENS_AFTER: [usize; 4] = [8, 12, 16, 20];

#[cfg(test)]
mod tests;
