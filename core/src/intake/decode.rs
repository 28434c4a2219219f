//! Bytes to text, whatever wrote them.

mod mixed;

use zeroize::Zeroizing;

use crate::intake::encodings::{self, TextEncoding};

/// Returns the text of `bytes`, with line feeds for line ends of every kind.
///
/// The encoding is, by the first rule that fits:
/// 1. what a byte-order mark says: UTF-8, UTF-16 little-endian or big-endian;
/// 2. UTF-16 without a mark, where of the first 64 KiB at least a tenth of the high bytes is NUL, and at most an
///    eighth as many of the low ones: ASCII is in every file of this kind. A few single NULs, as Windows writes them
///    into the recovery files that it saves, are no sign;
/// 3. UTF-8, where all of it is valid;
/// 4. the encoding that the caller names;
/// 5. the code page of a console or of Windows in which it has words that are known (`encodings.rs`). Lines that are
///    valid UTF-8 are that, if the code page has one byte for each character;
/// 6. some other code page. Digits, GUIDs and labels of programs are ASCII in all of them, and which one it was is not to
///    be known: so each byte above 127 becomes one U+FFFD.
///
/// Single lines may be UTF-16 where the others are not, and the other way round. What is not valid becomes U+FFFD; that
/// includes a byte left over at the end of UTF-16. NULs stay, except around the text.
///
/// The text is wiped on drop. It never grows, and leaves nothing behind.
pub(super) fn decode(bytes: &[u8], encoding: Option<TextEncoding>) -> Zeroizing<String> {
    let (low_first, high_first) = nuls(bytes);
    let (rest, unit): (_, Option<mixed::Unit>) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, Some(u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => (rest, Some(u16::from_be_bytes)),
        [0xef, 0xbb, 0xbf, rest @ ..] => (rest, None),
        _ if low_first => (bytes, Some(u16::from_le_bytes)),
        _ if high_first => (bytes, Some(u16::from_be_bytes)),
        _ => (bytes, None),
    };
    let mixed = match unit {
        Some(unit) => match mixed::wide(rest, unit) {
            None => return utf_16(rest, unit),
            mixed => mixed,
        },
        None => mixed::narrow(rest),
    };
    let rest = mixed.as_ref().map_or(rest, |mixed| mixed);
    match str::from_utf8(rest) {
        Ok(text) if !text.contains('\r') => Zeroizing::new(text.to_owned()),
        Ok(text) => collect(text.chars()),
        Err(_) => legacy(rest, encoding),
    }
}

/// The text of bytes that are no UTF-8.
fn legacy(bytes: &[u8], named: Option<TextEncoding>) -> Zeroizing<String> {
    let Some(encoding) = named.or_else(|| encodings::told(bytes)) else {
        return collect(bytes.iter().map(|byte| ascii(*byte)));
    };
    if !encoding.is_single_byte() {
        return collect(encoding.decode(bytes).0.chars());
    }
    let mut len = 0;
    each_character(bytes, encoding, |character| len += character.len_utf8());
    let mut text = Zeroizing::new(String::with_capacity(len));
    each_character(bytes, encoding, |character| text.push(character));
    text
}

/// Calls `take` with each character of lines in UTF-8 or in an encoding of one byte for each character. Nothing that is
/// as long as the text is kept for it.
fn each_character(bytes: &[u8], encoding: TextEncoding, mut take: impl FnMut(char)) {
    let mut as_line_feed = line_feeds();
    let mut take = |text: &str| text.chars().filter_map(&mut as_line_feed).for_each(&mut take);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match str::from_utf8(line) {
            Ok(line) => take(line),
            Err(_) => line.chunks(SAMPLE).for_each(|piece| take(&encoding.decode(piece).0)),
        }
    }
}

fn ascii(byte: u8) -> char {
    if byte.is_ascii() {
        char::from(byte)
    } else {
        char::REPLACEMENT_CHARACTER
    }
}

/// Whether the NULs are those of UTF-16: little-endian, big-endian.
fn nuls(bytes: &[u8]) -> (bool, bool) {
    let (pairs, _) = bytes.get(..SAMPLE).unwrap_or(bytes).as_chunks::<2>();
    let first = pairs.iter().filter(|[first, _]| *first == 0).count();
    let second = pairs.iter().filter(|[_, second]| *second == 0).count();
    let are_high = |high: usize, low: usize| high > 0 && high * 10 >= pairs.len() && low * 8 <= high;
    (are_high(second, first), are_high(first, second))
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Zeroizing<String> {
    let (pairs, left_over) = bytes.as_chunks::<2>();
    let text = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)));
    let text = text.map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER));
    collect(text.chain(left_over.iter().map(|_| char::REPLACEMENT_CHARACTER)))
}

fn collect(chars: impl Iterator<Item = char> + Clone) -> Zeroizing<String> {
    let len = with_line_feeds(chars.clone()).map(char::len_utf8).sum();
    let mut text = Zeroizing::new(String::with_capacity(len));
    for character in with_line_feeds(chars) {
        text.push(character);
    }
    text
}

fn with_line_feeds(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    chars.filter_map(line_feeds())
}

/// CR LF and CR alone become LF.
fn line_feeds() -> impl FnMut(char) -> Option<char> {
    let mut after_return = false;
    move |character| {
        let second = std::mem::replace(&mut after_return, character == '\r') && character == '\n';
        let character = if character == '\r' { '\n' } else { character };
        (!second).then_some(character)
    }
}

/// Bytes that are looked at for NULs, and that are decoded at once.
const SAMPLE: usize = 64 * 1024;

#[cfg(test)]
mod tests;
