//! The files of text.

use super::*;
use crate::crypto::sha256;
use crate::drop::lines::ParseKeyFileError as E;

/// What a file with this body is.
pub(super) fn with_checksum(body: &str) -> String {
    let digest = sha256(&[body.as_bytes()]).to_string();
    format!("{body}checksum {}\n", &digest[..16])
}

/// The file with something in its place, and the right checksum again.
fn with(file: &str, from: &str, to: &str) -> String {
    assert!(file.contains(from), "{from}");
    let changed = file.replacen(from, to, 1);
    let (body, _) = changed.split_once("checksum ").unwrap();
    with_checksum(body)
}

#[test]
fn every_slip_is_found() {
    find_every_slip(&lines("key file"), |text| text.parse::<DropKey>().err());
    find_every_slip(&lines("sender file"), |text| SenderFile::parse(text).err());
}

#[track_caller]
fn find_every_slip(text: &str, parse: impl Fn(&str) -> Option<E>) {
    assert_eq!(parse(text), None);
    for at in 0..text.len() {
        for other in ["x", "0", "\n", ""] {
            let slipped = [&text[..at], other, &text[at + 1..]].concat();
            // The line end behind the last line may be missing.
            if slipped.trim_end() != text.trim_end() {
                assert!(parse(&slipped).is_some(), "{at}: {other}");
            }
        }
    }
    for line in text.lines() {
        let without = text.replacen(&format!("{line}\n"), "", 1);
        assert!(parse(&without).is_some(), "{line}");
    }
    assert_eq!(parse(&text.replace('\n', "\r\n")), None, "as Windows ends lines");
    assert_eq!(parse(text.trim_end()), None);
    assert!(parse(&format!("{text}\n")).is_some());
    assert!(parse(&format!("\n{text}")).is_some());
    assert_eq!(parse(&"x".repeat(MAX_KEY_FILE_LEN + 1)), Some(E::TooLong));
}

#[test]
fn a_line_that_is_not_right_is_named() {
    let check = |from: &str, to: &str, line: usize| {
        for (file, sender) in [("key file", false), ("sender file", true)] {
            let text = with(&lines(file), from, to);
            let fault = match sender {
                false => text.parse::<DropKey>().err(),
                true => SenderFile::parse(&text).err(),
            };
            assert_eq!(fault, Some(E::Line { line }), "{from}, {to}");
        }
    };
    check("origin strongroom", "origin STRONGROOM", 2);
    check("origin ", "origin  ", 2);
    check("generation 2", "generation 02", 3);
    check("generation 2", "generation 0", 3);
    check("generation 2", "generation -2", 3);
    check("generation 2", "generation 4294967296", 3);
    check("generation 2\n", "", 3);
    check("public-key BD", "public-key AD", 4);
    check("YgFz4=", "YgFz4", 4);
    check("YgFz4=", "YgFz5=", 4);
    check("log-key ", "log-keys ", 5);
    check("+180e58fa+", "+180e58fb+", 5);
    // A key of another log.
    check(
        "707172737475767778797a7b7c7d7e7f\n",
        "707172737475767778797a7b7c7d7e70\n",
        5,
    );
}

#[test]
fn a_senders_line_that_is_not_right_is_named() {
    let check = |from: &str, to: &str, line: usize| {
        let fault = SenderFile::parse(&with(&lines("sender file"), from, to)).err();
        assert_eq!(fault, Some(E::Line { line }), "{from}, {to}");
    };
    check("sender a0", "sender A0", 6);
    check("sender a0", "sender ", 6);
    check("name courier 7", "name ", 7);
    check("name courier 7", "name  courier 7", 7);
    check("device PC-0042\ndevice PC-0043\n", "", 8);
    check("device PC-0042", "any-device", 9);
    check("device PC-0043\n", "device PC-0043\nany-device\n", 10);
    check("zPU=\n", "zPV=\n", 10);
    check("zPU=\n", "zPU=A\n", 10);
    check("zPU=\n", "\n", 10);
    check("zPU=\n", &format!("{}\n", "A".repeat(4000)), 10);
    check("zPU=\n", "zPU=\nmore x\n", 11);
    let text = lines("sender file");
    let (body, _) = text.split_once("checksum ").unwrap();
    let twice = with_checksum(&format!("{body}checksum 0000000000000000\n"));
    assert_eq!(SenderFile::parse(&twice).err(), Some(E::Line { line: 11 }));
    let any = with(&lines("sender file"), "device PC-0042\ndevice PC-0043", "any-device");
    let any = SenderFile::parse(&any).unwrap();
    assert_eq!(any.devices(), &SenderDevices::Any);
}

#[test]
fn another_file_is_told_what_was_expected() {
    let key = "strongroom-drop-key v1";
    let sender = "strongroom-drop-sender v1";
    let no_key = |text: &str| assert_eq!(text.parse::<DropKey>(), Err(E::Format { expected: key }));
    no_key("");
    no_key(&lines("sender file"));
    no_key(&with(&lines("key file"), "v1", "v2"));
    let fault = SenderFile::parse(&lines("key file")).err();
    assert_eq!(fault, Some(E::Format { expected: sender }));
    assert_eq!(key.parse::<DropKey>(), Err(E::Checksum));
}

/// A vault with both keys of its log has both in the file.
#[test]
fn each_key_of_the_log_has_a_line() {
    let mut record = vault_record();
    let public = *keyring().drop_key(1).unwrap().public_key().as_bytes();
    let (x, y) = (public[1..33].try_into().unwrap(), public[33..].try_into().unwrap());
    let tpm = crate::crypto::EcdsaPublicKey::new(x, y);
    record.tpm_key = Some(crate::state::TpmKeyRecord {
        public: HEXLOWER.encode(&tpm.to_spki()),
        object: sha256(&[]),
        low_s: true,
    });
    let key = DropKey::of(&record, &keyring()).unwrap();
    assert_eq!(key.log_keys().len(), 2);
    assert_eq!(key.to_string().matches("\nlog-key ").count(), 2);
    assert_eq!(key.to_string().parse(), Ok(key));
    record.log_key = "no key".to_owned();
    assert!(DropKey::of(&record, &keyring()).is_err());
}

#[test]
fn a_file_that_could_not_be_read_is_not_made() {
    let devices = |count: usize| {
        let name = |number: usize| format!("{number:0>250}").replace('0', "x").parse().unwrap();
        SenderDevices::Named((1..=count).map(name).collect())
    };
    let enrolled =
        |devices| SenderFile::enrolled(drop_key(), keyring().secret(), sender(), "a".parse().unwrap(), devices);
    let largest = enrolled(devices(240)).unwrap();
    assert!(SenderFile::parse(&largest.to_text()).is_ok());
    assert_eq!(enrolled(devices(300)).err(), Some(E::TooLong));
    assert_eq!(enrolled(SenderDevices::Named(Vec::new())).err(), Some(E::NoDevice));
}
