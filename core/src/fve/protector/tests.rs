//! Protectors of every kind, and what is left of one.

use super::*;

fn entry(kind: u16, data: &[u8]) -> Vec<u8> {
    let size = u16::try_from(8 + data.len()).unwrap();
    let head = [size, 0, kind, 1].map(u16::to_le_bytes).concat();
    [head, data.to_vec()].concat()
}

fn data(number: u16, properties: &[Vec<u8>]) -> Vec<u8> {
    let head = [[7_u8; 16].as_slice(), &[0; 10], &number.to_le_bytes()].concat();
    [head, properties.concat()].concat()
}

fn stretch_key() -> Vec<u8> {
    entry(kind::STRETCH_KEY, &[9; 20])
}

fn wrapped() -> Vec<u8> {
    entry(kind::AES_CCM, &[8; 72])
}

#[track_caller]
fn check(number: u16, kind: ProtectorKind, text: &str) {
    let protector = Protector::parse(&data(number, &[stretch_key(), wrapped()])).unwrap();
    assert_eq!(protector.kind, kind);
    assert_eq!(protector.kind.to_string(), text);
    assert_eq!(protector.can_be_tried(), kind == ProtectorKind::RecoveryPassword);
    assert_eq!(protector.id, ProtectorId::new([7; 16]));
    assert_eq!(protector.changed_at, None);
}

#[test]
fn kinds() {
    use ProtectorKind as K;
    check(0x0000, K::ClearKey, "clear key");
    check(0x0100, K::Tpm, "TPM");
    check(0x0200, K::StartupKey, "startup key");
    check(0x0300, K::TpmAndStartupKey, "TPM and startup key");
    check(0x0500, K::TpmAndPin, "TPM and PIN");
    check(0x0700, K::TpmAndPinAndStartupKey, "TPM, PIN and startup key");
    check(0x0800, K::RecoveryPassword, "recovery password");
    check(0x1000, K::PublicKey, "public key");
    check(0x2000, K::Passphrase, "passphrase");
    check(0x2040, K::Passphrase, "passphrase");
    check(0x08ff, K::RecoveryPassword, "recovery password");
    check(0x0400, K::Unknown(0x0400), "unknown kind 0x0400");
    check(0x0900, K::Unknown(0x0900), "unknown kind 0x0900");
    check(0xffff, K::Unknown(0xffff), "unknown kind 0xffff");
}

#[track_caller]
fn check_tried(properties: &[Vec<u8>], can_be: bool) {
    let protector = Protector::parse(&data(0x0800, properties)).unwrap();
    assert_eq!(protector.can_be_tried(), can_be);
}

#[test]
fn what_trying_takes() {
    let unknown = || entry(0x15, &[1; 20]);
    check_tried(&[stretch_key(), wrapped()], true);
    check_tried(&[unknown(), wrapped(), unknown(), stretch_key(), unknown()], true);
    check_tried(&[], false);
    check_tried(&[stretch_key()], false);
    check_tried(&[wrapped()], false);
    // A salt that is cut off, and wrapped keys of other sizes, are none; a later one is.
    check_tried(&[entry(kind::STRETCH_KEY, &[9; 19]), wrapped()], false);
    check_tried(&[stretch_key(), entry(kind::AES_CCM, &[8; 71])], false);
    check_tried(&[stretch_key(), entry(kind::AES_CCM, &[8; 73])], false);
    check_tried(&[stretch_key(), entry(kind::AES_CCM, &[8; 100]), wrapped()], true);
}

#[test]
fn texts_beside_it() {
    let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let properties = [
        entry(kind::HINT, &utf_16("the dog")),
        entry(kind::TEXT, &utf_16("DiskPassword\0")),
        entry(kind::TEXT, &utf_16("another")),
    ];
    let protector = Protector::parse(&data(0x2000, &properties)).unwrap();
    assert_eq!(protector.label.as_ref().map(LogText::as_str), Some("DiskPassword"));
    assert_eq!(protector.hint.as_ref().map(LogText::as_str), Some("the dog"));
    // A password in a hint is kept nowhere.
    let properties = [entry(kind::HINT, &utf_16(&"000011-".repeat(8)))];
    let protector = Protector::parse(&data(0x2000, &properties)).unwrap();
    assert!(protector.hint.is_none());
}

#[test]
fn one_that_is_cut_off_is_none() {
    let whole = data(0x0800, &[stretch_key(), wrapped()]);
    for len in 0..whole.len() {
        let protector = Protector::parse(&whole[..len]);
        assert_eq!(protector.is_some(), len >= 28, "{len} bytes");
        assert!(
            !protector.is_some_and(|protector| protector.can_be_tried()),
            "{len} bytes"
        );
    }
}
