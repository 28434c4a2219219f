//! Metadata that was made to do harm: it is refused, or read as far as it goes, and soon.

use std::time::Duration;
use std::time::Instant;

use strongroom_core::fve;
use strongroom_core::fve::BlockFault as F;
use strongroom_core::fve::CopyState::Damaged;
use strongroom_core::fve::Located;
use strongroom_core::fve::Place;
use strongroom_core::fve::ReadError;

use crate::fve::support::START;
use crate::fve::support::edit;
use crate::fve::support::id;
use crate::fve::support::protector;
use crate::fve::support::read;
use crate::fve::support::volume;
use crate::fve::written::Layout;
use crate::fve::written::Sparse;
use crate::fve::written::Volume;

fn entry(size: u16, role: u16, kind: u16) -> Vec<u8> {
    [size, role, kind, 1].map(u16::to_le_bytes).concat()
}

/// How many protectors are read where these entries stand behind one, and whether that is all.
#[track_caller]
fn check(more: Vec<u8>, protectors: usize, complete: bool) {
    let volume = Volume {
        more,
        ..volume(&[protector(1, 0x0100)])
    };
    let begun = Instant::now();
    let metadata = read(&volume.write());
    assert_eq!((metadata.protectors.len(), metadata.complete), (protectors, complete));
    assert_eq!(metadata.protectors[0].id, id(1));
    assert!(begun.elapsed() < Duration::from_secs(5), "it takes no time");
}

#[test]
fn entries_of_impossible_sizes_end_the_reading() {
    for size in [0, 1, 7, 9, 0x7fff, 0xffff] {
        check(entry(size, 2, 8), 1, false);
    }
    check([entry(8, 0x99, 0x99), entry(0, 2, 8), vec![1; 500]].concat(), 1, false);
    check(entry(8, 0x99, 0x99), 1, true);
    check(vec![0; 1000], 1, true);
    check(vec![1], 1, false);
}

#[test]
fn protectors_without_anything_in_them() {
    check(entry(8, 2, 8), 1, false);
    check([entry(8 + 27, 2, 8), vec![3; 27]].concat(), 1, false);
    check([entry(8 + 28, 2, 8), vec![3; 28]].concat(), 2, true);
    // Another kind of value under the same role, and the other way round, is none.
    check(
        [entry(8 + 28, 2, 5), vec![3; 28], entry(8 + 28, 3, 8), vec![3; 28]].concat(),
        1,
        true,
    );
}

#[test]
fn as_many_entries_as_fit() {
    check(entry(8, 0x99, 0x99).repeat(8000), 1, true);
    check([entry(8 + 28, 2, 8), vec![3; 28]].concat().repeat(1700), 1701, true);
    // One protector full of tiny properties.
    let tiny = entry(8, 0, 0x99).repeat(7000);
    let size = u16::try_from(8 + 28 + tiny.len()).unwrap();
    check([entry(size, 2, 8), vec![3; 28], tiny].concat(), 2, true);
}

/// A volume whose header points to these places, where nothing lies.
#[track_caller]
fn unreadable(layout: Layout, at: u64, bytes: &[u8]) -> ReadError<std::convert::Infallible> {
    let volume = Volume {
        layout,
        ..Volume::default()
    };
    let mut image = volume.write();
    image.put(at, bytes);
    fve::read(&mut image, &START).unwrap_err()
}

#[test]
fn offsets_that_cannot_be() {
    for offset in [u64::MAX, u64::MAX - 63, u64::MAX / 2, 0x0080_0000, 0x0080_0000 - 63] {
        let three = [offset; 3].map(u64::to_le_bytes).concat();
        for (layout, at) in [(Layout::Windows7, 0xb0), (Layout::ToGo, 0x1b8)] {
            let error = unreadable(layout, at, &three);
            let ReadError::Metadata { first, copies } = error else {
                panic!("{error}");
            };
            // The same place three times is looked at once.
            assert_eq!((first, copies.len()), (F::Outside, 1), "{offset:#x}");
        }
    }
    let error = unreadable(Layout::Windows7, 0xb0, &[0; 24]);
    assert!(
        matches!(
            error,
            ReadError::Metadata {
                first: F::Signature,
                ..
            }
        ),
        "{error}"
    );
    let error = unreadable(Layout::Vista, 0x38, &u64::MAX.to_le_bytes());
    assert_eq!(
        error.to_string(),
        "the volume header places the metadata where nothing can lie"
    );
    let error = unreadable(Layout::Vista, 0x38, &(u64::MAX / 4096).to_le_bytes());
    assert!(
        matches!(error, ReadError::Metadata { first: F::Outside, .. }),
        "{error}"
    );
}

#[test]
fn a_place_at_the_end_of_all_numbers() {
    for offset in [u64::MAX, u64::MAX - 511, u64::MAX - 512] {
        let located = Located {
            offset,
            size: Some(u64::MAX),
            place: Place::Given,
        };
        let error = fve::read(&mut volume(&[]).write(), &located).unwrap_err();
        assert_eq!(error.to_string(), "the image ends within the volume header");
    }
}

#[test]
fn sizes_of_a_block_that_reach_over_all_bounds() {
    let whole = volume(&[protector(1, 0x0100)]).write();
    for (size, fault) in [
        (0_u16, F::Size),
        (1, F::Size),
        (6, F::Size),
        (7, F::Validation),
        (0x1000, F::Validation),
        (0x1001, F::Size),
        (0xffff, F::Size),
    ] {
        let mut image = whole.clone();
        edit(&mut image, 0, |block| block[8..10].copy_from_slice(&size.to_le_bytes()));
        let state = read(&image).copies[0].state;
        // What lies where the checksum would be is something else.
        let checksum = fault == F::Validation && state == Damaged(F::Checksum);
        assert!(checksum || state == Damaged(fault), "{size:#x}: {state:?}");
    }
}

#[test]
fn images_of_nothing() {
    for size in [0, 1, 511, 512, 4096, u64::MAX] {
        let mut image = Sparse {
            size,
            extents: Vec::new(),
        };
        assert!(fve::locate(&mut image).is_err());
        assert!(fve::at(&mut image, 0).is_err());
        assert!(fve::read(&mut image, &START).is_err());
    }
}
