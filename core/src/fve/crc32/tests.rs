//! The sum's published check value, and that parts add up.

use super::*;

#[test]
fn the_check_value() {
    // The check value of CRC-32/ISO-HDLC.
    assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    assert_eq!(crc32(b""), 0);
    assert_eq!(crc32(&[0; 32]), 0x190a_55ad);
    assert_eq!(crc32(&[0xff; 32]), 0xff6c_ab0b);
}

#[test]
fn parts_sum_as_the_whole() {
    let bytes: Vec<u8> = (0..=255).collect();
    for split in 0..bytes.len() {
        let (one, two) = bytes.split_at(split);
        assert_eq!(Crc32::new().with(one).with(two).sum(), crc32(&bytes));
    }
}
