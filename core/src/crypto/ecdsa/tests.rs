use data_encoding::HEXLOWER;
use ring::rand::SystemRandom;
use ring::signature::ECDSA_P256_SHA256_FIXED_SIGNING;
use ring::signature::EcdsaKeyPair;
use ring::signature::KeyPair;

use super::*;

fn bytes(hex: &str) -> [u8; 32] {
    HEXLOWER.decode(hex.as_bytes()).unwrap().try_into().unwrap()
}

/// Source: RFC 6979 appendix A.2.5, P-256 with SHA-256, message "sample".
fn published() -> (EcdsaPublicKey, EcdsaSignature) {
    let key = EcdsaPublicKey::new(
        &bytes("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"),
        &bytes("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"),
    );
    let signature = EcdsaSignature::new(
        &bytes("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"),
        &bytes("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"),
    );
    (key, signature)
}

#[test]
fn the_published_signature_verifies() {
    let (key, signature) = published();
    assert_eq!(key.verify(b"sample", signature.as_der()), Ok(()));
    assert_eq!(key.verify(b"Sample", signature.as_der()), Err(VerifyError));
    for at in 0..signature.as_der().len() {
        let mut forged = signature.as_der().to_vec();
        forged[at] ^= 1;
        assert_eq!(key.verify(b"sample", &forged), Err(VerifyError), "byte {at}");
    }
}

#[test]
fn numbers_are_written_as_der_has_them() {
    let number = |from: usize, first: u8| {
        let mut number = [0x11; 32];
        number[..from].fill(0);
        number[from] = first;
        number
    };
    let head = |number: &[u8; 32]| integer(number)[..3].to_vec();
    assert_eq!(head(&number(0, 0x7f)), [2, 32, 0x7f]);
    assert_eq!(head(&number(0, 0x80)), [2, 33, 0]);
    assert_eq!(head(&number(1, 0x7f)), [2, 31, 0x7f]);
    assert_eq!(head(&number(1, 0x80)), [2, 32, 0]);
    assert_eq!(integer(&[0; 32]), [2, 1, 0]);
    assert_eq!(integer(&number(31, 1)), [2, 1, 1]);
}

#[test]
fn what_ring_signs_verifies_as_der() {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
    let point = &pair.public_key().as_ref()[1..];
    let key = EcdsaPublicKey::new(point[..32].try_into().unwrap(), point[32..].try_into().unwrap());
    // Enough for each number to begin with a high bit, a low one, and now and then a zero byte.
    for round in 0..1000_u32 {
        let text = round.to_be_bytes();
        let signature = pair.sign(&random, &text).unwrap();
        let (r, s) = signature.as_ref().split_at(32);
        let signature = EcdsaSignature::new(r.try_into().unwrap(), s.try_into().unwrap());
        assert_eq!(key.verify(&text, signature.as_der()), Ok(()), "round {round}");
        assert!(has_low_s(signature.as_der()), "round {round}");
        // Its twin verifies as well, and is the same signature otherwise written.
        let low: [u8; 32] = if *s > HALF_ORDER[..] {
            negative(s.try_into().unwrap())
        } else {
            s.try_into().unwrap()
        };
        let twin = der(r.try_into().unwrap(), &negative(&low));
        assert_eq!(
            (key.verify(&text, &twin), has_low_s(&twin)),
            (Ok(()), false),
            "round {round}"
        );
        assert_eq!(EcdsaSignature::new(r.try_into().unwrap(), &negative(&low)), signature);
    }
}

fn der(r: &[u8; 32], s: &[u8; 32]) -> Vec<u8> {
    let (r, s) = (integer(r), integer(s));
    [&[SEQUENCE, u8::try_from(r.len() + s.len()).unwrap()], r.as_slice(), &s].concat()
}

#[test]
fn the_lower_of_two_is_told() {
    let mut one = [0; 32];
    one[31] = 1;
    let mut above = HALF_ORDER;
    above[31] += 1;
    for (s, low) in [(one, true), (HALF_ORDER, true), (above, false), (negative(&one), false)] {
        assert_eq!(has_low_s(&der(&one, &s)), low, "{s:x?}");
        assert_eq!(negative(&negative(&s)), s);
    }
    assert_eq!(negative(&HALF_ORDER), above);
    for cut in 0..8 {
        assert!(!has_low_s(&der(&one, &one)[..cut.min(7)]), "{cut}");
    }
}

#[test]
fn a_key_reads_back_or_is_none() {
    let (key, _) = published();
    let spki = key.to_spki();
    assert_eq!((spki.len(), EcdsaPublicKey::from_spki(&spki)), (91, Some(key)));
    for at in 0..=26 {
        let mut other = spki.clone();
        other[at] ^= 1;
        assert_eq!(EcdsaPublicKey::from_spki(&other), None, "byte {at}");
    }
    assert_eq!(EcdsaPublicKey::from_spki(&spki[..90]), None);
    assert_eq!(EcdsaPublicKey::from_spki(&[spki.as_slice(), &[0]].concat()), None);
}
