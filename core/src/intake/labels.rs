//! What the words before a GUID say that it is.

use crate::intake::fields::Field;
use crate::intake::names::named;

/// The role of a GUID in a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Label {
    /// No label.
    Unlabelled,
    /// A key protector ID.
    Protector,
    /// `ID`, and nothing else.
    Id,
    /// Anything else: a device, hardware, an agent, a volume.
    Other,
}

/// Returns what `before`, the text before a GUID on its line, says that it is.
///
/// A label ends with a colon or an equals sign, or consists of known words.
pub(super) fn before(before: &str) -> Label {
    if is_path(before) {
        return Label::Other;
    }
    let inside = before.trim_end_matches(is_bracket);
    let (label, marked) = match inside.strip_suffix(is_mark) {
        Some(label) => (label.trim_end_matches(is_mark_or_space), true),
        None => (inside, false),
    };
    let label = label
        .rsplit(|character: char| is_mark(character) || is_separator(character))
        .next();
    let label = label.unwrap_or_default().trim_matches(is_bracket);
    let words = label.split_whitespace().count();
    for skipped in words.saturating_sub(MOST_WORDS)..words {
        let mut starts = label.split_whitespace().skip(skipped);
        let Some(first) = starts.next() else { break };
        let at = first.as_ptr().addr() - label.as_ptr().addr();
        let role = role(label.get(at..).unwrap_or_default());
        match role {
            Some(Label::Id) if skipped > 0 => return Label::Other,
            Some(role) => return role,
            None => {}
        }
    }
    if marked && !label.is_empty() && !is_own_name(label) || ends_with_other(label) {
        Label::Other
    } else {
        Label::Unlabelled
    }
}

/// Returns what `line`, a line of its own before that of a GUID, says that the GUID is. A label in a language that is
/// not known says nothing.
pub(super) fn above(line: &str) -> Label {
    let Some(label) = line.trim_end().strip_suffix(is_mark) else {
        return Label::Unlabelled;
    };
    match role(label.trim()) {
        Some(role) => role,
        None if ends_with_other(label) => Label::Other,
        None => Label::Unlabelled,
    }
}

fn role(label: &str) -> Option<Label> {
    let field = named(label).field;
    let says_nothing = matches!(
        field,
        Field::Other | Field::Name | Field::Date | Field::TimeOfDay | Field::Created(_) | Field::Mount
    );
    if says_nothing {
        None
    } else if matches!(field, Field::Protector | Field::RecoveryGuid | Field::Password) {
        Some(Label::Protector)
    } else if field == Field::Id {
        Some(Label::Id)
    } else {
        Some(Label::Other)
    }
}

/// Whether `label` is a drive, the name of a machine, or a machine and its drive, as people and tables put them before
/// what belongs to them.
fn is_own_name(label: &str) -> bool {
    let mut words = label.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(word), None, None) => is_drive(word) || is_machine(word),
        (Some(machine), Some(drive), None) => {
            is_drive(drive) && (is_machine(machine) || !machine.contains(char::is_lowercase))
        }
        _ => false,
    }
}

fn is_drive(word: &str) -> bool {
    word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Whether a digit or a hyphen stands in `word`, as in the names of most machines.
fn is_machine(word: &str) -> bool {
    word.contains(|character: char| character.is_ascii_digit() || character == '-')
}

/// `\\?\Volume{…}`, and the names of deleted objects of a directory.
fn is_path(before: &str) -> bool {
    let ends = |end: &str| {
        let at = before.len().checked_sub(end.len());
        at.and_then(|at| before.get(at..))
            .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
    };
    ["Volume{", "DEL:", "CNF:"].into_iter().any(ends)
}

/// Whether a word of another thing's ID stands in it.
fn ends_with_other(label: &str) -> bool {
    let label = label.to_lowercase();
    OTHER.iter().any(|word| label.contains(word))
}

fn is_mark(character: char) -> bool {
    matches!(character, ':' | '=' | '：' | '＝' | '﹕')
}

fn is_mark_or_space(character: char) -> bool {
    is_mark(character) || character.is_whitespace()
}

fn is_separator(character: char) -> bool {
    matches!(
        character,
        '|' | ';' | ',' | '\t' | '\n' | '(' | '、' | '，' | '；' | '<' | '>' | '/'
    )
}

fn is_bracket(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '{' | '(' | '[' | '"' | '\'' | '`' | '«' | '„' | '“' | '-' | '–' | '*' | '>' | '\0' | '\u{feff}'
        )
}

/// Words of a label, from its end.
const MOST_WORDS: usize = 6;
/// Things that have GUIDs, too.
const OTHER: [&str; 26] = [
    "device",
    "hardware",
    "agent",
    "volume",
    "tenant",
    "user",
    "object",
    "machine",
    "computer",
    "gerät",
    "appareil",
    "dispositivo",
    "apparaat",
    "urządzeni",
    "устройств",
    "デバイス",
    "ハードウェア",
    "ボリューム",
    "设备",
    "裝置",
    "장치",
    "benutzer",
    "session",
    "uuid",
    "serial",
    "asset",
];
