use ring::rand::SystemRandom;
use ring::signature::ECDSA_P256_SHA256_FIXED_SIGNING;
use ring::signature::EcdsaKeyPair;
use ring::signature::KeyPair;

use super::*;
use crate::crypto::EcdsaSignature;
use crate::crypto::SigningKey;
use crate::log::Note;
use crate::values::Secret;

fn key() -> SigningKey {
    SigningKey::new(Secret::from_fn(|seed| seed.fill(7)))
}

fn verifier(name: &str) -> VerifierKey {
    VerifierKey::new(name.to_owned(), key().public_key())
}

fn pair() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap()
}

fn of_pair(name: &str, pair: &EcdsaKeyPair) -> VerifierKey {
    let point = &pair.public_key().as_ref()[1..];
    let key = EcdsaPublicKey::new(point[..32].try_into().unwrap(), point[32..].try_into().unwrap());
    VerifierKey::ecdsa(name.to_owned(), key)
}

/// Name and id, and the base64, in which a `+` can stand too.
fn split(key: &str) -> (String, &str) {
    let parts: Vec<&str> = key.splitn(3, '+').collect();
    (format!("{}+{}", parts[0], parts[1]), parts[2])
}

fn sign(pair: &EcdsaKeyPair, text: &str) -> EcdsaSignature {
    let signature = pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
    let (r, s) = signature.as_ref().split_at(32);
    EcdsaSignature::new(r.try_into().unwrap(), s.try_into().unwrap())
}

#[test]
fn verifier_keys_read_back() {
    for name in ["mine", "strongroom/00/11", "Köln"] {
        for key in [verifier(name), of_pair(name, &pair())] {
            assert_eq!(key.to_string().parse(), Ok(key));
        }
    }
}

#[test]
fn malformed_verifier_keys_are_refused() {
    let good = verifier("mine").to_string();
    let (head, base64) = good.rsplit_once('+').unwrap();
    let encoded = |bytes: &[u8]| {
        let hash = sha256(&[b"mine\n", bytes]);
        format!(
            "mine+{}+{}",
            HEXLOWER.encode(&hash.as_bytes()[..4]),
            BASE64.encode(bytes)
        )
    };
    let key = *key().public_key().as_bytes();
    assert_eq!(encoded(&[&[1], key.as_slice()].concat()), good);
    for wrong in [
        String::new(),
        "mine".to_owned(),
        head.to_owned(),
        good.replace("mine", "mind"),
        good.replace("mine", ""),
        format!("{head}+{}", base64.to_lowercase()),
        format!("{good} "),
        format!("{good}\n"),
        format!(" {good}"),
        format!("{good}="),
        good.replacen('+', "+0", 1),
        head.to_uppercase() + "+" + base64,
        // Other types of key, and other lengths.
        encoded(&[&[2], key.as_slice()].concat()),
        encoded(&[&[3], key.as_slice()].concat()),
        encoded(&[&[1], &key[..31]].concat()),
        encoded(&[&[1], key.as_slice(), &[0]].concat()),
        encoded(&[]),
    ] {
        assert_eq!(
            wrong.parse::<VerifierKey>(),
            Err(ParseNoteError::VerifierKey),
            "{wrong:?}"
        );
    }
}

#[test]
fn names_that_no_note_can_bear_are_no_names_of_keys() {
    for name in ["", "my log", "a\tb", "a\u{2003}b", "a\u{1b}b"] {
        let text = verifier(name).to_string();
        assert_eq!(
            text.parse::<VerifierKey>(),
            Err(ParseNoteError::VerifierKey),
            "{name:?}"
        );
    }
}

#[test]
fn malformed_ecdsa_keys_are_refused() {
    let good = of_pair("mine", &pair()).to_string();
    let (head, base64) = split(&good);
    let bytes = BASE64.decode(base64.as_bytes()).unwrap();
    assert_eq!((bytes.len(), bytes[0]), (92, 2));
    let other = of_pair("mine", &pair()).to_string();
    for wrong in [
        format!("{head}+{}", split(&other).1),
        format!("{head}+{}", BASE64.encode(&bytes[..91])),
        format!("{head}+{}", BASE64.encode(&[bytes.as_slice(), &[0]].concat())),
        format!("{head}+{}", BASE64.encode(&[&[1], &bytes[1..]].concat())),
    ] {
        assert_eq!(
            wrong.parse::<VerifierKey>(),
            Err(ParseNoteError::VerifierKey),
            "{wrong:?}"
        );
    }
}

#[test]
fn a_note_that_both_keys_signed_is_verified_by_each() {
    let (first, pair) = (verifier("mine"), pair());
    let second = of_pair("mine", &pair);
    let mut note = Note::sign("text\n".to_owned(), "mine", &key());
    assert_eq!(note.verify(&second), Err(VerifyError), "not signed by it yet");
    let signature = sign(&pair, note.text());
    note.add(&second, &signature);
    let read: Note = note.to_string().parse().unwrap();
    assert_eq!((read.verify(&first), read.verify(&second)), (Ok(()), Ok(())));
    assert_eq!(read.verify(&of_pair("mine", &self::pair())), Err(VerifyError));
    assert_eq!(
        read.verify(&of_pair("other", &pair)),
        Err(VerifyError),
        "a key is a name too"
    );

    let mut forged = Note::sign("text\n".to_owned(), "mine", &key());
    forged.add(&second, &sign(&pair, "test\n"));
    assert_eq!(
        (forged.verify(&first), forged.verify(&second)),
        (Ok(()), Err(VerifyError))
    );
}
