use super::*;
use crate::state::tests::at;

fn sender(number: u8, devices: Option<&[&str]>) -> SenderRecord {
    SenderRecord {
        sender: SenderId::new([number; 16]),
        name: "plant 3".parse().unwrap(),
        devices: devices.map(|names| names.iter().map(|name| name.parse().unwrap()).collect()),
        enrolled_at: at(1),
        revoked_at: None,
        last_sequence: None,
    }
}

#[test]
fn it_speaks_for_its_devices_until_it_is_revoked() {
    let device = |name: &str| name.parse().unwrap();
    assert!(sender(1, None).may_speak_for(&device("PC-1")));
    let named = sender(1, Some(&["PC-1", "PC-2"]));
    assert!(named.may_speak_for(&device("pc-2")));
    assert!(!named.may_speak_for(&device("PC-3")));
    assert!(!sender(1, Some(&[])).may_speak_for(&device("PC-1")));
    let revoked = SenderRecord {
        revoked_at: Some(at(2)),
        ..sender(1, None)
    };
    assert!(!revoked.may_speak_for(&device("PC-1")));
}

#[test]
fn the_digest_is_of_every_record() {
    let digest = |senders: &[&SenderRecord]| senders_digest(senders.iter().map(|sender| sender.leaf_hash()));
    assert_eq!(digest(&[]), None);
    let (one, two) = (sender(1, None), sender(2, None));
    let both = digest(&[&one, &two]);
    assert_ne!(both, digest(&[&one]));
    assert_ne!(both, digest(&[&two, &one]));
    let counted = SenderRecord {
        last_sequence: Some(1),
        ..two.clone()
    };
    assert_ne!(both, digest(&[&one, &counted]));
    assert_eq!(both, digest(&[&one.clone(), &two]));
}
