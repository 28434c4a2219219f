//! A damaged copy stands in the way of no other, and is told.

use strongroom_core::fve;
use strongroom_core::fve::BlockFault as F;
use strongroom_core::fve::CopyState;
use strongroom_core::fve::CopyState::Damaged;
use strongroom_core::fve::CopyState::Differs;
use strongroom_core::fve::CopyState::Good;
use strongroom_core::fve::Located;
use strongroom_core::fve::Place;
use strongroom_core::fve::ReadError;

use crate::fve::support::Failing;
use crate::fve::support::START;
use crate::fve::support::VALIDATION_LEN;
use crate::fve::support::edit;
use crate::fve::support::id;
use crate::fve::support::protector;
use crate::fve::support::read;
use crate::fve::support::recovery;
use crate::fve::support::volume;
use crate::fve::written::Layout;
use crate::fve::written::Sparse;
use crate::fve::written::Volume;

fn whole() -> Sparse {
    volume(&[protector(1, 0x0100)]).write()
}

fn states(image: &Sparse) -> Vec<CopyState> {
    read(image).copies.iter().map(|copy| copy.state).collect()
}

/// A copy of which the bytes at `at` are others is found damaged, whichever it is, and the others serve.
#[track_caller]
fn check(at: usize, bytes: &[u8], fault: F) {
    for copy in 0..3 {
        let mut image = whole();
        let offset = image.extents[1 + copy].0;
        image.put(offset + u64::try_from(at).unwrap(), bytes);
        let mut expected = [Good; 3];
        expected[copy] = Damaged(fault);
        assert_eq!(states(&image), expected);
        assert_eq!(read(&image).protectors[0].id, id(1));
    }
    let mut image = whole();
    for copy in 0..3 {
        let offset = image.extents[1 + copy].0;
        image.put(offset + u64::try_from(at).unwrap(), bytes);
    }
    let error = fve::read(&mut image, &START).unwrap_err();
    let text = format!("no copy of the volume's metadata can be used; of the first: {fault}");
    assert_eq!(error.to_string(), text);
    let ReadError::Metadata { first, copies } = error else {
        panic!("{error}");
    };
    assert_eq!(first, fault);
    assert!(copies.iter().all(|copy| copy.state == Damaged(fault)));
}

#[test]
fn each_fault_by_its_name() {
    let len = whole().extents[1].1.len() - VALIDATION_LEN;
    check(0, b"?", F::Signature);
    check(10, &[3], F::Version { version: 3 });
    check(10, &[0], F::Version { version: 0 });
    for size in [0_u16, 1, 6, 0x1001, 0xffff] {
        check(8, &size.to_le_bytes(), F::Size);
    }
    check(12, b"?", F::Checksum);
    check(len - 20, b"?", F::Checksum);
    check(len + 4, b"????", F::Checksum);
    // What would hold the checksum: a size that does not even hold itself, a version of the future.
    check(len, &[7, 0], F::Validation);
    check(len, &[0, 0], F::Validation);
    check(len + 2, &[3, 0], F::Validation);
}

#[test]
fn every_byte_under_the_checksum_counts() {
    let image = whole();
    let (offset, block) = image.extents[1].clone();
    let covered = &block[..block.len() - VALIDATION_LEN];
    for (at, byte) in covered.iter().enumerate() {
        let mut image = image.clone();
        image.put(offset + u64::try_from(at).unwrap(), &[byte ^ 0x40]);
        let states = states(&image);
        assert!(matches!(states[..], [Damaged(_), Good, Good]), "byte {at}: {states:?}");
    }
}

#[test]
fn what_contradicts_itself_is_damaged_under_a_right_checksum() {
    let check = |fault: F, change: fn(&mut Vec<u8>)| {
        let mut image = whole();
        edit(&mut image, 0, change);
        assert_eq!(states(&image), [Damaged(fault), Good, Good]);
    };
    check(F::Place, |block| block[32] ^= 1);
    check(F::Dataset, |block| block[64] ^= 1);
    check(F::Dataset, |block| block[76] ^= 1);
    check(F::Dataset, |block| block[68] = 2);
    check(F::Dataset, |block| block[72] = 0x31);
    for size in [0, 47, 0x7fff_ffff, u32::MAX] {
        let mut image = whole();
        edit(&mut image, 0, |block| {
            block[64..68].copy_from_slice(&size.to_le_bytes());
            block[76..80].copy_from_slice(&size.to_le_bytes());
        });
        assert_eq!(states(&image), [Damaged(F::Dataset), Good, Good], "{size}");
    }
}

#[test]
fn the_first_that_is_whole_is_taken() {
    let mut image = whole();
    edit(&mut image, 1, |block| block[64 + 16] ^= 1);
    assert_eq!(states(&image), [Good, Differs, Good]);
    image.put(image.extents[1].0, b"?");
    assert_eq!(states(&image), [Damaged(F::Signature), Good, Differs]);
    assert_ne!(read(&image).volume.as_bytes(), b"volume-id-number");
}

#[test]
fn on_vista_the_first_copy_knows_the_others() {
    let volume = Volume {
        layout: Layout::Vista,
        protectors: vec![recovery(1)],
        ..Volume::default()
    };
    let mut image = volume.write();
    image.put(volume.blocks[0] + 100, b"?");
    assert_eq!(states(&image), [Damaged(F::Checksum), Good, Good]);
    image.put(volume.blocks[0], b"?");
    let error = fve::read(&mut image, &START).unwrap_err();
    assert!(matches!(error, ReadError::Metadata { first: F::Signature, copies } if copies.len() == 1));
}

#[test]
fn a_bad_sector_stands_in_the_way_of_one_copy_only() {
    let mut image = Failing {
        image: whole(),
        at: vec![0x0010_0000 + 300, 0x0020_0000],
    };
    let metadata = fve::read(&mut image, &START).unwrap();
    let states: Vec<_> = metadata.copies.iter().map(|copy| copy.state).collect();
    assert_eq!(states, [Damaged(F::Unreadable), Damaged(F::Unreadable), Good]);
    image.at = vec![10];
    let error = fve::read(&mut image, &START).unwrap_err();
    assert_eq!(error.to_string(), "the image cannot be read at byte 0");
}

#[test]
fn a_copy_lies_within_the_volume() {
    let last = whole().extents[3].1.len() - VALIDATION_LEN;
    let end = |more: usize| 0x0030_0000 + u64::try_from(last + more).unwrap();
    for (size, state) in [
        (0x0030_0000, Damaged(F::Outside)),
        (0x0030_0000 + 63, Damaged(F::Outside)),
        (0x0030_0000 + 64, Damaged(F::Outside)),
        (end(0) - 1, Damaged(F::Outside)),
        (end(0), Damaged(F::Validation)),
        (end(7), Damaged(F::Validation)),
        (end(8), Good),
        (end(VALIDATION_LEN), Good),
    ] {
        // The image ends there, or its partition does.
        let mut image = whole();
        image.size = size;
        assert_eq!(states(&image), [Good, Good, state], "{size:#x}");
        let located = Located {
            offset: 0,
            size: Some(size),
            place: Place::Gpt { partition: 1 },
        };
        let metadata = fve::read(&mut whole(), &located).unwrap();
        assert_eq!(metadata.copies[2].state, state, "{size:#x}");
    }
}
