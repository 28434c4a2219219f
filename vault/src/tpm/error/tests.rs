use tss_esapi::constants::response_code::Tss2ResponseCode;

use crate::tpm::error::Answer;
use crate::tpm::error::Failure;

#[track_caller]
fn check(code: u32, expected: Answer) {
    let error = tss_esapi::Error::Tss2Error(Tss2ResponseCode::from(code));
    let failure = Failure::new("simulator", "TPM2_Unseal", error);
    assert_eq!(failure.code, code, "the code is read back whole");
    assert_eq!(failure.answer(), expected, "code {code:#x}");
}

#[test]
fn codes_of_the_tpm() {
    check(0x98e, Answer::AuthorisationFails { counted: true });
    check(0x9a2, Answer::AuthorisationFails { counted: false });
    check(0x99d, Answer::PolicyFails);
    check(0x1df, Answer::IntegrityFails);
    check(0x18b, Answer::HandleUnknown);
    check(0x185, Answer::HierarchyOff);
    check(0x128, Answer::PcrsMoved);
    check(0x14a, Answer::NvUnwritten);
    check(0x14b, Answer::NvFull);
    check(0x14c, Answer::NvDefined);
    check(0x902, Answer::SlotsTaken);
    check(0x903, Answer::SlotsTaken);
    check(0x000b_0902, Answer::SlotsTaken);
    check(0x921, Answer::Lockout);
    check(0x101, Answer::Unnamed);
}

#[test]
fn codes_that_are_answered_by_waiting() {
    for code in [0x908, 0x90a, 0x920, 0x922, 0x923] {
        check(code, Answer::NotNow);
    }
}

#[test]
fn the_layer_is_not_lost() {
    // The same number from a resource manager means the same, from the library it does not.
    check(0x000b_0922, Answer::NotNow);
    check(0x000a_000a, Answer::LinkFails);
    check(0x0007_0922, Answer::Garbled);
    check(0x0007_0007, Answer::LinkFails);
    check(0x0007_001b, Answer::Garbled);
    check(0x0008_0011, Answer::Garbled);
    check(0x0009_0006, Answer::Garbled);
    check(0x0007, Answer::Unnamed);
}

#[test]
fn the_wrapper_has_no_code() {
    let error = tss_esapi::Error::WrapperError(tss_esapi::WrapperErrorKind::InvalidParam);
    let failure = Failure::new("simulator", "TPM2_Load", error);
    assert_eq!(failure.code, u32::MAX);
    assert_eq!(failure.answer(), Answer::Garbled);
}
