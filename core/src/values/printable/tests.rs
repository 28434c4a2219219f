use super::*;

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
