//! The names of machines.

use std::fmt;
use std::str::FromStr;

use crate::values::LogText;
use crate::values::TextError;
use crate::values::text_in_json;

/// The name of a device: shown as first given, compared without case.
#[derive(Clone, Debug)]
pub struct DeviceName(LogText);

impl DeviceName {
    /// The most bytes of a name: those of the longest DNS name.
    pub const MAX_LEN: usize = 255;

    /// The name as given.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The name in one case: two names are of the same device where these are equal.
    pub fn folded(&self) -> String {
        fold(self.as_str())
    }
}

/// `text` in one case, for comparing it with a folded name or finding it in one.
///
/// Each character is made upper case, then lower case: so `ß` is `ss`, and `ς`, which stands at the end of words
/// only, is `σ`, where making lower case alone would tell them apart.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    folded(text).collect()
}

/// Whether two texts are the same in one case.
pub(super) fn same_folded(one: &str, other: &str) -> bool {
    one == other || folded(one).eq(folded(other))
}

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

impl Eq for DeviceName {}

impl PartialEq for DeviceName {
    fn eq(&self, other: &Self) -> bool {
        same_folded(self.as_str(), other.as_str())
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

text_in_json!(DeviceName);

impl FromStr for DeviceName {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text: LogText = text.parse()?;
        if text.as_str().len() > Self::MAX_LEN {
            return Err(TextError::TooLong { limit: Self::MAX_LEN });
        }
        Ok(Self(text))
    }
}

#[cfg(test)]
mod tests;
