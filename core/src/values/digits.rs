//! Digits in which a recovery password may stand, whatever stands between them.
//!
//! A text is read as it is and with its escapes (`%20`, `&#8209;`, `\u{200b}`) decoded; each of the two with unseen characters
//! left out, with them taken for separators, and with ASCII digits alone. Otherwise digits of every script count, as do
//! those that Unicode draws otherwise (fullwidth, circled, mathematical); combining marks and GUIDs do not.

mod decoded;
mod guids;
mod number;
mod numbers;

use crate::values::digits::decoded::decoded;
use crate::values::digits::guids::without_guids;
use crate::values::digits::numbers::Numbers;
use crate::values::digits::numbers::Reading;

/// Returns whether half a recovery password, or what looks like it, may stand in `text`: in a note, in arguments, in an
/// error.
///
/// One of these is enough:
/// - four groups of six digits in a row, whether their checksums hold or not. Between two groups may stand anything of
///   up to 16 characters, also numbers of one or two digits (eight groups are shown numbered); a number of 3 to 5 digits,
///   or of more that is no multiple of six, ends the row. So telephone numbers, times and addresses pass, and a list of
///   four six-digit tickets does not;
/// - 24 digits read by ones, twos or threes, unless points, colons or slashes part them as in addresses and dates; 18
///   where the checksums hold;
/// - digits in pieces of any size that come to four groups whose checksums hold, with no letter between them;
/// - what [`holds_password`] finds.
pub fn may_hold_password(text: &str) -> bool {
    read(text, |numbers| {
        numbers.longest_row() >= HALF || numbers.read_aloud(HALF, THREE) || numbers.in_pieces(HALF) || holds(numbers)
    })
}

/// Returns whether a recovery password, or three groups of one, stand in `text` with their checksums: in an answer, where
/// numbers in a row mean something else.
///
/// One of these is enough:
/// - three groups of six digits in a row whose checksums hold. Six digits of no password hold with a chance of 1 in 15,
///   so three tickets in a row are taken for a password once in 3,600 times;
/// - 18 digits or more without anything between them, in which three such groups stand anywhere;
/// - digits in pieces of any size that come to eight such groups, whatever stands between them.
///
/// Of groups that are all zeros one counts: identifiers are full of zeros.
pub fn holds_password(text: &str) -> bool {
    read(text, holds)
}

/// Returns whether every program so far refused `text`: it is ASCII with four groups of six digits in a row. A log has no
/// such text, and one that has is forged.
pub(super) fn was_always_refused(text: &str) -> bool {
    text.is_ascii() && Numbers::read(text, Reading::Joined).longest_row() >= HALF
}

fn holds(numbers: &Numbers) -> bool {
    numbers.holding_row(THREE) || numbers.holding_run(THREE) || numbers.in_any_pieces(ALL)
}

fn read(text: &str, found: impl Fn(&Numbers) -> bool) -> bool {
    if has_too_few(text) && !decoded::may_hold_digits(text) {
        return false;
    }
    let ways = |text: &str| {
        let text = &*without_guids(text);
        if has_too_few(text) {
            return false;
        }
        let others: &[Reading] = if text.is_ascii() {
            &[]
        } else {
            &[Reading::Parted, Reading::Ascii]
        };
        let mut readings = [Reading::Joined].iter().chain(others);
        readings.any(|reading| found(&Numbers::read(text, *reading)))
    };
    ways(text) || decoded(text).is_some_and(|text| ways(&text))
}

/// Returns whether a text has fewer digits than three groups. A character may be drawn as three digits.
fn has_too_few(text: &str) -> bool {
    let each = if text.is_ascii() { 1 } else { 3 };
    let digits = text.chars().filter(|character| character.is_numeric()).count();
    digits * each < THREE * numbers::GROUP
}

/// Groups of a recovery password.
const ALL: usize = 8;
/// Groups that are taken for one whatever their checksums say.
const HALF: usize = 4;
/// Groups that are taken for one where their checksums hold.
const THREE: usize = 3;

#[cfg(test)]
mod tests;
