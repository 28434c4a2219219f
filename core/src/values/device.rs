//! The names of machines.

use std::fmt;
use std::str::FromStr;

use crate::values::LogText;
use crate::values::TextError;
use crate::values::fold;
use crate::values::is_unseen;
use crate::values::text_in_json;
use crate::values::unseen::is_unknown;

/// The name of a device: shown as first given, compared as [`fold`] has it.
///
/// A new name holds a letter or a digit, and no character that nobody sees or that does not mean the same to everybody. A
/// name that a record already holds is read by [`DeviceName::kept`].
#[derive(Clone, Debug)]
pub struct DeviceName(LogText);

impl DeviceName {
    /// The most bytes of a name: those of the longest DNS name.
    pub const MAX_LEN: usize = 255;

    /// The name as given.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns the text by which names are compared: two names are of the same device if these are equal.
    pub fn folded(&self) -> String {
        fold(self.as_str())
    }

    /// Returns a name that a vault already holds, or by which somebody looks for one: older programs took names that no
    /// new device may have.
    ///
    /// # Errors
    ///
    /// Fails if it cannot stand in the log, or is longer than a name.
    pub fn kept(text: &str) -> Result<Self, TextError> {
        Self::of(LogText::kept(text)?)
    }

    fn of(text: LogText) -> Result<Self, TextError> {
        if text.as_str().len() > Self::MAX_LEN {
            return Err(TextError::TooLong { limit: Self::MAX_LEN });
        }
        Ok(Self(text))
    }
}

impl Eq for DeviceName {}

impl PartialEq for DeviceName {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (self.as_str(), other.as_str());
        if one.is_ascii() && other.is_ascii() {
            return one.eq_ignore_ascii_case(other);
        }
        one == other || fold(one) == fold(other)
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

text_in_json!(DeviceName, DeviceName::kept);

impl FromStr for DeviceName {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = Self::of(text.parse()?)?;
        let position = |is: fn(char) -> bool| name.as_str().chars().position(is).map(|before| before + 1);
        if let Some(position) = position(is_unseen) {
            return Err(TextError::Invisible { position });
        }
        if let Some(position) = position(is_unknown) {
            return Err(TextError::Unknown { position });
        }
        if !name.as_str().chars().any(char::is_alphanumeric) {
            return Err(TextError::Nameless);
        }
        Ok(name)
    }
}

#[cfg(test)]
mod tests;
