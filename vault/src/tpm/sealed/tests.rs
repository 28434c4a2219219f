use tss_esapi::structures::Private;
use tss_esapi::traits::Marshall;
use tss_esapi::traits::UnMarshall;

use crate::tpm::sealed::ParseSealedObjectError;
use crate::tpm::sealed::SealedObject;

fn example(pin: bool) -> SealedObject {
    SealedObject {
        pin,
        policy: [3; 32],
        unique: [4; 32],
        private: vec![5; 190],
    }
}

#[test]
fn bytes_and_back() {
    for pin in [true, false] {
        let sealed = example(pin);
        assert_eq!(SealedObject::from_bytes(&sealed.to_bytes()), Ok(sealed));
    }
}

/// libtss2 is the check of our own marshalling.
#[test]
fn bytes_are_those_of_libtss2() {
    for pin in [true, false] {
        let sealed = example(pin);
        let (private, public) = sealed.to_parts().unwrap();
        let marshalled = public.marshall().unwrap();
        let bytes = sealed.to_bytes();
        assert_eq!(usize::from(bytes[0]) * 256 + usize::from(bytes[1]), marshalled.len());
        assert_eq!(bytes[2..2 + marshalled.len()], marshalled);
        let public = UnMarshall::unmarshall(&marshalled).unwrap();
        assert_eq!(SealedObject::from_parts(&public, &private), Some(sealed));
    }
}

#[test]
fn every_other_length_is_refused() {
    let bytes = example(true).to_bytes();
    for length in 0..bytes.len() {
        let cut = SealedObject::from_bytes(&bytes[..length]);
        assert_eq!(cut, Err(ParseSealedObjectError), "{length}");
    }
    let long = [bytes.as_slice(), &[0]].concat();
    assert_eq!(SealedObject::from_bytes(&long), Err(ParseSealedObjectError));
}

#[test]
fn every_fixed_byte_is_fixed() {
    let bytes = example(true).to_bytes();
    // What may differ: the policy, the unique value, the private area.
    let free = [12..44, 48..80, 82..bytes.len()];
    for position in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[position] ^= 0x40;
        let parsed = SealedObject::from_bytes(&changed);
        let expected = free.iter().any(|range| range.contains(&position));
        assert_eq!(parsed.is_ok(), expected, "byte {position}");
    }
}

#[test]
fn a_private_area_has_bounds() {
    for (length, expected) in [(0, false), (1, true), (1024, true), (1025, false)] {
        let mut sealed = example(false);
        sealed.private = vec![5; length];
        assert_eq!(
            SealedObject::from_bytes(&sealed.to_bytes()).is_ok(),
            expected,
            "{length}"
        );
    }
    let (_, public) = example(false).to_parts().unwrap();
    let empty = Private::try_from(Vec::new()).unwrap();
    assert_eq!(SealedObject::from_parts(&public, &empty), None);
}
