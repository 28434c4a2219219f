//! Which TPM this is, and whether it lets us in.

use std::fs::File;
use std::net::TcpListener;
use std::net::TcpStream;
use std::path::Path;

use strongroom_vault::tpm::Tcti;
use strongroom_vault::tpm::Tpm;
use strongroom_vault::tpm::TpmError;

use crate::fixture::Swtpm;
use crate::fixture::alone;
use crate::fixture::assert_root;
use crate::fixture::content;
use crate::fixture::pcrs;
use crate::fixture::refused;
use crate::fixture::root;
use crate::fixture::secret;

const HANDLE: u32 = 0x0180_1234;

/// The template of the storage primary, and its symmetric algorithm, as tpm2-tools write them.
const TEMPLATE: &str = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|decrypt";

fn make_persistent(swtpm: &Swtpm, algorithm: &str, attributes: &str) {
    swtpm.tool(
        "tpm2_createprimary",
        &["-C", "o", "-g", "sha256", "-G", algorithm, "-a", attributes, "-c", "p"],
    );
    swtpm.tool("tpm2_evictcontrol", &["-C", "o", "-c", "p", "0x81000001"]);
    swtpm.tool("tpm2_flushcontext", &["-t"]);
}

#[test]
fn the_same_tpm_is_the_same() {
    let mut swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    let primary = tpm.primary_name().to_vec();
    let ek = tpm.ek_name().unwrap().unwrap();
    assert_eq!((primary.len(), ek.len()), (34, 34));
    assert_ne!(primary, ek);
    assert_eq!(tpm.manufacturer().unwrap(), "IBM");
    drop(tpm);
    swtpm.restart(false);
    let mut tpm = swtpm.open();
    assert_eq!(tpm.ek_name().unwrap().as_ref(), Some(&ek));
    tpm.identify(&primary, Some(&ek)).unwrap();
    tpm.identify(&primary, None).unwrap();
}

/// tpm2-tools are the check of the template.
#[test]
fn the_primary_is_the_one_that_others_derive() {
    let swtpm = Swtpm::start();
    let primary = swtpm.open().primary_name().to_vec();
    make_persistent(&swtpm, "ecc", TEMPLATE);
    let listed = swtpm.tool("tpm2_readpublic", &["-c", "0x81000001"]);
    let name: String = primary.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(listed.contains(&name), "{listed}");
    assert!(listed.contains("raw: 0x30472"), "{listed}");
}

#[test]
fn a_cleared_tpm_is_told_from_another_one() {
    let swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    let primary = tpm.primary_name().to_vec();
    let ek = tpm.ek_name().unwrap().unwrap();
    let sealed = tpm.seal(&root(7), &pcrs(""), None).unwrap();
    let place = tpm.define_anchor_at(HANDLE, &secret(1)).unwrap();
    drop(tpm);

    swtpm.tool("tpm2_clear", &["-c", "p"]);
    let mut tpm = swtpm.open();
    assert!(matches!(refused(tpm.identify(&primary, Some(&ek))), TpmError::Cleared));
    assert!(matches!(refused(tpm.identify(&primary, None)), TpmError::OtherTpm));
    let error = refused(tpm.unseal(&sealed, &pcrs(""), None));
    assert!(matches!(error, TpmError::NotSealedHere), "{error}");
    let error = refused(tpm.read_anchor(&place, &secret(1)));
    assert!(matches!(error, TpmError::AnchorMissing { handle: HANDLE }), "{error}");
    drop(tpm);
    drop(swtpm);

    let other = Swtpm::start();
    let mut tpm = other.open();
    assert!(matches!(refused(tpm.identify(&primary, Some(&ek))), TpmError::OtherTpm));
    let error = refused(tpm.unseal(&sealed, &pcrs(""), None));
    assert!(matches!(error, TpmError::NotSealedHere), "{error}");
}

#[test]
fn an_endorsement_hierarchy_that_refuses() {
    let swtpm = Swtpm::start();
    let primary = swtpm.open().primary_name().to_vec();
    swtpm.tool("tpm2_changeauth", &["-c", "e", "privacy"]);
    let mut tpm = swtpm.open();
    assert_eq!(tpm.ek_name().unwrap(), None);
    tpm.identify(&primary, Some(&[0; 34])).unwrap();
    assert!(matches!(
        refused(tpm.identify(&[0; 34], Some(&[0; 34]))),
        TpmError::OtherTpm
    ));
    // The session that was refused is not the last.
    tpm.define_anchor_at(HANDLE, &secret(1)).unwrap();
}

#[test]
fn owner_authorisation_without_a_persistent_primary() {
    let swtpm = Swtpm::start();
    swtpm.tool("tpm2_changeauth", &["-c", "o", "site policy"]);
    let error = refused(swtpm.try_open());
    assert!(matches!(error, TpmError::OwnerAuthSet), "{error}");
}

#[test]
fn owner_authorisation_with_another_key_in_its_place() {
    for (algorithm, attributes) in [
        ("rsa", TEMPLATE),
        // Under dictionary-attack protection: whoever locks the TPM out locks the vault.
        (
            "ecc",
            "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|decrypt",
        ),
    ] {
        let swtpm = Swtpm::start();
        make_persistent(&swtpm, algorithm, attributes);
        swtpm.tool("tpm2_changeauth", &["-c", "o", "site policy"]);
        let error = refused(swtpm.try_open());
        assert!(matches!(error, TpmError::OwnerAuthSet), "{error}");
    }
}

#[test]
fn owner_authorisation_with_the_primary_made_persistent() {
    let swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    let primary = tpm.primary_name().to_vec();
    let sealed = tpm.seal(&root(7), &pcrs(""), None).unwrap();
    let place = tpm.define_anchor_at(HANDLE, &secret(1)).unwrap();
    tpm.define_anchor_at(HANDLE + 1, &secret(1)).unwrap();
    drop(tpm);
    make_persistent(&swtpm, "ecc", TEMPLATE);
    swtpm.tool("tpm2_changeauth", &["-c", "o", "site policy"]);

    let mut tpm = swtpm.open();
    tpm.identify(&primary, None).unwrap();
    assert_root(&tpm.unseal(&sealed, &pcrs(""), None).unwrap(), 7);
    tpm.write_anchor(&place, &secret(1), content(1)).unwrap();
    assert_eq!(tpm.read_anchor(&place, &secret(1)).unwrap(), Some(content(1)));
    // What needs the owner says so.
    for error in [
        refused(tpm.peek_anchor(&place)),
        refused(tpm.define_anchor_at(HANDLE + 2, &secret(1))),
        refused(tpm.undefine_unwritten_anchor(HANDLE + 1)),
    ] {
        assert!(matches!(error, TpmError::OwnerAuthSet), "{error}");
    }
    // And is forgotten over nothing.
    assert_root(&tpm.unseal(&sealed, &pcrs(""), None).unwrap(), 7);
    tpm.close().unwrap();
    assert!(
        swtpm
            .tool("tpm2_getcap", &["handles-persistent"])
            .contains("0x81000001")
    );
}

#[track_caller]
fn open_nothing(tcti: &str) -> TpmError {
    let folder = tempfile::tempdir().unwrap();
    let tcti: Tcti = tcti.parse().unwrap();
    refused(Tpm::open(&tcti, folder.path(), &File::open(folder.path()).unwrap()))
}

#[test]
fn nobody_there() {
    let _alone = alone();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (tcti, host) in [("127.0.0.1", true), ("no.such.host.invalid", false)] {
        let error = open_nothing(&format!("swtpm:host={tcti},port={port}"));
        assert!(matches!(error, TpmError::Unreachable { .. }), "{host}: {error}");
    }
    let error = open_nothing("device:/nonexistent/tpmrm0");
    assert!(
        matches!(&error, TpmError::NoDevice { path } if path == Path::new("/nonexistent/tpmrm0")),
        "{error}"
    );
    // A device, but no TPM.
    let error = open_nothing("device:/dev/null");
    assert!(matches!(error, TpmError::Unreachable { .. }), "{error}");
}

/// A swtpm serves one connection at a time; the second must not wait for ever.
#[test]
fn somebody_else_is_connected() {
    let swtpm = Swtpm::start();
    let other = TcpStream::connect(("127.0.0.1", swtpm.port())).unwrap();
    let error = refused(swtpm.try_open());
    assert!(matches!(error, TpmError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("another program"), "{error}");
    drop(other);
    drop(swtpm.open());
}

#[test]
fn gone_in_the_middle() {
    let mut swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    let place = tpm.define_anchor_at(HANDLE, &secret(1)).unwrap();
    swtpm.kill();
    let error = refused(tpm.write_anchor(&place, &secret(1), content(1)));
    assert!(matches!(error, TpmError::Unreachable { .. }), "{error}");
}
