//! Text that may stand in the log for ever.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::values::text_in_json;

/// A text that may reach a leaf: a note, a ticket, a caller, the name of a device or a file.
///
/// What a leaf holds can never be taken back, and auditors read it on terminals. So it is refused where it
/// - is longer than 1 KiB, or empty (what is absent is no text at all);
/// - holds a character that is not seen: control characters (line ends and ESC too), line and paragraph separators,
///   and what Unicode calls default ignorable (directional overrides, zero-width characters, soft hyphens, tags);
///   only the variation selectors U+FE00 to U+FE0F stay, since symbols are written with them;
/// - holds what may be a recovery password or half of one, see [`TextError::Password`].
///
/// White space around it is not kept. A `Deserialize`d text passes the same checks. A copy is cheap: a volume, its events
/// and what is told of them hold one text together.
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
    /// Four or more groups of six digits in a row.
    ///
    /// Digits are whatever Unicode counts as a number (fullwidth, Arabic-Indic and circled ones too). A run of 6, 12
    /// or 18 digits is one, two or three groups, and 24 digits or more are refused at once. Between two groups may
    /// stand anything of up to 16 characters, also numbers of one or two digits (eight groups are shown numbered);
    /// a number of 3 to 5 digits, or of more that is no multiple of six, ends the row: so telephone numbers, times
    /// and addresses pass, and a list of four six-digit tickets does not. Digits read aloud by ones, twos or threes
    /// are refused from 24 on, unless points, colons or slashes part them as in addresses and dates.
    #[error("the text holds what may be a recovery password: four or more groups of six digits")]
    Password,
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
}

impl fmt::Display for LogText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

text_in_json!(LogText);

impl FromStr for LogText {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
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
        if may_hold_password(text) {
            return Err(TextError::Password);
        }
        Ok(Self(text.into()))
    }
}

/// Whether a character is one that is not seen: it may stand in no [`LogText`], and reaches no terminal as it is.
pub fn is_invisible(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    character.is_control() || INVISIBLE.iter().any(|range| range.contains(&character))
}

/// Whether four or more groups of six digits stand in a row, as [`TextError::Password`] says it.
fn may_hold_password(text: &str) -> bool {
    let mut row = Row::default();
    let mut pieces = Pieces::default();
    let mut digits = 0;
    // The end of the text ends a number, as any character that is no digit does.
    for character in text.chars().map(Some).chain([None]) {
        if character.is_some_and(char::is_numeric) {
            digits += 1;
            continue;
        }
        row.number(digits);
        pieces.number(digits);
        if row.groups >= FEW_GROUPS || pieces.digits >= FEW_GROUPS * 6 {
            return true;
        }
        digits = 0;
        row.separator = row.separator.saturating_add(1);
        pieces.separator(character);
    }
    false
}

/// Groups of six in a row.
#[derive(Default)]
struct Row {
    groups: usize,
    /// Characters since the last of them.
    separator: usize,
}

impl Row {
    fn number(&mut self, digits: usize) {
        match digits {
            // A number beside a group.
            0..=2 => self.separator = self.separator.saturating_add(digits),
            _ if digits.is_multiple_of(6) || digits >= FEW_GROUPS * 6 => {
                if self.separator > LONGEST_SEPARATOR {
                    self.groups = 0;
                }
                self.groups = self.groups.saturating_add(digits / 6);
                self.separator = 0;
            }
            _ => self.groups = 0,
        }
    }
}

/// Digits by ones, twos or threes in a row.
#[derive(Default)]
struct Pieces {
    digits: usize,
    /// Digits in each piece of the row.
    each: usize,
    /// Characters since the last piece.
    separator: usize,
}

impl Pieces {
    fn number(&mut self, digits: usize) {
        if digits == 0 {
            return;
        }
        if digits != self.each || self.separator > LONGEST_PIECE_SEPARATOR {
            self.digits = 0;
        }
        if digits <= 3 {
            self.digits = self.digits.saturating_add(digits);
        }
        self.each = digits;
        self.separator = 0;
    }

    fn separator(&mut self, character: Option<char>) {
        self.separator = self.separator.saturating_add(1);
        if matches!(character, Some('.' | ':' | '/')) {
            self.digits = 0;
        }
    }
}

/// Groups that are taken for a password: half of one.
const FEW_GROUPS: usize = 4;
/// Characters that may stand between two groups: ` and group 2 is ` is 16.
const LONGEST_SEPARATOR: usize = 16;
/// Characters that may stand between two pieces of a group.
const LONGEST_PIECE_SEPARATOR: usize = 3;

/// Unicode's `Default_Ignorable_Code_Point` without U+FE00 to U+FE0F, line and paragraph separator, and interlinear
/// annotations.
///
/// Source: Unicode 16.0, `DerivedCoreProperties.txt`.
const INVISIBLE: [std::ops::RangeInclusive<char>; 16] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];

#[cfg(test)]
mod tests;
