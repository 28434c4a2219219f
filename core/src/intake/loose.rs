//! Groups of six digits with anything in between: what mail programs, converters and hands make of a password.

use zeroize::Zeroizing;

use crate::values::{ParseRecoveryPasswordError, RecoveryPassword, ShapeFault};

/// What looks like a password: eight groups of which every checksum holds, or a spoilt one.
pub(super) struct Loose {
    pub(super) password: Result<RecoveryPassword, ParseRecoveryPasswordError>,
    /// Bytes up to its end.
    pub(super) len: usize,
}

/// Returns the password of six or more groups of six digits at the beginning of `text`; `None` if there are fewer.
///
/// Between two groups stand at most three visible characters, none of them a letter, a digit or a mask, and any that
/// are invisible; character references and tags of HTML count as one. A line may end between groups only if a hyphen
/// shows that the password goes on, if each line has one group or each has two, or within a group: two halves of two
/// passwords are not one. A wrong neighbour spoils it.
pub(super) fn at_start(text: &str, mut is_guid: impl FnMut(&str) -> bool) -> Option<Loose> {
    // Most groups stand alone.
    let alone = text.get(digits_len(text)..)?;
    let next = alone.get(Gap::at(alone)?.len..)?;
    if is_guid(next) {
        return None;
    }
    let mut run = Run::default();
    let mut rest = text;
    while run.groups < MOST_GROUPS {
        let len = digits_len(rest);
        if is_guid(rest) || len == 0 {
            break;
        }
        let (digits, after) = rest.split_at_checked(len)?;
        run.push(digits, text.len() - after.len());
        if run.misfits > 1 {
            break;
        }
        let Some(gap) = Gap::at(after) else { break };
        let Some(next) = after.get(gap.len..) else { break };
        if !run.goes_on(gap, digits, next) {
            break;
        }
        rest = next;
    }
    run.end(text)
}

#[derive(Default)]
struct Run {
    groups: usize,
    sixes: usize,
    /// Groups of another length.
    misfits: usize,
    digits: Zeroizing<Vec<u8>>,
    /// The end of the last group, and of the eighth.
    end: usize,
    eighth: usize,
    /// The gap behind the eighth group is unlike those before it.
    parted: bool,
    first_gap: Option<Gap>,
    /// Groups on this line, and on each of the lines before.
    on_line: usize,
    a_line: Option<usize>,
    /// Part of a group, cut by the end of a line.
    cut: usize,
}

impl Run {
    fn push(&mut self, digits: &str, end: usize) {
        if self.digits.capacity() == 0 {
            self.digits.reserve_exact(8 * 7);
        }
        let whole = self.cut + digits.len();
        let goes_on = std::mem::take(&mut self.cut) > 0;
        if !goes_on {
            self.groups += 1;
            self.on_line += 1;
        }
        let is_ascii = digits.bytes().all(|byte| byte.is_ascii_digit());
        if whole == 6 && is_ascii {
            self.sixes += 1;
            self.misfits -= usize::from(goes_on).min(self.misfits);
        } else {
            self.misfits += 1;
        }
        if self.groups <= 8 && whole <= 6 && is_ascii {
            if !goes_on && self.groups > 1 {
                self.digits.push(b'-');
            }
            self.digits.extend(digits.bytes());
        }
        self.end = end;
        if self.groups == 8 {
            self.eighth = end;
        }
    }

    /// Whether the next group belongs to this password.
    fn goes_on(&mut self, gap: Gap, before: &str, next: &str) -> bool {
        if gap.lines > 1 {
            return false;
        }
        if gap.lines == 1 {
            let cut = before.len() + digits_len(next) == 6 && gap.visible == 0 && self.groups > 1;
            let each =
                self.on_line <= 2 && self.a_line.is_none_or(|groups| groups == self.on_line) && before.len() == 6;
            if cut {
                self.cut = before.len();
                return true;
            }
            if !(gap.hyphen || each) {
                return false;
            }
            self.a_line = Some(self.on_line);
            self.on_line = 0;
        }
        if self.groups == 8 && self.first_gap.is_some_and(|first| first != gap) {
            self.parted = true;
            return false;
        }
        self.first_gap.get_or_insert(gap);
        true
    }

    fn end(self, text: &str) -> Option<Loose> {
        if self.sixes < FEWEST {
            return None;
        }
        let dangles = text
            .get(self.eighth..)
            .is_some_and(|rest| rest.starts_with(['-', '*', '#']) && !self.parted);
        let fits = self.groups == 8 && self.misfits == 0 && !dangles;
        let password = match str::from_utf8(&self.digits) {
            Ok(digits) if fits => RecoveryPassword::parse(digits),
            Ok(_) | Err(_) if self.groups == 8 && self.misfits == 0 => Err(ShapeFault::MixedSeparators.into()),
            Ok(_) | Err(_) => Err(ShapeFault::Groups { found: self.groups }.into()),
        };
        Some(Loose {
            password,
            len: self.end,
        })
    }
}

/// What parts two groups.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Gap {
    len: usize,
    visible: usize,
    lines: usize,
    /// The first or last thing that is visible is a hyphen.
    hyphen: bool,
}

impl Gap {
    /// The gap at the beginning of `text`, if digits follow.
    fn at(text: &str) -> Option<Self> {
        let mut gap = Self {
            len: 0,
            visible: 0,
            lines: 0,
            hyphen: false,
        };
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            if character.is_numeric() {
                return (gap.len > 0).then_some(gap);
            }
            let len = match character {
                '&' => reference_len(rest),
                '<' => tag_len(rest),
                _ => None,
            };
            let step = match len {
                Some(len) => {
                    gap.visible += usize::from(character == '&');
                    len
                }
                None if character == '\n' => {
                    gap.lines += 1;
                    1
                }
                None if character.is_whitespace() || is_invisible(character) => character.len_utf8(),
                None if character.is_alphanumeric() || MASKS.contains(&character) => return None,
                None => {
                    gap.visible += 1;
                    gap.hyphen |= is_dash(character);
                    character.len_utf8()
                }
            };
            gap.len += step;
            rest = rest.get(step..)?;
            if gap.visible > MOST_VISIBLE || gap.lines > 1 || gap.len > LONGEST_GAP {
                return None;
            }
        }
        None
    }
}

/// A hyphen, or what a word processor makes of one.
pub(super) fn is_dash(character: char) -> bool {
    matches!(
        character,
        '-' | '\u{2010}'
            ..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{2e3a}' | '\u{2e3b}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// Characters that take no room.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'
    )
}

/// The bytes of `&name;` or `&#8209;`.
fn reference_len(text: &str) -> Option<usize> {
    let end = text.bytes().take(LONGEST_REFERENCE).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#');
    is_name.then_some(end + 1)
}

/// The bytes of a tag.
fn tag_len(text: &str) -> Option<usize> {
    let is_tag = text
        .get(1..2)
        .is_some_and(|next| next.starts_with(|next: char| next == '/' || next.is_ascii_alphabetic()));
    let end = text.bytes().take(LONGEST_TAG).position(|byte| byte == b'>')?;
    is_tag.then_some(end + 1)
}

fn digits_len(text: &str) -> usize {
    text.find(|character: char| !character.is_numeric())
        .unwrap_or(text.len())
}

/// What covers digits, or says that some are left out.
const MASKS: [char; 8] = ['*', '#', '?', '…', '•', '●', '█', '\u{fffd}'];
const FEWEST: usize = 6;
const LONGEST_GAP: usize = 512;
const LONGEST_REFERENCE: usize = 12;
const LONGEST_TAG: usize = 64;
const MOST_GROUPS: usize = 64;
const MOST_VISIBLE: usize = 3;
