use super::*;

const PASSWORD: &str = "002816-008470-014124-019778-025432-031086-036740-042394";

#[test]
fn a_line_with_a_password_is_without_digits() {
    let stars = "no ******-******-******-******-******-******-******-****** in **";
    for line in [Line::Answer, Line::Message] {
        assert_eq!(screened(line, &format!("no {PASSWORD} in 12")), stars);
        assert_eq!(screened(line, "PC-0042 \u{1b}[2J"), r"PC-0042 \u{1b}[2J");
        assert!(matches!(screened(line, "4f2a1b3c of PC-0042"), Cow::Borrowed(_)));
    }
    assert!(!screened(Line::Message, &PASSWORD.replace('-', "\u{202a}")).contains("002816"));
}

#[test]
fn numbers_of_an_answer_are_shown() {
    let counts = "escrows: 100000 current, 100001 exposed, 100002 superseded, 100003 in all";
    assert_eq!(screened(Line::Answer, counts), counts);
    assert!(!screened(Line::Message, counts).contains("100000"));
}

#[test]
fn a_password_on_several_lines_is_found() {
    let lines = PASSWORD.replace('-', "\n");
    assert!(!screened_lines(Line::Message, &lines).contains(|c: char| c.is_ascii_digit()));
    assert_eq!(screened_lines(Line::Message, "a\u{1b}\n4711\n"), "a\\u{1b}\n4711\n");
}

#[test]
fn json_keeps_what_is_no_string() {
    let json = format!(r#"{{"count":100000,"files":["{PASSWORD}","4711"],"hint":"x\n4711"}}"#);
    let screened = screened_json(Line::Message, &json);
    let stars = PASSWORD.replace(|c: char| c.is_ascii_digit(), "*");
    assert_eq!(
        screened,
        format!(r#"{{"count":100000,"files":["{stars}","4711"],"hint":"x\n4711"}}"#)
    );
    let plain = r#"{"leaf":100000,"note":"\u001b"}"#;
    assert_eq!(screened_json(Line::Answer, plain), plain);
}
