//! Tables of separated values (RFC 4180), row by row; cells are lent, not kept.

use zeroize::Zeroizing;

/// Why a text is no table.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RowError {
    /// A quoted cell without an end.
    #[error("line {line}: the quote that opens here is never closed")]
    OpenQuote {
        /// The line, from 1.
        line: usize,
    },
}

/// The rows of a table.
///
/// A cell that begins with a quote ends with one; two quotes in it are one, and line ends in it are its own. What
/// stands between its end and the next separator is kept as it is. A quote in any other cell is a plain character.
#[derive(Clone)]
pub(super) struct Rows<'t> {
    rest: &'t str,
    line: usize,
    separator: char,
}

impl<'t> Rows<'t> {
    pub(super) fn new(text: &'t str, line: usize, separator: char) -> Self {
        Self {
            rest: text,
            line,
            separator,
        }
    }

    /// Returns the text from here to `later`.
    pub(super) fn until(&self, later: &Self) -> &'t str {
        self.rest.get(..self.rest.len() - later.rest.len()).unwrap_or_default()
    }

    /// The line on which the next row begins.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// Calls `take` with each cell of the next row and its column, from 0. `false` where there is no row.
    ///
    /// # Errors
    ///
    /// A quote is never closed.
    pub(super) fn next(&mut self, mut take: impl FnMut(usize, &str)) -> Result<bool, RowError> {
        if self.rest.is_empty() {
            return Ok(false);
        }
        let mut column = 0;
        loop {
            if self.rest.starts_with('"') {
                take(column, &self.quoted()?);
            } else {
                let (cell, after) = self.split_at_end();
                take(column, cell);
                self.rest = after;
            }
            let Some(after) = self.rest.strip_prefix(self.separator) else {
                break;
            };
            self.rest = after;
            column += 1;
        }
        if let Some(after) = self.rest.strip_prefix('\n') {
            self.rest = after;
            self.line += 1;
        }
        Ok(true)
    }

    /// What stands before the next separator or line end, and the rest.
    fn split_at_end(&self) -> (&'t str, &'t str) {
        let end = self.rest.find([self.separator, '\n']).unwrap_or(self.rest.len());
        self.rest.split_at_checked(end).unwrap_or_default()
    }

    fn quoted(&mut self) -> Result<Zeroizing<String>, RowError> {
        let opened = RowError::OpenQuote { line: self.line };
        let inner = self.rest.get(1..).unwrap_or_default();
        let len = quoted_len(inner).ok_or(opened)?;
        let (raw, after) = inner.split_at_checked(len).unwrap_or_default();
        self.line += raw.matches('\n').count();
        self.rest = after.get(1..).unwrap_or_default();
        let (tail, after) = self.split_at_end();
        // Unescaping never makes it longer.
        let mut cell = Zeroizing::new(String::with_capacity(raw.len() + tail.len()));
        let mut pieces = raw.split("\"\"");
        cell.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            cell.push('"');
            cell.push_str(piece);
        }
        cell.push_str(tail);
        self.rest = after;
        Ok(cell)
    }
}

/// The bytes up to the quote that closes; two quotes close nothing.
fn quoted_len(inner: &str) -> Option<usize> {
    let mut bytes = inner.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        if byte == b'"' && bytes.next_if(|(_, next)| *next == b'"').is_none() {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests;
