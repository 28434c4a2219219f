use super::*;
use crate::audit::tests::Story;
use crate::audit::tests::about;
use crate::audit::tests::other_volume;
use crate::log::EventBody;
use crate::state::Change;
use crate::state::Ending;
use crate::state::tests::at;
use crate::state::tests::escrow;
use crate::state::tests::exposed;
use crate::state::tests::held;
use crate::state::tests::protector;
use crate::state::tests::superseded;

fn report(story: &Story) -> Report {
    let mut findings = Findings::default();
    for (replayed, root) in &story.told {
        findings.take(replayed, || *root);
    }
    findings.finish(story.projection())
}

fn result(action: Action, result: &str) -> EventBody {
    EventBody {
        result: Some(result.to_owned()),
        ..EventBody::new(action)
    }
}

/// An escrow whose exposure by `ann` ended on the word of `by`.
fn ended(number: u8, how: HowEnded, seconds: i64, by: &str) -> EscrowRecord {
    EscrowRecord {
        exposed_at: Some(at(5)),
        exposed_by: Some("ann".to_owned()),
        ended: Some(Ending {
            how,
            at: at(seconds),
            by: by.to_owned(),
        }),
        ..superseded(number, None)
    }
}

#[test]
fn an_empty_log_comes_to_nothing() {
    let report = Findings::default().finish(&Projection::default());
    let json = serde_json::to_value(&report).unwrap();
    for (field, value) in json.as_object().unwrap() {
        let nothing = value.is_null() || *value == 0 || value.as_array().is_some_and(Vec::is_empty);
        assert!(nothing, "{field}: {value}");
    }
}

#[test]
fn operators_are_counted_by_name() {
    let mut story = Story::new();
    for (login, action) in [
        ("bo", Action::Reveal),
        ("ann", Action::Reveal),
        ("bo", Action::RevealDenied),
        ("bo", Action::Refused),
        ("bo", Action::Reveal),
        ("ann", Action::Continued),
        ("bo", Action::Outcome),
    ] {
        story.tell(login, 1, EventBody::new(action));
    }
    let report = report(&story);
    let operators: Vec<_> = report
        .operators
        .iter()
        .map(|o| (o.operator.as_str(), o.events, o.reveals, o.reveals_denied, o.refused))
        .collect();
    assert_eq!(
        operators,
        [("ann", 2, 1, 0, 0), ("bo", 5, 2, 1, 1), ("root", 1, 0, 0, 0)]
    );
    assert_eq!((report.events, report.reveals), (8, 3));
    assert_eq!((report.reveals_denied, report.refused), (1, 1));
}

#[test]
fn counted_refusals_are_summed() {
    #[track_caller]
    fn check(results: &[&str], expected: u64) {
        let mut story = Story::new();
        for text in results {
            story.tell("ann", 1, result(Action::Refusals, text));
        }
        assert_eq!(report(&story).refusals_counted, expected, "{results:?}");
    }
    check(&["3 more refusals of bo", "40 more refusals of 7 of 9"], 43);
    check(&["1 more refusals of 5"], 1);
    // Whatever somebody wrote into a log of theirs is no reason to fail.
    check(&["", "many", "-1 more", "2"], 2);
    check(&["18446744073709551615 more", "2 more"], u64::MAX);
}

#[test]
fn times_are_those_of_the_log_and_of_the_clock() {
    let mut story = Story::new();
    for seconds in [50, -20, 30] {
        story.tell("ann", seconds, EventBody::new(Action::Refused));
    }
    let report = report(&story);
    assert_eq!((report.first_at, report.last_at), (Some(at(0)), Some(at(30))));
    assert_eq!((report.earliest_at, report.latest_at), (Some(at(-20)), Some(at(50))));
}

#[test]
fn clock_steps_and_wrong_pins_are_listed() {
    let mut story = Story::new();
    story.tell_with("ann", 1, EventBody::new(Action::Refused), |event| {
        event.clock_step = Some(-5);
    });
    story.tell_with("bo", 2, EventBody::new(Action::Refused), |event| {
        event.clock_step = Some(7);
        event.wrong_pins = Some(3);
    });
    let report = report(&story);
    let step = |leaf, seconds, clock_step_ms| ClockStep {
        leaf,
        time: at(seconds),
        clock_step_ms,
    };
    assert_eq!(report.clock_steps, [step(1, 1, -5), step(2, 2, 7)]);
    let told = WrongPins {
        leaf: 2,
        time: at(2),
        operator: "bo".to_owned(),
        wrong_pins: 3,
    };
    assert_eq!(report.wrong_pins, [told]);
}

#[test]
fn exposures_that_have_not_ended_are_listed_by_their_due_time() {
    let mut story = Story::new();
    story.tell("ann", 1, about(Action::Escrow, &held(1, None)));
    story.tell("ann", 2, about(Action::Reveal, &exposed(2, None, 9)));
    let mut elsewhere = about(Action::Reveal, &exposed(3, None, 8));
    elsewhere.changes = vec![
        other_volume(),
        Change::Escrow {
            volume: 2,
            record: Box::new(exposed(3, None, 8)),
        },
    ];
    story.tell("ann", 3, elsewhere);
    story.tell("ann", 4, about(Action::Expose, &exposed(4, None, 7)));
    story.tell("ann", 5, about(Action::Escrow, &ended(4, HowEnded::Claimed, 6, "bo")));
    let report = report(&story);
    assert_eq!((report.escrows, report.exposed), (4, 2));
    assert_eq!(report.exposures.len(), 2);
    let first = &report.exposures[0];
    assert_eq!(first.subject.escrow_id, Some(escrow(3)));
    assert_eq!(first.subject.device.as_ref().unwrap().as_str(), "PC-2");
    assert_eq!(first.subject.volume, None);
    assert_eq!(
        (first.exposed_at, first.exposed_by.as_deref()),
        (Some(at(8)), Some("ann"))
    );
    let second = &report.exposures[1].subject;
    assert_eq!(
        (second.escrow_id, second.protector_id),
        (Some(escrow(2)), Some(protector(2)))
    );
}

#[test]
fn ends_on_somebodys_word_alone_are_claimed_ends() {
    let mut story = Story::new();
    for record in [
        superseded(1, None),
        ended(2, HowEnded::Claimed, 9, "bo"),
        ended(3, HowEnded::Claimed, 8, "ann"),
        ended(4, HowEnded::Proven, 7, "bo"),
        ended(5, HowEnded::Waived, 6, "bo"),
    ] {
        story.tell("bo", 9, about(Action::Escrow, &record));
    }
    let report = report(&story);
    let ends: Vec<_> = report
        .claimed_ends
        .iter()
        .map(|end| (end.subject.escrow_id, end.claimed_by.as_str(), end.self_claimed))
        .collect();
    assert_eq!(ends, [(Some(escrow(3)), "ann", true), (Some(escrow(2)), "bo", false)]);
    assert_eq!(report.exposures, []);
}

#[test]
fn waivers_say_why() {
    let mut story = Story::new();
    let body = EventBody {
        reason: Some("device-destroyed".to_owned()),
        note: Some("shredded".parse().unwrap()),
        ..about(Action::Waive, &ended(1, HowEnded::Waived, 5, "bo"))
    };
    story.tell("bo", 5, body.clone());
    // One that was refused is no waiver.
    let refused = EventBody {
        action: Action::Refused,
        changes: Vec::new(),
        ..body
    };
    story.tell("bo", 6, refused);
    let [waiver] = report(&story).waivers.try_into().unwrap();
    assert_eq!((waiver.leaf, waiver.time, waiver.operator.as_str()), (1, at(5), "bo"));
    assert_eq!(waiver.subject.escrow_id, Some(escrow(1)));
    assert_eq!(waiver.reason.as_deref(), Some("device-destroyed"));
    assert_eq!(waiver.note.unwrap().as_str(), "shredded");
}

#[test]
fn what_was_handed_out_is_the_log_up_to_and_with_its_event() {
    let mut story = Story::new();
    for action in [Action::Checkpoint, Action::Export, Action::Proof, Action::Report] {
        let note = Some("seven green herons".parse().unwrap());
        story.tell(
            "ann",
            4,
            EventBody {
                note,
                ..EventBody::new(action)
            },
        );
    }
    let report = report(&story);
    assert_eq!(report.handed_out.len(), 4);
    for (handed_out, (replayed, root)) in report.handed_out.iter().zip(&story.told[1..]) {
        assert_eq!(handed_out.leaf, replayed.event.leaf);
        assert_eq!(handed_out.action, replayed.event.body.action);
        assert_eq!(handed_out.size, handed_out.leaf + 1);
        assert_eq!(handed_out.root, *root);
        assert_eq!(handed_out.note.as_ref().unwrap().as_str(), "seven green herons");
    }
}

#[test]
fn no_root_is_asked_for_but_of_what_was_handed_out() {
    let story = Story::new();
    let mut findings = Findings::default();
    findings.take(&story.told[0].0, || panic!("asked for a root"));
}

#[test]
fn its_json_has_these_names() {
    let mut story = Story::new();
    story.tell("ann", 2, about(Action::Reveal, &exposed(1, None, 2)));
    story.tell("ann", 3, EventBody::new(Action::Checkpoint));
    let json = serde_json::to_value(report(&story)).unwrap();
    assert_eq!(
        json["exposures"],
        serde_json::json!([{
            "escrow_id": "01010101010101010101010101010101",
            "device": "PC-1",
            "volume": "C:",
            "volume_id": null,
            "protector_id": "01010101-0101-0101-0101-010101010101",
            "unconfirmed": false,
            "exposed_at": "1970-01-01T00:00:02.000Z",
            "exposed_by": "ann",
            "rotate_by": "1970-01-01T00:16:42.000Z",
        }])
    );
    let handed_out = &json["handed_out"][0];
    assert_eq!(
        (&handed_out["action"], &handed_out["size"]),
        (&"checkpoint".into(), &3.into())
    );
    assert_eq!(handed_out["root"].as_str().unwrap().len(), 64);
}
