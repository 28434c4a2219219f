//! The names of machines.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::Serialize;

use crate::values::LogText;
use crate::values::TextError;

/// The name of a device: shown as first given, compared without case.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(into = "String", try_from = "String")]
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
    text.chars()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

impl Eq for DeviceName {}

impl PartialEq for DeviceName {
    fn eq(&self, other: &Self) -> bool {
        self.folded() == other.folded()
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl From<DeviceName> for String {
    fn from(name: DeviceName) -> Self {
        name.0.into()
    }
}

impl TryFrom<String> for DeviceName {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

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
