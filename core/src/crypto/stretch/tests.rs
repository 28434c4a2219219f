//! The stretch against its definition, hashed by another crate.

use super::*;

fn password(bytes: [u8; 16]) -> RecoveryPassword {
    RecoveryPassword::from_bytes(Secret::from_fn(|secret| *secret = bytes))
}

fn salt() -> [u8; 16] {
    std::array::from_fn(|at| u8::try_from(at * 13).unwrap())
}

/// The definition, word by word, over ring's SHA-256.
fn defined(bytes: [u8; 16], salt: [u8; 16], rounds: u64) -> Vec<u8> {
    let sha256 = |message: &[u8]| ring::digest::digest(&ring::digest::SHA256, message).as_ref().to_vec();
    let hash = sha256(&bytes);
    let mut last = vec![0; 32];
    for count in 0..rounds {
        last = sha256(&[&last, hash.as_slice(), &salt, &count.to_le_bytes()].concat());
    }
    last
}

#[track_caller]
fn check(bytes: [u8; 16], salt: [u8; 16]) {
    let mut rounds = Rounds::new(&password(bytes), &salt);
    for count in 1..=600 {
        rounds.hash(1);
        // Where the count takes a second byte too.
        if count < 3 || count > 250 && count < 260 || count == 600 {
            assert_eq!(
                rounds.last().expose().as_slice(),
                defined(bytes, salt, count),
                "{count}"
            );
        }
    }
}

#[test]
fn each_round_is_as_defined() {
    check([0; 16], [0; 16]);
    check([0xff; 16], [0xff; 16]);
    check(std::array::from_fn(|at| u8::try_from(at + 1).unwrap()), salt());
}

#[test]
fn all_rounds_are_as_defined() {
    let mut told = Vec::new();
    let key = stretch(&password([7; 16]), &salt(), |done| {
        told.push(done);
        ControlFlow::Continue(())
    });
    assert_eq!(key.unwrap().expose().as_slice(), defined([7; 16], salt(), 1_048_576));
    assert_eq!(told.len(), 256);
    assert!(told.is_sorted_by(|one, next| *next == one + STRETCH_STEP));
    assert_eq!((told[0], told[255]), (STRETCH_STEP, STRETCH_ROUNDS));
}

#[test]
fn it_can_be_broken_off() {
    let mut calls = 0;
    let key = stretch(&password([7; 16]), &salt(), |_| {
        calls += 1;
        if calls == 3 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert!(key.is_none());
    assert_eq!(calls, 3, "and goes no further");
}
