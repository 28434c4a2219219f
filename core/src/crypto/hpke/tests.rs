use ::hpke::aead::AesGcm128;

use super::*;
use crate::crypto::tests::blocks;

fn secret(byte: u8) -> Secret<32> {
    Secret::from_fn(|bytes| bytes.fill(byte))
}

/// The published vectors have this KEM and KDF with AES-128-GCM; those with AES-256-GCM are in `vectors/drop-v1.txt`.
#[test]
fn hpke_as_published() {
    let vectors = blocks(include_str!("../../../vectors/hpke.txt"));
    assert_eq!(vectors.len(), 2);
    for vector in vectors {
        let opening = OpeningKey::new(Secret::copy_from(&vector["ikmR"]).unwrap());
        let public = opening.public_key();
        assert_eq!(public.as_bytes().as_slice(), vector["pkRm"]);
        assert_eq!(EncryptionKey::from_bytes(&vector["pkRm"]), Ok(public));
        let psk = || (!vector["psk"].is_empty()).then(|| PskBundle::new(&vector["psk"], &vector["psk_id"]).unwrap());
        let seed = Secret::copy_from(&vector["ikmE"]).unwrap();
        let (info, aad) = (&vector["info"], &vector["aad"]);
        let message = encrypt::<AesGcm128>(&public, psk(), info, aad, &vector["pt"], &seed);
        assert_eq!(message.key.as_slice(), vector["enc"]);
        assert_eq!(message.ciphertext, vector["ct"]);
        let opened = decrypt::<AesGcm128>(&opening, psk(), info, aad, &message).unwrap();
        assert_eq!(*opened, vector["pt"]);
        assert!(decrypt::<AesGcm128>(&opening, psk(), info, b"", &message).is_err());
    }
}

#[test]
fn nothing_else_opens_it() {
    let opening = OpeningKey::new(secret(1));
    let (key, other_key) = (secret(2), secret(3));
    let base = HpkeMode::Base;
    let psk = HpkeMode::Psk {
        key: &key,
        id: &[7; 16],
    };
    let other_psk = HpkeMode::Psk {
        key: &other_key,
        id: &[7; 16],
    };
    let other_id = HpkeMode::Psk {
        key: &key,
        id: &[8; 16],
    };
    for (mode, others) in [(&base, [&psk, &other_psk]), (&psk, [&base, &other_psk])] {
        let message = opening.public_key().encrypt(mode, b"info", b"text").unwrap();
        assert_eq!(*opening.decrypt(mode, b"info", &message).unwrap(), b"text");
        for other in others.into_iter().chain([&other_id]) {
            assert_eq!(opening.decrypt(other, b"info", &message), Err(DecryptError));
        }
        assert_eq!(opening.decrypt(mode, b"infos", &message), Err(DecryptError));
        let other_opening = OpeningKey::new(secret(4));
        assert_eq!(other_opening.decrypt(mode, b"info", &message), Err(DecryptError));
        for at in 0..ENCAPSULATED_LEN + message.ciphertext.len() {
            let mut forged = message.clone();
            match at.checked_sub(ENCAPSULATED_LEN) {
                None => forged.key[at] ^= 1,
                Some(at) => forged.ciphertext[at] ^= 1,
            }
            assert_eq!(opening.decrypt(mode, b"info", &forged), Err(DecryptError), "byte {at}");
        }
        for len in 0..message.ciphertext.len() {
            let mut cut = message.clone();
            cut.ciphertext.truncate(len);
            assert_eq!(opening.decrypt(mode, b"info", &cut), Err(DecryptError), "{len} bytes");
        }
    }
}

#[test]
fn no_two_messages_are_the_same() {
    let public = OpeningKey::new(secret(1)).public_key();
    let message = || public.encrypt(&HpkeMode::Base, b"", b"text").unwrap();
    assert_ne!(message().key, message().key, "each has an ephemeral key of its own");
}

#[test]
fn what_is_no_point_is_no_key() {
    let good = *OpeningKey::new(secret(1)).public_key().as_bytes();
    assert!(EncryptionKey::from_bytes(&good).is_ok());
    let check = |bytes: &[u8]| assert_eq!(EncryptionKey::from_bytes(bytes), Err(EncryptionKeyError));
    check(&[]);
    check(&good[..64]);
    check(&[good.as_slice(), &[0]].concat());
    check(&[0; 65]);
    // The compressed point, the identity, and one that is beside the curve.
    check(&[&[2], &good[1..33]].concat());
    check(&[0]);
    let mut beside = good;
    beside[64] ^= 1;
    check(&beside);
    let mut tagged = good;
    tagged[0] = 6;
    check(&tagged);
}
