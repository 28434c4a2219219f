use proptest::prelude::*;
use serde_json::Value;
use serde_json::json;

use super::*;
use crate::state::EscrowRecord;
use crate::state::tests::exposed;
use crate::state::tests::held;

fn text() -> String {
    String::from_utf8(canonical(&held(1, Some(2)))).unwrap()
}

#[track_caller]
fn check(text: &str, refused: impl Fn(&CanonicalError) -> bool) {
    let err = from_canonical::<EscrowRecord>(text.as_bytes()).unwrap_err();
    assert!(refused(&err), "{text}: {err:?}");
}

#[test]
fn what_is_written_is_read() {
    for record in [held(1, Some(2)), held(1, None), exposed(3, None, 5)] {
        let text = canonical(&record);
        assert_eq!(from_canonical::<EscrowRecord>(&text).unwrap(), record);
    }
}

#[test]
fn keys_are_sorted_and_nothing_is_between() {
    assert_eq!(
        text(),
        concat!(
            r#"{"created_at":"1970-01-01T00:00:02.000Z","#,
            r#""envelope":"0101010101010101010101010101010101010101010101010101010101010101","#,
            r#""escrow":"01010101010101010101010101010101","escrowed_at":"1970-01-01T00:00:01.000Z","#,
            r#""escrowed_by":"eve","#,
            r#""protector":"01010101-0101-0101-0101-010101010101","source":"escrow","state":"current"}"#
        )
    );
}

#[test]
fn a_mark_stands_there_if_it_is_set() {
    let marked = EscrowRecord {
        conflict: true,
        unconfirmed: true,
        ..held(1, None)
    };
    let text = String::from_utf8(canonical(&marked)).unwrap();
    assert!(
        text.contains(r#""conflict":true"#) && text.contains(r#""unconfirmed":true"#),
        "{text}"
    );
    assert_eq!(from_canonical::<EscrowRecord>(text.as_bytes()).unwrap(), marked);
}

#[test]
fn another_way_of_writing_it_is_refused() {
    let not_canonical = |err: &CanonicalError| matches!(err, CanonicalError::NotCanonical);
    let good = text();
    check(&good.replacen(':', ": ", 1), not_canonical);
    check(&format!("{good}\n"), not_canonical);
    check(&format!(" {good}"), not_canonical);
    check(
        &good.replace("escrow\",\"state", "\\u0065scrow\",\"state"),
        not_canonical,
    );
    check(
        &good.replace("\"current\"}", "\"current\",\"conflict\":false}"),
        not_canonical,
    );
    check(
        &good.replace("\"current\"}", "\"current\",\"superseded_by\":null}"),
        not_canonical,
    );
    check(&good.replace(".000Z", "Z"), not_canonical);
    check(&good.replace("00:00:02.000Z", "00:00:02.000+00:00"), not_canonical);
    check(
        &good
            .replace("01010101-0101", "{01010101-0101")
            .replace("0101\",\"source", "0101}\",\"source"),
        not_canonical,
    );
    let (first, rest) = good[1..good.len() - 1].split_once(',').unwrap();
    check(&format!("{{{rest},{first}}}"), not_canonical);
}

#[test]
fn another_value_is_refused() {
    let json = |err: &CanonicalError| matches!(err, CanonicalError::Json(_));
    let good = text();
    check("", json);
    check("null", json);
    check(&good[..good.len() - 1], json);
    check(&format!("{good}{good}"), json);
    check(&good.replace("\"current\"}", "\"current\",\"mark\":true}"), json);
    check(
        &good.replace("\"current\"}", "\"current\",\"state\":\"current\"}"),
        json,
    );
    check(&good.replace("\"current\"", "\"gone\""), json);
    check(&good.replace("\"current\"", "1.0"), json);
}

#[test]
fn the_first_field_that_differs_is_named() {
    let difference = |one, other| first_difference(&one, &other);
    let record = || json!({"a": 1, "b": {"c": [2]}});
    assert_eq!(difference(record(), record()), None);
    assert_eq!(
        difference(record(), json!({"a": 1, "b": {"c": [3]}})),
        Some("b".to_owned())
    );
    // It stands in one of them only.
    assert_eq!(difference(record(), json!({"a": 1})), Some("b".to_owned()));
    assert_eq!(difference(json!({"a": 1}), record()), Some("b".to_owned()));
    assert_eq!(difference(json!(1), json!(2)), None, "no records");
}

/// An object whose members stand in the order given, and what else JSON has.
#[derive(Clone, Debug)]
enum Json {
    Object(Vec<(&'static str, Self)>),
    List(Vec<Self>),
    Plain(Value),
}

impl Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Object(members) => serializer.collect_map(members.iter().map(|(key, value)| (key, value))),
            Self::List(values) => serializer.collect_seq(values),
            Self::Plain(value) => value.serialize(serializer),
        }
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    let plain = vec![
        Value::Null,
        json!(true),
        json!(-17),
        json!(u64::MAX),
        json!(""),
        json!("ü\u{2028}"),
        json!("\u{1}\n"),
        json!(r#"\\"}{,:[]"#),
        json!(r#"{"x":1,"a":2}"#),
    ];
    let plain = prop::sample::select(plain);
    plain.prop_map(Json::Plain).prop_recursive(5, 40, 6, |inner| {
        let keys = Just(vec!["a", "ab", "b", "z", "_", "B", "a_b"]).prop_shuffle();
        let members = prop::collection::vec(inner.clone(), 0..6);
        let object = (keys, members).prop_map(|(keys, values)| Json::Object(keys.into_iter().zip(values).collect()));
        prop_oneof![object, prop::collection::vec(inner, 0..4).prop_map(Json::List)]
    })
}

proptest! {
    /// As a `serde_json::Value` has it, which keeps its keys in a sorted map.
    #[test]
    fn keys_are_sorted_and_nothing_else_changes(json in any_json()) {
        let value = serde_json::to_value(&json).unwrap();
        let text = canonical(&json);
        prop_assert_eq!(String::from_utf8_lossy(&text), serde_json::to_string(&value).unwrap());
        prop_assert_eq!(canonical_len(&json), text.len());
    }
}
