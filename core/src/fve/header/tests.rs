//! First sectors, as they are and as they cannot be.

use super::*;

/// A sector with these bytes at these places.
fn sector(parts: &[(usize, &[u8])]) -> [u8; HEADER_LEN] {
    let mut sector = [0; HEADER_LEN];
    for (at, bytes) in parts {
        sector[*at..at + bytes.len()].copy_from_slice(bytes);
    }
    sector
}

/// A GUID and the offsets 1, 2 and 3 behind it.
fn guid(guid: [u8; 16]) -> Vec<u8> {
    let offsets = [1_u64, 2, 3].map(u64::to_le_bytes).concat();
    [guid.as_slice(), &offsets].concat()
}

const NAME: (usize, &[u8]) = (3, SIGNATURE);
const TO_GO: (usize, &[u8]) = (3, FAT_NAME);
const MARK: (usize, &[u8]) = (510, &BOOT_MARK);
const VISTA: (usize, &[u8]) = (0, &VISTA_JUMP);

/// The fields of a header in their order.
type Told = (Layout, bool, u16, [Option<u64>; 3]);

#[track_caller]
fn check(parts: &[(usize, &[u8])], expected: Result<Told, HeaderError>) {
    let sector = sector(parts);
    let parsed = VolumeHeader::parse(&sector);
    let told = parsed.map(|header| {
        (
            header.layout,
            header.encrypt_on_write,
            header.sector_size,
            header.blocks,
        )
    });
    assert_eq!(told, expected);
    assert_eq!(VolumeHeader::is_in(&sector), expected != Err(HeaderError::NotBitLocker));
}

#[test]
fn headers_that_windows_writes() {
    let three = [Some(1), Some(2), Some(3)];
    check(&[NAME, (160, &guid(NORMAL))], Ok((Layout::Windows7, false, 512, three)));
    check(
        &[NAME, (160, &guid(ENCRYPT_ON_WRITE))],
        Ok((Layout::Windows7, true, 512, three)),
    );
    check(&[TO_GO, (424, &guid(NORMAL))], Ok((Layout::ToGo, false, 512, three)));
    check(
        &[TO_GO, (424, &guid(ENCRYPT_ON_WRITE))],
        Ok((Layout::ToGo, true, 512, three)),
    );
    check(
        &[NAME, (160, &guid(NORMAL)), (11, &4096_u16.to_le_bytes())],
        Ok((Layout::Windows7, false, 4096, three)),
    );
    check(
        &[
            NAME,
            VISTA,
            (11, &512_u16.to_le_bytes()),
            (13, &[8]),
            (0x38, &5_u64.to_le_bytes()),
        ],
        Ok((Layout::Vista, false, 512, [Some(5 * 4096), None, None])),
    );
    check(
        &[
            NAME,
            VISTA,
            (11, &0_u16.to_le_bytes()),
            (13, &[1]),
            (0x38, &7_u64.to_le_bytes()),
        ],
        Ok((Layout::Vista, false, 512, [Some(7 * 512), None, None])),
    );
}

#[test]
fn the_guid_counts_wherever_it_stands() {
    let three = [Some(1), Some(2), Some(3)];
    for at in [11 + 2, 100, 161, 424, HEADER_LEN - RECOGNITION_LEN] {
        check(&[NAME, (at, &guid(NORMAL))], Ok((Layout::Windows7, false, 512, three)));
    }
    // The one that stands first, also before Vista's form.
    let both: [(usize, &[u8]); 4] = [NAME, VISTA, (100, &guid(ENCRYPT_ON_WRITE)), (300, &guid(NORMAL))];
    check(&both, Ok((Layout::Windows7, true, 512, three)));
    // Under another name in a boot sector only.
    check(
        &[(3, b"MSDOS5.0"), MARK, (424, &guid(NORMAL))],
        Ok((Layout::ToGo, false, 512, three)),
    );
    check(
        &[(3, b"MSDOS5.0"), (424, &guid(NORMAL))],
        Err(HeaderError::NotBitLocker),
    );
    // Without room for its offsets it is none.
    check(&[NAME, (480, &NORMAL)], Err(HeaderError::Form));
}

#[test]
fn what_is_no_header() {
    check(&[], Err(HeaderError::NotBitLocker));
    check(&[(3, b"NTFS    "), MARK], Err(HeaderError::NotBitLocker));
    check(&[TO_GO, MARK], Err(HeaderError::NotBitLocker));
    check(&[(2, SIGNATURE)], Err(HeaderError::NotBitLocker));
    check(&[NAME], Err(HeaderError::Form));
    check(&[NAME, (0, &[0xeb, 0x58, 0x90])], Err(HeaderError::Form));
    let last = [0xff_u8, 0xff];
    for size in [1, 256, 511, 513, 1000, 8192, 0x8000] {
        let size = u16::to_le_bytes(size);
        check(&[NAME, (11, &size), (160, &guid(NORMAL))], Err(HeaderError::Geometry));
        check(&[NAME, VISTA, (11, &size), (13, &[8])], Err(HeaderError::Geometry));
    }
    check(&[NAME, (11, &last), (160, &guid(NORMAL))], Err(HeaderError::Geometry));
    for sectors in [0, 3, 0xff, 0xf4] {
        check(&[NAME, VISTA, (13, &[sectors])], Err(HeaderError::Geometry));
    }
    let cluster = u64::MAX.to_le_bytes();
    check(&[NAME, VISTA, (13, &[8]), (0x38, &cluster)], Err(HeaderError::Place));
}
