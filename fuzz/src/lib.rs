//! What each fuzz target does with its input.
//!
//! Every target is a plain function of this library, so that `tests/tests/fuzz_corpus.rs` can include it and replay the
//! corpora on stable without libFuzzer. A target asserts what must hold, not only that nothing panics. A new target is
//! a function, and a line of [`TARGETS`] here, a file in `fuzz_targets`, a `[[bin]]` in `Cargo.toml`, and a folder in
//! `corpus` with seeds whose names say the case.

mod files;
mod images;

use strongroom_core::drop::DropFile;
use strongroom_core::drop::DropKey;
use strongroom_core::drop::SenderFile;
use strongroom_core::envelope::Envelope;
use strongroom_core::envelope::Place;
use strongroom_core::intake;
use strongroom_core::keys::EncryptedKeyring;
use strongroom_core::keys::KeyringCopy;
use strongroom_core::keys::RootKey;
use strongroom_core::log::Checkpoint;
use strongroom_core::log::EventProof;
use strongroom_core::log::Leaf;
use strongroom_core::log::Note;
use strongroom_core::log::Replay;
use strongroom_core::log::VerifierKey;
use strongroom_core::tiles;
use strongroom_core::values::DeviceName;
use strongroom_core::values::Diagnosis;
use strongroom_core::values::Line;
use strongroom_core::values::ParseRecoveryPasswordError;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Secret;
use strongroom_core::values::corrections;
use strongroom_core::values::diagnose;
use strongroom_core::values::fold;
use strongroom_core::values::holds_password;
use strongroom_core::values::is_invisible;
use strongroom_core::values::may_hold_password;
use strongroom_core::values::screened;
use strongroom_core::values::screened_json;

pub use files::intake;
pub use files::intake_csv;
pub use files::intake_json;
pub use files::intake_ldif;
pub use files::intake_lines;
pub use files::intake_text;
pub use images::volume;

/// What a target does with one input.
pub type Target = fn(&[u8]);

/// Every target by the name of its folder in `corpus`.
pub const TARGETS: &[(&str, Target)] = &[
    ("drop_file", drop_file),
    ("envelope", envelope),
    ("finder", finder),
    ("handed_out", handed_out),
    ("intake", intake),
    ("intake_csv", intake_csv),
    ("intake_json", intake_json),
    ("intake_ldif", intake_ldif),
    ("intake_lines", intake_lines),
    ("intake_text", intake_text),
    ("leaf", leaf),
    ("note", note),
    ("recovery_password", recovery_password),
    ("text", text),
    ("volume", volume),
];

/// What is an envelope is written as it was read; nothing opens but the one that was encrypted, and so for keyrings.
pub fn envelope(input: &[u8]) {
    let (Some(vault), Some(escrow), Some(protector), Some(root), Some(copy), Some(good)) = (
        vector("vault").and_then(|text| text.parse().ok()),
        vector("escrow").and_then(|text| text.parse().ok()),
        vector("protector").and_then(|text| text.parse().ok()),
        bytes("root key").and_then(|bytes| Secret::copy_from(&bytes)),
        bytes("root copy"),
        bytes("envelope"),
    ) else {
        unreachable!("the vectors have these");
    };
    let root = RootKey::new(root);
    let key = KeyringCopy::Root(&root);
    let opened = EncryptedKeyring::kept(input.to_vec()).decrypt(vault, &key);
    assert_eq!(opened.is_ok(), input == copy, "this keyring and no other");
    let Ok(parsed) = Envelope::from_bytes(input) else {
        return;
    };
    assert_eq!(parsed.as_bytes().as_slice(), input, "written as read");
    let Ok(keyring) = EncryptedKeyring::kept(copy).decrypt(vault, &key) else {
        unreachable!("the keyring of the vectors opens");
    };
    let place = Place {
        vault,
        escrow,
        protector,
    };
    let opens = parsed.decrypt_password(&keyring, &place).is_ok();
    assert_eq!(opens, input == good, "this envelope and no other");
}

/// A drop, a key file and a sender's file are written as they were read; nothing opens but the drops that were made.
pub fn drop_file(input: &[u8]) {
    if let Ok(text) = str::from_utf8(input) {
        if let Ok(key) = text.parse::<DropKey>() {
            assert!(text.lines().eq(key.to_string().lines()), "one key, one text");
        }
        if let Ok(sender) = SenderFile::parse(text) {
            assert!(text.lines().eq(sender.to_text().lines()), "one sender, one text");
        }
    }
    let Ok(drop) = DropFile::from_bytes(input) else {
        return;
    };
    assert_eq!(drop.to_bytes(), input, "one drop, one file");
    let (Some(vault), Some(root), Some(copy)) = (
        vector("vault").and_then(|text| text.parse().ok()),
        bytes("root key").and_then(|bytes| Secret::copy_from(&bytes)),
        bytes("root copy"),
    ) else {
        unreachable!("the vectors have these");
    };
    let root = RootKey::new(root);
    let Ok(keyring) = EncryptedKeyring::kept(copy).decrypt(vault, &KeyringCopy::Root(&root)) else {
        unreachable!("the keyring of the vectors opens");
    };
    let made = [bytes("base drop"), bytes("psk drop")];
    let is_made = made.iter().any(|made| made.as_deref() == Some(input));
    assert_eq!(drop.open(vault, &keyring).is_ok(), is_made, "these drops and no other");
}

/// A leaf that is an event is the one text of that event.
pub fn leaf(input: &[u8]) {
    let Ok(leaf) = Leaf::bounded(input.to_vec()) else {
        return;
    };
    if let Ok(event) = leaf.decode() {
        assert!(
            Leaf::encode(&event).is_ok_and(|again| again == leaf),
            "one event, one text"
        );
    }
    let mut replay = Replay::default();
    if let Ok(replayed) = replay.next(&leaf) {
        assert_eq!((replayed.event.leaf, replay.size()), (0, 1), "the first of its log");
        assert_eq!(replay.root(), leaf.hash(), "the root of one leaf");
    }
}

/// A note, a verifier key and a checkpoint are written as they were read.
pub fn note(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let first = text.lines().next().unwrap_or_default();
    let key = first.parse::<VerifierKey>();
    if let Ok(key) = &key {
        assert_eq!(key.to_string(), first, "one key, one text");
    }
    let Ok(note) = text.parse::<Note>() else { return };
    assert_eq!(note.to_string(), text, "one note, one text");
    if let Ok(key) = key {
        assert!(note.verify(&key).is_err(), "nobody signed this");
    }
    if let Ok(checkpoint) = Checkpoint::from_note(&note) {
        assert_eq!(checkpoint.text(), note.text(), "one checkpoint, one text");
    }
}

/// A proof is written as it was read, and shows an event of its place only; a bundle is its entries, one behind the other.
pub fn handed_out(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Ok(proof) = text.parse::<EventProof>() {
        assert_eq!(proof.to_string(), text, "one proof, one text");
        if let Ok(proven) = proof.verify(&[]) {
            let index = format!("\nindex {}\n", proven.event.leaf);
            assert!(text.contains(&index), "the event of its place");
            assert!(proven.event.leaf < proven.checkpoint.size, "within its log");
        }
    }
    let mut again = Vec::new();
    for leaf in tiles::entries(input) {
        let Ok(leaf) = leaf else { break };
        tiles::put_entry(&mut again, &leaf);
    }
    assert!(input.starts_with(&again), "one bundle, one text");
}

/// What is found reads back from its own text, lines ascend, and there is no more than the text has room for.
pub fn finder(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let found = intake::find(&text);
    assert!(found.len() <= text.len() / 24, "a finding takes 24 digits");
    assert!(found.is_sorted_by_key(|found| found.line), "lines ascend");
    let lines = text.matches('\n').count() + 1;
    for found in &found {
        assert!((1..=lines).contains(&found.line), "a line of the text");
        if let Some(id) = found.protector {
            assert!(
                text.to_ascii_lowercase().contains(&id.to_string()),
                "a GUID of the text"
            );
        }
        if let Ok(password) = &found.password {
            let again = intake::find(&password.to_text());
            assert_eq!(again.len(), 1, "it is one password");
            assert!(
                again.iter().all(|again| same(&again.password, password)),
                "it is found again"
            );
        }
    }
}

/// What is found in an answer is found in a message too; a screened line holds no password and nothing unseen. What is
/// folded stays as it is, and a name that is taken is taken again.
pub fn text(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if holds_password(&text) {
        assert!(may_hold_password(&text), "what is found is found");
    }
    let seen: String = text.chars().filter(|character| !is_invisible(*character)).collect();
    for line in [Line::Answer, Line::Message] {
        for screened in [screened(line, &text).into_owned(), screened_json(line, &text)] {
            assert!(!screened.chars().any(is_invisible), "nothing unseen");
        }
        assert!(!holds_password(&screened(line, &seen)), "no password");
    }
    let folded = fold(&text);
    assert_eq!(fold(&folded), folded, "folding twice is folding once");
    if let Ok(name) = text.parse::<DeviceName>() {
        assert_eq!(name.as_str().parse(), Ok(name.clone()), "a name is a name");
        assert_eq!(DeviceName::kept(name.as_str()), Ok(name), "and is kept");
    }
}

/// What is parsed is written canonically and parses back; diagnosis and corrections agree with the parser.
pub fn recovery_password(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let parsed = RecoveryPassword::parse(&text);
    let first_fault = match diagnose(&text) {
        Diagnosis::Valid => None,
        Diagnosis::Shape(fault) => Some(fault.into()),
        Diagnosis::Groups(bad) => bad.first().map(|bad| bad.fault.at(bad.group)),
    };
    assert_eq!(parsed.as_ref().err(), first_fault.as_ref(), "the diagnosis agrees");

    let corrections = corrections(&text);
    assert!(
        corrections.is_sorted_by(|one, next| **one < **next),
        "ascending, each once"
    );
    assert!(corrections.len() <= 11, "one digit for each place, and five swaps");

    if let Ok(password) = parsed {
        assert!(corrections.is_empty(), "nothing to correct");
        let written = password.to_text();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        assert_eq!(written.len(), 55, "canonical");
        assert_eq!(digits(&written), digits(&text), "the digits that were read");
        assert!(same(&RecoveryPassword::parse(&written), &password), "it reads back");
        assert!(
            written
                .split('-')
                .eq(password.groups().iter().map(|group| group.as_str()))
        );
    } else if let Some(ParseRecoveryPasswordError::Checksum { group }) = first_fault {
        let mut groups: Vec<&str> = text.split('-').collect();
        // Every correction offered mends the text.
        for correction in &corrections {
            if let Some(place) = groups.get_mut(group - 1) {
                *place = correction;
                assert!(groups.len() != 8 || RecoveryPassword::parse(&groups.join("-")).is_ok());
            }
        }
    }
}

fn same(read: &Result<RecoveryPassword, ParseRecoveryPasswordError>, password: &RecoveryPassword) -> bool {
    read.as_ref().is_ok_and(|read| read.same_as(password))
}

/// A vector of format 1, or of its drops.
fn vector(name: &str) -> Option<&'static str> {
    let files = [
        include_str!("../../core/vectors/format-v1.txt"),
        include_str!("../../core/vectors/drop-v1.txt"),
    ];
    let mut lines = files.into_iter().flat_map(str::lines);
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))
}

fn bytes(name: &str) -> Option<Vec<u8>> {
    let (pairs, _) = vector(name)?.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    pairs.iter().map(byte).collect()
}
