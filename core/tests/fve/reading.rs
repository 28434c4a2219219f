//! What a volume's metadata says is what was written.

use strongroom_core::fve;
use strongroom_core::fve::Conversion;
use strongroom_core::fve::CopyState;
use strongroom_core::fve::EncryptionMethod;
use strongroom_core::fve::Layout as Read;
use strongroom_core::fve::ProtectorKind;
use strongroom_core::values::LogText;

use crate::fve::support::START;
use crate::fve::support::Sizeless;
use crate::fve::support::id;
use crate::fve::support::protector;
use crate::fve::support::read;
use crate::fve::support::recovery;
use crate::fve::support::volume;
use crate::fve::written::Layout;
use crate::fve::written::Volume;

#[track_caller]
fn check(layout: Layout, encrypt_on_write: bool, sector_size: u16, expected: (Read, u16, u16)) {
    let volume = Volume {
        layout,
        encrypt_on_write,
        sector_size,
        protectors: vec![protector(9, 0x0100)],
        ..Volume::default()
    };
    let image = volume.write();
    let metadata = read(&image);
    let (layout, size, version) = expected;
    assert_eq!((metadata.header.layout, metadata.header.sector_size), (layout, size));
    assert_eq!(
        (metadata.header.encrypt_on_write, metadata.version),
        (encrypt_on_write, version)
    );
    assert_eq!(metadata.volume.as_bytes(), b"volume-id-number");
    assert_eq!(
        metadata.description.as_ref().map(LogText::as_str),
        Some("DESKTOP-1 C: 7/4/2019")
    );
    assert_eq!(metadata.created_at.unwrap().to_string(), "2019-07-04T07:01:55.156Z");
    assert_eq!(metadata.protectors.len(), 1);
    assert!(metadata.complete);
    let places: Vec<_> = metadata.copies.iter().map(|copy| (copy.offset, copy.state)).collect();
    assert_eq!(places, volume.blocks.map(|offset| (offset, CopyState::Good)));
    // And where nobody knows how long the image is.
    assert!(fve::read(&mut Sizeless(image), &START).is_ok());
}

#[test]
fn volumes_of_every_layout() {
    check(Layout::Vista, false, 512, (Read::Vista, 512, 1));
    check(Layout::Vista, false, 4096, (Read::Vista, 4096, 1));
    check(Layout::Windows7, false, 512, (Read::Windows7, 512, 2));
    check(Layout::Windows7, false, 0, (Read::Windows7, 512, 2));
    check(Layout::Windows7, false, 4096, (Read::Windows7, 4096, 2));
    check(Layout::Windows7, true, 512, (Read::Windows7, 512, 2));
    check(Layout::ToGo, false, 512, (Read::ToGo, 512, 2));
    check(Layout::ToGo, true, 4096, (Read::ToGo, 4096, 2));
}

#[test]
fn methods_and_states() {
    for (method, states, expected) in [
        (
            0x8000,
            (4, 4),
            (EncryptionMethod::AesCbc128Diffuser, Conversion::Encrypted),
        ),
        (0x8003, (2, 4), (EncryptionMethod::AesCbc256, Conversion::Encrypting)),
        (
            0x8005,
            (5, 1),
            (EncryptionMethod::AesXts256, Conversion::DecryptionPaused),
        ),
        (
            0x9999,
            (3, 4),
            (EncryptionMethod::Unknown(0x9999), Conversion::EncryptOnWrite),
        ),
        (0, (1, 1), (EncryptionMethod::None, Conversion::Decrypted)),
    ] {
        let volume = Volume {
            method,
            states,
            ..Volume::default()
        };
        let metadata = read(&volume.write());
        assert_eq!((metadata.method, metadata.conversion), expected);
    }
}

#[test]
fn protectors_in_their_order() {
    use ProtectorKind as K;
    let mut named = recovery(2);
    named.label = "DiskPassword".to_owned();
    let protectors = [
        protector(5, 0x2000),
        recovery(3),
        protector(4, 0x0000),
        protector(6, 0x0500),
        named,
        protector(7, 0x0200),
        protector(8, 0x1000),
        protector(9, 0x4000),
    ];
    let metadata = read(&volume(&protectors).write());
    let kinds: Vec<_> = metadata
        .protectors
        .iter()
        .map(|one| (one.id, one.kind, one.can_be_tried()))
        .collect();
    let expected = [
        (id(5), K::Passphrase, false),
        (id(3), K::RecoveryPassword, true),
        (id(4), K::ClearKey, false),
        (id(6), K::TpmAndPin, false),
        (id(2), K::RecoveryPassword, true),
        (id(7), K::StartupKey, false),
        (id(8), K::PublicKey, false),
        (id(9), K::Unknown(0x4000), false),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(metadata.recovery_protectors().collect::<Vec<_>>(), [id(3), id(2)]);
    assert!(metadata.has_clear_key() && metadata.complete);
    let named = &metadata.protectors[4];
    assert_eq!(named.label.as_ref().map(LogText::as_str), Some("DiskPassword"));
    assert_eq!(named.changed_at.unwrap().to_string(), "2019-07-04T07:02:31.531Z");
    assert!(!read(&volume(&[recovery(1)]).write()).has_clear_key());
}
