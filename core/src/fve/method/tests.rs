//! Numbers and what they mean.

use super::*;

#[track_caller]
fn check(number: u16, method: EncryptionMethod, text: &str) {
    assert_eq!(EncryptionMethod::from(number), method);
    assert_eq!(method.to_string(), text);
}

#[test]
fn methods() {
    use EncryptionMethod as M;
    check(0, M::None, "none");
    check(0x8000, M::AesCbc128Diffuser, "AES-CBC 128-bit with diffuser");
    check(0x8001, M::AesCbc256Diffuser, "AES-CBC 256-bit with diffuser");
    check(0x8002, M::AesCbc128, "AES-CBC 128-bit");
    check(0x8003, M::AesCbc256, "AES-CBC 256-bit");
    check(0x8004, M::AesXts128, "AES-XTS 128-bit");
    check(0x8005, M::AesXts256, "AES-XTS 256-bit");
    check(0x8006, M::Unknown(0x8006), "unknown method 0x8006");
    check(1, M::Unknown(1), "unknown method 0x0001");
}

#[track_caller]
fn check_state(state: u16, next: u16, conversion: Conversion, text: &str) {
    assert_eq!(Conversion::of(state, next), conversion);
    assert_eq!(conversion.to_string(), text);
}

#[test]
fn states() {
    use Conversion as C;
    check_state(1, 1, C::Decrypted, "decrypted");
    check_state(1, 4, C::Decrypted, "decrypted");
    check_state(2, 4, C::Encrypting, "being encrypted");
    check_state(2, 1, C::Decrypting, "being decrypted");
    check_state(3, 4, C::EncryptOnWrite, "encrypted as it is written to");
    check_state(4, 4, C::Encrypted, "encrypted");
    check_state(4, 1, C::Encrypted, "encrypted");
    check_state(5, 4, C::EncryptionPaused, "encryption paused");
    check_state(5, 1, C::DecryptionPaused, "decryption paused");
    check_state(2, 2, C::Unknown { state: 2, next: 2 }, "unknown state 2, to become 2");
    check_state(0, 0, C::Unknown { state: 0, next: 0 }, "unknown state 0, to become 0");
    check_state(6, 4, C::Unknown { state: 6, next: 4 }, "unknown state 6, to become 4");
}
