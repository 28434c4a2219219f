//! The value of a digit of any script.

/// Returns the value of a digit, or [`UNKNOWN`] of what is a number otherwise; `None` for what is none.
///
/// The character is one that compatibility decomposition (NFKC) leaves: fullwidth, mathematical, superscript and most
/// circled digits are ASCII by then.
pub(super) fn digit(character: char) -> Option<u8> {
    if let Some(digit) = character.to_digit(10) {
        return u8::try_from(digit).ok();
    }
    if character.is_ascii() || !character.is_numeric() {
        return None;
    }
    let point = u32::from(character);
    let below = |(first, value): &&(u32, u8)| *first <= point && point < first + u32::from(10 - value);
    let value = FIRST
        .iter()
        .rev()
        .find(below)
        .map(|(first, value)| point - first + u32::from(*value));
    Some(value.and_then(|value| u8::try_from(value).ok()).unwrap_or(UNKNOWN))
}

/// What counts as a digit, and whose value is not known here.
pub(super) const UNKNOWN: u8 = 10;

/// The first of digits in a row, up to the nine, and its value: the zeros of every script, and of digits in circles that
/// have no decomposition.
///
/// Source: Unicode 16.0, `UnicodeData.txt`, fields 6 and 7.
const FIRST: [(u32, u8); 82] = [
    (0x660, 0),
    (0x6f0, 0),
    (0x7c0, 0),
    (0x966, 0),
    (0x9e6, 0),
    (0xa66, 0),
    (0xae6, 0),
    (0xb66, 0),
    (0xbe6, 0),
    (0xc66, 0),
    (0xce6, 0),
    (0xd66, 0),
    (0xde6, 0),
    (0xe50, 0),
    (0xed0, 0),
    (0xf20, 0),
    (0x1040, 0),
    (0x1090, 0),
    (0x1369, 1),
    (0x17e0, 0),
    (0x1810, 0),
    (0x1946, 0),
    (0x19d0, 0),
    (0x1a80, 0),
    (0x1a90, 0),
    (0x1b50, 0),
    (0x1bb0, 0),
    (0x1c40, 0),
    (0x1c50, 0),
    (0x24f5, 1),
    (0x24ff, 0),
    (0x2776, 1),
    (0x2780, 1),
    (0x278a, 1),
    (0xa620, 0),
    (0xa8d0, 0),
    (0xa900, 0),
    (0xa9d0, 0),
    (0xa9f0, 0),
    (0xaa50, 0),
    (0xabf0, 0),
    (0x104a0, 0),
    (0x10d30, 0),
    (0x10d40, 0),
    (0x10e60, 1),
    (0x11052, 1),
    (0x11066, 0),
    (0x110f0, 0),
    (0x11136, 0),
    (0x111d0, 0),
    (0x112f0, 0),
    (0x11450, 0),
    (0x114d0, 0),
    (0x11650, 0),
    (0x116c0, 0),
    (0x116d0, 0),
    (0x116da, 0),
    (0x11730, 0),
    (0x118e0, 0),
    (0x11950, 0),
    (0x11bf0, 0),
    (0x11c50, 0),
    (0x11d50, 0),
    (0x11da0, 0),
    (0x11de0, 0),
    (0x11f50, 0),
    (0x16a60, 0),
    (0x16ac0, 0),
    (0x16b50, 0),
    (0x16d70, 0),
    (0x1ccf0, 0),
    (0x1d7ce, 0),
    (0x1d7d8, 0),
    (0x1d7e2, 0),
    (0x1d7ec, 0),
    (0x1d7f6, 0),
    (0x1e140, 0),
    (0x1e2f0, 0),
    (0x1e4f0, 0),
    (0x1e5f1, 0),
    (0x1e950, 0),
    (0x1fbf0, 0),
];
