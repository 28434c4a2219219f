//! Numbers, GUIDs, times and texts as Windows writes them to disk.

use crate::values::LogText;
use crate::values::Time;

/// Fields that stand one behind the other, little-endian.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(super) const fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Those from `offset` on; none where that is behind the end.
    pub(super) fn at(bytes: &'a [u8], offset: usize) -> Self {
        Self(bytes.get(offset..).unwrap_or_default())
    }

    pub(super) const fn rest(self) -> &'a [u8] {
        self.0
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(array)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().copied().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().copied().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().copied().map(u64::from_le_bytes)
    }

    /// A GUID, in the order of its text: on disk its first three fields are little-endian.
    pub(super) fn guid(&mut self) -> Option<[u8; 16]> {
        let [a, b, c, d, e, f, g, h, rest @ ..] = *self.array::<16>()?;
        let [i, j, k, l, m, n, o, p] = rest;
        Some([d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p])
    }

    /// A FILETIME: tenths of microseconds since 1601. Outer `None` where the field is not there, inner where it holds no
    /// time.
    pub(super) fn time(&mut self) -> Option<Option<Time>> {
        self.u64().map(time)
    }
}

/// The time of a FILETIME; 0 is none.
fn time(filetime: u64) -> Option<Time> {
    if filetime == 0 {
        return None;
    }
    let millis = i64::try_from(filetime / 10_000).ok()?;
    Time::from_millis(millis.checked_sub(MILLIS_FROM_1601_TO_1970)?)
}

/// A text in UTF-16, as far as it may be shown and may stand in the log.
pub(super) fn text(utf_16: &[u8]) -> Option<LogText> {
    if utf_16.len() > 2 * (LogText::MAX_LEN + 1) {
        return None;
    }
    let units = utf_16.as_chunks().0.iter().map(|unit| u16::from_le_bytes(*unit));
    let text: String = char::decode_utf16(units.take_while(|unit| *unit != 0))
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    text.parse().ok()
}

const MILLIS_FROM_1601_TO_1970: i64 = 11_644_473_600_000;

#[cfg(test)]
mod tests;
