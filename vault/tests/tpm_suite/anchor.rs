//! The life of an anchor, and what its owner or a stranger may do to it.

use strongroom_vault::tpm::AnchorPlace;
use strongroom_vault::tpm::TpmError;

use crate::fixture::Swtpm;
use crate::fixture::content;
use crate::fixture::refused;
use crate::fixture::secret;

const HANDLE: u32 = 0x0180_1234;
/// AUTHREAD, AUTHWRITE, OWNERREAD, NO_DA, as tpm2-tools write it.
const ATTRIBUTES: &str = "authread|authwrite|ownerread|no_da";

fn define(swtpm: &Swtpm, auth: u8) -> AnchorPlace {
    swtpm.open().define_anchor_at(HANDLE, &secret(auth)).unwrap()
}

#[test]
fn from_definition_to_end() {
    let mut swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    // The authorisation ends in a zero byte, which a TPM would drop.
    let auth = secret(0);
    let handle = tpm.free_anchor_handle(HANDLE).unwrap();
    assert_eq!(handle, HANDLE);
    let place = tpm.define_anchor_at(handle, &auth).unwrap();
    assert_eq!(place, AnchorPlace::new(HANDLE));
    assert_eq!(tpm.read_anchor(&place, &auth).unwrap(), None);
    assert_eq!(tpm.peek_anchor(&place).unwrap(), None);
    for number in [1, 2, u64::MAX] {
        tpm.write_anchor(&place, &auth, content(number)).unwrap();
        assert_eq!(tpm.read_anchor(&place, &auth).unwrap(), Some(content(number)));
        assert_eq!(tpm.peek_anchor(&place).unwrap(), Some(content(number)));
    }
    tpm.close().unwrap();

    swtpm.restart(false);
    let listed = swtpm.tool("tpm2_nvreadpublic", &[&format!("{HANDLE:#x}")]);
    let name: String = place.name.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(listed.contains(&name), "{listed}");
    assert!(
        listed.contains("authwrite|ownerread|authread|no_da|written"),
        "{listed}"
    );
    assert!(listed.contains("size: 40"), "{listed}");

    let mut tpm = swtpm.open();
    assert_eq!(tpm.read_anchor(&place, &auth).unwrap(), Some(content(u64::MAX)));
    // Once written it is a vault's, and only its owner's tools remove it.
    let error = refused(tpm.undefine_unwritten_anchor(HANDLE));
    assert!(matches!(error, TpmError::AnchorReplaced { handle: HANDLE }), "{error}");
    drop(tpm);
    swtpm.tool("tpm2_nvundefine", &[&format!("{HANDLE:#x}"), "-C", "o"]);
    let mut tpm = swtpm.open();
    for error in [
        refused(tpm.read_anchor(&place, &auth)),
        refused(tpm.write_anchor(&place, &auth, content(1))),
        refused(tpm.peek_anchor(&place)),
        refused(tpm.undefine_unwritten_anchor(HANDLE)),
    ] {
        assert!(matches!(error, TpmError::AnchorMissing { handle: HANDLE }), "{error}");
    }
}

#[test]
fn a_wrong_authorisation_is_refused_and_not_counted() {
    let swtpm = Swtpm::start();
    let place = define(&swtpm, 1);
    let mut tpm = swtpm.open();
    tpm.write_anchor(&place, &secret(1), content(5)).unwrap();
    for _ in 0..10 {
        let error = refused(tpm.read_anchor(&place, &secret(2)));
        assert!(matches!(error, TpmError::AnchorReplaced { handle: HANDLE }), "{error}");
        assert_write_refused(&refused(tpm.write_anchor(&place, &secret(2), content(6))));
    }
    assert_eq!(tpm.guesses().unwrap().counter, 0);
    assert_eq!(tpm.read_anchor(&place, &secret(1)).unwrap(), Some(content(5)));
}

/// The owner can define an index with the same Name, but not with our authorisation.
#[test]
fn redefined_by_the_owner_with_another_authorisation() {
    let swtpm = Swtpm::start();
    let place = define(&swtpm, 1);
    let mut tpm = swtpm.open();
    tpm.write_anchor(&place, &secret(1), content(5)).unwrap();
    drop(tpm);
    let handle = format!("{HANDLE:#x}");
    swtpm.tool("tpm2_nvundefine", &[&handle, "-C", "o"]);
    swtpm.tool(
        "tpm2_nvdefine",
        &[&handle, "-C", "o", "-s", "40", "-a", ATTRIBUTES, "-p", "forged"],
    );
    let mut tpm = swtpm.open();
    // Unwritten, it must not pass for an anchor that was only just defined.
    let error = refused(tpm.read_anchor(&place, &secret(1)));
    assert!(matches!(error, TpmError::AnchorReplaced { handle: HANDLE }), "{error}");
    drop(tpm);

    let forged = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(forged.path(), content(5).to_bytes()).unwrap();
    let input = forged.path().to_str().unwrap();
    swtpm.tool("tpm2_nvwrite", &[&handle, "-C", &handle, "-P", "forged", "-i", input]);
    let mut tpm = swtpm.open();
    let error = refused(tpm.read_anchor(&place, &secret(1)));
    assert!(matches!(error, TpmError::AnchorReplaced { handle: HANDLE }), "{error}");
    assert_write_refused(&refused(tpm.write_anchor(&place, &secret(1), content(6))));
    // By owner authorisation nothing tells it from ours, which is why that is for information only.
    assert_eq!(tpm.peek_anchor(&place).unwrap(), Some(content(5)));
}

/// A write that is refused says so; whose the anchor is, reading it says.
#[track_caller]
fn assert_write_refused(error: &TpmError) {
    assert!(
        matches!(
            error,
            TpmError::Refused {
                command: "TPM2_NV_Write",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn another_index_under_the_same_handle() {
    for (size, attributes) in [("40", "authread|authwrite|ownerread"), ("41", ATTRIBUTES)] {
        let swtpm = Swtpm::start();
        let handle = format!("{HANDLE:#x}");
        swtpm.tool("tpm2_nvdefine", &[&handle, "-C", "o", "-s", size, "-a", attributes]);
        let place = AnchorPlace::new(HANDLE);
        let mut tpm = swtpm.open();
        for error in [
            refused(tpm.read_anchor(&place, &secret(1))),
            refused(tpm.write_anchor(&place, &secret(1), content(1))),
            refused(tpm.peek_anchor(&place)),
        ] {
            assert!(matches!(error, TpmError::AnchorReplaced { handle: HANDLE }), "{error}");
        }
    }
}

#[test]
fn the_recorded_name_counts() {
    let swtpm = Swtpm::start();
    let mut place = define(&swtpm, 1);
    let mut tpm = swtpm.open();
    place.name[33] ^= 1;
    let error = refused(tpm.read_anchor(&place, &secret(1)));
    assert!(matches!(error, TpmError::AnchorReplaced { handle: HANDLE }), "{error}");
}

#[test]
fn the_next_free_handle() {
    let swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    for handle in [HANDLE, HANDLE + 1, HANDLE + 3, 0x01bf_ffff, 0x0180_0000, 0x01c0_0000] {
        if handle < 0x01c0_0000 {
            tpm.define_anchor_at(handle, &secret(1)).unwrap();
        }
    }
    for (hint, expected) in [
        (HANDLE - 1, HANDLE - 1),
        (HANDLE, HANDLE + 2),
        (HANDLE + 3, HANDLE + 4),
        // Round the end of the owner's range, and never outside of it.
        (0x01bf_ffff, 0x0180_0001),
        (0x0100_0000, 0x0180_0001),
        (0x01c0_0000, 0x0180_0001),
        (u32::MAX, 0x0180_0001),
    ] {
        assert_eq!(tpm.free_anchor_handle(hint).unwrap(), expected, "{hint:#x}");
    }
    let error = refused(tpm.define_anchor_at(HANDLE, &secret(1)));
    assert!(
        matches!(error, TpmError::AnchorHandleTaken { handle: HANDLE }),
        "{error}"
    );
}

#[test]
fn a_full_tpm_says_so() {
    let swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    let error = (0..2000).find_map(|number| tpm.define_anchor_at(HANDLE + number, &secret(1)).err());
    assert!(matches!(error, Some(TpmError::NoFreeHandle)), "{error:?}");
}
