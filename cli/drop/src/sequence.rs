//! Where a drop stands among those of its sender.

use std::io;
use std::path::Path;

use strongroom_core::values::Time;

use crate::Error;
use crate::files;

/// The sequence of the next drop: the milliseconds of the time, so that it grows without anybody keeping count.
///
/// Where `last` is a file with the last one, it is one more than that at least: so it grows too where the clock was put back.
/// A file that is not there yet counts as none.
pub(crate) fn next(now: Time, last: Option<&Path>) -> Result<u64, Error> {
    let by_clock = u64::try_from(now.as_millis()).unwrap_or_default();
    let Some(path) = last else { return Ok(by_clock) };
    let text = match files::text(path, MOST) {
        Ok(text) => text,
        Err(Error::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => return Ok(by_clock),
        Err(error) => return Err(error),
    };
    let next = number(&text).and_then(|last| last.checked_add(1));
    match next {
        Some(next) => Ok(next.max(by_clock)),
        None => Err(Error::Sequence { path: path.to_owned() }),
    }
}

/// Keeps it, before the drop that bears it is there: a run that dies between the two leaves a gap, and none is used twice.
pub(crate) fn keep(sequence: u64, path: &Path) -> Result<(), Error> {
    files::replace(path, format!("{sequence}\n").as_bytes())
}

/// A number in decimal digits, alone on its line.
fn number(text: &str) -> Option<u64> {
    let digits = text.trim_end();
    digits.parse().ok().filter(|number: &u64| number.to_string() == digits)
}

/// 20 digits and a line end are the most.
const MOST: usize = 64;

#[cfg(test)]
mod tests;
