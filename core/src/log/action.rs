//! What an event is about.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::Serialize;

/// The word that says what happened. Each stands in docs/format.md.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// More changes of the event before, which were too many for one leaf.
    Continued,
    /// A password was taken in, or brought something new of one that is held.
    Escrow,
    /// A password got out otherwise than by a reveal.
    Expose,
    /// The vault was made.
    Init,
    /// What came of a reveal.
    Outcome,
    /// Refusals of one operator, counted together.
    Refusals,
    /// Something other than a reveal was refused.
    Refused,
    /// A password was shown.
    Reveal,
    /// A reveal was refused.
    RevealDenied,
    /// An exposure was ended where no newer password can come.
    Waive,
}

/// The word is no action.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no such action")]
pub struct ParseActionError;

impl Action {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Continued,
        Self::Escrow,
        Self::Expose,
        Self::Init,
        Self::Outcome,
        Self::Refusals,
        Self::Refused,
        Self::Reveal,
        Self::RevealDenied,
        Self::Waive,
    ];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Continued => "continued",
            Self::Escrow => "escrow",
            Self::Expose => "expose",
            Self::Init => "init",
            Self::Outcome => "outcome",
            Self::Refusals => "refusals",
            Self::Refused => "refused",
            Self::Reveal => "reveal",
            Self::RevealDenied => "reveal-denied",
            Self::Waive => "waive",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Action {
    type Err = ParseActionError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|action| action.as_str() == word)
            .ok_or(ParseActionError)
    }
}
