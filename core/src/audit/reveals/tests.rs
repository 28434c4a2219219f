use super::*;
use crate::audit::tests::Story;
use crate::audit::tests::about;
use crate::log::EventBody;
use crate::state::HowEnded;
use crate::state::tests::at;
use crate::state::tests::escrow;
use crate::state::tests::exposed;
use crate::state::tests::held;
use crate::state::tests::superseded;

fn reveals(story: &Story, since: Option<i64>, until: Option<i64>) -> Reveals {
    let mut reveals = Reveals::of(Period {
        since: since.map(at),
        until: until.map(at),
    });
    for (replayed, _) in &story.told {
        reveals.take(replayed);
    }
    reveals
}

fn ended(record: EscrowRecord, how: HowEnded, seconds: i64, by: &str) -> EscrowRecord {
    EscrowRecord {
        state: EscrowState::Superseded,
        ended: Some(Ending {
            how,
            at: at(seconds),
            by: by.to_owned(),
        }),
        ..record
    }
}

/// A reveal of escrow `number` at `seconds`, of an exposure that began at `began`.
fn reveal(story: &mut Story, number: u8, began: i64, seconds: i64) {
    let record = EscrowRecord {
        shown_at: Some(at(seconds)),
        ..exposed(number, None, began)
    };
    story.tell("ann", seconds, about(Action::Reveal, &record));
}

/// What became of each, in words.
fn rotations(reveals: &Reveals) -> Vec<String> {
    let word = |row: &RevealRow| match &row.rotation {
        Rotation::NotNeeded => "not needed".to_owned(),
        Rotation::Owed { rotate_by } => format!("owed by {}", rotate_by.unwrap().as_millis() / 1000),
        Rotation::Ended(ending) => format!("{} by {}", ending.how.as_str(), ending.by),
    };
    reveals.shown().iter().map(word).collect()
}

fn outcome(story: &mut Story, number: u8, seconds: i64, result: &str) {
    let body = EventBody {
        result: Some(result.to_owned()),
        changes: Vec::new(),
        ..about(Action::Outcome, &held(number, None))
    };
    story.tell("bo", seconds, body);
}

/// The outcomes of each, in words.
fn outcomes(reveals: &Reveals) -> Vec<Vec<&str>> {
    let rows = reveals.shown().iter();
    rows.map(|row| row.outcomes.iter().map(|o| o.result.as_deref().unwrap()).collect())
        .collect()
}

#[test]
fn a_reveal_says_who_when_and_why() {
    let mut story = Story::new();
    let body = EventBody {
        reason: Some("pin-lost".to_owned()),
        note: Some("after the holidays".parse().unwrap()),
        ticket: Some("INC-7".parse().unwrap()),
        caller: Some("Cy".parse().unwrap()),
        result: Some("exposed".to_owned()),
        ..about(Action::Reveal, &exposed(1, None, 5))
    };
    story.tell("ann", 5, body);
    let reveals = reveals(&story, None, None);
    let asked = &reveals.shown()[0].asked;
    assert_eq!((asked.leaf, asked.time, asked.operator.as_str()), (1, at(5), "ann"));
    assert_eq!(asked.subject.escrow_id, Some(escrow(1)));
    assert_eq!(asked.reason.as_deref(), Some("pin-lost"));
    assert_eq!(asked.note.as_ref().unwrap().as_str(), "after the holidays");
    assert_eq!(asked.ticket.as_ref().unwrap().as_str(), "INC-7");
    assert_eq!(asked.caller.as_ref().unwrap().as_str(), "Cy");
    assert_eq!(asked.result.as_deref(), Some("exposed"));
}

#[test]
fn an_exposure_ends_for_all_of_its_reveals() {
    let mut story = Story::new();
    reveal(&mut story, 1, 5, 5);
    reveal(&mut story, 2, 6, 6);
    reveal(&mut story, 1, 5, 7);
    assert_eq!(
        rotations(&reveals(&story, None, None)),
        ["owed by 1005", "owed by 1006", "owed by 1005"]
    );
    let claimed = ended(exposed(1, None, 5), HowEnded::Claimed, 8, "ann");
    story.tell("ann", 8, about(Action::Escrow, &claimed));
    let claimed = reveals(&story, None, None);
    assert_eq!(
        rotations(&claimed),
        ["claimed by ann", "owed by 1006", "claimed by ann"]
    );
    assert!(claimed.shown()[0].is_self_ended() && !claimed.shown()[1].is_self_ended());
    // What was claimed is proven later.
    let proven = ended(exposed(1, None, 5), HowEnded::Proven, 9, "bo");
    story.tell("bo", 9, about(Action::Escrow, &proven));
    let proven = reveals(&story, None, None);
    assert_eq!(rotations(&proven), ["proven by bo", "owed by 1006", "proven by bo"]);
    assert!(!proven.shown()[0].is_self_ended());
}

#[test]
fn an_end_that_did_not_hold_is_none() {
    let mut story = Story::new();
    reveal(&mut story, 1, 5, 5);
    let claimed = ended(exposed(1, None, 5), HowEnded::Claimed, 8, "ann");
    story.tell("ann", 8, about(Action::Escrow, &claimed));
    story.tell("ann", 9, about(Action::Escrow, &exposed(1, None, 5)));
    assert_eq!(rotations(&reveals(&story, None, None)), ["owed by 1005"]);
}

#[test]
fn an_exposure_anew_leaves_the_one_before_as_it_ended() {
    let mut story = Story::new();
    reveal(&mut story, 1, 5, 5);
    let claimed = ended(exposed(1, None, 5), HowEnded::Claimed, 8, "bo");
    story.tell("bo", 8, about(Action::Escrow, &claimed));
    reveal(&mut story, 1, 20, 20);
    assert_eq!(
        rotations(&reveals(&story, None, None)),
        ["claimed by bo", "owed by 1020"]
    );
    let waived = ended(exposed(1, None, 20), HowEnded::Waived, 30, "cy");
    story.tell("cy", 30, about(Action::Waive, &waived));
    let all = reveals(&story, None, None);
    assert_eq!(rotations(&all), ["claimed by bo", "waived by cy"]);
    // Also where the second showing is not in the period.
    assert_eq!(rotations(&reveals(&story, None, Some(10))), ["claimed by bo"]);
}

#[test]
fn a_password_that_opens_nothing_any_more_needs_no_rotation() {
    let mut story = Story::new();
    let buried = ended(superseded(1, None), HowEnded::Proven, 4, "bo");
    story.tell("ann", 5, about(Action::Reveal, &buried));
    assert_eq!(rotations(&reveals(&story, None, None)), ["not needed"]);
}

#[test]
fn what_got_out_otherwise_is_told_apart() {
    let mut story = Story::new();
    reveal(&mut story, 1, 5, 5);
    story.tell("ann", 6, about(Action::Expose, &exposed(2, None, 6)));
    let reveals = reveals(&story, None, None);
    let actions: Vec<Action> = reveals.shown().iter().map(|row| row.action).collect();
    assert_eq!(actions, [Action::Reveal, Action::Expose]);
    assert_eq!(rotations(&reveals), ["owed by 1005", "owed by 1006"]);
}

#[test]
fn an_outcome_is_of_the_last_reveal_before_it() {
    let mut story = Story::new();
    outcome(&mut story, 1, 1, "unlocked");
    reveal(&mut story, 1, 5, 5);
    reveal(&mut story, 2, 6, 6);
    outcome(&mut story, 1, 7, "did-not-unlock");
    outcome(&mut story, 1, 8, "unlocked");
    reveal(&mut story, 1, 5, 9);
    outcome(&mut story, 1, 10, "unlocked");
    let all = [vec!["did-not-unlock", "unlocked"], vec![], vec!["unlocked"]];
    assert_eq!(outcomes(&reveals(&story, None, None)), all);
    // An outcome behind the period is still of a reveal within it, but not of the one before that.
    assert_eq!(
        outcomes(&reveals(&story, None, Some(6))),
        [["did-not-unlock", "unlocked"]]
    );
    assert_eq!(outcomes(&reveals(&story, None, Some(9)))[0], all[0]);
}

#[test]
fn a_period_begins_with_its_first_time_and_ends_before_its_last() {
    #[track_caller]
    fn check(since: Option<i64>, until: Option<i64>, expected: &[u64]) {
        let mut story = Story::new();
        for seconds in 1..=4 {
            reveal(&mut story, 1, 1, seconds);
            story.tell("ann", seconds, EventBody::new(Action::RevealDenied));
        }
        let reveals = reveals(&story, since, until);
        let leaves: Vec<u64> = reveals.shown().iter().map(|row| row.asked.leaf).collect();
        assert_eq!(leaves, expected);
        let denied: Vec<u64> = reveals.denied().iter().map(|row| row.asked.leaf - 1).collect();
        assert_eq!(denied, expected);
    }
    check(None, None, &[1, 3, 5, 7]);
    check(Some(2), None, &[3, 5, 7]);
    check(None, Some(3), &[1, 3]);
    check(Some(2), Some(4), &[3, 5]);
    check(Some(5), None, &[]);
}

#[test]
fn what_was_refused_is_listed_with_its_reason() {
    let mut story = Story::new();
    for action in [Action::RevealDenied, Action::Refused, Action::Refusals, Action::Escrow] {
        let result = Some(format!("said {action}"));
        story.tell(
            "bo",
            3,
            EventBody {
                result,
                ..EventBody::new(action)
            },
        );
    }
    let reveals = reveals(&story, None, None);
    let denied: Vec<_> = reveals
        .denied()
        .iter()
        .map(|row| (row.action, row.asked.result.as_deref().unwrap()))
        .collect();
    assert_eq!(
        denied,
        [
            (Action::RevealDenied, "said reveal-denied"),
            (Action::Refused, "said refused"),
            (Action::Refusals, "said refusals")
        ]
    );
}

#[test]
fn its_json_has_these_names() {
    let mut story = Story::new();
    reveal(&mut story, 1, 5, 5);
    let json = |story: &Story| serde_json::to_value(&reveals(story, None, None).shown()[0]).unwrap();
    let owed = json(&story);
    assert_eq!((&owed["action"], &owed["device"]), (&"reveal".into(), &"PC-1".into()));
    let rotation = serde_json::json!({"state": "owed", "rotate_by": "1970-01-01T00:16:45.000Z"});
    assert_eq!(owed["rotation"], rotation);
    let proven = ended(exposed(1, None, 5), HowEnded::Proven, 9, "bo");
    story.tell("bo", 9, about(Action::Escrow, &proven));
    assert_eq!(
        json(&story)["rotation"],
        serde_json::json!({"state": "ended", "how": "proven", "at": "1970-01-01T00:00:09.000Z", "by": "bo"})
    );
}
