use super::*;
use crate::log::Action;
use crate::log::CommitSummary;
use crate::log::EventBody;
use crate::log::Salt;
use crate::state::Change;
use crate::state::Rule;
use crate::state::tests::at;
use crate::state::tests::escrow;
use crate::state::tests::exposed;
use crate::state::tests::protector;
use crate::state::tests::volume;
use crate::values::Operator;

/// An event in which no field is left out.
fn event() -> Event {
    Event {
        version: 1,
        leaf: 7,
        time: at(1_000_000),
        clock_step: Some(-5),
        operator: Operator {
            login: Some("ann".parse().unwrap()),
            effective: "root".parse().unwrap(),
            claimed: None,
        },
        wrong_pins: Some(2),
        body: EventBody {
            escrow: Some(escrow(1)),
            protector: Some(protector(1)),
            device: Some("PC-1".parse().unwrap()),
            volume: Some("C:".parse().unwrap()),
            volume_id: Some("8ee25461-3cbe-4b1d-ae6a-e4e9a2c23d4f".parse().unwrap()),
            reason: Some("bios-changed".to_owned()),
            note: Some("„äöü“ \"quoted\" \\ 1/2".parse().unwrap()),
            ticket: Some("INC-1".parse().unwrap()),
            caller: Some("Bo".parse().unwrap()),
            rule: Some(Rule::Newest),
            result: Some("exposed".to_owned()),
            changes: vec![
                Change::Volume(volume([])),
                Change::Escrow {
                    volume: 1,
                    record: Box::new(exposed(1, Some(1), 2)),
                },
            ],
            ..EventBody::new(Action::Reveal)
        },
        commit: Some(CommitSummary {
            number: 3,
            state_root: Digest::new([9; 32]),
            state_size: 2,
            escrows: 1,
            exposed: 1,
            tally: None,
            first_of_day: None,
        }),
        salt: Salt::new([0xab; 16]),
    }
}

fn text() -> String {
    String::from_utf8(Leaf::encode(&event()).unwrap().as_bytes().to_vec()).unwrap()
}

#[track_caller]
fn check_refused(text: &str, canonical: bool) {
    assert_ne!(text, self::text(), "nothing was changed");
    let err = Leaf::bounded(text.as_bytes().to_vec()).unwrap().decode().unwrap_err();
    let said = matches!(err, LeafError::Canonical(CanonicalError::NotCanonical));
    assert!(
        matches!(err, LeafError::Canonical(_)) && said == canonical,
        "{text}: {err:?}"
    );
}

#[test]
fn what_is_encoded_is_decoded() {
    let bare = Event {
        clock_step: None,
        wrong_pins: None,
        commit: None,
        operator: Operator {
            login: None,
            ..event().operator
        },
        body: EventBody::new(Action::Init),
        ..event()
    };
    for event in [event(), bare] {
        let leaf = Leaf::encode(&event).unwrap();
        assert_eq!(leaf.decode().unwrap(), event);
        assert_eq!(leaf.hash(), hash_leaf(leaf.as_bytes()));
        assert_eq!(Leaf::bounded(leaf.as_bytes().to_vec()).unwrap(), leaf);
    }
}

#[test]
fn every_action_and_rule_has_its_word() {
    for action in Action::ALL {
        let event = Event {
            body: EventBody::new(action),
            ..event()
        };
        let leaf = Leaf::encode(&event).unwrap();
        assert_eq!(leaf.decode().unwrap().body.action, action);
        let text = String::from_utf8(leaf.as_bytes().to_vec()).unwrap();
        assert!(text.starts_with(&format!("{{\"action\":\"{action}\",")), "{text}");
        assert_eq!(action.as_str().parse(), Ok(action));
    }
    assert!("reveals".parse::<Action>().is_err());
}

#[test]
fn another_way_of_writing_it_is_refused() {
    let good = text();
    check_refused(&format!(" {good}"), true);
    check_refused(&format!("{good}\n"), true);
    check_refused(&good.replacen(',', ", ", 1), true);
    check_refused(&good.replace("\"reveal\"", "\"re\\u0076eal\""), true);
    check_refused(&good.replace('ä', "\\u00e4"), true);
    check_refused(&good.replace("1/2", "1\\/2"), true);
    check_refused(&good.replace("\"leaf\":7,", ""), false);
    let (first, rest) = good[1..good.len() - 1].split_once(',').unwrap();
    check_refused(&format!("{{{rest},{first}}}"), true);
    // A field that is not known, or that says nothing.
    check_refused(&good.replace("\"leaf\":7", "\"leaf\":7,\"mark\":1"), true);
    check_refused(&good.replace("\"leaf\":7", "\"leaf\":7,\"mark\":null"), true);
    check_refused(&good.replace("\"wrong_pins\":2", "\"wrong_pins\":null"), true);
    check_refused(&good.replace("000Z\",\"version", "000+00:00\",\"version"), true);
    check_refused(&good.replace(&"ab".repeat(16), &"AB".repeat(16)), false);
}

#[test]
fn another_value_is_refused() {
    let good = text();
    check_refused("", false);
    check_refused("{}", false);
    check_refused("[]", false);
    check_refused(&good[..good.len() - 1], false);
    check_refused(&format!("{good}{good}"), false);
    check_refused(&good.replace("\"leaf\":7", "\"leaf\":7.0"), false);
    check_refused(&good.replace("\"leaf\":7", "\"leaf\":7e0"), false);
    check_refused(&good.replace("\"leaf\":7", "\"leaf\":-7"), false);
    check_refused(&good.replace("\"leaf\":7", "\"leaf\":\"7\""), false);
    check_refused(&good.replace("\"leaf\":7", "\"leaf\":7,\"leaf\":7"), false);
    check_refused(
        &good.replace("\"action\":\"reveal\"", "\"action\":\"reveal\",\"action\":\"init\""),
        false,
    );
    check_refused(&good.replace("\"reveal\"", "\"Reveal\""), false);
    check_refused(&good.replace("\"number\":3", "\"mark\":1,\"number\":3"), false);
    check_refused(&good.replace("„äöü“", "\\u001b[2K"), false);
    check_refused(&good.replace("„äöü“", &"1".repeat(48)), false);
}

#[test]
fn another_format_is_named() {
    for version in [0, 2, u32::MAX] {
        let leaf = Leaf::encode(&Event { version, ..event() }).unwrap();
        assert!(matches!(leaf.decode(), Err(LeafError::Version { version: found }) if found == version));
    }
}

#[test]
fn a_leaf_holds_65535_bytes() {
    assert!(Leaf::bounded(vec![0; 65_535]).is_ok());
    assert!(matches!(
        Leaf::bounded(vec![0; 65_536]),
        Err(LeafError::TooLong { len: 65_536 })
    ));
    let long = |count| Event {
        body: EventBody {
            changes: vec![Change::Volume(volume([])); count],
            ..EventBody::new(Action::Continued)
        },
        ..event()
    };
    let one = Leaf::encode(&long(2)).unwrap().as_bytes().len() - Leaf::encode(&long(1)).unwrap().as_bytes().len();
    let empty = Leaf::encode(&long(1)).unwrap().as_bytes().len() - one;
    let most = (65_535 - empty) / one;
    assert!(Leaf::encode(&long(most)).is_ok());
    let too_many = long(most + 1);
    assert!(matches!(Leaf::encode(&too_many), Err(LeafError::TooLong { len }) if len == empty + one * (most + 1)));
}

#[test]
fn salts_are_fresh_and_read_back() {
    let (one, other) = (Salt::random().unwrap(), Salt::random().unwrap());
    assert_ne!(one, other);
    assert_eq!(one.to_string().parse(), Ok(one));
    for wrong in ["", "ab", &"AB".repeat(16), &"ab".repeat(17)] {
        assert!(wrong.parse::<Salt>().is_err());
    }
}
