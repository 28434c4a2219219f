//! Files of text that people carry: a line for what they are, `name value` lines, and a checksum over all of it.

use std::fmt::Display;
use std::str::FromStr;
use std::str::Lines;

use data_encoding::BASE64;
use zeroize::Zeroizing;

use crate::crypto::sha256_of_secret;

/// The most bytes of a key file or a sender's file.
pub const MAX_KEY_FILE_LEN: usize = 65_536;

/// The text is not the file that was expected.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ParseKeyFileError {
    /// A character is another one, or a line is missing.
    #[error("its checksum is another: it was changed, mistyped or copied in part")]
    Checksum,
    /// It does not begin as it should.
    #[error("it does not begin with the line {expected}")]
    Format {
        /// The line.
        expected: &'static str,
    },
    /// A line is not as it should be.
    #[error("line {line} of it is not as it should be")]
    Line {
        /// Which, from 1.
        line: usize,
    },
    /// A sender's file names no device.
    #[error("it names no device that the sender may speak for")]
    NoDevice,
    /// It is longer than any.
    #[error("it is longer than 65,536 bytes")]
    TooLong,
}

/// Lines to be written: reserved at once, since one of them may be a secret.
pub(super) struct LineWriter(Zeroizing<String>);

impl LineWriter {
    pub(super) fn new(format: &str) -> Self {
        let mut lines = Self(Zeroizing::new(String::with_capacity(MAX_KEY_FILE_LEN)));
        lines.line(format);
        lines
    }

    pub(super) fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    pub(super) fn value(&mut self, name: &str, value: &impl Display) {
        self.line(&format!("{name} {value}"));
    }

    /// Bytes in base64.
    pub(super) fn bytes(&mut self, name: &str, bytes: &[u8]) {
        let value = Zeroizing::new(BASE64.encode(bytes));
        self.0.push_str(name);
        self.0.push(' ');
        self.line(&value);
    }

    /// All of it, with the checksum as its last line.
    pub(super) fn finish(mut self) -> Zeroizing<String> {
        let checksum = checksum(self.0.lines());
        self.value(CHECKSUM, &checksum);
        self.0
    }
}

/// Lines that are read, one after the other, after their checksum was.
///
/// They may end as Windows ends lines.
pub(super) struct LineReader<'t> {
    lines: Lines<'t>,
    next: Option<&'t str>,
    /// Which line that is, from 1.
    line: usize,
}

impl<'t> LineReader<'t> {
    /// Of the text of a file that begins with this line.
    pub(super) fn new(text: &'t str, format: &'static str) -> Result<Self, ParseKeyFileError> {
        if text.len() > MAX_KEY_FILE_LEN {
            return Err(ParseKeyFileError::TooLong);
        }
        let mut lines = text.lines();
        if lines.next() != Some(format) {
            return Err(ParseKeyFileError::Format { expected: format });
        }
        let count = text.lines().count();
        let computed = checksum(text.lines().take(count - 1));
        let last = text.lines().next_back().and_then(|line| line.strip_prefix(CHECKSUM));
        if last.and_then(|rest| rest.strip_prefix(' ')) != Some(&computed) {
            return Err(ParseKeyFileError::Checksum);
        }
        let next = lines.next();
        Ok(Self { lines, next, line: 2 })
    }

    /// The value of the next line, which has this name and can be read.
    pub(super) fn value<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&'t str) -> Option<T>,
    ) -> Result<T, ParseKeyFileError> {
        let value = self.peek(name).and_then(read).ok_or_else(|| self.fault())?;
        self.advance();
        Ok(value)
    }

    /// The values of the lines from here on that have this name.
    pub(super) fn values<T>(
        &mut self,
        name: &str,
        read: impl Fn(&'t str) -> Option<T>,
    ) -> Result<Vec<T>, ParseKeyFileError> {
        let mut values = Vec::new();
        while self.peek(name).is_some() {
            values.push(self.value(name, &read)?);
        }
        Ok(values)
    }

    /// Whether the next line is this one; it is read then.
    pub(super) fn is(&mut self, line: &str) -> bool {
        let is = self.next == Some(line);
        if is {
            self.advance();
        }
        is
    }

    /// That nothing but the checksum is left.
    pub(super) fn end(&self) -> Result<(), ParseKeyFileError> {
        match (self.peek(CHECKSUM), self.lines.clone().next()) {
            (Some(_), None) => Ok(()),
            _ => Err(self.fault()),
        }
    }

    /// That the line to be read, or the one before, is not as it should be.
    pub(super) const fn fault(&self) -> ParseKeyFileError {
        ParseKeyFileError::Line { line: self.line }
    }

    fn peek(&self, name: &str) -> Option<&'t str> {
        self.next?.strip_prefix(name)?.strip_prefix(' ')
    }

    fn advance(&mut self) {
        self.next = self.lines.next();
        self.line += 1;
    }
}

/// A value that is written as it is read.
pub(super) fn same<T: FromStr + Display>(text: &str) -> Option<T> {
    text.parse().ok().filter(|value: &T| value.to_string() == text)
}

/// Exactly so many bytes, in the one way of writing them in base64; written in place, for they may be secret.
pub(super) fn base64<const N: usize>(text: &str, bytes: &mut [u8; N]) -> Option<()> {
    // The decoder wants room for what the last three bytes may be.
    let mut decoded = Zeroizing::new([0; 96]);
    let room = decoded.get_mut(..BASE64.decode_len(text.len()).ok()?)?;
    let len = BASE64.decode_mut(text.as_bytes(), room).ok()?;
    bytes.copy_from_slice(decoded.get(..len).filter(|decoded| decoded.len() == N)?);
    (*Zeroizing::new(BASE64.encode(bytes)) == text).then_some(())
}

/// The first 16 digits of `SHA-256(line ‖ 0A ‖ line ‖ 0A ‖ …)`: for slips of hand and copy, and no protection from anybody.
fn checksum<'t>(lines: impl Iterator<Item = &'t str>) -> String {
    let parts = lines.flat_map(|line| [line.as_bytes(), b"\n"]);
    let digest = sha256_of_secret(parts).to_string();
    digest.chars().take(16).collect()
}

const CHECKSUM: &str = "checksum";
