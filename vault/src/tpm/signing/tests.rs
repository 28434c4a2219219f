use tss_esapi::traits::Marshall;

use super::*;

fn example() -> SigningObject {
    SigningObject {
        x: [3; 32],
        y: [4; 32],
        private: vec![5; 126],
    }
}

#[test]
fn bytes_and_back() {
    let key = example();
    let bytes = key.to_bytes();
    assert_eq!(
        (bytes.len(), SigningObject::from_bytes(&bytes)),
        (32 + 32 + 2 + 126, Ok(key))
    );
}

#[test]
fn every_other_length_is_refused() {
    let bytes = example().to_bytes();
    for length in 0..bytes.len() {
        assert_eq!(
            SigningObject::from_bytes(&bytes[..length]),
            Err(ParseSigningObjectError),
            "{length}"
        );
    }
    let long = [bytes.as_slice(), &[0]].concat();
    assert_eq!(SigningObject::from_bytes(&long), Err(ParseSigningObjectError));
    let too_long = SigningObject {
        private: vec![5; PRIVATE_MAX + 1],
        ..example()
    };
    assert_eq!(
        SigningObject::from_bytes(&too_long.to_bytes()),
        Err(ParseSigningObjectError)
    );
}

#[test]
fn only_what_was_asked_for_is_taken() {
    let (key, private) = (example(), Private::try_from(vec![5; 126]).unwrap());
    let asked = key.public().unwrap();
    assert_eq!(SigningObject::from_parts(&asked, &private), Some(key.clone()));
    // type ECC, SHA-256, the attributes, no policy, no symmetric algorithm, ECDSA with SHA-256, P-256, no KDF
    let marshalled = asked.marshall().unwrap();
    assert_eq!(
        marshalled[..24],
        [
            0, 0x23, 0, 0x0b, 0, 4, 4, 0x72, 0, 0, 0, 0x10, 0, 0x18, 0, 0x0b, 0, 3, 0, 0x10, 0, 32, 3, 3
        ]
    );
    let shorter = EccPoint::new(
        EccParameter::try_from(vec![3; 31]).unwrap(),
        EccParameter::try_from(vec![4; 32]).unwrap(),
    );
    assert_eq!(SigningObject::from_parts(&public(shorter).unwrap(), &private), None);
    let other = crate::tpm::sealed::template(false, &[0; 32]).unwrap();
    assert_eq!(SigningObject::from_parts(&other, &private), None);
}

#[test]
fn numbers_are_padded() {
    let of = |bytes: &[u8]| number(&EccParameter::try_from(bytes.to_vec()).unwrap());
    assert_eq!(of(&[7; 32]), Some([7; 32]));
    let mut padded = [0; 32];
    padded[30..].fill(7);
    assert_eq!((of(&[7; 2]), of(&[7; 33])), (Some(padded), None));
}
