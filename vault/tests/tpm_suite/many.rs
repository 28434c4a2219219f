//! Nothing is left in the TPM's few slots.

use strongroom_vault::tpm::Tpm;
use strongroom_vault::tpm::TpmError;

use crate::fixture::Swtpm;
use crate::fixture::assert_root;
use crate::fixture::content;
use crate::fixture::pcrs;
use crate::fixture::pin;
use crate::fixture::refused;
use crate::fixture::root;
use crate::fixture::secret;

const HANDLE: u32 = 0x0180_1234;

#[track_caller]
fn assert_nothing_loaded(swtpm: &Swtpm) {
    for kind in ["handles-transient", "handles-loaded-session", "handles-saved-session"] {
        assert_eq!(swtpm.tool("tpm2_getcap", &[kind]), "", "{kind}");
    }
}

/// A thousand operations, a third of which fail, on three slots and without a resource manager.
#[test]
fn a_thousand_operations() {
    let swtpm = Swtpm::start();
    swtpm.extend(7);
    let mut tpm = swtpm.open();
    let place = tpm.define_anchor_at(HANDLE, &secret(1)).unwrap();
    let plain = tpm.seal(&root(7), &pcrs(""), None).unwrap();
    let guarded = tpm.seal(&root(8), &pcrs("7"), Some(&pin("4711"))).unwrap();
    drop(tpm);
    swtpm.extend(11);
    let mut tpm = swtpm.open();
    for number in 0..100 {
        ten_operations(&mut tpm, number, (&place, &plain, &guarded));
    }
    assert_eq!(tpm.guesses().unwrap().counter, 0);
    tpm.close().unwrap();
    assert_nothing_loaded(&swtpm);
}

fn ten_operations(
    tpm: &mut Tpm,
    number: u64,
    (place, plain, guarded): (
        &strongroom_vault::tpm::AnchorPlace,
        &strongroom_vault::tpm::SealedObject,
        &strongroom_vault::tpm::SealedObject,
    ),
) {
    let auth = secret(1);
    tpm.write_anchor(place, &auth, content(number)).unwrap();
    assert_eq!(tpm.read_anchor(place, &auth).unwrap(), Some(content(number)));
    assert!(matches!(
        refused(tpm.read_anchor(place, &secret(2))),
        TpmError::AnchorReplaced { .. }
    ));
    assert_root(&tpm.unseal(plain, &pcrs(""), None).unwrap(), 7);
    assert_root(&tpm.unseal(guarded, &pcrs("7"), Some(&pin("4711"))).unwrap(), 8);
    assert!(matches!(
        refused(tpm.unseal(guarded, &pcrs("7,11"), Some(&pin("4711")))),
        TpmError::PcrsChanged
    ));
    assert_eq!(tpm.peek_anchor(place).unwrap(), Some(content(number)));
    assert!(matches!(
        refused(tpm.undefine_unwritten_anchor(HANDLE + 1)),
        TpmError::AnchorMissing { .. }
    ));
    drop(tpm.seal(&root(9), &pcrs("7"), None).unwrap());
    assert!(tpm.ek_name().unwrap().is_some());
}

/// Every way out, also that of a TPM that is dropped and not closed.
#[test]
fn nothing_stays_loaded_after_failures() {
    let swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    let sealed = tpm.seal(&root(7), &pcrs(""), Some(&pin("4711"))).unwrap();
    drop(refused(tpm.unseal(&sealed, &pcrs(""), Some(&pin("0000")))));
    drop(tpm);
    assert_nothing_loaded(&swtpm);
    let mut tpm = swtpm.open();
    drop(refused(tpm.seal(&root(7), &pcrs("8"), None)));
    tpm.limit_guesses(Some(&secret(1))).unwrap();
    drop(tpm);
    assert_nothing_loaded(&swtpm);
    swtpm.tool("tpm2_changeauth", &["-c", "o", "site policy"]);
    drop(refused(swtpm.try_open()));
    assert_nothing_loaded(&swtpm);
}
