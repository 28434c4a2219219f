use super::*;

#[track_caller]
fn check(login: Option<&str>, effective: &str, shown: &str, json: &str) {
    check_claim(login, effective, None, shown, json);
}

#[track_caller]
fn check_claim(login: Option<&str>, effective: &str, claimed: Option<&str>, shown: &str, json: &str) {
    let operator = Operator {
        login: login.map(|name| name.parse().unwrap()),
        effective: effective.parse().unwrap(),
        claimed: claimed.map(|name| name.parse().unwrap()),
    };
    assert_eq!(operator.to_string(), shown);
    assert_eq!(serde_json::to_string(&operator).unwrap(), json);
    assert_eq!(serde_json::from_str::<Operator>(json).unwrap(), operator);
}

#[test]
fn shows_who_logged_in() {
    check(Some("ana"), "root", "ana", r#"{"login":"ana","effective":"root"}"#);
    check(
        None,
        "strongroom",
        "strongroom",
        r#"{"login":null,"effective":"strongroom"}"#,
    );
}

#[test]
fn refuses_a_name_that_forges_a_line() {
    assert!(serde_json::from_str::<Operator>(r#"{"login":null,"effective":"ana\nroot"}"#).is_err());
    assert!(serde_json::from_str::<Operator>(r#"{"login":null,"effective":""}"#).is_err());
    assert!(serde_json::from_str::<Operator>(r#"{"effective":"ana","uid":0}"#).is_err());
}

#[test]
fn a_claim_is_shown_as_one_and_names_nobody() {
    check_claim(
        None,
        "strongroom",
        Some("bob"),
        "strongroom (claims bob)",
        r#"{"login":null,"effective":"strongroom","claimed":"bob"}"#,
    );
    let operator: Operator =
        serde_json::from_str(r#"{"login":null,"effective":"strongroom","claimed":"bob; sudo: ana"}"#).unwrap();
    assert_eq!(operator.principal().as_str(), "strongroom");
    assert_eq!(operator.to_string(), "strongroom (claims bob; sudo: ana)");
}

#[test]
fn a_claim_proves_no_difference() {
    for (one, other, same) in [
        ("ana", "ana", true),
        ("ana", "bob", false),
        ("ana", "strongroom", false),
        ("strongroom (claims bob)", "ana", true),
        ("ana", "strongroom (claims bob)", true),
        ("strongroom (claims bob)", "strongroom (claims cleo)", true),
        ("claims", "(claims", false),
    ] {
        assert_eq!(may_be_same_person(one, other), same, "{one}, {other}");
    }
}
