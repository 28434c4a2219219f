//! JSON (RFC 8259), told token by token: nothing is kept but the depth, and nothing recurs.

use zeroize::Zeroizing;

/// What stands in a JSON text.
pub(super) enum Token<'t> {
    /// An object begins, on this line.
    Begin(usize),
    /// An object ends.
    End,
    /// The name of a member.
    Name(&'t str),
    /// A text, a number, `true` or `false`; `null` is an empty one. Arrays are told by their items alone.
    Scalar(&'t str),
}

/// Where a text is not JSON, or more than is read of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum JsonError {
    /// Objects and arrays in each other.
    #[error("line {line}: objects and arrays lie more than 128 deep")]
    Depth {
        /// The line, from 1.
        line: usize,
    },
    /// The text ends within a value.
    #[error("line {line}: the JSON text ends too early")]
    End {
        /// The line, from 1.
        line: usize,
    },
    /// Anything else.
    #[error("line {line}: this is no JSON")]
    Syntax {
        /// The line, from 1.
        line: usize,
    },
}

/// Calls `take` with each token of `text`: one value, or several, one after another.
///
/// Texts are unescaped; those with escapes are wiped once they were taken.
///
/// # Errors
///
/// Names the line, never what stands there. What came before was taken.
pub(super) fn walk(text: &str, mut take: impl FnMut(Token<'_>)) -> Result<(), JsonError> {
    let mut reader = Reader { rest: text, line: 1 };
    let mut within: Vec<Within> = Vec::new();
    let mut expected = Expected::Value;
    while let Some(first) = reader.next_byte() {
        expected = match (expected, first) {
            (Expected::Value | Expected::FirstItem, b'{' | b'[') => {
                if within.len() == DEEPEST {
                    return Err(JsonError::Depth { line: reader.line });
                }
                reader.skip(1);
                if first == b'[' {
                    within.push(Within::Array);
                    Expected::FirstItem
                } else {
                    within.push(Within::Object);
                    take(Token::Begin(reader.line));
                    Expected::FirstName
                }
            }
            (Expected::FirstName | Expected::Separator, b'}') if within.last() == Some(&Within::Object) => {
                reader.skip(1);
                within.pop();
                take(Token::End);
                after_value(&within)
            }
            (Expected::FirstItem | Expected::Separator, b']') if within.last() == Some(&Within::Array) => {
                reader.skip(1);
                within.pop();
                after_value(&within)
            }
            (Expected::Separator, b',') => {
                reader.skip(1);
                match within.last() {
                    Some(Within::Object) => Expected::Name,
                    _ => Expected::Value,
                }
            }
            (Expected::FirstName | Expected::Name, b'"') => {
                reader.string(|name| take(Token::Name(name)))?;
                if reader.next_byte() != Some(b':') {
                    return Err(reader.fault());
                }
                reader.skip(1);
                Expected::Value
            }
            (Expected::Value | Expected::FirstItem, b'"') => {
                reader.string(|text| take(Token::Scalar(text)))?;
                after_value(&within)
            }
            (Expected::Value | Expected::FirstItem, _) => {
                take(Token::Scalar(reader.word()?));
                after_value(&within)
            }
            (Expected::FirstName | Expected::Name | Expected::Separator, _) => return Err(reader.fault()),
        };
    }
    if within.is_empty() && expected == Expected::Value {
        Ok(())
    } else {
        Err(JsonError::End { line: reader.line })
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Within {
    Array,
    Object,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Expected {
    Value,
    /// A value, or the end of the array.
    FirstItem,
    /// A name, or the end of the object.
    FirstName,
    Name,
    /// A comma, or an end.
    Separator,
}

fn after_value(within: &[Within]) -> Expected {
    if within.is_empty() {
        Expected::Value
    } else {
        Expected::Separator
    }
}

struct Reader<'t> {
    rest: &'t str,
    line: usize,
}

impl<'t> Reader<'t> {
    /// The next byte that is no white space; it stays.
    fn next_byte(&mut self) -> Option<u8> {
        let after = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        let skipped = self.rest.len() - after.len();
        self.line += self.rest.bytes().take(skipped).filter(|byte| *byte == b'\n').count();
        self.rest = after;
        after.bytes().next()
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn fault(&self) -> JsonError {
        let line = self.line;
        if self.rest.is_empty() {
            JsonError::End { line }
        } else {
            JsonError::Syntax { line }
        }
    }

    /// Takes a string, whose quote comes next.
    fn string(&mut self, take: impl FnOnce(&str)) -> Result<(), JsonError> {
        self.skip(1);
        let mut escaped = false;
        let mut escapes = 0;
        let end = self.rest.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            escapes += usize::from(escaped);
            ends || byte < b' '
        });
        let end = end.ok_or(JsonError::End { line: self.line })?;
        let (raw, after) = self.rest.split_at_checked(end).unwrap_or_default();
        if !after.starts_with('"') {
            return Err(JsonError::Syntax { line: self.line });
        }
        if escapes == 0 {
            take(raw);
        } else {
            take(&unescaped(raw).ok_or(JsonError::Syntax { line: self.line })?);
        }
        self.rest = after;
        self.skip(1);
        Ok(())
    }

    /// A number or a word.
    fn word(&mut self) -> Result<&'t str, JsonError> {
        let is_of_word = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '+' | '.');
        let len = self
            .rest
            .find(|character| !is_of_word(character))
            .unwrap_or(self.rest.len());
        let (word, after) = self.rest.split_at_checked(len).unwrap_or_default();
        let is_number = word.starts_with(|first: char| first == '-' || first.is_ascii_digit())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        let read = match word {
            "true" | "false" => word,
            "null" => "",
            word if is_number => word,
            _ => return Err(self.fault()),
        };
        self.rest = after;
        Ok(read)
    }
}

/// A string without its escapes. It is never longer than `raw`.
fn unescaped(raw: &str) -> Option<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(raw.len()));
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let mut chars = after.chars();
        match chars.next()? {
            'u' => {
                let (character, after) = utf_16_escape(chars.as_str())?;
                text.push(character);
                rest = after;
                continue;
            }
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            plain @ ('"' | '\\' | '/') => text.push(plain),
            _ => return None,
        }
        rest = chars.as_str();
    }
    text.push_str(rest);
    Some(text)
}

/// The character of `XXXX`, or of a surrogate pair `XXXX\uXXXX`, and what follows. Half a pair is U+FFFD.
fn utf_16_escape(text: &str) -> Option<(char, &str)> {
    let (unit, after) = code_unit(text)?;
    if let Some(character) = char::from_u32(unit) {
        return Some((character, after));
    }
    let low = after.strip_prefix("\\u").and_then(code_unit);
    if let (0xd800..0xdc00, Some((low @ 0xdc00..0xe000, behind))) = (unit, low) {
        let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        return Some((char::from_u32(code)?, behind));
    }
    Some((char::REPLACEMENT_CHARACTER, after))
}

fn code_unit(text: &str) -> Option<(u32, &str)> {
    let (digits, after) = text.split_at_checked(4)?;
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let unit = u32::from_str_radix(digits, 16).ok().filter(|_| hexadecimal)?;
    Some((unit, after))
}

/// What Windows PowerShell and Microsoft Graph write lies four deep.
const DEEPEST: usize = 128;

#[cfg(test)]
mod tests;
