//! docs/format.md, by vectors that another program computed.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what cannot be had fails the test"
)]

mod format {
    pub(crate) mod vectors;

    mod newer;
}

use strongroom_core::crypto::Binding;
use strongroom_core::crypto::Nonce;
use strongroom_core::crypto::Purpose;
use strongroom_core::crypto::derive;
use strongroom_core::crypto::encrypt;
use strongroom_core::crypto::expand;
use strongroom_core::crypto::pin_authorisation;
use strongroom_core::crypto::sha256;
use strongroom_core::envelope::Envelope;
use strongroom_core::keys::EncryptedKeyring;
use strongroom_core::keys::KeyringCopy;
use strongroom_core::keys::RootKey;
use strongroom_core::keys::ShareKey;
use strongroom_core::log::Action;
use strongroom_core::log::AnchorContent;
use strongroom_core::log::Checkpoint;
use strongroom_core::log::Leaf;
use strongroom_core::log::Note;
use strongroom_core::log::Origin;
use strongroom_core::log::Replay;
use strongroom_core::log::VerifierKey;
use strongroom_core::state::Rule;
use strongroom_core::state::VaultRecord;
use strongroom_core::state::VolumeRecord;
use strongroom_core::state::canonical;
use strongroom_core::state::from_canonical;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Secret;

use crate::format::vectors::Vectors;

#[test]
fn derived_keys() {
    let v = Vectors::read();
    let (epoch, escrow, sender) = (v.bytes("epoch"), v.bytes("escrow"), v.bytes("sender"));
    for (name, key, purpose, context) in [
        ("log-signing", "vault secret", Purpose::LogSigning, epoch.as_slice()),
        (
            "anchor-authorisation",
            "vault secret",
            Purpose::AnchorAuthorisation,
            &epoch,
        ),
        (
            "lockout-authorisation",
            "vault secret",
            Purpose::LockoutAuthorisation,
            &[],
        ),
        (
            "tpm-signing-authorisation",
            "vault secret",
            Purpose::TpmSigningAuthorisation,
            &[],
        ),
        ("fingerprint", "vault secret", Purpose::Fingerprint, &[]),
        ("refusal-counts", "vault secret", Purpose::RefusalCounts, &[]),
        ("drop-sender", "vault secret", Purpose::DropSender, &sender),
        ("keyring root", "root key", Purpose::Keyring, b"root"),
        ("keyring shares", "share key", Purpose::Keyring, b"shares"),
    ] {
        assert_eq!(
            derive(&v.secret(key), purpose, context).expose().as_slice(),
            v.bytes(name),
            "{name}"
        );
    }
    let wrap = expand(&v.secret("kek 1"), Purpose::Wrap, &escrow);
    assert_eq!(wrap.expose().as_slice(), v.bytes("wrap"));
    assert_eq!(
        wrap.expose(),
        v.keyring().kek(1).unwrap().wrap_key(v.place().escrow).expose()
    );
    let keyring = v.keyring();
    let secret = keyring.secret();
    assert_eq!(
        secret.anchor_authorisation(v.epoch()).expose().as_slice(),
        v.bytes("anchor-authorisation")
    );
    assert_eq!(
        secret.lockout_authorisation().expose().as_slice(),
        v.bytes("lockout-authorisation")
    );
    let pin = pin_authorisation(&v.vault(), v.text("pin"));
    assert_eq!(pin.expose().as_slice(), v.bytes("pin authorisation"));
}

#[test]
fn both_copies_of_the_keyring() {
    let v = Vectors::read();
    let root = RootKey::new(v.secret("root key"));
    let shares = ShareKey::new(v.secret("share key"));
    for (name, copy) in [
        ("root", KeyringCopy::Root(&root)),
        ("shares", KeyringCopy::Shares(&shares)),
    ] {
        let bytes = v.bytes(&format!("{name} copy"));
        assert_eq!((bytes[0], bytes.len()), (1, 1 + 12 + 36 + 2 * 64 + 16));
        let binding = Binding::of(&[&[1], v.vault().as_bytes(), name.as_bytes()]);
        assert_eq!(binding.as_bytes(), v.bytes(&format!("{name} copy binding")));
        let nonce = Nonce::kept(bytes[1..13].try_into().unwrap());
        let key = v.secret(&format!("keyring {name}"));
        assert_eq!(
            encrypt(&key, &nonce, &v.bytes("keyring"), binding.as_bytes()),
            bytes[13..]
        );

        let keyring = EncryptedKeyring::kept(bytes).decrypt(v.vault(), &copy).unwrap();
        assert_eq!(keyring.generation(), 2);
        for (generation, kek) in [(1, "kek 1"), (2, "kek 2")] {
            let wrap = expand(&v.secret(kek), Purpose::Wrap, v.place().escrow.as_bytes());
            assert_eq!(
                keyring.kek(generation).unwrap().wrap_key(v.place().escrow).expose(),
                wrap.expose()
            );
        }
        assert!(keyring.kek(0).is_none() && keyring.kek(3).is_none());
    }
}

#[test]
fn an_envelope_and_its_fingerprint() {
    let v = Vectors::read();
    let (keyring, password) = (v.keyring(), RecoveryPassword::parse(v.text("password")).unwrap());
    assert_eq!(password.expose().as_slice(), v.bytes("password bytes"));
    let bytes = v.bytes("envelope");
    let envelope = Envelope::from_bytes(&bytes).unwrap();
    assert_eq!((envelope.generation(), bytes.len()), (1, 109));
    assert!(
        envelope
            .decrypt_password(&keyring, &v.place())
            .unwrap()
            .same_as(&password)
    );

    // Part for part: version, generation, nonce, password, nonce, DEK.
    let place = v.place();
    let generation = 1_u32.to_be_bytes();
    let fields: [&[u8]; 5] = [
        &[1],
        place.vault.as_bytes(),
        place.escrow.as_bytes(),
        place.protector.as_bytes(),
        &generation,
    ];
    let binding = Binding::of(&fields);
    assert_eq!(binding.as_bytes(), v.bytes("binding"));
    assert_eq!(bytes[..5], [1, 0, 0, 0, 1]);
    let encrypted = |key: &Secret<32>, nonce: &[u8], text: &[u8]| {
        encrypt(key, &Nonce::kept(nonce.try_into().unwrap()), text, binding.as_bytes())
    };
    assert_eq!(
        encrypted(&v.secret("dek"), &bytes[5..17], password.expose()),
        bytes[17..49]
    );
    assert_eq!(
        encrypted(&v.secret("wrap"), &bytes[49..61], &v.bytes("dek")),
        bytes[61..]
    );

    let fingerprint = keyring.secret().fingerprint_key().fingerprint(&password);
    assert_eq!(fingerprint.as_bytes().as_slice(), v.bytes("password fingerprint"));
    assert_eq!(
        envelope.digest(&fingerprint).as_bytes().as_slice(),
        v.bytes("envelope digest")
    );
}

#[test]
fn records() {
    let v = Vectors::read();
    let vault: VaultRecord = from_canonical(v.text("vault record").as_bytes()).unwrap();
    assert_eq!(canonical(&vault), v.text("vault record").as_bytes());
    assert_eq!(vault.leaf_hash().to_string(), v.text("vault record hash"));
    assert_eq!(vault.keyring, sha256(&[&v.bytes("root copy")]));
    let volume: VolumeRecord = from_canonical(v.text("volume record").as_bytes()).unwrap();
    assert_eq!(canonical(&volume), v.text("volume record").as_bytes());
    assert_eq!(volume.leaf_hash().to_string(), v.text("volume record hash"));
    assert_eq!(
        volume.escrows.at(0).unwrap().envelope.to_string(),
        v.text("envelope digest")
    );
}

#[test]
fn a_log_its_checkpoint_and_its_anchor() {
    let v = Vectors::read();
    let mut replay = Replay::default();
    for index in 0..3 {
        let text = v.text(&format!("leaf {index}"));
        let leaf = Leaf::bounded(text.as_bytes().to_vec()).unwrap();
        assert_eq!(leaf.hash().to_string(), v.text(&format!("leaf {index} hash")));
        let replayed = replay.next(&leaf).unwrap();
        assert_eq!(Leaf::encode(&replayed.event).unwrap(), leaf);
    }
    assert_eq!(replay.root().to_string(), v.text("log root"));
    let projection = replay.finish().unwrap();
    assert_eq!(canonical(&projection.volumes()[0]), v.text("volume record").as_bytes());

    let origin: Origin = v.text("origin").parse().unwrap();
    assert_eq!((origin.vault, origin.epoch), (v.vault(), v.epoch()));
    let checkpoint = Checkpoint {
        origin,
        size: replay.size(),
        root: replay.root(),
    };
    assert_eq!(checkpoint.text(), v.lines("checkpoint"));
    let key = v.keyring().secret().log_signing_key(v.epoch());
    let verifier = VerifierKey::new(origin.to_string(), key.public_key());
    assert_eq!(verifier.to_string(), v.text("vkey"));
    let note = checkpoint.sign(&key);
    assert_eq!(note.to_string(), v.lines("note"));
    let read: Note = v.lines("note").parse().unwrap();
    assert_eq!(read.verify(&v.text("vkey").parse().unwrap()), Ok(()));
    assert_eq!(Checkpoint::from_note(&read), Ok(checkpoint));

    let anchor = AnchorContent {
        number: replay.last_commit().unwrap().number,
        checkpoint: checkpoint.digest(),
    };
    assert_eq!(anchor.to_bytes().as_slice(), v.bytes("anchor"));
    assert_eq!(AnchorContent::from_bytes(&anchor.to_bytes()), anchor);
}

#[test]
fn every_word_stands_in_the_document() {
    let document = include_str!("../../docs/format.md");
    let rules = [
        Rule::AlreadyHeld,
        Rule::Newest,
        Rule::NoStanding,
        Rule::Older,
        Rule::OtherPassword,
        Rule::OtherProtector,
        Rule::Undated,
    ];
    let rules = rules.map(|rule| serde_json::to_value(rule).unwrap().as_str().unwrap().to_owned());
    let actions = Action::ALL.map(|action| action.to_string());
    for word in rules.iter().chain(&actions) {
        assert!(document.contains(&format!("\n| `{word}` | ")), "{word} has no row");
    }
    // The example's fields, and those that it leaves out.
    let v = Vectors::read();
    let mut fields = vec![
        "site",
        "clock_step",
        "conflict",
        "unconfirmed",
        "superseded_by",
        "ended",
        "proven_at",
        "escrowed_by",
        "clock",
        "shown_to",
        "shown_to_more",
        "presented",
        "master_key",
        "mac",
        "proven",
        "drop",
        "file",
        "senders",
        "sender",
        "name",
        "devices",
        "enrolled_at",
        "revoked_at",
        "last_sequence",
        "moved",
        "from",
    ];
    for name in ["vault record", "volume record", "leaf 1", "leaf 2"] {
        let quoted = v
            .text(name)
            .split('"')
            .skip(1)
            .step_by(2)
            .zip(v.text(name).split('"').skip(2).step_by(2));
        fields.extend(
            quoted
                .filter(|(_, after)| after.starts_with(':'))
                .map(|(field, _)| field),
        );
    }
    for field in fields {
        let named = [format!("`{field}`"), format!("\"{field}\":")];
        assert!(
            named.iter().any(|name| document.contains(name)),
            "{field} is not described"
        );
    }
    for purpose in [
        Purpose::AnchorAuthorisation,
        Purpose::Drop,
        Purpose::DropSender,
        Purpose::Fingerprint,
        Purpose::Keyring,
        Purpose::LockoutAuthorisation,
        Purpose::LogSigning,
        Purpose::Pin,
        Purpose::RefusalCounts,
        Purpose::TpmSigningAuthorisation,
        Purpose::Wrap,
    ] {
        let label = String::from_utf8(purpose.label().to_vec()).unwrap();
        assert!(document.contains(&format!("| `{label}` |")), "{label} has no row");
    }
}
