//! The 48 digits that open a volume when its TPM will not.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::values::Secret;

/// A recovery password that passed every check; there is no other kind.
///
/// It is kept as the 16 bytes that BitLocker derives its key from: the text is eight groups `g` of six digits, each a
/// multiple of 11 with `g / 11 <= 65535`; the bytes are the eight `g / 11`, each as a little-endian `u16`, in order.
/// So every 16 bytes have exactly one text, `000000` is a good group, and the last digit of a group is its check:
/// `x6 = (x1 - x2 + x3 - x4 + x5) mod 11`. (Microsoft's documentation prints that formula with the signs reversed;
/// `g % 11 == 0` says the same and is what is checked here.)
///
/// Source: libyal/libbde, `documentation/BitLocker Drive Encryption (BDE) format.asciidoc`, section "Recovery
/// password"; Aorimn/dislocker, `src/accesses/rp/recovery_password.c`.
///
/// It has no `Clone`, `Debug`, `Display`, `PartialEq` or `Serialize`, and no `FromStr` that would make it an argument
/// of a command line:
///
/// ```compile_fail
/// # use strongroom_core::values::{RecoveryPassword, Secret};
/// let password = RecoveryPassword::from_bytes(Secret::from_fn(|bytes| bytes.fill(7)));
/// let copy = password.clone();
/// ```
///
/// ```compile_fail
/// # use strongroom_core::values::{RecoveryPassword, Secret};
/// let password = RecoveryPassword::from_bytes(Secret::from_fn(|bytes| bytes.fill(7)));
/// println!("{password:?}");
/// ```
///
/// ```compile_fail
/// # use strongroom_core::values::{RecoveryPassword, Secret};
/// let password = RecoveryPassword::from_bytes(Secret::from_fn(|bytes| bytes.fill(7)));
/// println!("{password}");
/// ```
///
/// ```compile_fail
/// # use strongroom_core::values::{RecoveryPassword, Secret};
/// let password = RecoveryPassword::from_bytes(Secret::from_fn(|bytes| bytes.fill(7)));
/// assert!(password == password);
/// ```
///
/// ```compile_fail
/// # use strongroom_core::values::{RecoveryPassword, Secret};
/// let password = RecoveryPassword::from_bytes(Secret::from_fn(|bytes| bytes.fill(7)));
/// serde_json::to_string(&password).unwrap();
/// ```
///
/// ```compile_fail
/// # use strongroom_core::values::RecoveryPassword;
/// let password: RecoveryPassword = "000000".repeat(8).parse().unwrap();
/// ```
///
/// What it does have:
///
/// ```
/// # use strongroom_core::values::{RecoveryPassword, Secret};
/// let password = RecoveryPassword::from_bytes(Secret::from_fn(|bytes| bytes.fill(7)));
/// assert!(password.same_as(&password));
/// assert_eq!(password.expose(), &[7; 16]);
/// assert_eq!(password.to_text().len(), 55);
/// ```
pub struct RecoveryPassword(Secret<16>);

/// What is wrong with a text that should be a recovery password: where, never what stands there.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ParseRecoveryPasswordError {
    /// The group is no multiple of 11.
    #[error("group {group} fails its checksum")]
    Checksum {
        /// The group, from 1.
        group: usize,
    },
    /// The group is not six ASCII digits.
    #[error("group {group} is not six digits")]
    Digits {
        /// The group, from 1.
        group: usize,
    },
    /// The group is a multiple of 11 above the largest that stands for 16 bits.
    #[error("group {group} is greater than 720885")]
    Range {
        /// The group, from 1.
        group: usize,
    },
    /// The text is not eight groups at all.
    #[error(transparent)]
    Shape(#[from] ShapeFault),
}

/// Why a text is not eight groups of six.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ShapeFault {
    /// It has neither hyphens nor spaces, is not 48 characters long, and holds more than digits.
    #[error("it holds other characters than digits, hyphens and spaces")]
    Characters,
    /// Nothing is left of it without the white space around it.
    #[error("it is empty")]
    Empty,
    /// Hyphens or spaces part it into another number of groups.
    #[error("it has {found} groups, not eight")]
    Groups {
        /// How many there are.
        found: usize,
    },
    /// Digits without separators, but not 48 of them.
    #[error("it has {found} digits, not 48")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// Both hyphens and spaces part it.
    #[error("it mixes hyphens and spaces")]
    MixedSeparators,
}

/// What is wrong with one group.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GroupFault {
    /// It is no multiple of 11.
    Checksum,
    /// It is not six ASCII digits.
    Digits,
    /// It is above 720885.
    Range,
}

impl RecoveryPassword {
    /// The recovery password of these 16 bytes; each 16 bytes have one.
    pub const fn from_bytes(bytes: Secret<16>) -> Self {
        Self(bytes)
    }

    /// The recovery password that `text` spells.
    ///
    /// White space, byte-order marks and NULs around it are left out. Between the groups stands one hyphen each, one
    /// space each, or nothing. ASCII digits only: no tabs, signs, fullwidth digits or short groups, and no group
    /// above 720885, which some programs take for another one.
    ///
    /// # Errors
    ///
    /// Names the first fault and its group, never a digit.
    pub fn parse(text: &str) -> Result<Self, ParseRecoveryPasswordError> {
        let groups = split(text)?;
        Secret::try_from_fn(|bytes| {
            for ((group, word), position) in groups.iter().zip(bytes.as_chunks_mut().0).zip(1..) {
                *word = parse_group(group).map_err(|fault| fault.at(position))?.to_le_bytes();
            }
            Ok(())
        })
        .map(Self)
    }

    /// The 16 bytes.
    pub fn expose(&self) -> &[u8; 16] {
        self.0.expose()
    }

    /// The canonical text: eight groups of six digits with hyphens between them. Wiped on drop.
    pub fn to_text(&self) -> Zeroizing<String> {
        // All of it is reserved: a String that grows would leave digits behind where it stood before.
        let mut text = Zeroizing::new(String::with_capacity(TEXT_LEN));
        for word in self.words() {
            if !text.is_empty() {
                text.push('-');
            }
            push_group(&mut text, word);
        }
        text
    }

    /// The eight groups of six digits, to be shown one by one. Wiped on drop.
    pub fn groups(&self) -> [Zeroizing<String>; GROUPS] {
        let mut words = self.words();
        std::array::from_fn(|_| group_text(words.next().unwrap_or_default()))
    }

    /// Whether `other` is the same password, in a time that does not depend on where they differ.
    pub fn same_as(&self, other: &Self) -> bool {
        self.expose().ct_eq(other.expose()).into()
    }

    fn words(&self) -> impl Iterator<Item = u16> {
        self.expose().as_chunks().0.iter().map(|word| u16::from_le_bytes(*word))
    }
}

impl GroupFault {
    /// This fault in group `group`, counted from 1.
    pub const fn at(self, group: usize) -> ParseRecoveryPasswordError {
        match self {
            Self::Checksum => ParseRecoveryPasswordError::Checksum { group },
            Self::Digits => ParseRecoveryPasswordError::Digits { group },
            Self::Range => ParseRecoveryPasswordError::Range { group },
        }
    }
}

/// The eight groups of `text`, whatever they hold.
pub(super) fn split(text: &str) -> Result<[&str; GROUPS], ShapeFault> {
    if let Some(groups) = split_canonical(text) {
        return Ok(groups);
    }
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\0' | '\u{feff}'));
    match (text.contains('-'), text.contains(' ')) {
        _ if text.is_empty() => Err(ShapeFault::Empty),
        (true, true) => Err(ShapeFault::MixedSeparators),
        (true, false) => split_at_each(text, '-'),
        (false, true) => split_at_each(text, ' '),
        (false, false) => split_by_length(text),
    }
}

/// The groups of a text as Windows writes it, which nearly all are.
fn split_canonical(text: &str) -> Option<[&str; GROUPS]> {
    let bytes: &[u8; TEXT_LEN] = text.as_bytes().try_into().ok()?;
    let is_canonical = bytes.chunks(GROUP_DIGITS + 1).all(|chunk| {
        let (group, hyphen) = chunk.split_at_checked(GROUP_DIGITS).unwrap_or_default();
        group.iter().all(u8::is_ascii_digit) && matches!(hyphen, [b'-'] | [])
    });
    let start = |at: usize| at * (GROUP_DIGITS + 1);
    let group = |at| text.get(start(at)..start(at) + GROUP_DIGITS);
    is_canonical.then(|| std::array::from_fn(|at| group(at).unwrap_or_default()))
}

fn split_at_each(text: &str, separator: char) -> Result<[&str; GROUPS], ShapeFault> {
    let found = text.split(separator).count();
    if found != GROUPS {
        return Err(ShapeFault::Groups { found });
    }
    let mut parts = text.split(separator);
    Ok(std::array::from_fn(|_| parts.next().unwrap_or_default()))
}

fn split_by_length(text: &str) -> Result<[&str; GROUPS], ShapeFault> {
    let found = text.chars().count();
    if found != GROUPS * GROUP_DIGITS {
        return Err(if text.chars().all(char::is_numeric) {
            ShapeFault::Length { found }
        } else {
            ShapeFault::Characters
        });
    }
    let mut rest = text;
    Ok(std::array::from_fn(|_| {
        let end = rest.char_indices().nth(GROUP_DIGITS).map_or(rest.len(), |(at, _)| at);
        let (group, after) = rest.split_at(end);
        rest = after;
        group
    }))
}

/// The 16 bits that a group of six digits stands for.
pub(super) fn parse_group(group: &str) -> Result<u16, GroupFault> {
    if group.len() != GROUP_DIGITS || !group.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(GroupFault::Digits);
    }
    let value = group
        .bytes()
        .fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
    word(value)
}

/// `g / 11`, if `g` is a multiple of 11 and that fits.
pub(super) fn word(value: u32) -> Result<u16, GroupFault> {
    if !value.is_multiple_of(11) {
        return Err(GroupFault::Checksum);
    }
    u16::try_from(value / 11).map_err(|_| GroupFault::Range)
}

/// The six digits of `11 * word`.
pub(super) fn group_text(word: u16) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(GROUP_DIGITS));
    push_group(&mut text, word);
    text
}

fn push_group(text: &mut String, word: u16) {
    let value = u32::from(word) * 11;
    for place in [100_000, 10_000, 1_000, 100, 10, 1] {
        text.extend(char::from_digit(value / place % 10, 10));
    }
}

pub(super) const GROUPS: usize = 8;
pub(super) const GROUP_DIGITS: usize = 6;
const TEXT_LEN: usize = GROUPS * GROUP_DIGITS + GROUPS - 1;

#[cfg(test)]
mod tests;
