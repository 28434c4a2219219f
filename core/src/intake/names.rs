//! Names of columns, of members and of labelled lines: their normal form, and the field that they name.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::intake::fields::{self, Field};
use crate::intake::words::{Part, WORDS};

/// A name, understood.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Named {
    /// The field.
    pub(super) field: Field,
    /// Which of several pairs of key protector ID and recovery password it belongs to; empty if it does not say.
    pub(super) group: String,
}

impl Named {
    fn new(field: Field) -> Self {
        Self {
            field,
            group: String::new(),
        }
    }

    /// Returns it, or that there is no name where it is not known.
    pub(super) fn or_unnamed(self) -> Self {
        if self.field == Field::Other {
            Self::new(Field::Unnamed)
        } else {
            self
        }
    }
}

/// Names that the caller told.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    key_id: Option<String>,
    device: Option<String>,
    known: RefCell<BTreeMap<String, Named>>,
}

impl Names {
    /// Creates the names of these columns, by their headings or, in a table, by their numbers.
    pub(super) fn new(key_id: Option<&str>, device: Option<&str>) -> Self {
        let plain = |name: Option<&str>| name.map(normal).filter(|name| !name.is_empty());
        Self {
            key_id: plain(key_id),
            device: plain(device),
            known: RefCell::default(),
        }
    }

    /// Returns what `name` names.
    pub(super) fn named(&self, name: &str) -> Named {
        if name.len() > LONGEST {
            return Named::new(Field::Other);
        }
        if let Some(named) = self.known.borrow().get(name) {
            return named.clone();
        }
        let named = self.understood(normal(name), || named(name));
        let mut known = self.known.borrow_mut();
        if known.len() < MOST_KNOWN {
            known.insert(name.to_owned(), named.clone());
        }
        named
    }

    /// Returns what column `number`, from 1, is that is headed `name`.
    pub(super) fn column(&self, number: usize, name: &str) -> Named {
        self.understood(number.to_string(), || self.named(name))
    }

    fn understood(&self, plain: String, otherwise: impl FnOnce() -> Named) -> Named {
        if self.key_id.as_ref() == Some(&plain) {
            return Named::new(Field::Protector);
        }
        if self.device.as_ref() == Some(&plain) {
            return Named::new(Field::Device(0));
        }
        match otherwise() {
            named if named.field == Field::Id && self.key_id.is_some() => Named::new(Field::OtherId),
            named => named,
        }
    }
}

/// Returns what `name` names: without regard to case, accents, and all but letters and digits.
pub(super) fn named(name: &str) -> Named {
    if name.len() > LONGEST {
        return Named::new(Field::Other);
    }
    let plain = normal(name);
    if let Some(field) = fields::exact(&plain) {
        return Named::new(field);
    }
    // Configuration Manager's views end each of their columns with a zero.
    if let Some(field @ (Field::Device(_) | Field::Name)) = plain.strip_suffix('0').and_then(fields::exact) {
        return Named::new(if field == Field::Name { Field::Device(2) } else { field });
    }
    let stem = plain.trim_end_matches(|character: char| character.is_ascii_digit());
    let digits = plain.strip_prefix(stem).unwrap_or_default();
    if let Some(field) = fields::exact(stem).filter(|_| !digits.is_empty()).filter(numbered) {
        return Named {
            field,
            group: digits.to_owned(),
        };
    }
    cover_words(name)
        .and_then(|cover| cover.named())
        .unwrap_or_else(|| Named::new(Field::Other))
}

/// Returns `name` in lower case, without accents and without all but letters and digits.
pub(super) fn normal(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for character in name.chars().flat_map(char::to_lowercase) {
        match fold(character) {
            Some(folded) => plain.push_str(folded),
            None if character.is_alphanumeric() => plain.push(half_width(character)),
            None => {}
        }
    }
    plain
}

fn numbered(field: &Field) -> bool {
    matches!(
        field,
        Field::Created(_)
            | Field::Mount
            | Field::Password
            | Field::Protector
            | Field::ProtectorType
            | Field::VolumeId
            | Field::VolumeType
    )
}

fn half_width(character: char) -> char {
    let code = u32::from(character);
    match code {
        0xff10..=0xff5a => char::from_u32(code - 0xfee0).unwrap_or(character),
        _ => character,
    }
}

/// The letter without its accent; nothing for a mark that stands by itself.
fn fold(character: char) -> Option<&'static str> {
    Some(match character {
        'à'..='å' | 'ą' | 'ă' | 'ā' => "a",
        'ç' | 'ć' | 'č' => "c",
        'ď' => "d",
        'è'..='ë' | 'ę' | 'ě' | 'ē' => "e",
        'ğ' => "g",
        'ì'..='ï' | 'ı' | 'ī' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ő' => "o",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ț' => "t",
        'ù'..='ü' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'æ' => "ae",
        'œ' => "oe",
        'ё' => "е",
        'ー' | '\u{300}'..='\u{36f}' => "",
        _ => return None,
    })
}

/// The words of which a name consists.
#[derive(Default)]
struct Cover {
    recovery: bool,
    secret: bool,
    id: bool,
    identifier: bool,
    protector: bool,
    device: bool,
    name: bool,
    group: String,
}

impl Cover {
    fn add(&mut self, part: Part, word: &str) {
        match part {
            Part::Recovery => self.recovery = true,
            Part::Secret => self.secret = true,
            Part::Id => self.id = true,
            Part::Identifier => self.identifier = true,
            Part::Protector => self.protector = true,
            Part::Device => self.device = true,
            Part::Name => self.name = true,
            Part::Group => self.group.push_str(word),
            Part::Filler => {}
        }
    }

    fn named(self) -> Option<Named> {
        let id = self.id || self.identifier;
        let of_key = self.secret || self.recovery || self.protector;
        let is_numbered = self.group.chars().all(|character| character.is_ascii_digit());
        let field = if self.device && !of_key {
            match (id, self.group.is_empty()) {
                (true, _) => Field::OtherId,
                (false, true) => Field::Device(1),
                (false, false) => return None,
            }
        } else if self.name {
            return None;
        } else if of_key && id || self.protector {
            Field::Protector
        } else if self.secret {
            Field::Password
        } else if self.identifier && !self.recovery && is_numbered {
            Field::Protector
        } else if self.id && !self.recovery && is_numbered {
            Field::Id
        } else {
            return None;
        };
        let group = self.group;
        Some(Named { field, group })
    }
}

/// The words of `name`, if it consists of known ones alone.
fn cover_words(name: &str) -> Option<Cover> {
    let mut cover = Cover::default();
    for word in name.split(|character: char| !character.is_alphanumeric() && fold(character).is_none()) {
        let word = normal(word);
        if word.is_empty() {
            continue;
        }
        let is_letter = word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_lowercase());
        let mut parts = Vec::new();
        if cover_word(&word, &mut parts, &mut 0) {
            for (part, word) in parts.into_iter().rev() {
                cover.add(part, word);
            }
        } else if is_letter {
            // A drive.
            cover.add(Part::Group, &word);
        } else {
            return None;
        }
    }
    Some(cover)
}

/// Whether `word` is known words side by side; they are added from the last to the first.
fn cover_word<'w>(word: &'w str, parts: &mut Vec<(Part, &'w str)>, steps: &mut usize) -> bool {
    if word.is_empty() {
        return true;
    }
    *steps += 1;
    if *steps > MOST_STEPS {
        return false;
    }
    let digits = word.len()
        - word
            .trim_start_matches(|character: char| character.is_ascii_digit())
            .len();
    if digits > 0 {
        let (number, rest) = word.split_at_checked(digits).unwrap_or_default();
        let part = if number == "48" { Part::Filler } else { Part::Group };
        let covered = cover_word(rest, parts, steps);
        parts.extend(covered.then_some((part, number)));
        return covered;
    }
    for (known, part) in KNOWN.iter() {
        if let Some(rest) = word.strip_prefix(known.as_str())
            && cover_word(rest, parts, steps)
        {
            let (known, _) = word.split_at_checked(known.len()).unwrap_or_default();
            parts.push((*part, known));
            return true;
        }
    }
    false
}

/// Every known word in its normal form, the longest first.
static KNOWN: LazyLock<Vec<(String, Part)>> = LazyLock::new(|| {
    let words = WORDS
        .iter()
        .flat_map(|(part, _, words)| words.split(' ').map(|word| (normal(word), *part)));
    let mut known: Vec<_> = words.collect();
    known.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    known
});

/// Names that are remembered; objects of JSON have the same few again and again.
const MOST_KNOWN: usize = 256;
/// Bytes of a name; no heading that is known here is longer.
const LONGEST: usize = 96;
/// Tries at one word: no known heading takes a tenth of them.
const MOST_STEPS: usize = 64;

#[cfg(test)]
mod tests;
