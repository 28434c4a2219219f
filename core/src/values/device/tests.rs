use super::*;

#[track_caller]
fn check(one: &str, other: &str, same: bool) {
    let (one, other): (DeviceName, DeviceName) = (one.parse().unwrap(), other.parse().unwrap());
    assert_eq!(one == other, same);
    assert_eq!(one.folded() == other.folded(), same);
}

#[test]
fn compares_without_case() {
    check("PC-0042", "pc-0042", true);
    check("PC-0042", " PC-0042 ", true);
    check("MÜNCHEN-1", "münchen-1", true);
    check("ΟΔΟΣ", "οδος", true);
    check("STRASSE", "straße", true);
    check("PC-0042", "PC-0043", false);
    check("PC-0042", "PC 0042", false);
}

#[test]
fn is_shown_as_given() {
    let name: DeviceName = "Pc-Ümlaut".parse().unwrap();
    assert_eq!(name.to_string(), "Pc-Ümlaut");
    assert_eq!(serde_json::to_string(&name).unwrap(), "\"Pc-Ümlaut\"");
    assert_eq!(
        serde_json::from_str::<DeviceName>("\"Pc-Ümlaut\"").unwrap().as_str(),
        "Pc-Ümlaut"
    );
}

#[test]
fn refuses_what_is_no_name() {
    assert_eq!("".parse::<DeviceName>(), Err(TextError::Empty));
    assert_eq!("PC\n1".parse::<DeviceName>(), Err(TextError::Invisible { position: 3 }));
    assert_eq!("1".repeat(24).parse::<DeviceName>(), Err(TextError::Password));
    assert_eq!(
        "a".repeat(256).parse::<DeviceName>(),
        Err(TextError::TooLong { limit: 255 })
    );
    assert!("a".repeat(255).parse::<DeviceName>().is_ok());
}
