//! The numbers of a text, and the rows in which they stand.

use unicode_normalization::char::decompose_compatible;
use unicode_normalization::char::is_combining_mark;
use zeroize::Zeroizing;

use crate::values::digits::number::UNKNOWN;
use crate::values::digits::number::digit;
use crate::values::is_unseen;

/// How a text is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reading {
    /// Digits of every kind count, and characters that are not seen do not.
    Joined,
    /// Characters that are not seen part numbers.
    Parted,
    /// Only ASCII digits count: others may number the groups, as circled ones do.
    Ascii,
}

/// The numbers of a text, one behind the other, and what parts them.
#[derive(Default)]
pub(super) struct Numbers {
    digits: Zeroizing<Vec<u8>>,
    numbers: Vec<Number>,
}

/// Digits with nothing between them.
#[derive(Clone, Copy, Default)]
struct Number {
    start: usize,
    len: usize,
    before: Gap,
}

/// What stands before a number.
#[derive(Clone, Copy, Default)]
struct Gap {
    characters: usize,
    /// A letter among them.
    letters: bool,
    /// A point, colon or slash among them, as in addresses and dates.
    points: bool,
}

impl Numbers {
    pub(super) fn read(text: &str, reading: Reading) -> Self {
        let mut numbers = Self::default();
        let mut gap = Gap::default();
        for character in text.chars() {
            let mut are_digits = false;
            if !character.is_ascii() && reading != Reading::Ascii {
                // Fullwidth, circled and mathematical digits are drawn otherwise, and are the same.
                decompose_compatible(character, |part| {
                    if let Some(digit) = digit(part) {
                        numbers.push(digit, &mut gap);
                        are_digits = true;
                    }
                });
            }
            if !are_digits {
                numbers.take(character, reading, &mut gap);
            }
        }
        numbers
    }

    fn take(&mut self, character: char, reading: Reading, gap: &mut Gap) {
        let is_other_digit = reading == Reading::Ascii && !character.is_ascii();
        if let Some(digit) = digit(character).filter(|_| !is_other_digit) {
            self.push(digit, gap);
            return;
        }
        let is_left_out = reading != Reading::Parted && is_unseen(character) && !character.is_whitespace();
        if is_left_out || !character.is_ascii() && is_combining_mark(character) {
            return;
        }
        gap.characters += 1;
        gap.letters |= character.is_alphabetic();
        gap.points |= matches!(character, '.' | ':' | '/');
    }

    fn push(&mut self, digit: u8, gap: &mut Gap) {
        let start = self.digits.len();
        self.digits.push(digit);
        match self.numbers.last_mut().filter(|_| gap.characters == 0) {
            Some(number) => number.len += 1,
            None => self.numbers.push(Number {
                start,
                len: 1,
                before: *gap,
            }),
        }
        *gap = Gap::default();
    }

    /// Returns how many groups of six stand in the longest row, whatever their checksums.
    pub(super) fn longest_row(&self) -> usize {
        let mut longest = 0;
        self.rows(|groups| longest = longest.max(groups.len()));
        longest
    }

    /// Returns whether so many groups of six stand in a row whose checksums hold.
    pub(super) fn holding_row(&self, groups: usize) -> bool {
        let mut found = false;
        self.rows(|row| found |= row.windows(groups).any(hold));
        found
    }

    /// Returns whether so many groups whose checksums hold stand anywhere in a number.
    pub(super) fn holding_run(&self, groups: usize) -> bool {
        self.numbers
            .iter()
            .any(|number| hold_somewhere(self.of(*number), groups))
    }

    /// Returns whether so many groups whose checksums hold stand in pieces without letters between them.
    pub(super) fn in_pieces(&self, groups: usize) -> bool {
        self.streams(|gap| gap.letters || gap.characters > LONGEST_BETWEEN_PIECES, groups)
    }

    /// As [`Self::in_pieces`], whatever stands between them.
    pub(super) fn in_any_pieces(&self, groups: usize) -> bool {
        self.streams(|gap| gap.characters > LONGEST_BETWEEN_GROUPS, groups)
    }

    /// Returns whether digits stand in a row by ones, twos or threes that come to `groups`, or to `holding` whose
    /// checksums hold.
    pub(super) fn read_aloud(&self, groups: usize, holding: usize) -> bool {
        let ends = |one: &Number, next: &Number| {
            one.len != next.len || next.before.points || next.before.characters > LONGEST_READ_ALOUD
        };
        self.numbers.chunk_by(|one, next| !ends(one, next)).any(|row| {
            let (Some(first), Some(last)) = (row.first(), row.last()) else {
                return false;
            };
            let digits = self.digits.get(first.start..last.start + last.len).unwrap_or_default();
            let at_pieces = (0..digits.len()).step_by(first.len);
            first.len <= 3
                && (digits.len() >= groups * GROUP
                    || at_pieces.into_iter().any(|at| {
                        let groups: Vec<&[u8]> = digits
                            .get(at..)
                            .unwrap_or_default()
                            .chunks(GROUP)
                            .take(holding)
                            .collect();
                        groups.len() == holding && hold(&groups)
                    }))
        })
    }

    /// Calls `each` with the groups of each row.
    fn rows(&self, mut each: impl FnMut(&[&[u8]])) {
        let mut row: Vec<&[u8]> = Vec::new();
        let mut between = 0;
        for number in &self.numbers {
            between += number.before.characters;
            if number.len <= 2 {
                // A number beside a group.
                between += number.len;
                continue;
            }
            let is_groups = number.len.is_multiple_of(GROUP) || number.len >= 4 * GROUP;
            if !is_groups || between > LONGEST_BETWEEN_GROUPS {
                each(&row);
                row.clear();
            }
            if is_groups {
                row.extend(self.of(*number).chunks_exact(GROUP));
            }
            between = 0;
        }
        each(&row);
    }

    /// Returns whether so many groups whose checksums hold stand in the digits between two gaps that end a stream.
    fn streams(&self, ends: impl Fn(&Gap) -> bool, groups: usize) -> bool {
        self.numbers.chunk_by(|_, next| !ends(&next.before)).any(|stream| {
            let (Some(first), Some(last)) = (stream.first(), stream.last()) else {
                return false;
            };
            let digits = self.digits.get(first.start..last.start + last.len);
            hold_somewhere(digits.unwrap_or_default(), groups)
        })
    }

    fn of(&self, number: Number) -> &[u8] {
        self.digits
            .get(number.start..number.start + number.len)
            .unwrap_or_default()
    }
}

/// Returns whether so many groups whose checksums hold stand one behind the other in these digits.
fn hold_somewhere(digits: &[u8], groups: usize) -> bool {
    if digits.len() < groups * GROUP {
        return false;
    }
    let held: Vec<Option<Group>> = digits.windows(GROUP).map(group).collect();
    (0..held.len()).any(|at| {
        let row = held.iter().skip(at).step_by(GROUP).take(groups);
        row.clone().count() == groups && are_of_one(row.copied())
    })
}

/// Returns whether the checksums of these groups hold, as those of one password would.
fn hold(groups: &[&[u8]]) -> bool {
    are_of_one(groups.iter().map(|digits| group(digits)))
}

fn are_of_one(groups: impl Iterator<Item = Option<Group>>) -> bool {
    let mut zeros = 0;
    for group in groups {
        match group {
            Some(Group::Zeros) => zeros += 1,
            Some(Group::Holds) => {}
            None => return false,
        }
    }
    // Identifiers are full of zeros.
    zeros < 2
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Group {
    Zeros,
    Holds,
}

/// Returns what six digits are as a group: a multiple of 11 whose eleventh has 16 bits, or none.
fn group(digits: &[u8]) -> Option<Group> {
    let value = digits.iter().fold(0, |value, digit| value * 10 + u32::from(*digit));
    let holds = !digits.contains(&UNKNOWN) && value.is_multiple_of(11) && value / 11 <= u32::from(u16::MAX);
    holds.then_some(if value == 0 { Group::Zeros } else { Group::Holds })
}

/// Digits of a group.
pub(super) const GROUP: usize = 6;
/// Characters that may stand between two groups: ` and group 2 is ` is 16.
const LONGEST_BETWEEN_GROUPS: usize = 16;
/// Characters that may stand between two pieces of a group.
const LONGEST_BETWEEN_PIECES: usize = 8;
/// Characters that may stand between two pieces of one size.
const LONGEST_READ_ALOUD: usize = 3;
