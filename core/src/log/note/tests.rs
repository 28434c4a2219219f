use super::*;
use crate::values::Secret;

// Source: C2SP signed-note v1.0.0, section "Example"; golang.org/x/mod/sumdb/note.
const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
const LINE: &str =
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn example() -> String {
    format!("{TEXT}\n{LINE}")
}

fn key() -> SigningKey {
    SigningKey::new(Secret::from_fn(|seed| seed.fill(7)))
}

fn verifier(name: &str) -> VerifierKey {
    VerifierKey::new(name.to_owned(), key().public_key())
}

#[track_caller]
fn check(note: &str, expected: ParseNoteError) {
    assert_eq!(note.parse::<Note>(), Err(expected), "{note:?}");
}

#[test]
fn the_published_example_verifies() {
    let key: VerifierKey = VKEY.parse().unwrap();
    assert_eq!((key.name(), key.to_string().as_str()), ("PeterNeumann", VKEY));
    let note: Note = example().parse().unwrap();
    assert_eq!(note.text(), TEXT);
    assert_eq!(note.to_string(), example());
    assert_eq!(note.verify(&key), Ok(()));

    let changed: Note = example().replace("answer", "Answer").parse().unwrap();
    assert_eq!(changed.verify(&key), Err(VerifyError));
    let renamed: Note = example().replace("— PeterNeumann", "— PeterNewmann").parse().unwrap();
    assert_eq!(renamed.verify(&key), Err(VerifyError), "a key is a name too");
    let other_key: Note = example().replace("x08go", "x08gp").parse().unwrap();
    assert_eq!(other_key.verify(&key), Err(VerifyError));
}

#[test]
fn what_is_signed_is_written_and_read() {
    let note = Note::sign("a\n\nb\n".to_owned(), "example.com/log", &key());
    let read: Note = note.to_string().parse().unwrap();
    assert_eq!(read, note);
    assert_eq!(read.verify(&verifier("example.com/log")), Ok(()));
    assert_eq!(read.verify(&verifier("example.com/other")), Err(VerifyError));
    let other = SigningKey::new(Secret::from_fn(|seed| seed.fill(8)));
    let other = VerifierKey::new("example.com/log".to_owned(), other.public_key());
    assert_eq!(read.verify(&other), Err(VerifyError));
}

#[test]
fn signatures_of_other_keys_do_not_matter() {
    let mine = Note::sign(TEXT.to_owned(), "mine", &key()).to_string();
    let (_, line) = mine.split_once("\n\n").unwrap();
    for lines in [format!("{LINE}{line}"), format!("{line}{LINE}")] {
        let both: Note = format!("{TEXT}\n{lines}").parse().unwrap();
        assert_eq!(both.verify(&VKEY.parse().unwrap()), Ok(()));
        assert_eq!(both.verify(&verifier("mine")), Ok(()));
        assert_eq!(both.signatures(), 2);
    }
    // A signature of a kind that is not known here, as the TPM's.
    let unknown = format!("— mine {}\n", BASE64.encode(&[9; 80]));
    let with: Note = format!("{TEXT}\n{unknown}{line}").parse().unwrap();
    assert_eq!(with.verify(&verifier("mine")), Ok(()));
    assert_eq!(with.to_string(), format!("{TEXT}\n{unknown}{line}"));
    // A wrong one of this key is wrong, whatever else stands there.
    let forged: Note = mine.replace("problem", "Problem").parse().unwrap();
    assert_eq!(forged.verify(&verifier("mine")), Err(VerifyError));
}

#[test]
fn a_note_has_a_length_that_is_enough() {
    let note = |len: usize| {
        let rest = Note::sign("\n".to_owned(), "a", &key()).to_string().len();
        Note::sign(format!("{}\n", "x".repeat(len - rest)), "a", &key()).to_string()
    };
    assert_eq!(note(MAX_NOTE_LEN).len(), MAX_NOTE_LEN);
    assert!(note(MAX_NOTE_LEN).parse::<Note>().is_ok());
    assert_eq!(note(MAX_NOTE_LEN + 1).parse::<Note>(), Err(ParseNoteError::Text));
}

#[test]
fn malformed_notes_are_refused() {
    use ParseNoteError::Shape;
    use ParseNoteError::Signature;
    use ParseNoteError::Text;
    let good = example();
    let sign = |line: &str| format!("{TEXT}\n{line}\n");
    check("", Shape);
    check(TEXT, Shape);
    check(&good.replace("\n\n", "\n"), Shape);
    check(good.trim_end(), Shape);
    check("\n", Shape);
    check("\n\n", Shape);
    check(&format!("{TEXT}\n"), Shape);
    check(&good.replace('\n', "\r\n"), Text);
    check(&good.replace("your", "your\t"), Text);
    check(&good.replace("your", "your\u{1b}[2K"), Text);
    check(&good.replace("your", "your\0"), Text);
    check(&good.replace("your", "your\u{7f}"), Text);
    check(&good.replace("your", "your\u{85}"), Text);
    check(&format!("{}\n{LINE}", "a".repeat(1 << 20)), Text);
    check(&format!("{good}\n"), Shape);
    check(&format!("{good}x\n"), Signature { line: 2 });
    for line in [
        "x",
        "PeterNeumann x08go/ZJ",
        "- PeterNeumann x08go/ZJ",
        "—PeterNeumann x08go/ZJ",
        "— PeterNeumann",
        "— PeterNeumann ",
        "—  x08go/ZJ",
        "— Peter+Neumann x08go/ZJ",
        "— Peter\u{a0}Neumann x08go/ZJ",
        "— PeterNeumann  x08go/ZJ",
        "— PeterNeumann x08go/ZJ ",
        // Base64 without its padding, of the other alphabet, with bits left over, and none.
        "— PeterNeumann x08go/ZJkg",
        "— PeterNeumann x08go_ZJ",
        "— PeterNeumann x08go/ZJkh==",
        "— PeterNeumann !!!!",
        // Padding within.
        "— PeterNeumann x08go/Y=x08g",
        "— PeterNeumann x08=go/Y",
        // A key id of three bytes, and one without a signature.
        "— PeterNeumann x08g",
        "— PeterNeumann x08goz==",
        "— PeterNeumann x08gow==",
    ] {
        check(&sign(line), Signature { line: 1 });
    }
}

#[test]
fn a_signature_of_another_length_does_not_verify() {
    let id = verifier("mine").key_id();
    for len in [1, 63, 65, 72] {
        let line = BASE64.encode(&[id.as_slice(), &vec![0; len]].concat());
        let note: Note = format!("{TEXT}\n— mine {line}\n").parse().unwrap();
        assert_eq!(note.verify(&verifier("mine")), Err(VerifyError));
    }
}
