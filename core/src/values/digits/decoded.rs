//! Escapes of HTML, URLs, mails and programs, decoded: a digit of an escape is no digit of the text.

use std::iter::Peekable;
use std::str::CharIndices;

/// Returns the text with its escapes decoded; `None` where it has none.
///
/// What is an escape is decided generously, for the text is read as it stands as well.
pub(super) fn decoded(text: &str) -> Option<String> {
    if !text.contains(MARKS) {
        return None;
    }
    let mut decoded = String::with_capacity(text.len());
    let mut characters = text.char_indices().peekable();
    let mut found = false;
    while let Some((at, character)) = characters.next() {
        let rest = text.get(at + character.len_utf8()..).unwrap_or_default();
        match escape(character, rest) {
            Some((meant, len)) => {
                found = true;
                decoded.push(meant);
                skip(&mut characters, at + character.len_utf8() + len);
            }
            None => decoded.push(character),
        }
    }
    found.then_some(decoded)
}

/// Returns whether escapes may stand for digits that the text itself does not hold.
pub(super) fn may_hold_digits(text: &str) -> bool {
    text.contains(MARKS)
}

fn skip(characters: &mut Peekable<CharIndices<'_>>, end: usize) {
    while characters.next_if(|(at, _)| *at < end).is_some() {}
}

/// Returns what the escape that begins with `mark` stands for, and how many bytes of `rest` belong to it.
fn escape(mark: char, rest: &str) -> Option<(char, usize)> {
    match mark {
        '%' | '=' => hexadecimal(rest.get(..2)?, 2),
        '&' => {
            let end = rest.char_indices().take(LONGEST_NAME).find(|(_, c)| *c == ';')?.0;
            let name = rest.get(..end)?;
            if let Some(hex) = name.strip_prefix("#x").or(name.strip_prefix("#X")) {
                return hexadecimal(hex, end + 1);
            }
            match name.strip_prefix('#') {
                Some(decimal) => Some((of_code(decimal.parse().ok()?), end + 1)),
                None => name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric())
                    .then_some((' ', end + 1)),
            }
        }
        '\\' => {
            if let Some(braced) = rest.strip_prefix("u{") {
                let end = braced.char_indices().take(LONGEST_NAME).find(|(_, c)| *c == '}')?.0;
                return hexadecimal(braced.get(..end)?, end + 3);
            }
            match rest.chars().next()? {
                'u' => hexadecimal(rest.get(1..5)?, 5),
                'U' => hexadecimal(rest.get(1..9)?, 9),
                'x' => hexadecimal(rest.get(1..3)?, 3),
                'a' | 'b' | 'e' | 'f' | 'n' | 'r' | 't' | 'v' => Some((' ', 1)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn hexadecimal(digits: &str, len: usize) -> Option<(char, usize)> {
    let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
    Some((of_code(code), len))
}

/// A byte of a longer sequence and half a surrogate pair are separators like any other.
fn of_code(code: u32) -> char {
    char::from_u32(code).unwrap_or(' ')
}

const MARKS: [char; 4] = ['%', '=', '&', '\\'];
/// Of a named or numbered escape.
const LONGEST_NAME: usize = 12;
