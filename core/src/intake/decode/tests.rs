use proptest::prop_assert_eq;
use proptest::proptest;

use super::*;

#[track_caller]
fn check(bytes: &[u8], text: &str) {
    assert_eq!(decode(bytes, None).as_str(), text);
}

fn utf_16le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn utf_16be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

#[test]
fn follows_the_mark() {
    check(b"\xef\xbb\xbfa\xc3\xbc", "a\u{fc}");
    check(b"\xff\xfea\0", "a");
    check(b"\xfe\xff\0a", "a");
    // A mark of UTF-8 before what is none.
    check(b"\xef\xbb\xbfa\xfc1", "a\u{fffd}1");
}

#[test]
fn knows_utf_16_by_its_nuls() {
    for text in ["key: 1", "\u{30ad}\u{30fc}: 1", "title\0\nkey"] {
        check(&utf_16le(text), text);
        check(&utf_16be(text), text);
    }
}

#[test]
fn a_few_nuls_are_no_sign() {
    let text = "BitLocker\0\n\n\0The recovery key is 002816\n\n\0";
    check(text.as_bytes(), text);
    check(b"a\0", "a");
}

#[test]
fn what_cannot_be_decoded_is_replaced() {
    check(b"K\xfcche 002816", "K\u{fffd}che 002816");
    check(b"\x83\x4c\x81: 1", "\u{fffd}L\u{fffd}: 1");
    check(
        b"\x89\xf1\x95\x9c\x83\x4c\x81\x5b: 1",
        "\u{56de}\u{5fa9}\u{30ad}\u{30fc}: 1",
    );
    check(b"\xff\xfe\x00\xd8a\0", "\u{fffd}a");
    check(b"\xff\xfea\0b", "a\u{fffd}");
}

#[test]
fn lines_in_a_code_page_are_among_those_in_utf_8() {
    let page = "windows-1252".parse().ok();
    let bytes = b"K\xfcche\r\nK\xc3\xbcche\r\nK\xfcche\r";
    assert_eq!(decode(bytes, page).as_str(), "K\u{fc}che\nK\u{fc}che\nK\u{fc}che\n");
    // A line is decoded piece by piece, and its end may stand between two.
    for len in [SAMPLE - 1, SAMPLE, SAMPLE + 1] {
        let mut long = vec![0xfc; len];
        long.extend(b"\r\nb");
        assert_eq!(*decode(&long, page), "\u{fc}".repeat(len) + "\nb");
    }
    let exact = decode(bytes, page);
    assert_eq!(exact.capacity(), exact.len());
}

#[test]
fn line_ends_become_one() {
    check(b"a\r\nb\rc\nd\r\r\ne\n\rf", "a\nb\nc\nd\n\ne\n\nf");
    check(&utf_16le("a\r\nb"), "a\nb");
}

#[test]
fn nothing_is_nothing() {
    for bytes in [b"".as_slice(), b"\xff\xfe", b"\xef\xbb\xbf"] {
        check(bytes, "");
    }
}

proptest! {
    #[test]
    fn every_encoding_gives_the_same(text in "[a-z0-9 {}:,\u{e4}\u{416}\u{30ad}\u{1f511}]{0,60}") {
        let text = format!("key {text}");
        let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
        for bytes in [
            text.as_bytes().to_vec(),
            marked(b"\xef\xbb\xbf", text.as_bytes().to_vec()),
            marked(b"\xff\xfe", utf_16le(&text)),
            marked(b"\xfe\xff", utf_16be(&text)),
        ] {
            let decoded = decode(&bytes, None);
            prop_assert_eq!(decoded.as_str(), &text);
            prop_assert_eq!(decoded.capacity(), text.len());
        }
    }
}
