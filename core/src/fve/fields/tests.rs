//! Fields as Windows writes them.

use super::*;
use crate::values::ProtectorId;

#[test]
fn a_guid_is_in_the_order_of_its_text() {
    let bytes: Vec<u8> = (0..16).collect();
    let guid = ProtectorId::new(Fields::of(&bytes).guid().unwrap());
    assert_eq!(guid.to_string(), "03020100-0504-0706-0809-0a0b0c0d0e0f");
    assert!(Fields::of(&bytes[1..]).guid().is_none());
}

#[test]
fn numbers_end_where_the_bytes_do() {
    let mut fields = Fields::of(&[1, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 9]);
    assert_eq!((fields.u16(), fields.u32(), fields.u64()), (Some(1), Some(2), Some(3)));
    assert_eq!((fields.u16(), fields.rest()), (None, [9].as_slice()));
    assert!(Fields::at(&[1, 2], 3).rest().is_empty());
}

#[track_caller]
fn check_time(filetime: u64, expected: Option<&str>) {
    let bytes = filetime.to_le_bytes();
    let time = Fields::of(&bytes).time().expect("the field is there");
    assert_eq!(time.map(|time| time.to_string()).as_deref(), expected);
}

#[test]
fn times() {
    check_time(0, None);
    check_time(116_444_736_000_000_000, Some("1970-01-01T00:00:00.000Z"));
    // As `bdeinfo` shows it of a volume: Jul 04, 2019 07:01:55.156235200.
    check_time(0x01d5_3236_5d42_8a70 & !0xff, Some("2019-07-04T07:01:55.156Z"));
    check_time(9_999, Some("1601-01-01T00:00:00.000Z"));
    check_time(u64::MAX, None);
    assert!(Fields::of(&[0; 7]).time().is_none());
}

#[track_caller]
fn check_text(utf_16: &[u16], expected: Option<&str>) {
    let bytes: Vec<u8> = utf_16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    assert_eq!(text(&bytes).as_ref().map(LogText::as_str), expected);
    let odd = [bytes.as_slice(), &[0x41]].concat();
    assert_eq!(
        text(&odd).as_ref().map(LogText::as_str),
        expected,
        "half a unit is none"
    );
}

#[test]
fn texts() {
    let utf_16 = |text: &str| text.encode_utf16().collect::<Vec<_>>();
    check_text(&utf_16("DESKTOP C: 7/4/2019\0"), Some("DESKTOP C: 7/4/2019"));
    check_text(&utf_16("ボリューム 🔒"), Some("ボリューム 🔒"));
    check_text(&utf_16("before\0behind"), Some("before"));
    check_text(&[], None);
    check_text(&[0], None);
    check_text(&[0xd800, 0x41], Some("\u{fffd}A"));
    check_text(&utf_16("a\u{1b}[2Jb"), None);
    check_text(&utf_16("a\u{202e}b"), None);
    check_text(&utf_16(&"000011-".repeat(8)), None);
    check_text(&utf_16(&"x".repeat(1024)), Some(&"x".repeat(1024)));
    check_text(&utf_16(&"x".repeat(1025)), None);
    check_text(&utf_16(&"x".repeat(30_000)), None);
}
