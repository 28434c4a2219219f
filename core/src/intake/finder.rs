//! Recovery passwords in any text, each with the key protector ID that stands before it.
//!
//! Windows writes its labels in the language of the machine, so none is read: digits and GUIDs are the same
//! everywhere.

use data_encoding::HEXLOWER_PERMISSIVE;

use crate::intake::labels::{self, Label};
use crate::intake::loose::{self, is_dash};
use crate::values::{ParseRecoveryPasswordError, ProtectorId, RecoveryPassword};

/// What stands in a text where a recovery password should.
pub struct Found {
    /// The line, from 1; lines end with a line feed.
    pub line: usize,
    /// The recovery password, or what is wrong with it.
    pub password: Result<RecoveryPassword, ParseRecoveryPasswordError>,
    /// Its key protector, where a GUID of its own stands before it.
    pub protector: Option<ProtectorId>,
}

/// Returns every recovery password in `text`, and whatever looks like a spoilt one, in the order of the text.
///
/// A **password** is 48 digits in groups of six parted by one hyphen each or by one space each, or together; with no
/// other digit beside it, and with hyphens no other hyphenated number either. Eight groups parted by something else are
/// one if every checksum holds (`loose.rs`). At least half of one (four groups of six, or 42 to 54 digits together),
/// six groups and more parted by something else, and digits of other scripts are reported as spoilt: what is in a file
/// and not taken in must not be lost silently.
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
        Seen::Guid(guid) if guid.is_parted => protector = Some(guid.id),
        Seen::Guid(_) => {}
        Seen::Password(password) => found.push(Found {
            line,
            password,
            protector: protector.take(),
        }),
    });
    found
}

/// What stands in a text.
pub(super) enum Seen<'t> {
    Guid(Guid<'t>),
    Password(Result<RecoveryPassword, ParseRecoveryPasswordError>),
}

/// A GUID in a text.
#[derive(Clone, Copy)]
pub(super) struct Guid<'t> {
    pub(super) id: ProtectorId,
    /// The text before it, on its line and after whatever was seen before it.
    before: &'t str,
    /// Whether hyphens part its digits: 32 hexadecimal digits may be anything.
    pub(super) is_parted: bool,
}

impl Guid<'_> {
    /// Returns what the text before it says that it is.
    pub(super) fn label(&self) -> Label {
        match labels::before(self.before) {
            Label::Unlabelled | Label::Id if !self.is_parted => Label::Other,
            label @ (Label::Unlabelled | Label::Protector | Label::Id | Label::Other) => label,
        }
    }

    /// Returns whether nothing but brackets and white space stands before it.
    pub(super) fn is_alone(&self) -> bool {
        !self.before.contains(char::is_alphanumeric)
    }
}

/// Calls `see` with each GUID and each password of `text`, spoilt or not, and its line, in the order of the text.
/// Returns how many groups of six digits stand together, two or more, and are in nothing that was seen.
pub(super) fn scan<'t>(text: &'t str, see: impl FnMut(usize, Seen<'t>)) -> usize {
    if text.len() < SHORTEST {
        return 0;
    }
    let mut finder = Finder { see, line: 1, stray: 0 };
    let (mut before, mut rest, mut mark) = (None, text, 0);
    while let Some(first) = rest.chars().next() {
        let at = text.len() - rest.len();
        let len = if let Some((id, len, is_parted)) = guid_at(before, rest) {
            let before = text.get(mark..at).unwrap_or_default();
            finder.see(Seen::Guid(Guid { id, before, is_parted }));
            mark = at + len;
            len
        } else if let Some(password) = plain_at(rest) {
            finder.see(Seen::Password(Ok(password)));
            mark = at + PLAIN_LEN;
            PLAIN_LEN
        } else if is_of_stretch(first) {
            let len = stretch_len(before, rest);
            let stretch = rest.get(..len).unwrap_or_default();
            let consumed = finder.search(stretch, rest);
            if consumed.is_some() {
                mark = at + consumed.unwrap_or_default();
            }
            consumed.unwrap_or(len)
        } else {
            if first == '\n' {
                finder.line += 1;
                mark = at + 1;
            }
            // Nothing begins within a word.
            letters_len(rest).max(first.len_utf8())
        };
        let (passed, after) = rest.split_at(len);
        before = passed.chars().next_back();
        rest = after;
    }
    finder.stray
}

struct Finder<F> {
    see: F,
    line: usize,
    stray: usize,
}

type Password = Result<RecoveryPassword, ParseRecoveryPasswordError>;

impl<'t, F: FnMut(usize, Seen<'t>)> Finder<F> {
    /// Searches `stretch`, digits, dashes and white space on one line, with which `rest` begins. Returns how far
    /// something was found.
    fn search(&mut self, stretch: &str, rest: &str) -> Option<usize> {
        let start = first_six(stretch)?;
        let found = if stretch.len() < SHORTEST {
            Vec::new()
        } else {
            in_stretch(stretch)
        };
        if !found.iter().any(Result::is_ok) {
            let from = rest.get(start..).unwrap_or_default();
            let joined = stretch.get(..start).is_some_and(|before| {
                before.ends_with(is_dash) && before.trim_end_matches(is_dash).ends_with(char::is_numeric)
            });
            let loose = loose::at_start(from, |rest| guid_at(None, rest).is_some());
            if let Some(loose) = loose.filter(|loose| found.is_empty() || loose.password.is_ok() && !joined) {
                let consumed = start + loose.len;
                self.see(Seen::Password(loose.password));
                self.line += rest.get(..consumed).map_or(0, |passed| passed.matches('\n').count());
                return Some(consumed.max(1));
            }
        }
        let any = !found.is_empty();
        for password in found {
            self.see(Seen::Password(password));
        }
        if !any && stretch.len() > 2 * 6 {
            let groups = groups_of_six(stretch);
            self.stray += if groups > 1 { groups } else { 0 };
        }
        any.then_some(stretch.len())
    }

    fn see(&mut self, seen: Seen<'t>) {
        (self.see)(self.line, seen);
    }
}

/// The password at the beginning of `rest`, if it is a whole stretch in the form that nearly all have.
fn plain_at(rest: &str) -> Option<RecoveryPassword> {
    let bytes = rest.as_bytes();
    if !bytes.first()?.is_ascii_digit() || !matches!(bytes.get(6)?, b'-' | b' ') {
        return None;
    }
    let (text, after) = rest.split_at_checked(PLAIN_LEN)?;
    let is_whole = text.ends_with(|last: char| last.is_ascii_digit()) && !after.starts_with(is_of_stretch);
    is_whole.then(|| RecoveryPassword::parse(text).ok())?
}

/// The bytes of the ASCII letters at the beginning of `rest`.
fn letters_len(rest: &str) -> usize {
    rest.bytes().take_while(u8::is_ascii_alphabetic).count()
}

/// The passwords of a stretch that are written as Windows reads them, and what looks like one.
fn in_stretch(stretch: &str) -> Vec<Password> {
    let mut found = Vec::new();
    let mut row = Row::default();
    let mut start = 0;
    for piece in stretch.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end_matches(char::is_whitespace);
        let end = start + word.len();
        match word.chars().count() {
            _ if word.contains(is_dash) => {
                take_row(stretch, &mut row, &mut found);
                take_if_half(word.trim_matches(is_dash), &mut found);
            }
            NEARLY_48_FIRST..=NEARLY_48_LAST => {
                take_row(stretch, &mut row, &mut found);
                found.push(RecoveryPassword::parse(word));
            }
            0 => take_row(stretch, &mut row, &mut found),
            digits => row.push(start, end, digits),
        }
        if piece.get(word.len()..) != Some(" ") {
            take_row(stretch, &mut row, &mut found);
        }
        start += piece.len();
    }
    take_row(stretch, &mut row, &mut found);
    found
}

/// Takes what is in `row` and empties it.
fn take_row(stretch: &str, row: &mut Row, found: &mut Vec<Password>) {
    let Row { start, end } = std::mem::take(row);
    take_if_half(stretch.get(start..end).unwrap_or_default(), found);
}

fn take_if_half(text: &str, found: &mut Vec<Password>) {
    if groups_of_six(text) >= 4 {
        found.push(RecoveryPassword::parse(text));
    }
}

/// Where the first group of six or more digits begins: without one, nothing is there to find.
fn first_six(stretch: &str) -> Option<usize> {
    let (mut start, mut digits) = (0, 0);
    for (at, character) in stretch.char_indices() {
        if !character.is_numeric() {
            if digits >= 6 {
                return Some(start);
            }
            digits = 0;
        } else {
            if digits == 0 {
                start = at;
            }
            digits += 1;
        }
    }
    (digits >= 6).then_some(start)
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

/// The GUID at the beginning of `rest`, if it stands alone, its bytes, and whether it is parted; `before` is the
/// character before it.
fn guid_at(before: Option<char>, rest: &str) -> Option<(ProtectorId, usize, bool)> {
    // Most characters begin none, and this is asked of each.
    if !rest.as_bytes().first().is_some_and(u8::is_ascii_hexdigit) || before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let ninth = rest.as_bytes().get(FIRST_HYPHEN)?;
    if *ninth == b'-' {
        let (guid, after) = rest.split_at_checked(GUID_LEN)?;
        let stands_alone = !after.starts_with(char::is_alphanumeric);
        return guid
            .parse()
            .ok()
            .filter(|_| stands_alone)
            .map(|id| (id, GUID_LEN, true));
    }
    spelled_otherwise(rest)
}

/// A GUID with other dashes or without any.
fn spelled_otherwise(rest: &str) -> Option<(ProtectorId, usize, bool)> {
    let starts = rest.as_bytes().get(..FIRST_HYPHEN)?.iter().all(u8::is_ascii_hexdigit);
    if !starts {
        return None;
    }
    let mut hex = String::with_capacity(GUID_LEN);
    let (mut dashes, mut len) = (0, 0);
    for character in rest.chars() {
        let due = matches!(hex.len(), 8 | 12 | 16 | 20);
        if character.is_ascii_hexdigit() && hex.len() < 32 {
            hex.push(character);
        } else if due && is_dash(character) && !rest.get(..len).is_some_and(|passed| passed.ends_with(is_dash)) {
            dashes += 1;
        } else if character.is_alphanumeric() {
            return None;
        } else {
            break;
        }
        len += character.len_utf8();
    }
    if hex.len() != 32 || !matches!(dashes, 0 | 4) {
        return None;
    }
    let bytes = HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()?;
    Some((ProtectorId::new(bytes.try_into().ok()?), len, dashes == 4))
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

fn groups_of_six(text: &str) -> usize {
    text.split(|character: char| !character.is_numeric())
        .filter(|group| group.chars().count() == 6)
        .count()
}

const GUID_LEN: usize = 36;
const FIRST_HYPHEN: usize = 8;
/// The bytes of a password with one hyphen or one space between its groups.
const PLAIN_LEN: usize = 55;
/// The bytes of half a password, without what parts its groups: the shortest that is seen.
const SHORTEST: usize = 24;
/// Digits together that are taken for a password with a group too few or too many.
const NEARLY_48_FIRST: usize = 42;
const NEARLY_48_LAST: usize = 54;

#[cfg(test)]
mod tests;
