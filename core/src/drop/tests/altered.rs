//! What is not as it was made does not open.

use super::*;
use crate::crypto::DecryptError;

fn made(sender: Option<&SenderFile>) -> Vec<u8> {
    let contents = contents(vec![escrow("PC-0042")]);
    DropFile::encrypt(&drop_key(), sender, &contents).unwrap().to_bytes()
}

fn opens(file: &[u8], keyring: &Keyring) -> bool {
    DropFile::from_bytes(file).is_ok_and(|drop| drop.open(vault(), keyring).is_ok())
}

#[test]
fn every_byte_counts() {
    let keyring = keyring();
    let sender = sender_file(SenderDevices::Any);
    for file in [made(None), made(Some(&sender))] {
        assert!(opens(&file, &keyring));
        for at in 0..file.len() {
            for bit in [1, 0x80] {
                let mut forged = file.clone();
                forged[at] ^= bit;
                assert!(!opens(&forged, &keyring), "byte {at}");
            }
        }
        for len in 0..file.len() {
            assert!(!opens(&file[..len], &keyring), "cut to {len}");
        }
        assert!(!opens(&[file.as_slice(), &[0]].concat(), &keyring));
    }
}

/// A drop of the public key alone does not become one of a sender by saying so, nor the other way round.
#[test]
fn another_sender_in_its_beginning_does_not_open() {
    let keyring = keyring();
    let file = made(Some(&sender_file(SenderDevices::Any)));
    let (head, rest) = file.split_at(15 + 1 + 16 + 4);
    assert_eq!(rest[0], 1);
    let unnamed = [head, &[0], &rest[17..]].concat();
    let renamed = [head, &[1], &[9; 16], &rest[17..]].concat();
    let base = made(None);
    let named = [head, &[1], sender().as_bytes().as_slice(), &base[15 + 1 + 16 + 4 + 1..]].concat();
    for forged in [unnamed, renamed, named] {
        let drop = DropFile::from_bytes(&forged).unwrap();
        assert_eq!(
            drop.open(vault(), &keyring).err(),
            Some(OpenDropError::Decrypt(DecryptError))
        );
    }
}

#[test]
fn other_vaults_and_generations_are_named() {
    let keyring = keyring();
    let check = |at: usize, byte: u8, expected| {
        let mut file = made(None);
        file[at] = byte;
        let drop = DropFile::from_bytes(&file).unwrap();
        assert_eq!(drop.open(vault(), &keyring).err(), Some(expected));
    };
    let mut other = *vault().as_bytes();
    other[0] = 0xff;
    let vault = VaultId::new(other);
    check(16, 0xff, OpenDropError::OtherVault { vault });
    check(35, 3, OpenDropError::Generation { generation: 3 });
    check(35, 0, OpenDropError::Generation { generation: 0 });
    check(35, 1, OpenDropError::Decrypt(DecryptError));

    let drop = DropFile::from_bytes(&made(None)).unwrap();
    let another = Keyring::generate().unwrap();
    assert_eq!(
        drop.open(super::vault(), &another).err(),
        Some(OpenDropError::Generation { generation: 2 })
    );
}

#[test]
fn what_is_no_drop_is_refused() {
    let file = made(None);
    let check = |bytes: &[u8], expected| assert_eq!(DropFile::from_bytes(bytes), Err(expected));
    check(b"", ParseDropError::Beginning);
    check(b"strongroom/dro", ParseDropError::Beginning);
    check(b"strongroom/drop", ParseDropError::Length);
    check(
        &[&file[..15], &[2], &file[16..]].concat(),
        ParseDropError::Version { version: 2 },
    );
    check(&[&file[..36], &[2], &file[37..]].concat(), ParseDropError::Mode);
    check(&file[..36 + 65], ParseDropError::Length);
    let longest = [file.as_slice(), &vec![0; MAX_DROP_LEN - file.len()]].concat();
    assert!(DropFile::from_bytes(&longest).is_ok());
    check(&[longest.as_slice(), &[0]].concat(), ParseDropError::Length);
}

#[test]
fn a_sender_speaks_for_its_devices_and_its_vault() {
    let named = SenderDevices::Named(vec!["pc-0042".parse().unwrap()]);
    let sender = sender_file(named);
    let made = |devices: &[&str]| {
        let escrows = devices.iter().map(|device| escrow(device)).collect();
        DropFile::encrypt(&drop_key(), Some(&sender), &contents(escrows)).err()
    };
    assert_eq!(made(&["PC-0042"]), None);
    assert_eq!(made(&["PC-0042", "PC-0043"]), Some(EncryptDropError::Device));
    assert_eq!(made(&[]), Some(EncryptDropError::Empty));

    let text = lines("key file").replace(vector("vault"), "ff112233445566778899aabbccddeeff");
    let body = text.split_inclusive('\n').filter(|line| !line.starts_with("checksum"));
    let body: Vec<&str> = body.filter(|line| !line.starts_with("log-key")).collect();
    let key = crate::crypto::SigningKey::new(Secret::from_fn(|seed| seed.fill(1))).public_key();
    let origin = body[1].trim_end().strip_prefix("origin ").unwrap();
    let log_key = crate::log::VerifierKey::new(origin.to_owned(), key);
    let body = format!("{}log-key {log_key}\n", body.concat());
    let other: DropKey = key_files::with_checksum(&body).parse().unwrap();
    let refused = DropFile::encrypt(&other, Some(&sender), &contents(vec![escrow("PC-0042")]));
    assert_eq!(refused, Err(EncryptDropError::OtherVault));
}
