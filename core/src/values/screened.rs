//! What a program may write: harmless for a terminal, and without a password that strayed in.
//!
//! A password leaves the program in the answer to a reveal, from a buffer of its own, and in no other way. People paste
//! it where it does not belong, and a message repeats what it does not understand: an argument, the name of a file, a
//! variable of the environment.

use std::borrow::Cow;

use serde_json::Value;

use crate::values::holds_password;
use crate::values::may_hold_password;
use crate::values::printable;
use crate::values::printable_json;

/// What a text is for: numbers mean something in an answer, and rarely in a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Line {
    /// A line of an answer.
    Answer,
    /// An error, a hint, a warning, a question.
    Message,
}

impl Line {
    fn finds_password(self, text: &str) -> bool {
        match self {
            Self::Answer => holds_password(text),
            Self::Message => may_hold_password(text),
        }
    }
}

/// Returns the text as [`printable()`] has it, with a star for each digit if a recovery password may stand in it.
pub fn screened(line: Line, text: &str) -> Cow<'_, str> {
    match without_digits(line, text) {
        Cow::Borrowed(text) => printable(text),
        Cow::Owned(starred) => Cow::Owned(printable(&starred).into_owned()),
    }
}

/// Returns lines as [`screened`] has each, if all of them together hold no password: one may stand on several lines.
pub fn screened_lines(line: Line, text: &str) -> Cow<'_, str> {
    let text = without_digits(line, text);
    let is_plain = |line: &str| matches!(printable(line), Cow::Borrowed(_));
    if text.split('\n').all(is_plain) {
        return text;
    }
    let lines: Vec<_> = text.split('\n').map(printable).collect();
    Cow::Owned(lines.join("\n"))
}

/// Returns JSON as [`printable_json`] has it, with a star for each digit of those of its strings in which a recovery
/// password may stand.
pub fn screened_json(line: Line, json: &str) -> String {
    if !line.finds_password(json) {
        return printable_json(json);
    }
    let Ok(mut value) = serde_json::from_str::<Value>(json) else {
        return printable_json(&starred(json));
    };
    screen(line, &mut value);
    printable_json(&value.to_string())
}

fn screen(line: Line, value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(starred) = without_digits(line, text) {
                *text = starred;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| screen(line, value)),
        Value::Object(fields) => fields.values_mut().for_each(|value| screen(line, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn without_digits(line: Line, text: &str) -> Cow<'_, str> {
    if line.finds_password(text) {
        return Cow::Owned(starred(text));
    }
    Cow::Borrowed(text)
}

/// Of the whole text: which of its digits are the password's, is a guess.
fn starred(text: &str) -> String {
    text.chars()
        .map(|character| if character.is_numeric() { '*' } else { character })
        .collect()
}

#[cfg(test)]
mod tests;
