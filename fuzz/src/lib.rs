//! What each fuzz target does with its input.
//!
//! Every target is a plain function here, so that `tests/tests/fuzz_corpus.rs` can include this file and replay the
//! corpora on stable without libFuzzer. A target asserts what must hold, not only that nothing panics. A new target is
//! a function and a line of [`TARGETS`] here, a file in `fuzz_targets`, a `[[bin]]` in `Cargo.toml`, and a folder in
//! `corpus` with seeds whose names say the case.

use std::convert::Infallible;

use strongroom_core::drop::DropFile;
use strongroom_core::drop::DropKey;
use strongroom_core::drop::SenderFile;
use strongroom_core::envelope::Envelope;
use strongroom_core::envelope::Place;
use strongroom_core::fve;
use strongroom_core::fve::CopyState;
use strongroom_core::fve::Image;
use strongroom_core::fve::Located;
use strongroom_core::fve::Metadata;
use strongroom_core::intake;
use strongroom_core::intake::Format;
use strongroom_core::intake::Hints;
use strongroom_core::intake::Intake;
use strongroom_core::intake::Record;
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
use strongroom_core::values::Diagnosis;
use strongroom_core::values::ParseRecoveryPasswordError;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Secret;
use strongroom_core::values::corrections;
use strongroom_core::values::diagnose;

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

/// Whatever a file is taken for.
pub fn intake(input: &[u8]) {
    read_as(input, None);
}

/// Tables of separated values.
pub fn intake_csv(input: &[u8]) {
    for format in [Format::Csv, Format::Mbam, Format::AdTable] {
        read_as(input, Some(format));
    }
}

/// JSON.
pub fn intake_json(input: &[u8]) {
    for format in [Format::Graph, Format::PowerShellJson] {
        read_as(input, Some(format));
    }
}

/// LDIF.
pub fn intake_ldif(input: &[u8]) {
    read_as(input, Some(Format::Ldif));
}

/// What goes line by line.
pub fn intake_lines(input: &[u8]) {
    for format in [
        Format::AdScript,
        Format::ManageBde,
        Format::PowerShellList,
        Format::PowerShellTable,
    ] {
        read_as(input, Some(format));
    }
}

/// Any text.
pub fn intake_text(input: &[u8]) {
    read_as(input, Some(Format::Text));
}

/// There are no more records than the input has room for, they stand within it, no reason repeats what stands there, and
/// the same text read again, and as UTF-16, gives the same.
fn read_as(input: &[u8], format: Option<Format>) {
    let hints = Hints { format };
    let read = match intake::read(input, &hints) {
        Ok(read) => read,
        Err(error) => return assert_tells_nothing(&error.to_string()),
    };
    assert!(
        format.is_none_or(|format| format == read.format),
        "the format that was named"
    );
    assert!(read.records.len() <= input.len(), "a record takes a character");
    let ready = read.records.iter().filter(|record| record.outcome.is_ok()).count();
    assert!(ready <= input.len() / 48, "a password takes 48 digits");
    let lines = input.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
    for (record, number) in read.records.iter().zip(1..) {
        assert!((1..=lines).contains(&record.at.line), "a line of the text");
        assert_eq!(record.at.record, number, "in order");
        if let Err(rejected) = &record.outcome {
            assert_tells_nothing(&rejected.why.to_string());
        }
        for note in &record.notes {
            assert_tells_nothing(&note.to_string());
        }
    }
    let again = intake::read(input, &hints);
    assert!(again.is_ok_and(|again| are_same(&again, &read)), "the same again");
    if let Ok(text) = str::from_utf8(input)
        && !text.contains(['\0', '\u{feff}'])
    {
        let units = [0xfeff].into_iter().chain(text.encode_utf16());
        let utf_16: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
        let encoded = intake::read(&utf_16, &hints);
        assert!(
            encoded.is_ok_and(|encoded| are_same(&encoded, &read)),
            "the same as UTF-16"
        );
    }
}

/// There is no group of digits in it but the largest that there is.
#[track_caller]
fn assert_tells_nothing(reason: &str) {
    let groups = reason.split(|character: char| !character.is_numeric());
    let mut told = groups.filter(|group| group.len() >= 6 && *group != "720885");
    assert!(told.next().is_none(), "{reason}");
}

fn are_same(one: &Intake, other: &Intake) -> bool {
    let same_record = |(one, other): (&Record, &Record)| {
        let same_outcome = match (&one.outcome, &other.outcome) {
            (Ok(one), Ok(other)) => one.protector == other.protector && one.password.same_as(&other.password),
            (Err(one), Err(other)) => one == other,
            _ => false,
        };
        same_outcome
            && one.at == other.at
            && one.device == other.device
            && one.naming.id == other.naming.id
            && one.naming.mount == other.naming.mount
            && one.naming.kind == other.naming.kind
            && one.created == other.created
            && one.notes == other.notes
    };
    one.format == other.format
        && one.records.len() == other.records.len()
        && one.records.iter().zip(&other.records).all(same_record)
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

/// Volumes lie within their image, no more is read than there is room for, and a copy of which a byte under the checksum
/// is another one is damaged.
///
/// The input is an image with holes: `u64 size`, then as often as it goes `u64 offset | u16 length | bytes`.
pub fn volume(input: &[u8]) {
    let Some(mut image) = Extents::parse(input) else {
        return;
    };
    let size = image.size;
    let Ok(volumes) = fve::locate(&mut image) else {
        return;
    };
    assert!((1..=1024).contains(&volumes.len()), "as many as a table has");
    for located in volumes {
        assert!(
            located.offset.checked_add(512).is_some_and(|end| end <= size),
            "within it"
        );
        assert!(fve::at(&mut image, located.offset).is_ok(), "it is there");
        if let Ok(metadata) = fve::read(&mut image, &located) {
            metadata_is_bounded(&metadata);
            changed_copy_is_damaged(&mut image, &located, &metadata, input.len());
        }
    }
}

fn metadata_is_bounded(metadata: &Metadata) {
    assert!((112..=64 << 10).contains(&metadata.len), "a block has its bounds");
    assert!(
        metadata.protectors.len() <= metadata.len / 36,
        "a protector takes 36 bytes"
    );
    assert!(
        (1..=4).contains(&metadata.copies.len()),
        "three copies, and one of Vista's header"
    );
    let listed: Vec<_> = metadata.recovery_protectors().collect();
    let compared = fve::compare(listed.iter().copied(), listed.iter().copied());
    assert!(
        compared.missing.is_empty() && compared.stale.is_empty(),
        "they are themselves"
    );
}

/// The size and the version say what the checksum covers, and are left as they are.
fn changed_copy_is_damaged(image: &mut Extents<'_>, located: &Located, metadata: &Metadata, number: usize) {
    let taken = metadata.copies.iter().find(|copy| copy.state == CopyState::Good);
    let Some(taken) = taken else {
        unreachable!("one was taken");
    };
    let at = number * 7919 % metadata.len;
    let Some(byte) = u64::try_from(at).ok().filter(|at| !(8..12).contains(at)) else {
        return;
    };
    image.flipped = Some(located.offset + taken.offset + byte);
    let state = match fve::read(image, located) {
        Ok(metadata) => metadata
            .copies
            .iter()
            .find(|copy| copy.offset == taken.offset)
            .map(|copy| copy.state),
        Err(_) => None,
    };
    image.flipped = None;
    assert!(
        !matches!(state, Some(CopyState::Good | CopyState::Differs)),
        "byte {at}"
    );
}

/// An image of which only some bytes are not zero.
struct Extents<'a> {
    size: u64,
    extents: Vec<(u64, &'a [u8])>,
    /// A byte that is read as another one.
    flipped: Option<u64>,
}

impl<'a> Extents<'a> {
    fn parse(input: &'a [u8]) -> Option<Self> {
        let (size, mut rest) = input.split_first_chunk()?;
        let mut extents = Vec::new();
        while let Some((offset, after)) = rest.split_first_chunk() {
            let (len, after) = after.split_first_chunk()?;
            let len = usize::from(u16::from_le_bytes(*len)).min(after.len());
            let (bytes, after) = after.split_at_checked(len)?;
            extents.push((u64::from_le_bytes(*offset), bytes));
            rest = after;
        }
        Some(Self {
            size: u64::from_le_bytes(*size),
            extents,
            flipped: None,
        })
    }
}

impl Image for Extents<'_> {
    type Error = Infallible;

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let len = buffer.len().min(left);
        let buffer = buffer.get_mut(..len).unwrap_or_default();
        buffer.fill(0);
        for (start, bytes) in &self.extents {
            let from = offset.max(*start);
            let skipped = usize::try_from(from - start).unwrap_or(usize::MAX);
            let to = usize::try_from(from - offset).unwrap_or(usize::MAX);
            let bytes = bytes.get(skipped..).unwrap_or_default();
            for (byte, of) in buffer.iter_mut().skip(to).zip(bytes) {
                *byte = *of;
            }
        }
        let flipped = self
            .flipped
            .and_then(|at| usize::try_from(at.checked_sub(offset)?).ok());
        if let Some(byte) = flipped.and_then(|at| buffer.get_mut(at)) {
            *byte ^= 0x20;
        }
        Ok(len)
    }

    fn size(&self) -> Option<u64> {
        Some(self.size)
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
