//! Files of which some lines are UTF-16 and others are not, as `>>` of different shells leaves them.

use std::cmp::Ordering;

use zeroize::Zeroizing;

/// How two bytes make a unit of UTF-16.
pub(super) type Unit = fn([u8; 2]) -> u16;

/// Returns `bytes`, which are no UTF-16, with those of their lines that are UTF-16 as UTF-8; `None` if there are none.
pub(super) fn narrow(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if !bytes.contains(&0) || !bytes.split(is_line_feed).any(is_wide) {
        return None;
    }
    let mut text = Zeroizing::new(Vec::with_capacity(bytes.len() / 2 * 3 + 3));
    // Whether the line before is UTF-16 with its low bytes first: then the high byte of its end is still there.
    let mut low_first = false;
    for (line, number) in bytes.split(is_line_feed).zip(0..) {
        if number > 0 {
            text.push(b'\n');
        }
        let line = match line.split_first() {
            Some((0, rest)) if low_first => rest,
            _ => line,
        };
        if !is_wide(line) {
            low_first &= line.iter().all(|byte| matches!(byte, 0 | b'\r'));
            text.extend_from_slice(line);
            continue;
        }
        let (pairs, _) = line.as_chunks::<2>();
        let high_second = pairs.iter().filter(|[_, second]| *second == 0).count();
        low_first = low_first || high_second * 2 > pairs.len();
        let unit: Unit = if low_first {
            u16::from_le_bytes
        } else {
            u16::from_be_bytes
        };
        push(&mut text, pairs.iter().map(|pair| unit(*pair)));
    }
    Some(text)
}

/// Returns `bytes`, which are UTF-16, as UTF-8, with those of their lines that are none as they are; `None` if there are
/// none.
pub(super) fn wide(bytes: &[u8], unit: Unit) -> Option<Zeroizing<Vec<u8>>> {
    if !has_narrow_line(bytes, unit) {
        return None;
    }
    let mut text = Zeroizing::new(Vec::with_capacity(bytes.len() / 2 * 3 + 3));
    let mut rest = bytes;
    let mut found = false;
    while !rest.is_empty() {
        if let Some(len) = narrow_line(rest) {
            let (line, after) = rest.split_at_checked(len)?;
            text.extend_from_slice(line);
            rest = after;
            found = true;
            continue;
        }
        // A line that is none before it moves the bytes of the others.
        let unit = if found { order(rest).unwrap_or(unit) } else { unit };
        let (line, after) = rest.split_at_checked(wide_line(rest, unit))?;
        let (pairs, _) = line.as_chunks::<2>();
        push(&mut text, pairs.iter().map(|pair| unit(*pair)));
        // Half a unit is left over.
        rest = if after.len() == 1 { &[] } else { after };
    }
    found.then_some(text)
}

/// Whether a line of `bytes`, which are UTF-16, is none.
fn has_narrow_line(bytes: &[u8], unit: Unit) -> bool {
    let mut rest = bytes;
    while rest.len() > 1 {
        if narrow_line(rest).is_some() {
            return true;
        }
        rest = rest.get(wide_line(rest, unit)..).unwrap_or_default();
    }
    false
}

/// The bytes of the line of UTF-16 at the beginning of `bytes`.
fn wide_line(bytes: &[u8], unit: Unit) -> usize {
    let (pairs, _) = bytes.as_chunks::<2>();
    let end = pairs.iter().position(|pair| unit(*pair) == u16::from(b'\n'));
    2 * end.map_or(pairs.len(), |at| at + 1)
}

/// The order of bytes at the beginning of `bytes`, where ASCII shows it.
fn order(bytes: &[u8]) -> Option<Unit> {
    let (pairs, _) = bytes.get(..SAMPLE).unwrap_or(bytes).as_chunks::<2>();
    let first = pairs.iter().filter(|[first, _]| *first == 0).count();
    let second = pairs.iter().filter(|[_, second]| *second == 0).count();
    match first.cmp(&second) {
        Ordering::Less => Some(u16::from_le_bytes),
        Ordering::Equal => None,
        Ordering::Greater => Some(u16::from_be_bytes),
    }
}

/// The bytes of the line at the beginning of `bytes`, if it is no UTF-16: a line of that has a NUL at its end.
fn narrow_line(bytes: &[u8]) -> Option<usize> {
    let end = bytes.iter().position(|byte| matches!(byte, b'\n' | 0));
    let len = match end.and_then(|end| bytes.get(end).map(|byte| (end, *byte))) {
        Some((_, 0)) => return None,
        Some((end, _)) => end + 1,
        None => bytes.len(),
    };
    let (line, after) = bytes.split_at_checked(len)?;
    let shows =
        line.windows(6).any(|six| six.iter().all(u8::is_ascii_digit)) || line.is_ascii() && line.contains(&b',');
    (len >= SHORTEST && after.first() != Some(&0) && shows).then_some(len)
}

/// Whether a line has a row of characters of ASCII with NULs between them.
fn is_wide(line: &[u8]) -> bool {
    let mut row = 0;
    for (at, byte) in line.iter().enumerate().skip(1) {
        let before = line.get(at - 1).copied().unwrap_or_default();
        row = if (*byte == 0) == (before == 0) { 0 } else { row + 1 };
        if row >= 2 * SHORTEST {
            return true;
        }
    }
    false
}

fn push(text: &mut Vec<u8>, units: impl Iterator<Item = u16>) {
    for read in char::decode_utf16(units) {
        let character = read.unwrap_or(char::REPLACEMENT_CHARACTER);
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

fn is_line_feed(byte: &u8) -> bool {
    *byte == b'\n'
}

/// Bytes that are looked at for NULs.
const SAMPLE: usize = 128;
/// Characters of the shortest line that is told apart.
const SHORTEST: usize = 8;
