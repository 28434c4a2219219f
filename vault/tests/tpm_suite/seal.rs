//! Sealing and unsealing.

use strongroom_core::values::VaultId;
use strongroom_vault::tpm::PinAuth;
use strongroom_vault::tpm::SealedObject;
use strongroom_vault::tpm::TpmError;

use crate::fixture::Swtpm;
use crate::fixture::assert_root;
use crate::fixture::pcrs;
use crate::fixture::pin;
use crate::fixture::refused;
use crate::fixture::root;

#[test]
fn without_pin_and_without_pcr() {
    let mut swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    let sealed = tpm.seal(&root(7), &pcrs(""), None).unwrap();
    assert!(!sealed.takes_pin());
    let bytes = sealed.to_bytes();
    tpm.close().unwrap();

    swtpm.restart(true);
    let mut tpm = swtpm.open();
    let sealed = SealedObject::from_bytes(&bytes).unwrap();
    assert_root(&tpm.unseal(&sealed, &pcrs(""), None).unwrap(), 7);
    let error = refused(tpm.unseal(&sealed, &pcrs(""), Some(&pin("1234"))));
    assert!(matches!(error, TpmError::PinMismatch { needed: false }), "{error}");
}

/// Without a PIN, power cuts must not add up to a lockout.
#[test]
fn without_pin_power_cuts_are_not_counted() {
    let mut swtpm = Swtpm::start();
    let sealed = swtpm.open().seal(&root(7), &pcrs(""), None).unwrap();
    for _ in 0..5 {
        let mut tpm = swtpm.open();
        assert_root(&tpm.unseal(&sealed, &pcrs(""), None).unwrap(), 7);
        assert_eq!(tpm.guesses().unwrap().counter, 0);
        drop(tpm);
        swtpm.restart(false);
    }
}

#[test]
fn a_wrong_pin_is_counted_and_says_what_is_left() {
    let swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    tpm.limit_guesses(None).unwrap();
    let sealed = tpm.seal(&root(7), &pcrs(""), Some(&pin("4711"))).unwrap();
    assert!(sealed.takes_pin());
    assert_root(&tpm.unseal(&sealed, &pcrs(""), Some(&pin("4711"))).unwrap(), 7);
    assert_eq!(tpm.guesses().unwrap().counter, 0);

    let error = refused(tpm.unseal(&sealed, &pcrs(""), Some(&pin("4712"))));
    assert!(matches!(error, TpmError::WrongPin { tries_left: 4 }), "{error}");
    // The same PIN of another vault is another value.
    let other = PinAuth::new(&VaultId::new([0x22; 16]), "4711");
    let error = refused(tpm.unseal(&sealed, &pcrs(""), Some(&other)));
    assert!(matches!(error, TpmError::WrongPin { tries_left: 3 }), "{error}");
    let error = refused(tpm.unseal(&sealed, &pcrs(""), None));
    assert!(matches!(error, TpmError::PinMismatch { needed: true }), "{error}");

    // The right one still works, and takes nothing back.
    assert_root(&tpm.unseal(&sealed, &pcrs(""), Some(&pin("4711"))).unwrap(), 7);
    assert_eq!(tpm.guesses().unwrap().counter, 2);
}

#[test]
fn lockout_refuses_even_the_right_pin_and_says_how_long() {
    let swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    tpm.limit_guesses(None).unwrap();
    let sealed = tpm.seal(&root(7), &pcrs(""), Some(&pin("4711"))).unwrap();
    let open = tpm.seal(&root(8), &pcrs(""), None).unwrap();
    for expected in (0..5).rev() {
        let error = refused(tpm.unseal(&sealed, &pcrs(""), Some(&pin("0000"))));
        assert!(
            matches!(error, TpmError::WrongPin { tries_left } if tries_left == expected),
            "{expected}: {error}"
        );
    }
    let error = refused(tpm.unseal(&sealed, &pcrs(""), Some(&pin("4711"))));
    assert!(matches!(error, TpmError::Lockout { wait_seconds: 600 }), "{error}");
    let error = refused(tpm.seal(&root(9), &pcrs(""), Some(&pin("4711"))));
    assert!(matches!(error, TpmError::Lockout { wait_seconds: 600 }), "{error}");
    assert!(tpm.guesses().unwrap().in_lockout);
    // What has no PIN is not concerned.
    assert_root(&tpm.unseal(&open, &pcrs(""), None).unwrap(), 8);
    drop(tpm);

    swtpm.tool("tpm2_dictionarylockout", &["-c"]);
    let mut tpm = swtpm.open();
    assert_root(&tpm.unseal(&sealed, &pcrs(""), Some(&pin("4711"))).unwrap(), 7);
}

#[test]
fn changed_pcrs_refuse_and_cost_no_guess() {
    let swtpm = Swtpm::start();
    swtpm.extend(7);
    swtpm.extend(11);
    let mut tpm = swtpm.open();
    let both = tpm.seal(&root(7), &pcrs("7,11"), Some(&pin("4711"))).unwrap();
    let one = tpm.seal(&root(8), &pcrs("11"), None).unwrap();
    drop(tpm);

    // Another PCR is another matter.
    swtpm.extend(8);
    let mut tpm = swtpm.open();
    assert_root(&tpm.unseal(&both, &pcrs("7,11"), Some(&pin("4711"))).unwrap(), 7);
    // A selection other than the one sealed to does not open it either.
    let error = refused(tpm.unseal(&both, &pcrs("11"), Some(&pin("4711"))));
    assert!(matches!(error, TpmError::PcrsChanged), "{error}");
    drop(tpm);

    swtpm.extend(7);
    let mut tpm = swtpm.open();
    for text in ["4711", "0000"] {
        let error = refused(tpm.unseal(&both, &pcrs("7,11"), Some(&pin(text))));
        assert!(matches!(error, TpmError::PcrsChanged), "{error}");
    }
    assert_root(&tpm.unseal(&one, &pcrs("11"), None).unwrap(), 8);
    assert_eq!(tpm.guesses().unwrap().counter, 0);
}

#[test]
fn void_pcrs_are_refused() {
    let swtpm = Swtpm::start();
    swtpm.extend(7);
    let mut tpm = swtpm.open();
    tpm.check_pcrs(&pcrs("7")).unwrap();
    tpm.check_pcrs(&pcrs("")).unwrap();
    // 8 was never extended, 17 reads FF on a machine without a measured launch.
    for (selection, void) in [("8", 8), ("7,8", 8), ("7,17", 17)] {
        for error in [
            refused(tpm.check_pcrs(&pcrs(selection))),
            refused(tpm.seal(&root(7), &pcrs(selection), None)),
        ] {
            assert!(
                matches!(error, TpmError::PcrVoid { pcr } if pcr == void),
                "{selection}: {error}"
            );
        }
    }
}

#[test]
fn a_pcr_without_a_bank_is_void() {
    let mut swtpm = Swtpm::start();
    swtpm.tool("tpm2_pcrallocate", &["sha1:all+sha256:none"]);
    swtpm.restart(true);
    swtpm.tool("tpm2_pcrextend", &[&format!("7:sha1={}", "5a".repeat(20))]);
    let mut tpm = swtpm.open();
    let error = refused(tpm.check_pcrs(&pcrs("7")));
    assert!(matches!(error, TpmError::PcrVoid { pcr: 7 }), "{error}");
}

#[test]
fn a_changed_sealed_object_is_refused() {
    let swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    let bytes = tpm.seal(&root(7), &pcrs(""), None).unwrap().to_bytes();
    // In the policy, the unique value, the private area's integrity value and its content.
    for position in [20, 60, 90, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[position] ^= 1;
        let sealed = SealedObject::from_bytes(&changed).unwrap();
        let error = refused(tpm.unseal(&sealed, &pcrs(""), None));
        assert!(matches!(error, TpmError::NotSealedHere), "byte {position}: {error}");
    }
    // An object with a PIN cannot be relabelled as one without.
    let mut changed = tpm.seal(&root(7), &pcrs(""), Some(&pin("4711"))).unwrap().to_bytes();
    assert_eq!(changed[6..10], [0, 0, 0, 0x92]);
    changed[8] = 4;
    let sealed = SealedObject::from_bytes(&changed).unwrap();
    let error = refused(tpm.unseal(&sealed, &pcrs(""), None));
    assert!(matches!(error, TpmError::NotSealedHere), "{error}");
}
