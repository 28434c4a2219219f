use super::*;

const TEXT: &str = "081f6236-98b8-4ff7-b769-3c1b86b69533";

/// `expected` is the prefix as written back.
#[track_caller]
fn check(text: &str, expected: Option<&str>) {
    let prefix = text.parse::<KeyIdPrefix>();
    assert_eq!(
        prefix.map(|prefix| prefix.to_string()),
        expected.map(str::to_owned).ok_or(ParseKeyIdPrefixError { min: 8 })
    );
    if let Ok(prefix) = prefix {
        assert!(prefix.matches(&TEXT.parse().unwrap()));
    }
}

#[test]
fn reads_the_beginning_of_a_guid() {
    check("081F6236", Some("081f6236"));
    check("081f6236-", Some("081f6236"));
    check("{081f6236", Some("081f6236"));
    check("{081f6236}", Some("081f6236"));
    check("081F6236-98B8-4F", Some("081f6236-98b8-4f"));
    check("081f623698b84ff7", Some("081f6236-98b8-4ff7"));
    check("081f6236-98b84ff7b", Some("081f6236-98b8-4ff7-b"));
    check(TEXT, Some(TEXT));
    check(&TEXT.replace('-', ""), Some(TEXT));
    check(&format!("{{{TEXT}}}"), Some(TEXT));
}

#[test]
fn refuses_all_else() {
    for text in [
        "",
        "081f623",
        "081f-6236",
        "-081f6236",
        "081f6236--98b8",
        "081f6236}",
        "081f623g",
        " 081f6236",
        "{}",
        "081f6236 98b8",
        "\u{ff10}81f6236a",
    ] {
        check(text, None);
    }
    check(&format!("{TEXT}0"), None);
    check(&format!("{TEXT}-"), None);
}

#[test]
fn stands_for_every_id_that_begins_so() {
    let prefix: KeyIdPrefix = "081f6236-9".parse().unwrap();
    let (lowest, highest) = prefix.range();
    assert_eq!(
        ProtectorId::new(lowest).to_string(),
        "081f6236-9000-0000-0000-000000000000"
    );
    assert_eq!(
        ProtectorId::new(highest).to_string(),
        "081f6236-9fff-ffff-ffff-ffffffffffff"
    );
    for (id, expected) in [
        ("081f6236-8fff-ffff-ffff-ffffffffffff", false),
        ("081f6236-9000-0000-0000-000000000000", true),
        ("081f6236-9fff-ffff-ffff-ffffffffffff", true),
        ("081f6236-a000-0000-0000-000000000000", false),
    ] {
        assert_eq!(prefix.matches(&id.parse().unwrap()), expected, "{id}");
    }
}

#[test]
fn zeros_are_digits() {
    let prefix: KeyIdPrefix = "00000000".parse().unwrap();
    assert!(prefix.matches(&"00000000-0000-0000-0000-000000000001".parse().unwrap()));
    assert!(!prefix.matches(&"00000001-0000-0000-0000-000000000000".parse().unwrap()));
}

#[test]
fn the_fewest_digits_are_a_choice() {
    assert!("081f".parse::<KeyIdPrefix<4>>().is_ok());
    let error = "081".parse::<KeyIdPrefix<4>>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "a key ID is 4 or more hexadecimal digits of a protector ID, from its beginning"
    );
}
