use proptest::prelude::any;
use proptest::prop_assert;
use proptest::prop_assert_eq;
use proptest::proptest;

use super::*;

use ParseRecoveryPasswordError as E;

/// Made of the bytes 00 01 02 … 0f.
const GOOD: &str = "002816-008470-014124-019778-025432-031086-036740-042394";
const BYTES: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

#[track_caller]
fn check(text: &str, expected: Result<[u8; 16], ParseRecoveryPasswordError>) {
    let parsed = RecoveryPassword::parse(text);
    assert_eq!(parsed.map(|password| *password.expose()), expected);
}

#[test]
fn reads_the_forms_that_windows_takes() {
    check(GOOD, Ok(BYTES));
    check(&GOOD.replace('-', " "), Ok(BYTES));
    check(&GOOD.replace('-', ""), Ok(BYTES));
    check(&"000000".repeat(8), Ok([0; 16]));
    check(&["720885"; 8].join("-"), Ok([0xff; 16]));
}

#[test]
fn leaves_out_what_stands_around() {
    for around in ["\u{feff}", "\0", "\u{a0}", "\t", "\r\n", " ", "\u{feff}\t \0\r\n"] {
        check(&format!("{around}{GOOD}{around}"), Ok(BYTES));
    }
}

#[test]
fn refuses_another_shape() {
    check("", Err(E::Shape(ShapeFault::Empty)));
    check("\u{feff} \0\r\n", Err(E::Shape(ShapeFault::Empty)));
    check(&GOOD[7..], Err(E::Shape(ShapeFault::Groups { found: 7 })));
    check(
        &format!("{GOOD}-000000"),
        Err(E::Shape(ShapeFault::Groups { found: 9 })),
    );
    check(&format!("-{GOOD}"), Err(E::Shape(ShapeFault::Groups { found: 9 })));
    check(
        &GOOD.replace('-', "--"),
        Err(E::Shape(ShapeFault::Groups { found: 15 })),
    );
    check(&GOOD.replace('-', "\t"), Err(E::Shape(ShapeFault::Characters)));
    check(&GOOD.replace('-', "\u{2013}"), Err(E::Shape(ShapeFault::Characters)));
    check(&GOOD.replace('-', "\u{a0}"), Err(E::Shape(ShapeFault::Characters)));
    check(&GOOD.replacen('-', " ", 1), Err(E::Shape(ShapeFault::MixedSeparators)));
    check(&GOOD.replace('-', " - "), Err(E::Shape(ShapeFault::MixedSeparators)));
    check(&"0".repeat(47), Err(E::Shape(ShapeFault::Length { found: 47 })));
    check(&"0".repeat(49), Err(E::Shape(ShapeFault::Length { found: 49 })));
}

#[test]
fn refuses_what_some_programs_take() {
    // cryptsetup 2.6.1 takes aliases, blanks and signs, bdeinfo 20190102 short groups, others fullwidth digits.
    check(&GOOD.replace("002816", "723712"), Err(E::Range { group: 1 })); // an alias: 002816 + 720896
    check(&GOOD.replace("002816", " 02816"), Err(E::Digits { group: 1 }));
    check(
        &GOOD.replace("008470", " 08470"),
        Err(E::Shape(ShapeFault::MixedSeparators)),
    );
    check(&GOOD.replace("008470", "+08470"), Err(E::Digits { group: 2 }));
    check(&GOOD.replace("008470", "8470"), Err(E::Digits { group: 2 }));
    check(&GOOD.replace("008470", "008471"), Err(E::Checksum { group: 2 }));
    check(&GOOD.replace("008470", "\u{ff10}08470"), Err(E::Digits { group: 2 }));
    check(
        &GOOD.replace('-', "").replace('9', "\u{ff19}"),
        Err(E::Digits { group: 4 }),
    );
    check(&GOOD.replace("042394", "04239O"), Err(E::Digits { group: 8 }));
}

#[test]
fn an_error_says_where_and_never_what() {
    for (error, said) in [
        (E::Checksum { group: 4 }, "group 4 fails its checksum"),
        (E::Digits { group: 1 }, "group 1 is not six digits"),
        (E::Range { group: 8 }, "group 8 is greater than 720885"),
        (ShapeFault::Groups { found: 7 }.into(), "it has 7 groups, not eight"),
        (ShapeFault::Length { found: 47 }.into(), "it has 47 digits, not 48"),
    ] {
        assert_eq!(error.to_string(), said);
    }
}

#[test]
fn writes_the_canonical_text_in_one_allocation() {
    let password = RecoveryPassword::from_bytes(Secret::from_fn(|bytes| *bytes = BYTES));
    let text = password.to_text();
    assert_eq!(text.as_str(), GOOD);
    assert_eq!(text.capacity(), GOOD.len());
    let groups = password.groups();
    assert!(groups.iter().map(|group| group.as_str()).eq(GOOD.split('-')));
}

/// All 1,000,000 strings: 65,536 are good, each for one word; 25,374 multiples of 11 are out of range; and the check
/// digit says nothing that the multiple of 11 does not.
#[test]
fn the_rule_of_a_group() {
    let (mut good, mut out_of_range) = (0_u32, 0_u32);
    for value in 0..1_000_000_u32 {
        let text = format!("{value:06}");
        let x: Vec<u32> = text.bytes().map(|digit| u32::from(digit - b'0')).collect();
        // 22 is a multiple of 11 that keeps the difference from going below zero.
        let check_digit = (x[0] + x[2] + x[4] + 22 - x[1] - x[3]) % 11;
        assert_eq!(check_digit == x[5], value % 11 == 0, "{text}");
        match parse_group(&text) {
            Ok(word) => {
                assert_eq!(u32::from(word), good, "good groups ascend by one word");
                assert_eq!(group_text(word).as_str(), text);
                good += 1;
            }
            Err(GroupFault::Checksum) => assert_ne!(value % 11, 0),
            Err(GroupFault::Range) => {
                assert!(value.is_multiple_of(11) && value > 720_885);
                out_of_range += 1;
            }
            Err(GroupFault::Digits) => panic!("{text} is six digits"),
        }
    }
    assert_eq!((good, out_of_range), (65_536, 25_374));
}

/// Why a correction is worth offering: no one-digit slip and no swap inside a group goes unseen.
#[test]
fn one_digit_or_a_swap_is_always_found() {
    #[track_caller]
    fn check(good: &str, change: impl Fn(&mut [u8])) {
        let mut bad = [0; 6];
        bad.copy_from_slice(good.as_bytes());
        change(&mut bad);
        let bad = str::from_utf8(&bad).unwrap();
        assert_eq!(parse_group(bad).is_ok(), bad == good, "{good} as {bad}");
    }
    for word in 0..=u16::MAX {
        let good = group_text(word);
        for place in 0..6 {
            for digit in b'0'..=b'9' {
                check(&good, |bad| bad[place] = digit);
            }
            check(&good, |bad| bad.swap(place.saturating_sub(1), place));
        }
    }
}

proptest! {
    #[test]
    fn every_16_bytes_have_one_text(bytes: [u8; 16], other: [u8; 16]) {
        let password = RecoveryPassword::from_bytes(Secret::from_fn(|secret| *secret = bytes));
        let text = password.to_text();
        prop_assert_eq!(text.len(), TEXT_LEN);
        for written in [text.to_string(), text.replace('-', " "), text.replace('-', "")] {
            let read = RecoveryPassword::parse(&written).unwrap();
            prop_assert!(read.same_as(&password));
            let again = read.to_text();
            prop_assert_eq!(again.as_str(), text.as_str());
        }
        let other = RecoveryPassword::from_bytes(Secret::from_fn(|secret| *secret = other));
        prop_assert_eq!(password.same_as(&other), password.expose() == other.expose());
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        if let Ok(password) = RecoveryPassword::parse(&text) {
            prop_assert!(RecoveryPassword::parse(&password.to_text()).is_ok());
        }
    }
}
