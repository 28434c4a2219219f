//! Limits on guesses, and who holds the lockout authorisation.

use strongroom_vault::tpm::GuessLimit;

use crate::fixture::Swtpm;
use crate::fixture::secret;

#[test]
fn limits_are_set_once_and_for_all() {
    let mut swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    let before = tpm.guesses().unwrap();
    assert_ne!((before.max_tries, before.recovery_seconds), (5, 600));
    // A value that ends in a zero byte, which a TPM would drop.
    for _ in 0..2 {
        assert_eq!(tpm.limit_guesses(Some(&secret(0))).unwrap(), GuessLimit::Ours);
    }
    let after = tpm.guesses().unwrap();
    assert_eq!((after.max_tries, after.recovery_seconds), (5, 600));
    assert_eq!(after.lockout_recovery_seconds, 86_400);
    assert!(after.lockout_auth_set && !after.in_lockout);
    tpm.close().unwrap();

    // It is ours on another day too, and in the eyes of another program.
    swtpm.restart(true);
    let hex = format!("hex:{}01", "00".repeat(31));
    swtpm.tool("tpm2_dictionarylockout", &["-c", "-p", &hex]);
    let mut tpm = swtpm.open();
    assert_eq!(tpm.limit_guesses(Some(&secret(0))).unwrap(), GuessLimit::Ours);
}

#[test]
fn another_vaults_lockout_authorisation_is_not_ours() {
    let swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    assert_eq!(tpm.limit_guesses(Some(&secret(1))).unwrap(), GuessLimit::Ours);
    assert_eq!(tpm.limit_guesses(Some(&secret(2))).unwrap(), GuessLimit::NotOurs);
    // The wrong try has closed the lockout hierarchy for a day: from now on nobody can tell, and no PIN is concerned.
    assert_eq!(tpm.limit_guesses(Some(&secret(1))).unwrap(), GuessLimit::NotOurs);
    assert_eq!(tpm.guesses().unwrap().counter, 0);
}

#[test]
fn a_lockout_authorisation_that_was_there_stays_untouched() {
    let swtpm = Swtpm::start();
    swtpm.tool("tpm2_changeauth", &["-c", "l", "site policy"]);
    let mut tpm = swtpm.open();
    let before = tpm.guesses().unwrap();
    assert!(before.lockout_auth_set);
    assert_eq!(tpm.limit_guesses(Some(&secret(1))).unwrap(), GuessLimit::NotOurs);
    assert_eq!(tpm.limit_guesses(None).unwrap(), GuessLimit::NotOurs);
    assert_eq!(tpm.guesses().unwrap(), before);
    drop(tpm);
    // No wrong value was tried: it still works.
    swtpm.tool("tpm2_changeauth", &["-c", "l", "-p", "site policy", "other"]);
}

#[test]
fn the_lockout_authorisation_can_be_left_alone() {
    let swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    assert_eq!(tpm.limit_guesses(None).unwrap(), GuessLimit::Unguarded);
    let after = tpm.guesses().unwrap();
    assert_eq!((after.max_tries, after.recovery_seconds), (5, 600));
    assert!(!after.lockout_auth_set);
    // And set later.
    assert_eq!(tpm.limit_guesses(Some(&secret(1))).unwrap(), GuessLimit::Ours);
    assert!(tpm.guesses().unwrap().lockout_auth_set);
}
