use super::*;
use crate::keys::EncryptedKeyring;
use crate::keys::KeyringCopy;
use crate::keys::RootKey;
use crate::values::EscrowId;
use crate::values::ProtectorId;
use crate::values::VaultId;

const PLACE: Place = Place {
    vault: VaultId::new([1; 16]),
    escrow: EscrowId::new([2; 16]),
    protector: ProtectorId::new([3; 16]),
};

fn password() -> RecoveryPassword {
    RecoveryPassword::from_bytes(Secret::from_fn(|bytes| bytes.fill(9)))
}

/// A keyring of as many generations, all of the same keys, so that nothing but the number tells them apart.
fn keyring(generations: u32) -> Keyring {
    use crate::crypto::Binding;
    use crate::crypto::Purpose;
    use crate::crypto::derive;
    let root = RootKey::new(Secret::from_fn(|bytes| bytes.fill(5)));
    let mut plaintext = vec![1; 32];
    plaintext.extend_from_slice(&generations.to_be_bytes());
    plaintext.extend(std::iter::repeat_n(7, 64 * usize::try_from(generations).unwrap()));
    let binding = Binding::of(&[&[1], PLACE.vault.as_bytes(), b"root"]);
    let key = derive(root.secret(), Purpose::Keyring, b"root");
    let ciphertext = encrypt(&key, &Nonce::kept([0; 12]), &plaintext, binding.as_bytes());
    let copy = EncryptedKeyring::kept([vec![1], vec![0; 12], ciphertext].concat());
    copy.decrypt(PLACE.vault, &KeyringCopy::Root(&root)).unwrap()
}

#[track_caller]
fn check_refused(envelope: &Envelope, keyring: &Keyring, place: &Place) {
    assert_eq!(envelope.decrypt_password(keyring, place).err(), Some(DecryptError));
}

#[test]
fn what_was_encrypted_is_decrypted() {
    let keyring = Keyring::generate().unwrap();
    let envelope = Envelope::encrypt(&keyring, &PLACE, &password()).unwrap();
    assert_eq!(envelope.generation(), 1);
    assert!(
        envelope
            .decrypt_password(&keyring, &PLACE)
            .unwrap()
            .same_as(&password())
    );
    let kept = Envelope::from_bytes(envelope.as_bytes()).unwrap();
    assert!(kept.decrypt_password(&keyring, &PLACE).unwrap().same_as(&password()));
}

#[test]
fn the_newest_generation_encrypts_and_every_one_decrypts() {
    let (old, new) = (keyring(1), keyring(3));
    let before = Envelope::encrypt(&old, &PLACE, &password()).unwrap();
    assert!(before.decrypt_password(&new, &PLACE).unwrap().same_as(&password()));
    let after = Envelope::encrypt(&new, &PLACE, &password()).unwrap();
    assert_eq!((before.generation(), after.generation()), (1, 3));
    check_refused(&after, &old, &PLACE);
}

#[test]
fn every_byte_counts() {
    // Generations 0 to 5 are told apart by their number alone; so no byte may be taken for another one.
    let keyring = keyring(5);
    let envelope = Envelope::encrypt(&keyring, &PLACE, &password()).unwrap();
    for at in 0..109 {
        for flip in [0x01, 0x80, 0xff] {
            let mut bytes = *envelope.as_bytes();
            bytes[at] ^= flip;
            match Envelope::from_bytes(&bytes) {
                Ok(forged) => check_refused(&forged, &keyring, &PLACE),
                Err(err) => assert_eq!((at, err), (0, ParseEnvelopeError::Version { version: bytes[0] })),
            }
        }
    }
}

#[test]
fn another_generation_does_not_open_it() {
    let keyring = keyring(5);
    let envelope = Envelope::encrypt(&keyring, &PLACE, &password()).unwrap();
    for generation in [0, 1, 2, 3, 4, 6, u32::MAX] {
        let mut bytes = *envelope.as_bytes();
        bytes[1..5].copy_from_slice(&generation.to_be_bytes());
        check_refused(&Envelope::from_bytes(&bytes).unwrap(), &keyring, &PLACE);
    }
}

#[test]
fn another_place_does_not_open_it() {
    let keyring = keyring(1);
    let envelope = Envelope::encrypt(&keyring, &PLACE, &password()).unwrap();
    for bit in 0..128 {
        let mut id = [0; 16];
        id[bit / 8] = 1 << (bit % 8);
        let flipped = |bytes: &[u8; 16]| std::array::from_fn(|at| bytes[at] ^ id[at]);
        for place in [
            Place {
                vault: VaultId::new(flipped(PLACE.vault.as_bytes())),
                ..PLACE
            },
            Place {
                escrow: EscrowId::new(flipped(PLACE.escrow.as_bytes())),
                ..PLACE
            },
            Place {
                protector: ProtectorId::new(flipped(PLACE.protector.as_bytes())),
                ..PLACE
            },
        ] {
            check_refused(&envelope, &keyring, &place);
        }
    }
    // Nor do fields that only swap places.
    let swapped = Place {
        escrow: EscrowId::new(*PLACE.protector.as_bytes()),
        protector: ProtectorId::new(*PLACE.escrow.as_bytes()),
        ..PLACE
    };
    check_refused(&envelope, &keyring, &swapped);
}

#[test]
fn another_keyring_does_not_open_it() {
    let envelope = Envelope::encrypt(&keyring(1), &PLACE, &password()).unwrap();
    check_refused(&envelope, &Keyring::generate().unwrap(), &PLACE);
}

#[test]
fn halves_of_two_envelopes_do_not_make_one() {
    let keyring = keyring(1);
    let envelope = || *Envelope::encrypt(&keyring, &PLACE, &password()).unwrap().as_bytes();
    let (one, other) = (envelope(), envelope());
    for cut in [5, 17, 49, 61] {
        let mixed = [&one[..cut], &other[cut..]].concat();
        let whole = cut == 5;
        let opens = Envelope::from_bytes(&mixed)
            .unwrap()
            .decrypt_password(&keyring, &PLACE)
            .is_ok();
        assert_eq!(opens, whole, "cut at {cut}");
    }
}

#[test]
fn equal_passwords_make_different_envelopes() {
    let keyring = keyring(1);
    let envelope = || Envelope::encrypt(&keyring, &PLACE, &password()).unwrap();
    let (one, other) = (envelope(), envelope());
    for part in [5..17, 17..49, 49..61, 61..109] {
        assert_ne!(one.as_bytes()[part.clone()], other.as_bytes()[part]);
    }
}

#[test]
fn other_lengths_and_formats_are_refused() {
    let bytes = *Envelope::encrypt(&keyring(1), &PLACE, &password()).unwrap().as_bytes();
    for len in (0..109).chain([110, 218]) {
        let other: Vec<u8> = bytes.iter().copied().cycle().take(len).collect();
        assert_eq!(Envelope::from_bytes(&other), Err(ParseEnvelopeError::Length { len }));
    }
    for version in (0..=255).filter(|version| *version != 1) {
        let mut other = bytes;
        other[0] = version;
        assert_eq!(
            Envelope::from_bytes(&other),
            Err(ParseEnvelopeError::Version { version })
        );
    }
}

#[test]
fn the_digest_is_over_envelope_and_fingerprint() {
    let keyring = keyring(1);
    let (one, other) = (
        Envelope::encrypt(&keyring, &PLACE, &password()).unwrap(),
        Envelope::encrypt(&keyring, &PLACE, &password()).unwrap(),
    );
    let print = |byte| Fingerprint::kept([byte; 32]);
    assert_eq!(one.digest(&print(1)), one.digest(&print(1)));
    assert_ne!(one.digest(&print(1)), one.digest(&print(2)));
    assert_ne!(one.digest(&print(1)), other.digest(&print(1)));
}
