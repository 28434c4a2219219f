//! Text from a vault, made harmless for a terminal.
//!
//! What goes into the log is checked before; what a tampered row or a foreign error says is not.

use std::fmt::Write;

use strongroom_core::values::is_invisible;

/// The text with everything that is not seen written out: `\u{1b}`.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_invisible(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// JSON with everything that is not seen written as JSON has it; such characters stand in its strings only.
pub fn printable_json(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_invisible(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a String does not fail.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use crate::printable::printable;
    use crate::printable::printable_json;

    #[test]
    fn a_terminal_gets_nothing_that_it_would_obey() {
        assert_eq!(
            printable("PC-ü \u{1b}[2J\u{9b}x\u{202e}\n"),
            r"PC-ü \u{1b}[2J\u{9b}x\u{202e}\u{a}"
        );
    }

    #[test]
    fn json_stays_json() {
        assert_eq!(printable_json("\"a\u{9b}\u{e0001}ü\""), r#""a\u009b\udb40\udc01ü""#);
    }
}
