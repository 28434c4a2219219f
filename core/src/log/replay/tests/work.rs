//! Replays of logs that were forged to be slow.

use super::*;

/// A log of so many commits, each of which adds an escrow to one volume.
fn growing(commits: u8) -> Vec<Event> {
    let first = (vec![vault(), name(1)], true);
    let others = (0..commits).map(|number| (vec![put(1, held(number, None))], true));
    log(std::iter::once(first).chain(others).collect())
}

/// Replays a log with no work given in advance; gives how many records were read for the roots.
fn reads(events: &[Event]) -> Result<u64, ReplayError> {
    let mut replay = Replay {
        work: Some(0),
        ..Replay::default()
    };
    let leaves: Vec<Leaf> = events.iter().map(|event| Leaf::encode(event).unwrap()).collect();
    let before = READ.get();
    for leaf in &leaves {
        replay.next(leaf)?;
    }
    replay.finish()?;
    Ok(READ.get() - before)
}

/// No time is measured: a log that is twice as long has twice as many records read, and not four times as many.
#[test]
fn what_is_hashed_grows_with_the_log_and_not_with_the_square_of_a_volume() {
    let (some, twice) = (reads(&growing(120)).unwrap(), reads(&growing(240)).unwrap());
    assert!(
        twice <= some * 5 / 2,
        "{some} records are read, {twice} for twice as many commits"
    );
}

#[test]
fn the_last_root_is_always_computed() {
    let mut events = growing(200);
    assert!(reads(&events).is_ok());
    let last = events.last_mut().unwrap();
    last.commit.as_mut().unwrap().state_root = Digest::new([1; 32]);
    let said = reads(&events).unwrap_err().to_string();
    assert_eq!(
        said,
        "the commit that ends with leaf 200 comes to another state root than it says"
    );
    // With the work of every other log, each is.
    let mut events = growing(200);
    events[150].commit.as_mut().unwrap().state_root = Digest::new([1; 32]);
    assert_eq!(
        replayed(&events),
        "the commit that ends with leaf 150 comes to another state root than it says"
    );
}
