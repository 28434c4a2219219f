//! Where a drop stands among those of its sender.

use std::path::Path;

use strongroom_core::values::Time;
use strongroom_files::KeptFile;

use crate::Error;

/// The sequence of the next drop, and the file that keeps it.
pub(crate) struct Sequence {
    /// The number.
    pub(crate) number: u64,
    file: Option<KeptFile>,
}

impl Sequence {
    /// Returns the milliseconds of the time, so that the sequence grows without anybody keeping count.
    ///
    /// Where `last` is a file with the last one, it is one more than that at least: so it grows too where the clock was put
    /// back. A file that is not there yet counts as none.
    pub(crate) fn next(now: Time, last: Option<&Path>) -> Result<Self, Error> {
        let by_clock = u64::try_from(now.as_millis()).unwrap_or_default();
        let Some(path) = last else {
            return Ok(Self {
                number: by_clock,
                file: None,
            });
        };
        let (file, text) = KeptFile::open(path, MOST)?;
        let number = match text {
            None => by_clock,
            Some(text) => last_number(&text)
                .and_then(|last| last.checked_add(1))
                .ok_or_else(|| Error::Sequence { path: path.to_owned() })?
                .max(by_clock),
        };
        let file = Some(file);
        Ok(Self { number, file })
    }

    /// Keeps it, before the drop that bears it is there: a run that dies between the two leaves a gap, and none is used
    /// twice.
    pub(crate) fn keep(self) -> Result<(), Error> {
        let text = format!("{HEAD}\n{}\n", self.number);
        self.file.map_or(Ok(()), |file| Ok(file.write(text.as_bytes())?))
    }
}

/// Returns the number in a file that is known as one of this program's: by its first line, or as earlier versions wrote it,
/// the number alone. That is a time in milliseconds, which no process ID or counter of another program looks like.
fn last_number(text: &[u8]) -> Option<u64> {
    let text = str::from_utf8(text).ok()?.trim_end();
    let (digits, least) = match text.strip_prefix(HEAD) {
        Some(rest) => (rest.trim_start(), 0),
        None => (text, LEAST_ALONE),
    };
    let number: u64 = digits.parse().ok()?;
    (number >= least && number.to_string() == digits).then_some(number)
}

const HEAD: &str = "strongroom-drop sequence";
/// September 2001.
const LEAST_ALONE: u64 = 1_000_000_000_000;
/// The first line, 20 digits and their line ends are the most.
const MOST: usize = 64;

#[cfg(test)]
mod tests;
