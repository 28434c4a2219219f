use super::*;
use crate::log::Action;
use crate::log::EventBody;
use crate::log::Salt;
use crate::state::Change;
use crate::state::EscrowRecord;
use crate::state::READ;
use crate::state::VaultRecord;
use crate::state::VolumeRecord;
use crate::state::tests::at;
use crate::state::tests::exposed;
use crate::state::tests::held;
use crate::state::tests::superseded;
use crate::state::tests::volume;
use crate::tree::MemoryNodes;
use crate::tree::root;
use crate::values::Operator;

fn vault() -> Change {
    let text = include_str!("../../../vectors/format-v1.txt");
    let record = text
        .lines()
        .find_map(|line| line.strip_prefix("vault record = "))
        .unwrap();
    Change::Vault(Box::new(serde_json::from_str::<VaultRecord>(record).unwrap()))
}

fn name(number: u64) -> Change {
    Change::Volume(VolumeRecord {
        volume: number,
        ..volume([])
    })
}

fn put(volume: u64, record: EscrowRecord) -> Change {
    Change::Escrow {
        volume,
        record: Box::new(record),
    }
}

/// A log of these changes, a leaf for each list; the leaves that end a commit say what it comes to.
fn log(leaves: Vec<(Vec<Change>, bool)>) -> Vec<Event> {
    let mut projection = Projection::default();
    let mut number = 0;
    let mut events = Vec::new();
    for (changes, ends) in leaves {
        for change in &changes {
            projection.apply(change).unwrap();
        }
        let commit = ends.then(|| {
            number += 1;
            let root = projection.root().unwrap();
            CommitSummary {
                number,
                state_root: root,
                state_size: projection.size(),
                escrows: projection.totals().escrows,
                exposed: projection.totals().exposed,
                tally: Some(projection.totals().tally),
                first_of_day: Some(1),
            }
        });
        let leaf = u64::try_from(events.len()).unwrap();
        events.push(Event {
            version: 1,
            leaf,
            time: at(100),
            clock_step: None,
            operator: Operator {
                login: None,
                effective: "root".parse().unwrap(),
                claimed: None,
            },
            wrong_pins: None,
            body: EventBody {
                changes,
                ..EventBody::new(Action::Continued)
            },
            commit,
            salt: Salt::new([1; 16]),
        });
    }
    events
}

/// Four commits: the last two of two leaves and of one.
fn good() -> Vec<Event> {
    log(vec![
        (vec![vault()], true),
        (vec![name(1), put(1, held(1, None))], true),
        (vec![name(2), put(2, exposed(2, None, 5))], false),
        (vec![put(1, exposed(1, None, 6))], true),
        (vec![put(2, superseded(2, None))], true),
    ])
}

/// What replaying says, in words.
fn replayed(events: &[Event]) -> String {
    let mut replay = Replay::default();
    let outcome = events.iter().try_for_each(|event| {
        let leaf = Leaf::encode(event).unwrap();
        replay.next(&leaf).map(drop)
    });
    match outcome.and_then(|()| replay.finish().map(drop)) {
        Ok(()) => "ok".to_owned(),
        Err(err) => err.to_string(),
    }
}

#[track_caller]
fn check(change: impl FnOnce(&mut Vec<Event>), expected: &str) {
    let mut events = good();
    change(&mut events);
    assert_eq!(replayed(&events), expected);
}

#[test]
fn a_log_replays() {
    let events = good();
    let mut replay = Replay::default();
    let mut nodes = MemoryNodes::default();
    for event in &events {
        let replayed = replay.next(&Leaf::encode(event).unwrap()).unwrap();
        assert_eq!(replayed.event, *event);
        nodes.extend(replayed.nodes);
        assert_eq!(replay.size(), event.leaf + 1);
        assert_eq!(replay.root(), root(&nodes, event.leaf + 1).unwrap());
    }
    assert_eq!(replay.last_commit(), events[4].commit.as_ref());
    let projection = replay.finish().unwrap();
    assert_eq!(projection.volumes()[0].escrows, [exposed(1, None, 6)]);
    assert_eq!(projection.volumes()[1].escrows, [superseded(2, None)]);
    assert_eq!((projection.totals().escrows, projection.totals().exposed), (2, 1));
    assert_eq!(replayed(&[]), "ok");
}

#[test]
fn a_log_ends_with_a_commit() {
    let events = good();
    for (len, expected) in [
        (1, "ok"),
        (2, "ok"),
        (3, "the log ends within a commit"),
        (4, "ok"),
        (5, "ok"),
    ] {
        assert_eq!(replayed(&events[..len]), expected, "{len} leaves");
    }
}

#[test]
fn a_leaf_in_the_wrong_place_is_named() {
    check(|events| drop(events.remove(0)), "leaf 0 says that it is leaf 1");
    check(|events| drop(events.remove(2)), "leaf 2 says that it is leaf 3");
    check(|events| events.swap(1, 2), "leaf 1 says that it is leaf 2");
    check(
        |events| events.insert(1, events[0].clone()),
        "leaf 1 says that it is leaf 0",
    );
}

/// Leaves numbered anew: only what they say gives them away.
fn renumber(events: &mut [Event]) {
    for (leaf, event) in (0..).zip(events) {
        event.leaf = leaf;
    }
}

#[test]
fn a_leaf_left_out_put_in_or_moved_shows_in_what_follows() {
    for (at, expected) in [
        (
            0,
            "the commit that ends with leaf 0 comes to another number than it says",
        ),
        (
            1,
            "the commit that ends with leaf 2 comes to another number than it says",
        ),
        (
            2,
            "the commit that ends with leaf 2 comes to another state root than it says",
        ),
        (
            3,
            "the commit that ends with leaf 3 comes to another number than it says",
        ),
    ] {
        let mut events = good();
        events.remove(at);
        renumber(&mut events);
        // Without the vault record there is no root at all; without its volume an escrow has no place.
        let said = replayed(&events);
        let fits = said == expected || said.ends_with("do not fit what was there");
        assert!(fits, "without leaf {at}: {said}");
    }
    let moved = |events: &mut Vec<Event>| {
        events.swap(3, 4);
        renumber(events);
    };
    check(
        moved,
        "the commit that ends with leaf 3 comes to another number than it says",
    );
    let twice = |events: &mut Vec<Event>| {
        events.insert(4, events[3].clone());
        renumber(events);
    };
    check(
        twice,
        "the commit that ends with leaf 4 comes to another number than it says",
    );
}

#[test]
fn changes_that_differ_show_in_the_root() {
    let changed = |events: &mut Vec<Event>| events[1].body.changes[1] = put(1, held(1, Some(3)));
    check(
        changed,
        "the commit that ends with leaf 1 comes to another state root than it says",
    );
    let left_out = |events: &mut Vec<Event>| drop(events[3].body.changes.pop());
    check(
        left_out,
        "the commit that ends with leaf 3 comes to another state root than it says",
    );
    let added = |events: &mut Vec<Event>| events[4].body.changes.push(put(1, held(3, None)));
    check(
        added,
        "the commit that ends with leaf 4 comes to another state root than it says",
    );
    let nowhere = |events: &mut Vec<Event>| events[4].body.changes.push(put(3, held(3, None)));
    check(nowhere, "the changes of leaf 4 do not fit what was there");
    let out_of_turn = |events: &mut Vec<Event>| events[4].body.changes.push(name(4));
    check(out_of_turn, "the changes of leaf 4 do not fit what was there");
}

#[test]
fn a_summary_is_wrong_in_one_field() {
    #[track_caller]
    fn wrong(what: &str, change: impl FnOnce(&mut CommitSummary)) {
        let expected = format!("the commit that ends with leaf 3 comes to another {what} than it says");
        check(|events| change(events[3].commit.as_mut().unwrap()), &expected);
    }
    wrong("number", |summary| summary.number += 1);
    wrong("number", |summary| summary.number = 0);
    wrong("state root", |summary| summary.state_root = Digest::new([0; 32]));
    wrong("state size", |summary| summary.state_size += 1);
    wrong("number of escrows", |summary| summary.escrows -= 1);
    wrong("number of exposed passwords", |summary| summary.exposed += 1);
}

#[test]
fn a_summary_too_many_or_too_few() {
    let early = |events: &mut Vec<Event>| events[2].commit = events[3].commit;
    check(
        early,
        "the commit that ends with leaf 2 comes to another state root than it says",
    );
    let late = |events: &mut Vec<Event>| events[3].commit = None;
    check(
        late,
        "the commit that ends with leaf 4 comes to another number than it says",
    );
    let none = |events: &mut Vec<Event>| events[4].commit = None;
    check(none, "the log ends within a commit");
}

#[test]
fn what_is_no_event_is_named() {
    check(|events| events[2].version = 2, "leaf 2 is not an event");
    let mut replay = Replay::default();
    let err = replay.next(&Leaf::bounded(b"{}".to_vec()).unwrap()).unwrap_err();
    assert_eq!(err.to_string(), "leaf 0 is not an event");
    assert_eq!(replay.size(), 0);
}

#[test]
fn what_newer_commits_say_they_say_from_then_on() {
    #[track_caller]
    fn wrong(what: &str, change: impl FnOnce(&mut CommitSummary)) {
        let expected = format!("the commit that ends with leaf 3 comes to another {what} than it says");
        check(|events| change(events[3].commit.as_mut().unwrap()), &expected);
    }
    let tally = "number of marked or superseded passwords";
    wrong(tally, |summary| summary.tally.as_mut().unwrap().unproven += 1);
    wrong(tally, |summary| summary.tally = None);
    wrong("first commit of its day", |summary| summary.first_of_day = Some(2));
    wrong("first commit of its day", |summary| summary.first_of_day = None);
    // A log that an older program began.
    let older = |events: &mut Vec<Event>| {
        for summary in events.iter_mut().take(4).filter_map(|event| event.commit.as_mut()) {
            (summary.tally, summary.first_of_day) = (None, None);
        }
        events[4].commit.as_mut().unwrap().first_of_day = Some(4);
    };
    check(older, "ok");
    let next_day = |events: &mut Vec<Event>| {
        events[4].time = at(100 + 24 * 60 * 60);
        events[4].commit.as_mut().unwrap().first_of_day = Some(4);
    };
    check(next_day, "ok");
}

mod recalled;

mod work;
