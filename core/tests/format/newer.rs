//! Fields and keys that came with the third schema.

use strongroom_core::keys::RefusalCount;
use strongroom_core::log::Leaf;
use strongroom_core::log::Replay;
use strongroom_core::state::VolumeRecord;
use strongroom_core::state::canonical;
use strongroom_core::state::from_canonical;

use crate::format::vectors::Vectors;

#[test]
fn records_of_many_hands() {
    let v = Vectors::of_many_hands();
    let volume: VolumeRecord = from_canonical(v.text("volume record").as_bytes()).unwrap();
    assert_eq!(canonical(&volume), v.text("volume record").as_bytes());
    assert_eq!(volume.leaf_hash().to_string(), v.text("volume record hash"));
    let key = Vectors::read().keyring().secret().fingerprint_key();
    let known = volume.master_key.unwrap();
    assert_eq!(known.mac, key.of_master_key(&v.secret("master key")));
    assert_eq!(known.mac.to_string(), v.text("master key mac"));
    assert!(volume.escrows.at(0).unwrap().is_self_ended() && volume.escrows.at(1).unwrap().clock);
    let proven: VolumeRecord = from_canonical(v.text("proven volume").as_bytes()).unwrap();
    assert_eq!(canonical(&proven), v.text("proven volume").as_bytes());
    assert!(proven.master_key.unwrap().proven);
}

/// A field that came later: events without it stay as they are.
#[test]
fn an_event_that_names_the_sender_of_its_drop() {
    let v = Vectors::of(include_str!("../../vectors/format-v1-sender.txt"));
    let leaf = Leaf::bounded(v.text("leaf").as_bytes().to_vec()).unwrap();
    assert_eq!(leaf.hash().to_string(), v.text("leaf hash"));
    let event = leaf.decode().unwrap();
    assert_eq!(Leaf::encode(&event).unwrap(), leaf);
    let sender = event.body.sender.unwrap();
    assert_eq!(sender.id.to_string(), "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
    assert_eq!(sender.name.as_str(), "plant 3");
}

#[test]
fn counts_of_refusals() {
    let v = Vectors::read();
    let keyring = v.keyring();
    let key = keyring.secret().refusal_key();
    let count = |operator: &str, since, events, waiting| RefusalCount {
        operator: operator.to_owned(),
        since,
        events,
        waiting,
    };
    let counts = [
        count("ana", 1_700_000_000_000, 9, 5),
        count("uid 1001", 1_700_000_060_000, 2, 0),
    ];
    for (counts, name) in [(&counts[..], "refusal mac"), (&[], "refusal mac of none")] {
        let mac = v.bytes(name);
        assert_eq!(key.mac(v.vault(), v.epoch(), 7, counts).as_bytes().as_slice(), mac);
        assert!(key.accepts(v.vault(), v.epoch(), 7, counts, &mac));
        assert!(!key.accepts(v.vault(), v.epoch(), 8, counts, &mac));
        assert!(!key.accepts(v.vault(), v.epoch(), 7, counts, &mac[1..]));
    }
}

#[test]
fn a_commit_that_counts() {
    let text = include_str!("../../vectors/format-v1-counts.txt");
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    let v = Vectors::read();
    let mut replay = Replay::default();
    for index in 0..3 {
        let leaf = v.text(&format!("leaf {index}"));
        replay.next(&Leaf::bounded(leaf.as_bytes().to_vec()).unwrap()).unwrap();
        assert_eq!(replay.last_commit().unwrap().tally, None, "an older program wrote it");
    }
    let leaf = Leaf::bounded(value("leaf 3 = ").as_bytes().to_vec()).unwrap();
    assert_eq!(leaf.hash().to_string(), value("leaf 3 hash = "));
    let replayed = replay.next(&leaf).unwrap();
    assert_eq!(Leaf::encode(&replayed.event).unwrap(), leaf);
    let commit = replay.last_commit().unwrap();
    assert_eq!(commit.first_of_day, Some(4), "the days before it are not counted");
    assert_eq!(commit.tally.unwrap().unproven, 1);
}
