//! What is wrong with a mistyped recovery password, and what it may have been.

use zeroize::Zeroizing;

use crate::values::GroupFault;
use crate::values::ShapeFault;
use crate::values::recovery_password::GROUP_DIGITS;
use crate::values::recovery_password::group_text;
use crate::values::recovery_password::parse_group;
use crate::values::recovery_password::split;
use crate::values::recovery_password::word;

/// Everything that is wrong with a text that should be a recovery password; it holds no digit of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Diagnosis {
    /// These groups are bad, in order; there is at least one.
    Groups(Vec<BadGroup>),
    /// The text is not eight groups at all.
    Shape(ShapeFault),
    /// Nothing: `RecoveryPassword::parse` takes it.
    Valid,
}

/// A bad group and its fault.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BadGroup {
    /// The group, from 1.
    pub group: usize,
    /// What is wrong with it.
    pub fault: GroupFault,
}

/// All that is wrong with `text`, where `RecoveryPassword::parse` names the first fault alone.
pub fn diagnose(text: &str) -> Diagnosis {
    let groups = match split(text) {
        Ok(groups) => groups,
        Err(fault) => return Diagnosis::Shape(fault),
    };
    let bad: Vec<_> = groups
        .iter()
        .zip(1..)
        .filter_map(|(text, group)| parse_group(text).err().map(|fault| BadGroup { group, fault }))
        .collect();
    if bad.is_empty() {
        Diagnosis::Valid
    } else {
        Diagnosis::Groups(bad)
    }
}

/// The groups that the one bad group of `text` may have been, as [`group_corrections`] has them.
///
/// None where no group or more than one is bad: with two unknown groups every correction of one is a guess about the
/// other.
pub fn corrections(text: &str) -> Vec<Zeroizing<String>> {
    let Ok(groups) = split(text) else {
        return Vec::new();
    };
    let mut bad = groups.iter().filter(|group| parse_group(group).is_err());
    match (bad.next(), bad.next()) {
        (Some(group), None) => group_corrections(group),
        _ => Vec::new(),
    }
}

/// All good groups that differ from `group` in exactly one digit or by a swap of two neighbours: ascending, each once,
/// wiped on drop.
///
/// One character of the group may be something else than a digit, such as the letter O: then it is the one that
/// differs. A group of another length than six has no corrections; nor has a good group, since its checksum finds
/// every such change.
pub fn group_corrections(group: &str) -> Vec<Zeroizing<String>> {
    let Some(digits) = Digits::read(group) else {
        return Vec::new();
    };
    // Room for every trial, so that it never grows and leaves digits behind.
    let mut words = Zeroizing::new(Vec::with_capacity(GROUP_DIGITS * 10 + GROUP_DIGITS));
    for place in 0..GROUP_DIGITS {
        words.extend((0..10).filter_map(|digit| digits.trial(|trial| trial.get_mut(place).map(|at| *at = digit))));
        words.extend(digits.trial(|trial| (place > 0).then(|| trial.swap(place - 1, place))));
    }
    words.sort_unstable();
    words.dedup();
    words.iter().map(|word| group_text(*word)).collect()
}

/// Six places, each a digit or [`NO_DIGIT`].
struct Digits([u8; GROUP_DIGITS]);

const NO_DIGIT: u8 = 10;

impl Digits {
    fn read(group: &str) -> Option<Self> {
        let mut digits = Self([NO_DIGIT; GROUP_DIGITS]);
        let mut characters = group.chars();
        for place in &mut digits.0 {
            let digit = characters.next()?.to_digit(10);
            *place = digit.and_then(|digit| u8::try_from(digit).ok()).unwrap_or(NO_DIGIT);
        }
        characters.next().is_none().then_some(digits)
    }

    /// What these digits stand for after `change`, if it changes them, and into a good group.
    fn trial(&self, change: impl FnOnce(&mut [u8; GROUP_DIGITS]) -> Option<()>) -> Option<u16> {
        let mut trial = Self(self.0);
        change(&mut trial.0)?;
        if trial.0 == self.0 || trial.0.contains(&NO_DIGIT) {
            return None;
        }
        word(trial.0.iter().fold(0, |value, digit| value * 10 + u32::from(*digit))).ok()
    }
}

#[cfg(test)]
mod tests;
