//! Recovery passwords in any text, each with the key protector ID that stands before it.
//!
//! Windows writes its labels in the language of the machine, so none is read: digits and GUIDs are the same
//! everywhere.

use crate::values::ParseRecoveryPasswordError;
use crate::values::ProtectorId;
use crate::values::RecoveryPassword;

/// What stands in a text where a recovery password should.
pub struct Found {
    /// The line, from 1; lines end with a line feed.
    pub line: usize,
    /// The recovery password, or what is wrong with it.
    pub password: Result<RecoveryPassword, ParseRecoveryPasswordError>,
    /// Its key protector, where a GUID of its own stands before it.
    pub protector: Option<ProtectorId>,
}

/// Every recovery password in `text`, and whatever looks like a spoilt one, in the order of the text.
///
/// A **password** is 48 digits in groups of six parted by one hyphen each or by one space each, or together; with no
/// other digit beside it, and with hyphens no other hyphenated number either. At least half of one (four groups of
/// six, or 42 to 54 digits together), eight groups parted by something else, and digits of other scripts are reported
/// as spoilt: what is in a file and not taken in must not be lost silently.
///
/// A **GUID** is 8-4-4-4-12 hexadecimal digits with no letter or digit beside it; the shortened one that Windows 7
/// prints is none. It belongs to the next password, spoilt or not, unless another GUID comes between. So of two
/// passwords after one GUID the second has none: to guess which of them it means is to open the wrong volume.
///
/// Time is linear in the text, and there are at most as many results as the text has 24 digits. Formats whose fields
/// have names (Graph puts `deviceId` between `id` and `key`) are to be read by their names, then given here field by
/// field.
pub fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut protector = None;
    scan(text, |line, seen| match seen {
        Seen::Guid(id) => protector = Some(id),
        Seen::Password(password) => found.push(Found {
            line,
            password,
            protector: protector.take(),
        }),
    });
    found
}

/// What stands in a text.
pub(super) enum Seen {
    Guid(ProtectorId),
    Password(Result<RecoveryPassword, ParseRecoveryPasswordError>),
}

/// Calls `see` with each GUID and each password of `text`, spoilt or not, and its line, in the order of the text.
pub(super) fn scan(text: &str, see: impl FnMut(usize, Seen)) {
    if text.len() < SHORTEST {
        return;
    }
    let mut finder = Finder { see, found: 0, line: 1 };
    let mut before = None;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = if let Some(id) = guid_at(before, rest) {
            finder.see(Seen::Guid(id));
            GUID_LEN
        } else if is_of_stretch(first) {
            let len = stretch_len(before, rest);
            finder.search(rest.get(..len).unwrap_or_default());
            len
        } else {
            if first == '\n' {
                finder.line += 1;
            }
            first.len_utf8()
        };
        let (passed, after) = rest.split_at(len);
        before = passed.chars().next_back();
        rest = after;
    }
}

struct Finder<F> {
    see: F,
    /// Passwords so far, spoilt ones too.
    found: usize,
    line: usize,
}

impl<F: FnMut(usize, Seen)> Finder<F> {
    /// Searches a stretch: digits, dashes and white space on one line.
    fn search(&mut self, stretch: &str) {
        let known = self.found;
        let mut row = Row::default();
        let mut start = 0;
        for piece in stretch.split_inclusive(char::is_whitespace) {
            let word = piece.trim_end_matches(char::is_whitespace);
            let end = start + word.len();
            match word.chars().count() {
                _ if word.contains(is_dash) => {
                    self.take_row(stretch, &mut row);
                    self.take_if_half(word.trim_matches(is_dash));
                }
                NEARLY_48_FIRST..=NEARLY_48_LAST => {
                    self.take_row(stretch, &mut row);
                    self.take(word);
                }
                0 => self.take_row(stretch, &mut row),
                digits => row.push(start, end, digits),
            }
            if piece.get(word.len()..) != Some(" ") {
                self.take_row(stretch, &mut row);
            }
            start += piece.len();
        }
        self.take_row(stretch, &mut row);
        if self.found == known && groups_of_six(stretch) >= 8 {
            self.take(stretch);
        }
    }

    /// Takes what is in `row` and empties it.
    fn take_row(&mut self, stretch: &str, row: &mut Row) {
        let Row { start, end } = std::mem::take(row);
        self.take_if_half(stretch.get(start..end).unwrap_or_default());
    }

    fn take_if_half(&mut self, text: &str) {
        if groups_of_six(text) >= 4 {
            self.take(text);
        }
    }

    fn take(&mut self, text: &str) {
        self.found += 1;
        self.see(Seen::Password(RecoveryPassword::parse(text)));
    }

    fn see(&mut self, seen: Seen) {
        (self.see)(self.line, seen);
    }
}

/// Numbers parted by one space each, from the first of six digits to the last of six digits.
#[derive(Default)]
struct Row {
    start: usize,
    end: usize,
}

impl Row {
    fn push(&mut self, start: usize, end: usize, digits: usize) {
        if digits == 6 {
            if self.end == 0 {
                self.start = start;
            }
            self.end = end;
        }
    }
}

/// The GUID at the beginning of `rest`, if it stands alone; `before` is the character before it.
fn guid_at(before: Option<char>, rest: &str) -> Option<ProtectorId> {
    // Most characters begin none, and this is asked of each.
    rest.as_bytes().get(FIRST_HYPHEN).filter(|byte| **byte == b'-')?;
    let (guid, after) = rest.split_at_checked(GUID_LEN)?;
    let beside = [before, after.chars().next()];
    if beside.into_iter().flatten().any(char::is_alphanumeric) {
        return None;
    }
    guid.parse().ok()
}

/// The bytes of the stretch at the beginning of `rest`; a GUID ends it.
fn stretch_len(mut before: Option<char>, rest: &str) -> usize {
    for (at, character) in rest.char_indices() {
        if !is_of_stretch(character) || rest.get(at..).is_some_and(|rest| guid_at(before, rest).is_some()) {
            return at;
        }
        before = Some(character);
    }
    rest.len()
}

fn is_of_stretch(character: char) -> bool {
    let ends_line = matches!(character, '\n' | '\r');
    character.is_numeric() || is_dash(character) || character.is_whitespace() && !ends_line
}

/// A hyphen, or what a word processor makes of one.
fn is_dash(character: char) -> bool {
    matches!(
        character,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

fn groups_of_six(text: &str) -> usize {
    text.split(|character: char| !character.is_numeric())
        .filter(|group| group.chars().count() == 6)
        .count()
}

const GUID_LEN: usize = 36;
const FIRST_HYPHEN: usize = 8;
/// The bytes of half a password, without what parts its groups: the shortest that is seen.
const SHORTEST: usize = 24;
/// Digits together that are taken for a password with a group too few or too many.
const NEARLY_48_FIRST: usize = 42;
const NEARLY_48_LAST: usize = 54;

#[cfg(test)]
mod tests;
