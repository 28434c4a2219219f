//! Text that may stand in the log for ever.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::values::digits::was_always_refused;
use crate::values::is_invisible;
use crate::values::may_hold_password;
use crate::values::text_in_json;

/// A text that may reach a leaf: a note, a ticket, a caller, the name of a device or a file.
///
/// What a leaf holds can never be taken back, and auditors read it on terminals. So it is refused where it
/// - is longer than 1 KiB, or empty (what is absent is no text at all);
/// - holds a character that is not seen: control characters (line ends and ESC too), line and paragraph separators,
///   and what Unicode calls default ignorable (directional overrides, zero-width characters, soft hyphens, tags);
///   only the variation selectors U+FE00 to U+FE0F stay, since symbols are written with them;
/// - holds what may be a recovery password or half of one, see [`may_hold_password`].
///
/// White space around it is not kept. A copy is cheap: a volume, its events and what is told of them hold one text
/// together. A `Deserialize`d text is one of a record or a leaf, and is read by [`LogText::kept`].
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct LogText(Arc<str>);

/// Why a text is not taken. It never repeats the text: what was pasted by mistake must not reach a screen either.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TextError {
    /// Nothing, or white space alone.
    #[error("the text is empty")]
    Empty,
    /// A character that is not seen.
    #[error("character {position} of the text is a control character or invisible")]
    Invisible {
        /// The character, from 1.
        position: usize,
    },
    /// What [`may_hold_password`] finds.
    #[error("the text holds what may be a recovery password, or three groups of one")]
    Password,
    /// Nothing in a name that a person could say.
    #[error("the name has neither a letter nor a digit")]
    Nameless,
    /// A character of a name that means nothing, or not the same to everybody.
    #[error("character {position} of the name is blank, or in private use, or not assigned")]
    Unknown {
        /// The character, from 1.
        position: usize,
    },
    /// More than fits.
    #[error("the text is longer than {limit} bytes")]
    TooLong {
        /// The most there may be.
        limit: usize,
    },
}

impl LogText {
    /// The most bytes of a text.
    pub const MAX_LEN: usize = 1024;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns a text that a log or a record already holds. What only newer programs take for a password is no matter here,
    /// for a log has to be read for ever.
    ///
    /// # Errors
    ///
    /// Fails if no program ever took such a text.
    pub fn kept(text: &str) -> Result<Self, TextError> {
        if text.len() > Self::MAX_LEN {
            return Err(TextError::TooLong { limit: Self::MAX_LEN });
        }
        let text = text.trim();
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if let Some(before) = text.chars().position(is_invisible) {
            return Err(TextError::Invisible { position: before + 1 });
        }
        if was_always_refused(text) {
            return Err(TextError::Password);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for LogText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_in_json!(LogText, LogText::kept);

impl FromStr for LogText {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // First, so that whoever hears of another fault does not hear it of a text with a password in it.
        if text.len() <= Self::MAX_LEN && may_hold_password(text) {
            return Err(TextError::Password);
        }
        Self::kept(text)
    }
}

#[cfg(test)]
mod tests;
