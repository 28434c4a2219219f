//! docs/format.md, by vectors that another program computed.

use super::*;
use crate::crypto::Encapsulated;
use crate::crypto::HpkeMode;
use crate::crypto::sha256;

#[test]
fn keys_and_their_files() {
    let keyring = keyring();
    for generation in [1, 2] {
        let key = keyring.drop_key(generation).unwrap().public_key();
        assert_eq!(key.as_bytes().as_slice(), bytes(&format!("drop key {generation}")));
    }
    assert!(keyring.drop_key(0).is_none() && keyring.drop_key(3).is_none());
    assert_eq!(
        keyring.secret().sender_key(sender()).expose().as_slice(),
        bytes("drop-sender")
    );

    assert_eq!(drop_key().to_string(), lines("key file"));
    assert_eq!(lines("key file").parse::<DropKey>(), Ok(drop_key()));
    let devices = ["PC-0042", "PC-0043"].map(|name| name.parse().unwrap());
    let file = sender_file(SenderDevices::Named(devices.to_vec()));
    assert_eq!(*file.to_text(), lines("sender file"));
    let read = SenderFile::parse(&lines("sender file")).unwrap();
    assert_eq!(*read.to_text(), lines("sender file"));
    assert_eq!((read.key(), *read.sender()), (&drop_key(), sender()));
    assert_eq!((read.name(), read.devices()), (file.name(), file.devices()));
}

#[test]
fn a_drop_in_both_modes() {
    let (keyring, text) = (keyring(), bytes("contents"));
    for (mode, sender) in [("base", None), ("psk", Some(sender()))] {
        let file = bytes(&format!("{mode} drop"));
        let drop = DropFile::from_bytes(&file).unwrap();
        assert_eq!(drop.to_bytes(), file);
        assert_eq!((drop.vault(), drop.generation(), drop.sender()), (vault(), 2, sender));
        assert_eq!(drop.digest().to_string(), vector(&format!("{mode} digest")));
        assert_eq!(drop.digest(), sha256(&[&file]));

        let opened = drop.open(vault(), &keyring).unwrap();
        assert_eq!((opened.sender, opened.digest), (sender, drop.digest()));
        let contents = DropContents {
            sequence: opened.sequence,
            created_at: opened.created_at,
            escrows: opened.escrows,
        };
        assert_eq!(*contents.to_bytes().unwrap(), text);
        is_what_was_meant(&contents);

        // With the same ephemeral key it is made byte for byte.
        let seed = Secret::copy_from(&bytes(&format!("ephemeral seed of {mode}"))).unwrap();
        let psk = sender.map(|sender| (keyring.secret().sender_key(sender), sender));
        let hpke = psk.as_ref().map_or(HpkeMode::Base, |(key, sender)| HpkeMode::Psk {
            key,
            id: sender.as_bytes(),
        });
        let made = drop_key()
            .encryption_key()
            .encrypt_with(&hpke, &bytes("info"), &text, &seed);
        let Encapsulated { key, ciphertext } = made;
        assert!(file.ends_with(&[key.as_slice(), &ciphertext].concat()), "{mode}");
    }
}

#[track_caller]
fn is_what_was_meant(contents: &DropContents) {
    assert_eq!((contents.sequence, contents.escrows.len()), (7, 2));
    let [first, second] = contents.escrows.as_slice() else {
        panic!("two escrows");
    };
    assert_eq!(first.device.as_str(), "PC-0042");
    let Naming { id, mount, kind } = &first.naming;
    let words = (
        id.unwrap().to_string(),
        mount.as_ref().unwrap().as_str(),
        kind.unwrap().code(),
    );
    assert_eq!(words, ("8ee25461-3cbe-4b1d-ae6a-e4e9a2c23d4f".to_owned(), "C:", "os"));
    assert_eq!(first.protector.to_string(), vector("protector"));
    assert_eq!(*first.password.to_text(), vector("password"));
    let before = contents.created_at.millis_since(first.created_at.unwrap());
    assert_eq!((before, first.listed.len()), (300_000, 2));
    let Naming { id, mount, kind } = &second.naming;
    assert_eq!((id, mount, kind), (&None, &None, &None));
    assert!(second.created_at.is_none() && second.listed.is_empty());
}
