//! The bytes that are encrypted.

use proptest::prelude::*;

use super::*;
use crate::drop::contents::ParseContentsError as E;
use crate::values::VolumeId;
use crate::values::VolumeType;

/// Where the first escrow begins.
const HEAD: usize = 8 + 8 + 4;

fn good() -> Vec<u8> {
    bytes("contents")
}

/// Contents with this first escrow: bytes behind their lengths.
fn with_fields(fields: &[&[u8]]) -> Vec<u8> {
    let mut bytes = good()[..HEAD - 4].to_vec();
    bytes.extend_from_slice(&1_u32.to_be_bytes());
    bytes.extend_from_slice(crate::crypto::Binding::of(fields).as_bytes());
    bytes.resize(bytes.len().next_multiple_of(256), 0);
    bytes
}

#[test]
fn an_escrow_is_written_in_one_way() {
    let read = |fields: &[&[u8]]| DropContents::from_bytes(&with_fields(fields)).err();
    let good: [&[u8]; 8] = [b"PC", b"C:", b"os", &[1; 16], &[2; 16], &[3; 16], &[0; 8], &[4; 32]];
    assert_eq!(read(&good), None);
    let check = |at: usize, field: &[u8], expected: Option<E>| {
        let mut fields = good;
        fields[at] = field;
        assert_eq!(read(&fields), expected, "field {at}");
    };
    let wrong = Some(E::Escrow { number: 1 });
    for at in [1, 2, 3, 6, 7] {
        check(at, b"", None);
    }
    for at in [0, 4, 5] {
        check(at, b"", wrong);
    }
    check(0, b" PC", wrong);
    check(0, b"P\x1bC", wrong);
    check(0, b"P\xff", wrong);
    check(0, &[b'x'; 255], None);
    check(0, &[b'x'; 256], wrong);
    // Digits of a password in a name would reach the log.
    check(0, b"123354-049797-702658-000000", wrong);
    check(1, b"c:", wrong);
    check(1, b"C:\\", wrong);
    check(2, b"OS", wrong);
    check(3, &[1; 15], wrong);
    check(4, &[1; 17], wrong);
    check(5, &[1; 15], wrong);
    check(5, &[1; 32], wrong);
    check(6, &[0; 7], wrong);
    check(6, &i64::MAX.to_be_bytes(), wrong);
    check(7, &[1; 31], wrong);
}

#[test]
fn every_cut_is_refused() {
    for len in 0..good().len() {
        let expected = if len > 0 && len.is_multiple_of(256) {
            E::Escrow { number: 2 }
        } else {
            E::Shape
        };
        assert_eq!(DropContents::from_bytes(&good()[..len]).err(), Some(expected), "{len}");
    }
}

#[test]
fn lengths_and_counts_are_bounded() {
    let check = |change: &dyn Fn(&mut Vec<u8>), expected| {
        let mut bytes = good();
        change(&mut bytes);
        assert_eq!(DropContents::from_bytes(&bytes).err(), Some(expected));
    };
    check(&|bytes| bytes[HEAD - 4..HEAD].fill(0), E::Shape);
    check(&|bytes| bytes[HEAD - 4..HEAD].fill(0xff), E::Escrow { number: 3 });
    check(&|bytes| bytes[HEAD..HEAD + 4].fill(0xff), E::Escrow { number: 1 });
    check(&|bytes| bytes[..8].fill(0x7f), E::Shape);
    check(&|bytes| bytes[HEAD - 1] = 1, E::Padding);
    check(&|bytes| *bytes.last_mut().unwrap() = 1, E::Padding);
    check(&|bytes| bytes.extend([0; 256]), E::Padding);
    check(&|bytes| bytes.resize(65_280 + 256, 0), E::Shape);
}

/// A drop's length tells how many escrows it holds, roughly, and hardly how long a name is.
#[test]
fn a_length_shows_in_steps_alone() {
    let len = |name: &str| drop_of(name).to_bytes().len();
    assert_eq!(len("A"), len("A-LONGER-NAME-OF-A-DEVICE"));
    assert_eq!(len(&"A".repeat(255)) - len("A"), 256);
}

#[test]
fn what_does_not_fit_is_refused() {
    let many = |count: usize| (0..count).map(|_| escrow("PC")).collect();
    let encrypted = |count| DropFile::encrypt(&drop_key(), None, &contents(many(count)));
    // An escrow that says nothing more has 8 lengths, a name of 2 bytes, a protector and a password.
    let fits = (65_280 - HEAD) / (8 * 4 + 2 + 16 + 16);
    let largest = encrypted(fits).unwrap();
    assert!(largest.to_bytes().len() <= MAX_DROP_LEN);
    let opened = DropFile::from_bytes(&largest.to_bytes()).unwrap();
    assert_eq!(opened.open(vault(), &keyring()).unwrap().escrows.len(), fits);
    assert_eq!(encrypted(fits + 1), Err(EncryptDropError::TooLong(ContentsTooLong)));
    let mut listing = escrow("PC");
    listing.listed = vec![ProtectorId::new([0; 16]); 5000];
    let refused = DropFile::encrypt(&drop_key(), None, &contents(vec![listing]));
    assert_eq!(refused, Err(EncryptDropError::TooLong(ContentsTooLong)));
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        sequence: u64,
        millis in -377_705_023_201_000..253_402_207_200_000_i64,
        names in proptest::collection::vec("[A-Za-z0-9-]{1,40}", 1..6),
        id: Option<[u8; 16]>,
        created in proptest::option::of(0..253_402_207_200_000_i64),
        listed in proptest::collection::vec(any::<[u8; 16]>(), 0..5),
    ) {
        let escrows: Vec<DroppedEscrow> = names
            .iter()
            .filter_map(|name| Some(DroppedEscrow {
                device: name.parse().ok()?,
                naming: Naming { id: id.map(VolumeId::new), mount: None, kind: Some(VolumeType::Fixed) },
                created_at: created.and_then(Time::from_millis),
                listed: listed.iter().copied().map(ProtectorId::new).collect(),
                ..escrow("PC")
            }))
            .collect();
        prop_assume!(!escrows.is_empty());
        let created_at = Time::from_millis(millis).unwrap();
        let bytes = DropContents { sequence, created_at, escrows }.to_bytes().unwrap();
        let read = DropContents::from_bytes(&bytes).unwrap();
        prop_assert_eq!((read.sequence, read.created_at), (sequence, created_at));
        prop_assert_eq!(&*read.to_bytes().unwrap(), &*bytes);
    }
}
