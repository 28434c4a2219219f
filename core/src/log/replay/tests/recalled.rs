//! Replays that read their records again from the leaves before.

use super::*;

/// A replay that keeps nothing in memory, and reads the leaves before again.
fn recalled(events: &[Event]) -> Result<Replay<RecalledVolumes>, ReplayError> {
    let leaves: Vec<Leaf> = events.iter().map(|event| Leaf::encode(event).unwrap()).collect();
    let mut replay = Replay::new(RecalledVolumes::new(0), None);
    for leaf in &leaves {
        replay.next(leaf, |index| Ok(leaves[usize::try_from(index).unwrap()].clone()))?;
    }
    Ok(replay)
}

/// A log in which escrows change, move and come in the same leaf, and a volume is named anew.
fn moving() -> Vec<Event> {
    let moved = |from, volume, record| Change::Moved {
        from,
        volume,
        record: Box::new(record),
    };
    let assigned = Change::Volume(VolumeRecord {
        volume: 2,
        device: None,
        ..volume([])
    });
    log(vec![
        (vec![vault()], true),
        (vec![name(1), put(1, held(1, None)), put(1, held(2, None))], true),
        (vec![assigned, put(2, held(3, None))], true),
        (vec![put(1, held(4, None))], true),
        (vec![put(1, exposed(2, None, 5))], false),
        (vec![put(1, exposed(1, None, 5)), name(2)], true),
        (vec![name(3), put(3, held(5, None)), put(3, held(6, None))], true),
        (vec![moved(2, 1, superseded(3, None))], true),
        (vec![moved(1, 3, exposed(4, None, 9))], true),
        (vec![put(1, superseded(2, None)), put(3, superseded(6, None))], true),
    ])
}

#[test]
fn a_replay_that_keeps_no_records_comes_to_the_same() {
    for events in [good(), moving()] {
        let leaves: Vec<Leaf> = events.iter().map(|event| Leaf::encode(event).unwrap()).collect();
        let mut kept = Replay::default();
        let arrived: Vec<_> = leaves.iter().map(|leaf| kept.next(leaf).unwrap().arrived).collect();
        let mut replay = recalled(&events).unwrap();
        assert_eq!(replay.last_commit(), kept.last_commit());
        assert_eq!(replay.root(), kept.root());
        assert_eq!(replay.projection().totals(), kept.projection().totals());
        let escrows = u64::try_from(arrived.concat().len()).unwrap();
        assert_eq!(escrows, kept.projection().totals().escrows, "each arrives once");
        for record in kept.projection().volumes() {
            let read = |index: u64| Ok::<_, ReplayError>(leaves[usize::try_from(index).unwrap()].clone());
            assert_eq!(replay.recall(record.volume, read).unwrap(), record);
            assert_eq!(replay.projection().hash(record.volume), Some(record.leaf_hash()));
        }
    }
}

#[test]
fn a_leaf_that_is_another_when_it_is_read_again_is_found_out() {
    let events = moving();
    let leaves: Vec<Leaf> = events.iter().map(|event| Leaf::encode(event).unwrap()).collect();
    let mut replay = Replay::new(RecalledVolumes::new(0), None);
    let failed = leaves.iter().find_map(|leaf| {
        let other = |_: u64| Ok::<_, ReplayError>(leaves[2].clone());
        replay.next(leaf, other).err()
    });
    assert_eq!(failed.unwrap().to_string(), "leaf 3 cannot be read again");
}
