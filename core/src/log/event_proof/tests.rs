use super::*;
use crate::crypto::SigningKey;
use crate::log::Action;
use crate::log::EventBody;
use crate::log::Origin;
use crate::log::Salt;
use crate::tree::Frontier;
use crate::tree::MemoryNodes;
use crate::tree::inclusion_proof;
use crate::values::EpochId;
use crate::values::LogText;
use crate::values::Operator;
use crate::values::Secret;
use crate::values::Time;
use crate::values::VaultId;

const ORIGIN: Origin = Origin {
    vault: VaultId::new([1; 16]),
    epoch: EpochId::new([2; 16]),
};

fn signing(byte: u8) -> SigningKey {
    SigningKey::new(Secret::from_fn(|seed| seed.fill(byte)))
}

fn key(byte: u8) -> VerifierKey {
    VerifierKey::new(ORIGIN.to_string(), signing(byte).public_key())
}

fn leaf(leaf: u64) -> Leaf {
    let operator: LogText = "anna".parse().unwrap();
    Leaf::encode(&Event {
        version: 1,
        leaf,
        time: Time::from_millis(0).unwrap(),
        clock_step: None,
        operator: Operator {
            login: None,
            effective: operator,
            claimed: None,
        },
        wrong_pins: None,
        body: EventBody::new(Action::Outcome),
        commit: None,
        salt: Salt::new([0; 16]),
    })
    .unwrap()
}

/// The proof of one leaf of a log of this many.
fn proof(index: u64, size: u64) -> EventProof {
    let (mut nodes, mut frontier) = (MemoryNodes::default(), Frontier::default());
    for at in 0..size {
        nodes.extend(frontier.append(leaf(at).hash()));
    }
    let checkpoint = Checkpoint {
        origin: ORIGIN,
        size,
        root: frontier.root(),
    };
    let hashes = inclusion_proof(&nodes, index, size).unwrap();
    EventProof::new(leaf(index), index, hashes, checkpoint.sign(&signing(7)))
}

#[test]
fn every_event_is_proven_from_its_text() {
    for size in [1, 2, 3, 8, 13] {
        for index in 0..size {
            let text = proof(index, size).to_string();
            let read: EventProof = text.parse().unwrap();
            assert_eq!(read.to_string(), text);
            let proven = read.verify(&[key(7)]).unwrap();
            assert_eq!((proven.event.leaf, proven.checkpoint.size), (index, size));
        }
    }
}

#[test]
fn its_lines_are_those_of_the_format() {
    let text = proof(1, 3).to_string();
    let lines: Vec<&str> = text.split('\n').collect();
    assert_eq!(lines[0], "c2sp.org/tlog-proof@v1");
    assert!(lines[1].starts_with("extra ") && lines[2] == "index 1", "{text}");
    assert_eq!((lines[3].len(), lines[4].len(), lines[5]), (44, 44, ""));
    assert_eq!(lines[6], ORIGIN.to_string());
    assert!(text.ends_with('\n'));
}

#[test]
fn a_forged_proof_shows_nothing() {
    let good = proof(1, 3);
    assert!(good.verify(&[]).is_ok(), "no key was asked for");
    let refused = |forged: &EventProof, expected: EventProofError| {
        assert_eq!(forged.verify(&[key(7)]), Err(expected));
    };
    let other = EventProof {
        leaf: leaf(2),
        ..good.clone()
    };
    refused(&other, EventProofError::NotIncluded);
    for index in [0, 2, 3, u64::MAX] {
        let moved = EventProof { index, ..good.clone() };
        refused(&moved, EventProofError::NotIncluded);
    }
    let mut shorter = good.clone();
    shorter.hashes.pop();
    refused(&shorter, EventProofError::NotIncluded);
    let mut longer = good.clone();
    longer.hashes.push(leaf(0).hash());
    refused(&longer, EventProofError::NotIncluded);
    let another = EventProof {
        note: proof(1, 4).note,
        ..good.clone()
    };
    refused(&another, EventProofError::NotIncluded);
    let unsigned = EventProofError::NotSigned {
        key: key(8).to_string(),
    };
    assert_eq!(
        good.verify(&[key(7), key(8)]),
        Err(unsigned),
        "every key has to have signed"
    );
    let later = Origin {
        epoch: EpochId::new([9; 16]),
        ..ORIGIN
    };
    let of_later = VerifierKey::new(later.to_string(), signing(7).public_key());
    let other_epoch = EventProofError::OtherEpoch {
        origin: ORIGIN.to_string(),
    };
    assert_eq!(good.verify(&[of_later]), Err(other_epoch));
    let note = Note::sign("a\nb\nc\n".to_owned(), &ORIGIN.to_string(), &signing(7));
    refused(&EventProof { note, ..good.clone() }, EventProofError::Checkpoint);
}

/// A leaf that says it is another one, truly in the log at this place.
#[test]
fn an_event_of_another_place_is_none() {
    let wrong = leaf(5);
    let checkpoint = Checkpoint {
        origin: ORIGIN,
        size: 1,
        root: wrong.hash(),
    };
    let proof = EventProof::new(wrong, 0, Vec::new(), checkpoint.sign(&signing(7)));
    assert_eq!(proof.verify(&[key(7)]), Err(EventProofError::Event));
    let bytes = Leaf::bounded(b"{}".to_vec()).unwrap();
    let checkpoint = Checkpoint {
        root: bytes.hash(),
        ..checkpoint
    };
    let proof = EventProof::new(bytes, 0, Vec::new(), checkpoint.sign(&signing(7)));
    assert_eq!(proof.verify(&[key(7)]), Err(EventProofError::Event));
}

#[test]
fn another_way_of_writing_it_is_refused() {
    let good = proof(1, 3).to_string();
    let check = |text: String, line: usize| {
        assert_eq!(text.parse::<EventProof>(), Err(ParseEventProofError { line }), "{text}");
    };
    check(String::new(), 1);
    check(good.replace("@v1", "@v2"), 1);
    check(good.replace("extra ", "extra  "), 2);
    check(good.replace("index 1", "index 01"), 3);
    check(good.replace("index 1", "index +1"), 3);
    check(good.replace("index 1", "index -1"), 3);
    check(good.replace("index 1\n", "index 1\n\u{41}\n"), 4);
    check(good.replace("c2sp.org", " c2sp.org"), 1);
    check(good.replacen("\n\n", "\n", 2), 1);
    check(good[..good.len() - 1].to_owned(), 7);
    let without_extra: String = good
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("extra"))
        .collect();
    check(without_extra, 2);
}
