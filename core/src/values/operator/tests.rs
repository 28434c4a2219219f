use super::*;

#[track_caller]
fn check(login: Option<&str>, effective: &str, shown: &str, json: &str) {
    let operator = Operator {
        login: login.map(|name| name.parse().unwrap()),
        effective: effective.parse().unwrap(),
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
