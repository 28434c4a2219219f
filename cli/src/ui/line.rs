//! Reading lines that may be secrets: each into one buffer that never grows.

use std::io;
use std::io::Read;

use zeroize::Zeroize;
use zeroize::Zeroizing;

/// What a file brings, line by line.
pub(crate) struct Lines<R> {
    from: R,
    chunk: Zeroizing<Vec<u8>>,
    next: usize,
    filled: usize,
    line: Zeroizing<Vec<u8>>,
}

/// How a line came.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum End<'l> {
    /// The line, without what ends it.
    Line(&'l [u8]),
    /// A line longer than the buffer; it was read to its end, and not kept.
    TooLong,
    /// There is no further line.
    Eof,
}

impl<R: Read> Lines<R> {
    /// Lines of at most `limit` bytes.
    pub(crate) fn new(from: R, limit: usize) -> Self {
        Self {
            from,
            chunk: Zeroizing::new(vec![0; CHUNK]),
            next: 0,
            filled: 0,
            line: Zeroizing::new(Vec::with_capacity(limit)),
        }
    }

    /// The next line. A last one without a newline counts, unless it is empty.
    pub(crate) fn next(&mut self) -> io::Result<End<'_>> {
        // Wiped, and not only forgotten: the next one may be shorter.
        self.line.zeroize();
        let mut seen = false;
        let mut too_long = false;
        loop {
            let Some(byte) = self.byte()? else {
                if !seen {
                    return Ok(End::Eof);
                }
                break;
            };
            seen = true;
            if byte == b'\n' {
                break;
            }
            if self.line.len() == self.line.capacity() {
                too_long = true;
            } else {
                self.line.push(byte);
            }
        }
        if too_long {
            return Ok(End::TooLong);
        }
        Ok(End::Line(self.line.strip_suffix(b"\r").unwrap_or(&self.line)))
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        if self.next == self.filled {
            self.filled = loop {
                match self.from.read(&mut self.chunk) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => break other?,
                }
            };
            self.next = 0;
        }
        let byte = self
            .chunk
            .get(..self.filled)
            .and_then(|chunk| chunk.get(self.next))
            .copied();
        self.next += usize::from(byte.is_some());
        Ok(byte)
    }
}

const CHUNK: usize = 4096;

#[cfg(test)]
mod tests {
    use crate::ui::line::End;
    use crate::ui::line::Lines;

    #[track_caller]
    fn check(input: &[u8], expected: &[End<'_>]) {
        let mut lines = Lines::new(input, 8);
        let before = (lines.line.as_ptr(), lines.line.capacity());
        for end in expected {
            assert_eq!(&lines.next().unwrap(), end);
        }
        assert_eq!(lines.next().unwrap(), End::Eof);
        assert_eq!(
            (lines.line.as_ptr(), lines.line.capacity()),
            before,
            "the buffer has moved"
        );
    }

    #[test]
    fn lines_end_with_newlines_or_the_file() {
        check(b"", &[]);
        check(b"\n", &[End::Line(b"")]);
        check(b"a\r\nbc", &[End::Line(b"a"), End::Line(b"bc")]);
        check(
            b"a\0\xff\n\nb\n",
            &[End::Line(b"a\0\xff"), End::Line(b""), End::Line(b"b")],
        );
    }

    #[test]
    fn a_long_line_is_read_over() {
        check(b"12345678\n", &[End::Line(b"12345678")]);
        check(b"123456789\nb", &[End::TooLong, End::Line(b"b")]);
        let long = vec![b'x'; 1 << 20];
        check(&long, &[End::TooLong]);
    }
}
