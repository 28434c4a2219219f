//! A password opens the protector that it belongs to, and none that it does not.

use std::ops::ControlFlow;

use strongroom_core::fve;
use strongroom_core::fve::MetadataProof;
use strongroom_core::fve::Proof;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Secret;

use crate::fve::support::bytes;
use crate::fve::support::edit;
use crate::fve::support::id;
use crate::fve::support::password;
use crate::fve::support::protector;
use crate::fve::support::prove;
use crate::fve::support::read;
use crate::fve::support::recovery;
use crate::fve::support::volume;
use crate::fve::written::Layout;
use crate::fve::written::Volume;

fn opens(number: u8, metadata: MetadataProof) -> Proof {
    Proof::Opens {
        protector: id(number),
        metadata,
        master_key: None,
    }
}

#[test]
fn it_opens_volumes_of_every_form() {
    for (layout, encrypt_on_write, sector_size, method, states) in [
        (Layout::Vista, false, 512, 0x8000, (4, 4)),
        (Layout::Windows7, false, 512, 0x8001, (4, 4)),
        (Layout::ToGo, false, 512, 0x8002, (5, 4)),
        (Layout::Windows7, false, 4096, 0x8003, (2, 4)),
        (Layout::Windows7, true, 512, 0x8004, (3, 4)),
        (Layout::ToGo, true, 4096, 0x8005, (2, 1)),
    ] {
        let volume = Volume {
            layout,
            encrypt_on_write,
            sector_size,
            method,
            states,
            protectors: vec![recovery(1)],
            ..Volume::default()
        };
        let proof = prove(&read(&volume.write()), &password(1));
        assert_eq!(proof, opens(1, MetadataProof::Matches), "{layout:?} {method:#x}");
    }
}

#[test]
fn each_opens_its_own_of_several_in_any_order() {
    let passphrase = protector(8, 0x2000);
    let protectors = [recovery(3), passphrase, recovery(1), protector(9, 0x0100), recovery(2)];
    let metadata = read(&volume(&protectors).write());
    for number in [1, 2, 3] {
        assert_eq!(
            prove(&metadata, &password(number)),
            opens(number, MetadataProof::Matches)
        );
    }
    assert_eq!(
        prove(&metadata, &password(8)),
        Proof::DoesNotOpen { tried: 3 },
        "a passphrase is none"
    );
    // By the ID alone.
    let only = |number, of| {
        fve::prove(&metadata, &password(number), &[id(of)], None, |_| {
            ControlFlow::Continue(())
        })
    };
    assert_eq!(only(2, 2), opens(2, MetadataProof::Matches));
    assert_eq!(only(2, 1), Proof::DoesNotOpen { tried: 1 });
    assert_eq!(only(2, 7), Proof::DoesNotOpen { tried: 0 }, "there is none");
    assert_eq!(only(8, 8), Proof::DoesNotOpen { tried: 0 }, "that is a passphrase");
}

#[test]
fn what_is_nearly_the_password_does_not_open() {
    let metadata = read(&volume(&[recovery(1)]).write());
    let mut swapped = bytes(1);
    swapped.swap(0, 2);
    swapped.swap(1, 3);
    let mut one_bit = bytes(1);
    one_bit[15] ^= 1;
    for wrong in [swapped, one_bit, bytes(2), [0; 16]] {
        let wrong = RecoveryPassword::from_bytes(Secret::from_fn(|secret| *secret = wrong));
        assert_eq!(prove(&metadata, &wrong), Proof::DoesNotOpen { tried: 1 });
    }
}

#[test]
fn an_edited_volume_opens_and_is_told() {
    let whole = volume(&[recovery(1)]).write();
    let mut edited = whole.clone();
    // The description's first letter.
    edit(&mut edited, 0, |block| block[64 + 48 + 8] = b'X');
    let metadata = read(&edited);
    assert!(
        metadata
            .description
            .as_ref()
            .is_some_and(|text| text.as_str().starts_with("XESKTOP"))
    );
    assert_eq!(prove(&metadata, &password(1)), opens(1, MetadataProof::Differs));

    // A hash that the master key does not open, and none at all.
    let (offset, block) = &whole.extents[1];
    let behind = offset + u64::try_from(block.len()).unwrap();
    for (at, bytes) in [(behind - 1, [0xff_u8].as_slice()), (behind - 80, [0; 80].as_slice())] {
        let mut damaged = whole.clone();
        damaged.put(at, bytes);
        assert_eq!(prove(&read(&damaged), &password(1)), opens(1, MetadataProof::NoHash));
    }
}

#[test]
fn a_changed_protector_does_not_open() {
    let whole = volume(&[recovery(1)]).write();
    let block = &whole.extents[1].1;
    let found = |needle: &[u8]| block.windows(needle.len()).position(|window| window == needle).unwrap();
    let salt = found(b"salt of a numbe");
    // The first wrapped key behind the stretch key's own is the master key.
    let master_key = salt + 16 + 8 + 28 + 28 + 8;
    for byte in [salt, master_key, master_key + 12, master_key + 28, master_key + 71] {
        let mut edited = whole.clone();
        edit(&mut edited, 0, |block| block[byte] ^= 1);
        assert_eq!(
            prove(&read(&edited), &password(1)),
            Proof::DoesNotOpen { tried: 1 },
            "byte {byte}"
        );
    }
    let mut shorter = whole;
    // Its entry ends a byte earlier, and the byte becomes nothing that can be read.
    edit(&mut shorter, 0, |block| block[master_key - 8] -= 1);
    let metadata = read(&shorter);
    assert!(!metadata.protectors[0].can_be_tried());
    assert_eq!(prove(&metadata, &password(1)), Proof::DoesNotOpen { tried: 0 });
}

#[test]
fn it_tells_how_far_it_is_and_can_be_broken_off() {
    let metadata = read(&volume(&[recovery(1), recovery(2)]).write());
    let mut told = Vec::new();
    let proof = fve::prove(&metadata, &password(2), &[id(1), id(2)], None, |progress| {
        told.push((progress.protector, progress.done));
        assert_eq!(progress.of, 1_048_576);
        ControlFlow::Continue(())
    });
    assert_eq!(proof, opens(2, MetadataProof::Matches));
    assert_eq!(
        (told.first(), told.last()),
        (Some(&(id(1), 4096)), Some(&(id(2), 1_048_576)))
    );
    assert_eq!(told.len(), 512);

    let mut calls = 0;
    let proof = fve::prove(&metadata, &password(2), &[id(1), id(2)], None, |_| {
        calls += 1;
        if calls == 300 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert_eq!((proof, calls), (Proof::BrokenOff, 300));
}
