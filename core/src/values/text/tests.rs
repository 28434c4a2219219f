use proptest::prop_assert;
use proptest::proptest;

use crate::values::RecoveryPassword;
use crate::values::Secret;

use super::*;

const PASSWORD: &str = "002816-008470-014124-019778-025432-031086-036740-042394";

#[track_caller]
fn check(text: &str, expected: Result<&str, TextError>) {
    let parsed = text.parse::<LogText>();
    assert_eq!(
        parsed.as_ref().map(LogText::as_str).map_err(|error| *error),
        expected,
        "{text}"
    );
}

#[track_caller]
fn pass(text: &str) {
    check(text, Ok(text));
}

#[track_caller]
fn password(text: &str) {
    check(text, Err(TextError::Password));
}

#[test]
fn keeps_what_people_write() {
    pass("Frau Müller, Zimmer 4.12, rief um 09:30 an 👍🏽 ✔️");
    pass("ノートパソコン");
    pass(&"a".repeat(1024));
    check("  INC0012345\u{a0}", Ok("INC0012345"));
}

#[test]
fn refuses_nothing_and_too_much() {
    check("", Err(TextError::Empty));
    check(" \t\r\n\u{a0}", Err(TextError::Empty));
    check(&"a".repeat(1025), Err(TextError::TooLong { limit: 1024 }));
    check(&"ü".repeat(513), Err(TextError::TooLong { limit: 1024 }));
}

#[test]
fn refuses_what_is_not_seen() {
    for unseen in [
        '\0',
        '\t',
        '\n',
        '\r',
        '\u{1b}',
        '\u{7f}',
        '\u{85}',
        '\u{9b}',
        '\u{ad}',
        '\u{200b}',
        '\u{200d}',
        '\u{200e}',
        '\u{2028}',
        '\u{2029}',
        '\u{202a}',
        '\u{202e}',
        '\u{2060}',
        '\u{2066}',
        '\u{2069}',
        '\u{3164}',
        '\u{feff}',
        '\u{fffb}',
        '\u{e0041}',
    ] {
        check(&format!("aü{unseen}b"), Err(TextError::Invisible { position: 3 }));
    }
}

#[test]
fn refuses_a_password_however_it_is_parted() {
    password(PASSWORD);
    for separator in [
        "",
        " ",
        ".",
        ", ",
        " - ",
        "\u{2013}",
        "\u{a0}\u{a0}",
        " | ",
        "…",
        " und dann ",
        ",\"",
        " x7 ",
    ] {
        password(&PASSWORD.replace('-', separator));
    }
    password(&format!("The password was {PASSWORD}, thanks"));
    password(&format!("Ticket4711{PASSWORD}4711"));
    password("1 002816   2 008470   3 014124   4 019778");
    password("group 1: 002816, group 2: 008470, group 3: 014124, group 4: 019778");
    password("002816 and group 2 is 008470 and group 3 is 014124 and group 4 is 019778");
    password("002816008470 014124019778");
    password("002816 008470014124019778");
    password(&"1".repeat(24));
    password(&"1".repeat(31));
    // One group misheard leaves four in a row on one side of it.
    password("002816-008470-014124-1977-025432-031086-036740-042394");
    password("002816-008470-014124-019778");
    password("tickets 100001, 100002, 100003, 100004");
}

#[test]
fn refuses_digits_of_other_scripts() {
    for zero in ['\u{660}', '\u{966}', '\u{ff10}', '\u{1d7ce}'] {
        let digit = |digit: char| {
            digit
                .to_digit(10)
                .and_then(|digit| char::from_u32(u32::from(zero) + digit))
        };
        password(&PASSWORD.chars().map(|c| digit(c).unwrap_or('-')).collect::<String>());
    }
}

#[test]
fn refuses_digits_read_aloud() {
    let apart = |each: usize, between: &str| {
        let digits = PASSWORD.replace('-', "").into_bytes();
        let pieces: Vec<&str> = digits
            .chunks(each)
            .map(|piece| str::from_utf8(piece).unwrap())
            .collect();
        pieces.join(between)
    };
    password(&apart(1, " "));
    password(&apart(2, "-"));
    password(&apart(3, " "));
    password(&apart(3, " - "));
    password(&apart(6, " "));
}

#[test]
fn takes_numbers_that_are_no_password() {
    pass("081f6236-98b8-4ff7-b769-3c1b86b69533");
    pass("{12345678-1234-1234-1234-123456789012} and {98765432-4321-4321-4321-210987654321}");
    pass("from 2026-11-22T02:00:00.000Z to 2026-11-23T02:00:00.000Z");
    pass("20261122T020000Z 20261123T020000Z 20261124T020000Z 20261125T020000Z");
    pass("+49 30 123456, +49 151 23456789, (030) 654321, 0151 123456, 0152 123456, 0153 123456");
    pass("192.168.100.200 192.168.100.201 192.168.100.202");
    pass("22.11.26 23.11.26 24.11.26 25.11.26 26.11.26");
    pass("DE89 3704 0044 0532 0130 00 and DE89370400440532013000");
    pass("1732240000000 1732240000001 1732240000002");
    pass("tickets 100001, 100002 and 100003");
    password("002816-008470-014124");
    pass("100001 was closed a long while ago, 100002 was closed a long while ago, 100003 too, see also: 100004 open");
    pass("10115 Berlin, 10117 Berlin, 10119 Berlin, 10178 Berlin, 10179 Berlin");
    // Single digits, with words between or in rows of another kind.
    pass("3 of 4 and ".repeat(40).trim_end());
    pass("7 77 777 ".repeat(20).trim_end());
    pass("sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/// A text with both is not told of the character alone: that would have it repeated, but for the character.
#[test]
fn a_password_is_found_before_what_is_not_seen() {
    for unseen in ["\u{202a}", "\u{200b}", "\u{feff}", "\n", "\u{1b}"] {
        password(&format!("{unseen}{PASSWORD}"));
        password(&PASSWORD.replace('-', unseen));
    }
}

/// Older programs wrote what is refused today, and their logs are read for ever; what none wrote is forged.
#[test]
fn what_a_log_holds_is_read_whatever_is_refused_today() {
    for text in [
        "002816-008470-014124",
        "①002816②008470③014124④019778",
        "PC\u{fe0f} 0028 1600 8470 0141 2401 9778",
    ] {
        assert_eq!(text.parse::<LogText>(), Err(TextError::Password));
        assert_eq!(LogText::kept(text).unwrap().as_str(), text);
        assert_eq!(
            serde_json::from_str::<LogText>(&format!("\"{text}\""))
                .unwrap()
                .as_str(),
            text
        );
    }
    assert_eq!(LogText::kept(PASSWORD), Err(TextError::Password));
    assert_eq!(LogText::kept("a\u{202e}"), Err(TextError::Invisible { position: 2 }));
    let error = serde_json::from_str::<LogText>(&format!("\"{PASSWORD}\"")).unwrap_err();
    assert!(!error.to_string().contains("002816"), "{error}");
}

#[test]
fn an_error_never_repeats_the_text() {
    for text in [PASSWORD.to_owned(), format!("{PASSWORD}\n1"), PASSWORD.repeat(20)] {
        let error = text.parse::<LogText>().unwrap_err();
        for said in [error.to_string(), format!("{error:?}")] {
            assert!(!PASSWORD.split('-').any(|group| said.contains(group)), "{said}");
        }
    }
}

#[test]
fn json_is_a_string_that_is_checked() {
    let text: LogText = serde_json::from_str("\"INC0012345\"").unwrap();
    assert_eq!(serde_json::to_string(&text).unwrap(), "\"INC0012345\"");
}

proptest! {
    #[test]
    fn no_password_passes(
        bytes: [u8; 16],
        separator in "[^\\pN\\pC]{0,16}",
        before in "[^\\pN\\pC]{0,200}",
        first in 0..5_usize,
    ) {
        let password = RecoveryPassword::from_bytes(Secret::from_fn(|secret| *secret = bytes));
        let groups = password.groups();
        let half: Vec<&str> = groups.iter().skip(first).take(4).map(|group| group.as_str()).collect();
        let text = before + &half.join(&separator);
        prop_assert!(text.parse::<LogText>().is_err());
    }

    #[test]
    fn what_passes_passes_again(text in "\\PC{0,300}") {
        if let Ok(text) = text.parse::<LogText>() {
            prop_assert!(text.as_str().parse::<LogText>() == Ok(text.clone()));
        }
    }
}
