//! Published vectors, and each crate against the other.

use data_encoding::HEXLOWER;
use proptest::prelude::*;
use ring::aead;
use ring::hkdf;

use super::*;
use crate::values::Secret;

/// The fields of each block of a file of vectors, as bytes.
pub(crate) fn blocks(text: &str) -> Vec<std::collections::BTreeMap<&str, Vec<u8>>> {
    let blocks: Vec<_> = text.split("\n\n").skip(1).map(fields).collect();
    assert!(!blocks.is_empty(), "a file of vectors has some");
    blocks
}

fn fields(block: &str) -> std::collections::BTreeMap<&str, Vec<u8>> {
    let field = |line| {
        let (name, value) = str::split_once(line, " =").expect("a field has a name");
        (name, HEXLOWER.decode(value.trim().as_bytes()).expect("hexadecimal"))
    };
    block.lines().map(field).collect()
}

fn secret(bytes: &[u8]) -> Secret<32> {
    Secret::copy_from(bytes).expect("32 bytes")
}

/// HMAC takes a shorter key with zeros behind it, and the hash of one that is longer than a block.
fn hmac_key(bytes: &[u8]) -> Secret<32> {
    if bytes.len() > 64 {
        return secret(sha256(&[bytes]).as_bytes());
    }
    Secret::from_fn(|key| key[..bytes.len()].copy_from_slice(bytes))
}

#[test]
fn aes_256_gcm_as_published() {
    let vectors = blocks(include_str!("../../vectors/aes-256-gcm.txt"));
    assert_eq!(vectors.len(), 4);
    for vector in vectors {
        let (key, binding) = (secret(&vector["key"]), &vector["binding"]);
        let nonce = Nonce::kept(vector["nonce"].as_slice().try_into().unwrap());
        let text = [vector["ciphertext"].as_slice(), &vector["tag"]].concat();
        assert_eq!(encrypt(&key, &nonce, &vector["plaintext"], binding), text);
        assert_eq!(*decrypt(&key, &nonce, &text, binding).unwrap(), vector["plaintext"]);
    }
}

#[test]
fn hmac_sha256_as_published() {
    let vectors = blocks(include_str!("../../vectors/hmac-sha256.txt"));
    assert_eq!(vectors.len(), 6);
    for vector in vectors {
        let tag = hmac_sha256(&hmac_key(&vector["key"]), &vector["message"]);
        assert_eq!(tag.as_bytes().as_slice(), vector["tag"]);
    }
}

#[test]
fn sha_256_as_published() {
    let vectors = blocks(include_str!("../../vectors/sha-256.txt"));
    assert_eq!(vectors.len(), 3);
    for vector in vectors {
        assert_eq!(sha256(&[&vector["message"]]).as_bytes().as_slice(), vector["digest"]);
    }
}

#[test]
fn ed25519_as_published() {
    let vectors = blocks(include_str!("../../vectors/ed25519.txt"));
    assert_eq!(vectors.len(), 3);
    for vector in vectors {
        let key = SigningKey::new(secret(&vector["seed"]));
        let signature = key.sign(&vector["message"]);
        assert_eq!(key.public_key().as_bytes().as_slice(), vector["public"]);
        assert_eq!(signature.as_bytes().as_slice(), vector["signature"]);
        let public = PublicKey::new(vector["public"].as_slice().try_into().unwrap());
        assert_eq!(public.verify(&vector["message"], &signature), Ok(()));
        assert_eq!(public.verify(b"another text", &signature), Err(VerifyError));
        for byte in 0..64 {
            let mut forged = *signature.as_bytes();
            forged[byte] ^= 1;
            let forged = Signature::new(forged);
            assert_eq!(
                public.verify(&vector["message"], &forged),
                Err(VerifyError),
                "byte {byte}"
            );
        }
    }
}

#[test]
fn hkdf_sha256_as_published() {
    let vectors = blocks(include_str!("../../vectors/hkdf-sha256.txt"));
    assert_eq!(vectors.len(), 3);
    for vector in vectors {
        let okm = &vector["okm"];
        let (prk, extracted) = ::hkdf::Hkdf::<sha2::Sha256>::extract(Some(&vector["salt"]), &vector["ikm"]);
        let expanded = ::hkdf::Hkdf::<sha2::Sha256>::from_prk(&vector["prk"]).unwrap();
        assert_eq!(prk.as_slice(), vector["prk"]);
        for hkdf in [extracted, expanded] {
            let mut output = vec![0; okm.len()];
            hkdf.expand(&vector["info"], &mut output).unwrap();
            assert_eq!(output, *okm);
        }
    }
}

#[test]
fn what_was_changed_does_not_decrypt() {
    let (key, nonce) = (secret(&[1; 32]), Nonce::kept([2; 12]));
    let text = encrypt(&key, &nonce, b"0123456789abcdef", b"place");
    for bit in 0..text.len() * 8 {
        let mut forged = text.clone();
        forged[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            decrypt(&key, &nonce, &forged, b"place").unwrap_err(),
            DecryptError,
            "bit {bit}"
        );
    }
    for len in 0..text.len() {
        assert!(decrypt(&key, &nonce, &text[..len], b"place").is_err(), "{len} bytes");
    }
    assert!(decrypt(&secret(&[3; 32]), &nonce, &text, b"place").is_err());
    assert!(decrypt(&key, &Nonce::kept([3; 12]), &text, b"place").is_err());
    assert!(decrypt(&key, &nonce, &text, b"places").is_err());
    assert_eq!(DecryptError.to_string(), "decryption failed", "there is no reason");
    assert!(std::error::Error::source(&DecryptError).is_none());
}

#[test]
fn bindings_of_different_fields_differ() {
    let lists: [&[&[u8]]; 7] = [
        &[],
        &[b""],
        &[b"", b""],
        &[b"ab"],
        &[b"a", b"b"],
        &[b"b", b"a"],
        &[b"", b"ab"],
    ];
    for (at, one) in lists.iter().enumerate() {
        for other in &lists[at + 1..] {
            assert_ne!(Binding::of(one).as_bytes(), Binding::of(other).as_bytes());
        }
    }
    assert_eq!(Binding::of(&[b"ab", b""]).as_bytes(), b"\0\0\0\x02ab\0\0\0\0");
}

/// Every purpose there is. A new one does not compile until it stands here.
pub(crate) const PURPOSES: [Purpose; 11] = [
    Purpose::AnchorAuthorisation,
    Purpose::Drop,
    Purpose::DropSender,
    Purpose::Fingerprint,
    Purpose::Keyring,
    Purpose::LockoutAuthorisation,
    Purpose::LogSigning,
    Purpose::Pin,
    Purpose::RefusalCounts,
    Purpose::TpmSigningAuthorisation,
    Purpose::Wrap,
];

const fn counted(purpose: Purpose) -> usize {
    match purpose {
        Purpose::AnchorAuthorisation => 0,
        Purpose::Drop => 1,
        Purpose::DropSender => 2,
        Purpose::Fingerprint => 3,
        Purpose::Keyring => 4,
        Purpose::LockoutAuthorisation => 5,
        Purpose::LogSigning => 6,
        Purpose::Pin => 7,
        Purpose::RefusalCounts => 8,
        Purpose::TpmSigningAuthorisation => 9,
        Purpose::Wrap => 10,
    }
}

#[test]
fn no_two_purposes_share_a_key() {
    let mut keys = Vec::new();
    for (at, purpose) in PURPOSES.into_iter().enumerate() {
        assert_eq!(counted(purpose), at);
        assert!(!purpose.label().contains(&0), "a zero byte ends the label");
        for context in [b"".as_slice(), b"\0", b"x"] {
            keys.push(*derive(&secret(&[7; 32]), purpose, context).expose());
            keys.push(*expand(&secret(&[7; 32]), purpose, context).expose());
        }
    }
    let count = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), count);
}

#[test]
fn a_hash_is_written_as_lower_case_hexadecimal() {
    let digest = Digest::new([0xab; 32]);
    assert_eq!(
        serde_json::to_string(&digest).unwrap(),
        format!("\"{}\"", "ab".repeat(32))
    );
    let read = |text: &str| serde_json::from_str::<Digest>(&format!("\"{text}\"")).ok();
    assert_eq!(read(&"ab".repeat(32)), Some(digest));
    for text in ["", "ab", &"AB".repeat(32), &"ab".repeat(33), &"zz".repeat(32)] {
        assert_eq!(read(text), None);
    }
}

/// 32 bytes of output, as ring wants to be told.
struct Len32;

impl hkdf::KeyType for Len32 {
    fn len(&self) -> usize {
        32
    }
}

fn expanded_by_ring(prk: &hkdf::Prk, purpose: Purpose, context: &[u8]) -> [u8; 32] {
    let mut output = [0; 32];
    let info = [purpose.label(), &[0], context];
    prk.expand(&info, Len32).unwrap().fill(&mut output).unwrap();
    output
}

proptest! {
    #[test]
    fn encrypts_as_ring_does(
        key: [u8; 32],
        nonce: [u8; 12],
        plaintext in proptest::collection::vec(any::<u8>(), 0..200),
        binding in proptest::collection::vec(any::<u8>(), 0..100),
    ) {
        let text = encrypt(&secret(&key), &Nonce::kept(nonce), &plaintext, &binding);
        let ring = aead::LessSafeKey::new(aead::UnboundKey::new(&aead::AES_256_GCM, &key).unwrap());
        let mut theirs = plaintext.clone();
        let (nonce_of_ring, aad) = (aead::Nonce::assume_unique_for_key(nonce), aead::Aad::from(&binding));
        ring.seal_in_place_append_tag(nonce_of_ring, aad, &mut theirs).unwrap();
        prop_assert_eq!(&text, &theirs);
        prop_assert_eq!(&*decrypt(&secret(&key), &Nonce::kept(nonce), &theirs, &binding).unwrap(), &plaintext);
    }

    #[test]
    fn derives_as_ring_does(key: [u8; 32], purpose in proptest::sample::select(&PURPOSES[..]), context: Vec<u8>) {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(&key);
        prop_assert_eq!(*derive(&secret(&key), purpose, &context).expose(), expanded_by_ring(&prk, purpose, &context));
        let prk = hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, &key);
        prop_assert_eq!(*expand(&secret(&key), purpose, &context).expose(), expanded_by_ring(&prk, purpose, &context));
    }

    #[test]
    fn hashes_as_ring_does(key: [u8; 32], one: Vec<u8>, two: Vec<u8>) {
        let whole = [one.as_slice(), &two].concat();
        let theirs = ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key), &whole);
        let tag = hmac_sha256(&secret(&key), &whole);
        prop_assert_eq!(tag.as_bytes().as_slice(), theirs.as_ref());
        let digest: [u8; 32] = sha2::Digest::finalize(sha2::Digest::chain_update(<sha2::Sha256 as sha2::Digest>::new(), &whole)).into();
        prop_assert_eq!(*sha256(&[&one, &two]).as_bytes(), digest);
    }
}
