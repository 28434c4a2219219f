//! A column of a table, as it is told of.

use crate::intake::fields::Field;

/// A column, and what it was understood as.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Column {
    /// What it is called: its heading, if that is short and holds no number of several digits, else its number.
    pub name: String,
    /// What it was understood as; `None` if it was not used.
    pub meaning: Option<&'static str>,
}

impl Column {
    /// Creates the column `number`, from 1, that is headed `heading`.
    pub(super) fn new(number: usize, heading: &str, field: Field) -> Self {
        let digits = heading.chars().filter(|character| character.is_numeric()).count();
        let is_plain = !heading.is_empty() && digits <= MOST_DIGITS && !heading.contains(char::is_control);
        let name = if is_plain && heading.len() <= LONGEST {
            heading.to_owned()
        } else {
            format!("column {number}")
        };
        let meaning = field.meaning();
        Self { name, meaning }
    }
}

/// Digits of a heading that is repeated: nothing of a password is.
const MOST_DIGITS: usize = 3;
const LONGEST: usize = 64;
