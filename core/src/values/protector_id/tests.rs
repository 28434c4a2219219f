use super::*;

const TEXT: &str = "081f6236-98b8-4ff7-b769-3c1b86b69533";
const BYTES: [u8; 16] = [
    0x08, 0x1f, 0x62, 0x36, 0x98, 0xb8, 0x4f, 0xf7, 0xb7, 0x69, 0x3c, 0x1b, 0x86, 0xb6, 0x95, 0x33,
];

#[track_caller]
fn check(text: &str, expected: Result<[u8; 16], ParseGuidError>) {
    assert_eq!(text.parse::<ProtectorId>().map(|id| *id.as_bytes()), expected);
    assert_eq!(text.parse::<VolumeId>().map(|id| *id.as_bytes()), expected);
}

#[test]
fn reads_a_guid() {
    check(TEXT, Ok(BYTES));
    check(&TEXT.to_uppercase(), Ok(BYTES));
    check(&format!("{{{TEXT}}}"), Ok(BYTES));
    check(&format!("{{{}}}", TEXT.to_uppercase()), Ok(BYTES));
}

#[test]
fn refuses_all_else() {
    for text in [
        String::new(),
        TEXT.replace('-', ""),
        format!("{{{TEXT}"),
        format!("{TEXT}}}"),
        format!("({TEXT})"),
        format!(" {TEXT}"),
        format!("{TEXT}-"),
        TEXT.replacen('-', "", 1),
        TEXT.replacen("08", "0g", 1),
        TEXT.replacen("08", "\u{ff10}", 1),
        TEXT[..35].to_owned(),
        "08-1f6236-98b8-4ff7-b769-3c1b86b69533".to_owned(),
        "ABC7C7A1-9BEE-4F".to_owned(),
        "BitLocker".to_owned(),
    ] {
        check(&text, Err(ParseGuidError));
    }
}

#[test]
fn writes_lower_case_without_braces() {
    let id = ProtectorId::new(BYTES);
    assert_eq!(id.to_string(), TEXT);
    assert_eq!(format!("{id:?}"), format!("ProtectorId({TEXT})"));
    assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{TEXT}\""));
    assert_eq!(serde_json::from_str::<ProtectorId>(&format!("\"{TEXT}\"")).unwrap(), id);
}
