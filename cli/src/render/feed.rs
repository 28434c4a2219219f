//! Events for other programs.
//!
//! Each event is one line, whatever an operator typed: what is not seen is written out (`\u{1b}`) before any format
//! escapes what means something in it.

pub(crate) mod cef;

pub(crate) mod csv;

pub(crate) mod syslog;

use serde_json::Value;
use strongroom_core::log::Action;
use strongroom_core::log::Event;

use crate::render::json::Logged;
use crate::ui::printable;

/// The fields of `audit list --json`, in its order.
const NAMES: [&str; 22] = [
    "leaf",
    "time",
    "operator",
    "login",
    "effective",
    "action",
    "escrow_id",
    "device",
    "volume",
    "volume_id",
    "protector_id",
    "reason",
    "note",
    "ticket",
    "caller",
    "rule",
    "result",
    "wrong_pins",
    "clock_step_ms",
    "file",
    "sender",
    "claimed",
];

/// The fields of an event by their names, in order; what is unknown is null.
fn fields(event: &Event) -> [(&'static str, Value); NAMES.len()] {
    let mut logged = serde_json::to_value(Logged::of(event)).unwrap_or_default();
    NAMES.map(|name| (name, logged.get_mut(name).map(Value::take).unwrap_or_default()))
}

/// What a field says; `None` where that is unknown.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(printable(text).into_owned()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(value.to_string()),
    }
}

/// How much somebody who watches should mind.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Weight {
    /// As every day.
    Usual,
    /// A password got out, or was excused from rotation.
    Exposing,
    /// Somebody was refused.
    Refused,
}

impl Weight {
    const fn of(action: Action) -> Self {
        match action {
            Action::AlarmAccept
            | Action::Assign
            | Action::Checkpoint
            | Action::Confirm
            | Action::Continued
            | Action::Escrow
            | Action::Export
            | Action::Init
            | Action::Migrated
            | Action::Outcome
            | Action::Proof
            | Action::Prove
            | Action::Proven
            | Action::Receipts
            | Action::Rekey
            | Action::Report
            | Action::Restore
            | Action::SenderEnrol
            | Action::SenderRevoke => Self::Usual,
            Action::Expose | Action::Reveal | Action::Waive => Self::Exposing,
            Action::Refusals | Action::Refused | Action::RevealDenied => Self::Refused,
        }
    }
}

/// The text with a backslash before each of these characters.
fn escaped(text: &str, characters: &[char]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if characters.contains(&character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests;
