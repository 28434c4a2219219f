use crate::tpm::pcr::ParsePcrSelectionError;
use crate::tpm::pcr::PcrSelection;

#[track_caller]
fn check(text: &str, expected: Result<&str, ParsePcrSelectionError>) {
    let written = text.parse::<PcrSelection>().map(|pcrs| pcrs.to_string());
    assert_eq!(written, expected.map(str::to_owned), "{text}");
}

#[test]
fn lists_of_numbers() {
    check("", Ok(""));
    check("7", Ok("7"));
    check("11,7,0", Ok("0,7,11"));
    check("7,7", Ok("7"));
    check("23", Ok("23"));
    for text in [
        "24", "-1", "+7", "07", "7,", ",7", ",", "7 ,11", "sha256:7", "7;11", "256",
    ] {
        check(text, Err(ParsePcrSelectionError));
    }
}

#[test]
fn marshalled_as_the_library_has_it() {
    let pcrs: PcrSelection = "0,7,11,16".parse().unwrap();
    assert_eq!(pcrs.to_bytes(), [0, 0, 0, 1, 0, 0x0b, 3, 0x81, 0x08, 0x01]);
    assert_eq!(PcrSelection::default().to_bytes(), [0, 0, 0, 0]);
}
