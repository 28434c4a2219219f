//! Published vectors; that another implementation agrees is for `core/tests/fve.rs`, which wraps keys by its own.

use super::*;
use crate::crypto::tests::blocks;

/// The fields of a vector.
struct Case {
    key: Secret<32>,
    nonce: [u8; NONCE_LEN],
    tag: [u8; TAG_LEN],
    ciphertext: Vec<u8>,
    plaintext: Vec<u8>,
}

fn cases() -> Vec<Case> {
    let case = |mut vector: std::collections::BTreeMap<&str, Vec<u8>>| Case {
        key: Secret::copy_from(&vector["key"]).unwrap(),
        nonce: vector["nonce"].as_slice().try_into().unwrap(),
        tag: vector["tag"].as_slice().try_into().unwrap(),
        ciphertext: vector.remove("ciphertext").unwrap(),
        plaintext: vector.remove("plaintext").unwrap(),
    };
    blocks(include_str!("../../../vectors/aes-256-ccm.txt"))
        .into_iter()
        .map(case)
        .collect()
}

#[test]
fn aes_256_ccm_as_published() {
    let cases = cases();
    assert_eq!(cases.len(), 10);
    for case in cases {
        let text = decrypt_ccm(&case.key, &case.nonce, &case.tag, &case.ciphertext).unwrap();
        assert_eq!(*text, case.plaintext);
    }
}

#[test]
fn what_was_changed_does_not_decrypt() {
    for case in cases() {
        let refused = |key: &Secret<32>, nonce: &[u8; NONCE_LEN], tag: &[u8; TAG_LEN], ciphertext: &[u8]| {
            assert_eq!(decrypt_ccm(key, nonce, tag, ciphertext).unwrap_err(), DecryptError);
        };
        for bit in 0..TAG_LEN * 8 {
            let mut tag = case.tag;
            tag[bit / 8] ^= 1 << (bit % 8);
            refused(&case.key, &case.nonce, &tag, &case.ciphertext);
        }
        for bit in 0..case.ciphertext.len() * 8 {
            let mut forged = case.ciphertext.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            refused(&case.key, &case.nonce, &case.tag, &forged);
        }
        for len in 0..case.ciphertext.len() {
            refused(&case.key, &case.nonce, &case.tag, &case.ciphertext[..len]);
        }
        let longer = [case.ciphertext.as_slice(), &[0]].concat();
        refused(&case.key, &case.nonce, &case.tag, &longer);
        let other = Secret::from_fn(|key| key.fill(3));
        refused(&other, &case.nonce, &case.tag, &case.ciphertext);
        let mut nonce = case.nonce;
        nonce[11] ^= 1;
        refused(&case.key, &nonce, &case.tag, &case.ciphertext);
    }
}
