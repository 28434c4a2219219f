use proptest::prop_assert;
use proptest::proptest;

use crate::values::RecoveryPassword;
use crate::values::Secret;

use super::*;

const PASSWORD: &str = "002816-008470-014124-019778-025432-031086-036740-042394";

#[track_caller]
fn found(text: &str) {
    assert!(may_hold_password(text), "{text}");
}

/// Also where numbers in a row mean something else.
#[track_caller]
fn found_anywhere(text: &str) {
    found(text);
    assert!(holds_password(text), "{text}");
}

#[track_caller]
fn pass(text: &str) {
    assert!(!may_hold_password(text), "{text}");
}

#[test]
fn whatever_stands_between_the_groups() {
    for separator in [
        "",
        " ",
        ".",
        ", ",
        " - ",
        "/",
        "_",
        "\t",
        "\n",
        "\r\n",
        "\0",
        "\u{1b}",
        "\u{2013}",
        "\u{2011}",
        "\u{2212}",
        "\u{a0}",
        "\u{3000}",
        "\u{2007}",
        "\u{2028}",
        "\u{200b}",
        "\u{200e}",
        "\u{202a}",
        "\u{202a}\u{202c}",
        "\u{2066}",
        "\u{feff}",
        "\u{ad}",
        "\u{2060}",
        "\u{180e}",
        "\u{3164}",
        "\u{fe0f}",
        "\u{e0020}",
        "\u{301}",
        "\u{600}",
        "\u{2800}",
        " | ",
        "…",
        "\",\"",
        " x7 ",
        "&nbsp;",
        "&#8209;",
        "&#x2011;",
        "%20",
        "%E2%80%91",
        "=20",
        "\\u{202a}",
        "\\u202a",
        "\\U0000202a",
        "\\x2d",
        "\\n",
        "&#160;",
    ] {
        found_anywhere(&PASSWORD.replace('-', separator));
        found_anywhere(&PASSWORD.replacen('-', separator, 1));
        let half = PASSWORD[7..34].replace('-', separator);
        found_anywhere(&format!("he read {half} to me"));
    }
    found("\u{202a}002816\u{202c}-008470-014124-019778");
}

#[test]
fn whatever_stands_within_the_groups() {
    let digits = PASSWORD.replace('-', "");
    let apart = |each: usize, between: &str| {
        let pieces: Vec<&str> = digits
            .as_bytes()
            .chunks(each)
            .map(|piece| str::from_utf8(piece).unwrap())
            .collect();
        pieces.join(between)
    };
    for between in [
        " ",
        "-",
        ".",
        "\u{200b}",
        "\u{202a}",
        "\u{301}",
        "\u{fe0f}\u{20e3}",
        "\u{338}",
        "&#8203;",
        "%20",
        " - ",
    ] {
        for each in 1..=9 {
            found_anywhere(&apart(each, between));
        }
    }
    // Four groups, with no letter between.
    found("0028 1600 8470 0141 2401 9778");
    found("00281-60084-70014-12401-97780");
    found("000 011 000 022 000 033");
}

#[test]
fn whatever_the_digits_are() {
    let zeros = [
        0x660, 0x6f0, 0x966, 0xe50, 0x1040, 0x17e0, 0xff10, 0x104a0, 0x1d7ce, 0x1d7f6, 0x1fbf0, 0x1e950, 0x1ccf0,
    ];
    for zero in zeros {
        let other = |c: char| c.to_digit(10).map_or(c, |digit| char::from_u32(zero + digit).unwrap());
        found_anywhere(&PASSWORD.chars().map(other).collect::<String>());
        found_anywhere(&PASSWORD[..20].chars().map(other).collect::<String>());
    }
    let circled = |c: char| match c.to_digit(10) {
        None => c,
        Some(0) => '⓪',
        Some(digit) => char::from_u32(0x245f + digit).unwrap(),
    };
    found_anywhere(&PASSWORD.chars().map(circled).collect::<String>());
    let encoded: String = PASSWORD.chars().map(|c| format!("%{:02x}", u32::from(c))).collect();
    found_anywhere(&encoded);
    let encoded: String = PASSWORD.chars().map(|c| format!("&#{};", u32::from(c))).collect();
    found_anywhere(&encoded);
}

#[test]
fn three_groups_whose_checksums_hold() {
    found_anywhere("002816-008470-014124");
    found_anywhere("group 4: 002816, group 5: 008470, group 6: 014124");
    found_anywhere("002816008470 014124");
    found_anywhere("①002816②008470③014124");
    found_anywhere("002816½008470㍙014124");
    found_anywhere("002816008470014124");
    found_anywhere("it was 4002816008470014124?");
    pass("002816-008470-014125");
    pass("002816-008470");
    pass("002816008470014125");
    // 65,536 × 11
    pass("720896-720885-720885");
    found("720885-720885-720885");
    pass("000000-000000-000000");
}

/// What only looks like one is none.
#[test]
fn guids_hide_nothing() {
    found_anywhere(&format!("aaaaaaaa-2222-3333-4444-555555555555 {PASSWORD}"));
    found_anywhere(&format!("aaaaaaaa-2222-3333-4444-555555555555{PASSWORD}"));
    found_anywhere("aaaaaaaa-2222-3333-4444-55555555555 002816-008470-014124");
    found("00281600-8470-0141-2401-9778025432001");
}

#[test]
fn numbers_of_other_things() {
    for text in [
        "081f6236-98b8-4ff7-b769-3c1b86b69533",
        "{12345678-1234-1234-1234-123456789012} and {98765432-4321-4321-4321-210987654321}",
        "00000000-0000-0000-0000-000000000000 00000000-0000-0000-0000-000000000011",
        "00000000-0000-0000-c000-000000000046",
        "11111111-2222-3333-4444-555555555555",
        "aaaaaaaa-2222-3333-4444-555555555555",
        "reveal aaaaaaaa-2222-3333-4444-555555555555,11111111-2222-3333-4444-555555555555",
        "{11111111-2222-3333-4444-555555555555}{11111111-2222-3333-4444-666666666666}",
        "from 2026-11-22T02:00:00.000Z to 2026-11-23T02:00:00.000Z",
        "2026-11-22 02:00:00 +01:00, 2026-11-23 02:00:00 +01:00",
        "+49 30 123456, +49 151 23456789, (030) 654321, 0151 123456, 0152 123456, 0153 123456",
        "tel. +49 (0)89 636-00, fax +49 89 636-41000, mobile +49 171 1234567",
        "192.168.100.200 192.168.100.201 192.168.100.202",
        "00:1a:2b:3c:4d:5e 00-15-5d-01-02-03",
        "DE89 3704 0044 0532 0130 00 and DE89370400440532013000",
        "4111 1111 1111 1111",
        "1732240000000 1732240000001 1732240000002",
        "tickets 100001, 100002 and 100003",
        "INC0012345, INC0012346, CHG0040007, RITM0010023",
        "978-3-16-148410-0 and 978-0-306-40615-7",
        "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "100%20of 200%20of",
    ] {
        pass(text);
    }
}

proptest! {
    #[test]
    fn no_three_groups_pass(bytes: [u8; 16], separator in "[^\\pN\\pL%=&\\\\]{0,16}", before in "[^\\pN%=&\\\\]{0,200}", first in 0..6_usize) {
        let password = RecoveryPassword::from_bytes(Secret::from_fn(|secret| *secret = bytes));
        let groups = password.groups();
        let three: Vec<&str> = groups.iter().skip(first).take(3).map(|group| group.as_str()).collect();
        let zeros = three.iter().filter(|group| **group == "000000").count();
        prop_assert!(zeros > 1 || holds_password(&(before + &three.join(&separator))));
    }

    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,300}") {
        may_hold_password(&text);
    }

    #[test]
    fn escapes_of_every_kind_are_read(text in "[&%=\\\\#xu{};0-9a-f]{0,60}") {
        may_hold_password(&text);
    }
}
