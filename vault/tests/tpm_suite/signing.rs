//! The key that signs checkpoints.

use strongroom_core::values::Secret;
use strongroom_vault::tpm::SigningObject;
use strongroom_vault::tpm::TpmError;

use crate::fixture::Swtpm;
use crate::fixture::refused;

fn auth(byte: u8) -> Secret<32> {
    Secret::from_fn(|bytes| bytes.fill(byte))
}

#[test]
fn what_it_signs_verifies_and_nothing_else_does() {
    let mut swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    let key = tpm.create_signing_key(&auth(1)).unwrap();
    let kept = key.to_bytes();
    tpm.close().unwrap();

    swtpm.restart(true);
    let mut tpm = swtpm.open();
    let key = SigningObject::from_bytes(&kept).unwrap();
    for text in [b"".as_slice(), b"one", &[7; 5000]] {
        let signature = tpm.sign(&key, &auth(1), text).unwrap();
        assert!(key.public_key().verify(text, signature.as_der()).is_ok());
        assert!(key.public_key().verify(b"other", signature.as_der()).is_err());
    }
    let other = tpm.create_signing_key(&auth(1)).unwrap();
    assert_ne!(other.public_key(), key.public_key(), "each is a key of its own");
}

#[test]
fn it_signs_by_its_authorisation_alone() {
    let swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    let key = tpm.create_signing_key(&auth(1)).unwrap();
    for wrong in [0, 2] {
        let error = refused(tpm.sign(&key, &auth(wrong), b"text").map(|_| ()));
        assert!(
            matches!(
                error,
                TpmError::Refused {
                    command: "TPM2_Sign",
                    ..
                }
            ),
            "{error}"
        );
    }
    assert_eq!(tpm.guesses().unwrap().counter, 0, "it is not counted as a wrong PIN");
    assert!(tpm.sign(&key, &auth(1), b"text").is_ok());
}

#[test]
fn another_tpm_does_not_load_it() {
    let first = Swtpm::start();
    let key = first.open().create_signing_key(&auth(1)).unwrap();
    drop(first);
    let second = Swtpm::start();
    let error = refused(second.open().sign(&key, &auth(1), b"text").map(|_| ()));
    assert!(
        matches!(
            error,
            TpmError::Refused {
                command: "TPM2_Load",
                ..
            }
        ),
        "{error}"
    );
}
