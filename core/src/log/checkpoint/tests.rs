use super::*;
use crate::values::EpochId;
use crate::values::Secret;
use crate::values::VaultId;

fn checkpoint(size: u64) -> Checkpoint {
    Checkpoint {
        origin: Origin {
            vault: VaultId::new([0xab; 16]),
            epoch: EpochId::new([2; 16]),
        },
        size,
        root: Digest::new([3; 32]),
    }
}

/// The text, read out of a note that somebody signed.
fn read(text: &str) -> Result<Checkpoint, ParseCheckpointError> {
    let key = SigningKey::new(Secret::from_fn(|seed| seed.fill(7)));
    Checkpoint::from_note(&Note::sign(text.to_owned(), "name", &key))
}

#[test]
fn what_is_written_is_read() {
    let most = i64::MAX.unsigned_abs();
    for size in [0, 1, 9, 10, most] {
        assert_eq!(read(&checkpoint(size).text()), Ok(checkpoint(size)));
    }
    for size in [most + 1, u64::MAX] {
        assert_eq!(read(&checkpoint(size).text()), Err(ParseCheckpointError));
    }
    let text = format!(
        "strongroom/{}/{}\n10\n{}\n",
        "ab".repeat(16),
        "02".repeat(16),
        BASE64.encode(&[3; 32])
    );
    assert_eq!(checkpoint(10).text(), text);
    assert_eq!(checkpoint(10).digest(), sha256(&[text.as_bytes()]));
}

#[test]
fn a_signed_one_bears_its_origin() {
    let key = SigningKey::new(Secret::from_fn(|seed| seed.fill(7)));
    let note = checkpoint(10).sign(&key);
    assert_eq!(Checkpoint::from_note(&note), Ok(checkpoint(10)));
    let verifier = crate::log::VerifierKey::new(checkpoint(10).origin.to_string(), key.public_key());
    assert_eq!(note.verify(&verifier), Ok(()));
}

#[test]
fn another_way_of_writing_it_is_refused() {
    let good = checkpoint(10).text();
    let root = BASE64.encode(&[3; 32]);
    for wrong in [
        String::new(),
        "\n".to_owned(),
        good.trim_end().to_owned(),
        format!("{good}\n"),
        format!("{good}an extension\n"),
        good.replace("\n10\n", "\n010\n"),
        good.replace("\n10\n", "\n+10\n"),
        good.replace("\n10\n", "\n-1\n"),
        good.replace("\n10\n", "\n 10\n"),
        good.replace("\n10\n", "\n1e1\n"),
        good.replace("\n10\n", "\n\n"),
        good.replace("\n10\n", "\n18446744073709551616\n"),
        good.replace("strongroom/", "Strongroom/"),
        good.replace("strongroom/", "example.com/"),
        good.replace(&"ab".repeat(16), &"AB".repeat(16)),
        good.replace(&"ab".repeat(16), &"ab".repeat(15)),
        good.replace(&"02".repeat(16), ""),
        good.replace(&"02".repeat(16), &format!("{}/x", "02".repeat(16))),
        good.replace(&root, root.trim_end_matches('=')),
        good.replace(&root, &BASE64.encode(&[3; 31])),
        good.replace(&root, &BASE64.encode(&[3; 33])),
        // The last digit before the padding has bits that mean nothing, and they are set.
        good.replace("w==", "x==").replace("M=\n", "N=\n"),
        good.replace('\n', "\r\n"),
    ] {
        assert_ne!(wrong, good);
        assert_eq!(read(&wrong), Err(ParseCheckpointError), "{wrong:?}");
    }
}

#[test]
fn another_vault_or_epoch_is_another_origin() {
    let parse = |text: &str| text.parse::<Origin>();
    let origin = checkpoint(1).origin;
    assert_eq!(parse(&origin.to_string()), Ok(origin));
    let upper = origin.to_string().replace("ab", "AB");
    for wrong in ["", "strongroom/", "strongroom//", "strongroom/ab/cd", &upper] {
        assert!(parse(wrong).is_err(), "{wrong:?}");
    }
}
