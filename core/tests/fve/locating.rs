//! Volumes are found in partitions, and what has none says what it has.

use strongroom_core::fve;
use strongroom_core::fve::LocateError;
use strongroom_core::fve::Located;
use strongroom_core::fve::Place;

use crate::fve::support::BadSector;
use crate::fve::support::Failing;
use crate::fve::support::START;
use crate::fve::support::Sizeless;
use crate::fve::support::volume;
use crate::fve::written::Layout;
use crate::fve::written::Sparse;
use crate::fve::written::Table;
use crate::fve::written::Volume;
use crate::fve::written::disk;

const MIB: u64 = 1 << 20;

/// A partition of something else.
fn other() -> Sparse {
    let mut sector = vec![0x90; 512];
    sector[3..11].copy_from_slice(b"NTFS    ");
    sector[510..].copy_from_slice(&[0x55, 0xaa]);
    Sparse {
        size: 2 * MIB,
        extents: vec![(0, sector)],
    }
}

fn bitlocker() -> Sparse {
    volume(&[]).write()
}

fn located(offset: u64, place: Place) -> Located {
    Located {
        offset,
        size: Some(8 * MIB),
        place,
    }
}

#[track_caller]
fn check(image: &Sparse, expected: &[Located]) {
    assert_eq!(fve::locate(&mut image.clone()).unwrap(), expected);
    for found in expected {
        assert_eq!(fve::at(&mut image.clone(), found.offset).unwrap().offset, found.offset);
        let metadata = fve::read(&mut image.clone(), found).unwrap();
        assert_eq!(metadata.volume.as_bytes(), b"volume-id-number");
    }
}

#[track_caller]
fn refused(image: &Sparse, error: &str) {
    assert_eq!(fve::locate(&mut image.clone()).unwrap_err().to_string(), error);
}

#[test]
fn a_partition_is_its_own_image() {
    for layout in [Layout::Vista, Layout::Windows7, Layout::ToGo] {
        let volume = Volume {
            layout,
            ..Volume::default()
        };
        check(&volume.write(), &[START]);
    }
}

#[test]
fn volumes_are_found_in_a_gpt() {
    let gpt = |partition| Place::Gpt { partition };
    for sector_size in [512, 4096] {
        check(
            &disk(Table::Gpt, sector_size, &[other(), bitlocker(), other(), bitlocker()]),
            &[located(4 * MIB, gpt(2)), located(16 * MIB, gpt(4))],
        );
    }
}

#[test]
fn volumes_are_found_in_an_mbr() {
    let mbr = |partition| Place::Mbr { partition };
    for sector_size in [512, 4096] {
        check(
            &disk(
                Table::Mbr,
                sector_size,
                &[bitlocker(), other(), bitlocker(), bitlocker()],
            ),
            &[
                located(MIB, mbr(1)),
                located(13 * MIB, mbr(6)),
                located(22 * MIB, mbr(7)),
            ],
        );
    }
}

#[test]
fn the_other_gpt_serves_where_the_first_is_damaged() {
    let whole = disk(Table::Gpt, 512, &[bitlocker()]);
    let found = [located(MIB, Place::Gpt { partition: 1 })];
    let last = whole.size - 512;
    // The signature, the sum of the head, and an entry.
    for byte in [512, 512 + 16, 1024 + 40] {
        let mut image = whole.clone();
        image.put(byte, b"?");
        check(&image, &found);
        image.put(last, b"?");
        refused(&image, "both copies of the partition table (GPT) are damaged");
    }
    // Copied to a larger disk, whose last sector holds nothing.
    let mut image = whole;
    image.size += 64 * MIB;
    image.put(1024, b"?");
    check(&image, &found);
    // Its size is not known, and the first head still names the other.
    assert_eq!(fve::locate(&mut Sizeless(image)).unwrap(), found);
}

#[test]
fn a_gpt_needs_no_boot_record() {
    let mut image = disk(Table::Gpt, 512, &[bitlocker()]);
    image.put(0, &[0; 512]);
    check(&image, &[located(MIB, Place::Gpt { partition: 1 })]);
}

#[test]
fn where_there_is_none_it_says_what_there_is() {
    let nothing = Sparse {
        size: MIB,
        extents: Vec::new(),
    };
    let no_table = "the image begins with neither a BitLocker volume nor a partition table";
    refused(&nothing, no_table);
    refused(&other(), no_table);
    for table in [Table::Gpt, Table::Mbr] {
        refused(
            &disk(table, 512, &[other(), other(), other()]),
            "none of the image's partitions is a BitLocker volume; there are 3",
        );
        refused(
            &disk(table, 512, &[]),
            "none of the image's partitions is a BitLocker volume; there are 0",
        );
    }
    for size in [0, 1, 511] {
        let image = Sparse {
            size,
            extents: vec![(0, vec![0xff; 512])],
        };
        refused(&image, "the image is too short for a volume");
    }
}

#[test]
fn a_volume_is_read_where_it_is_said_to_be() {
    let mut image = bitlocker();
    for extent in &mut image.extents {
        extent.0 += 12_345;
    }
    image.size += 12_345;
    let found = fve::at(&mut image, 12_345).unwrap();
    assert_eq!((found.offset, found.place), (12_345, Place::Given));
    assert_eq!(
        fve::read(&mut image, &found).unwrap().volume.as_bytes(),
        b"volume-id-number"
    );
    for offset in [
        0,
        12_344,
        12_346,
        image.size - 511,
        image.size,
        u64::MAX - 511,
        u64::MAX,
    ] {
        let error = fve::at(&mut image, offset).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("no BitLocker volume begins at byte {offset}")
        );
    }
}

#[test]
fn a_partition_behind_the_end_is_left_out() {
    let mut image = disk(Table::Mbr, 512, &[bitlocker(), bitlocker()]);
    image.size = 9 * MIB;
    check(&image, &[located(MIB, Place::Mbr { partition: 1 })]);
    image.size = MIB + 511;
    refused(
        &image,
        "none of the image's partitions is a BitLocker volume; there are 1",
    );
}

#[test]
fn an_image_that_fails_says_where() {
    let mut image = Failing {
        image: disk(Table::Gpt, 512, &[other(), bitlocker()]),
        at: vec![MIB],
    };
    let error = fve::locate(&mut image).unwrap_err();
    assert!(
        matches!(
            error,
            LocateError::Image {
                offset: MIB,
                source: BadSector
            }
        ),
        "{error}"
    );
    assert_eq!(error.to_string(), "the image cannot be read at byte 1048576");
    // The volume itself is read all the same, by its offset.
    let found = fve::at(&mut image, 4 * MIB).unwrap();
    assert!(fve::read(&mut image, &found).is_ok());
}
