//! Of an ECDSA signature anybody can make a second one that verifies: `n − s` in the place of `s`.

use data_encoding::BASE64;
use strongroom_core::audit::AuditAlarm;
use strongroom_core::audit::Verification;
use strongroom_core::log::Leaf;
use strongroom_core::log::Note;
use strongroom_vault::ops::Depth;
use strongroom_vault::ops::verify;

use crate::fixture::Vault;
use crate::fixture::WAIT;
use crate::fixture::escrow;
use crate::fixture::who;

/// The order of P-256.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The note with the other signature of its TPM.
fn twin(note: &str) -> String {
    let (before, line) = note.trim_end().rsplit_once('\n').unwrap();
    let (name, base64) = line.rsplit_once(' ').unwrap();
    let bytes = BASE64.decode(base64.as_bytes()).unwrap();
    let (key_id, der) = bytes.split_at(4);
    let r_len = usize::from(der[3]);
    let (r, s) = (&der[4..4 + r_len], &der[6 + r_len..]);
    let mut padded = vec![0; 32];
    padded.extend_from_slice(s);
    let s = &padded[padded.len() - 32..];
    let mut other = ORDER;
    let mut borrow = 0;
    for at in (0..32).rev() {
        let difference = i32::from(ORDER[at]) - i32::from(s[at]) - borrow;
        borrow = i32::from(difference < 0);
        other[at] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    let zeros = other.iter().take_while(|byte| **byte == 0).count();
    let mut s = other[zeros..].to_vec();
    if s[0] & 0x80 != 0 {
        s.insert(0, 0);
    }
    let len = |len: usize| u8::try_from(len).unwrap();
    let der = [
        &[0x30, len(r.len() + s.len() + 4), 2, len(r.len())],
        r,
        &[2, len(s.len())],
        &s,
    ]
    .concat();
    format!("{before}\n{name} {}\n", BASE64.encode(&[key_id, &der].concat()))
}

#[test]
fn a_second_signature_is_found_in_the_file() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(1), "PC-1", 1);
    let handed_out = open.checkpoint(&who(2), None).unwrap();
    open.close().unwrap();
    vault.assert_verifies();
    let note = handed_out.note.to_string();
    let twin = twin(&note);
    let key = handed_out.keys.tpm.unwrap();
    assert_ne!(twin, note);
    assert!(
        twin.parse::<Note>().unwrap().verify(&key).is_ok(),
        "it verifies as well"
    );
    let changed = vault
        .file()
        .execute("UPDATE checkpoint SET note = ?2 WHERE note = ?1", (&note, &twin));
    assert_eq!(changed.unwrap(), 1);
    let verified = verify(&vault.path(), WAIT, Depth::Tpm { pin: None }, |_| {}).unwrap();
    let wrong = verified.first_wrong.map(|alarm| alarm.to_string()).unwrap_or_default();
    assert!(wrong.contains("not as it signs"), "{wrong}");
}

#[test]
fn a_second_signature_is_found_in_what_was_handed_out() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(1), "PC-1", 1);
    let handed_out = open.checkpoint(&who(2), None).unwrap();
    open.close().unwrap();
    let keys = vec![handed_out.keys.log, handed_out.keys.tpm.unwrap()];
    let verified = |note: Note| {
        let mut verification = Verification::begin(note, keys.clone(), None)?;
        for event in vault.events() {
            verification.take(&Leaf::encode(&event).unwrap())?;
        }
        verification.finish()
    };
    assert!(verified(handed_out.note.clone()).is_ok());
    let twin: Note = twin(&handed_out.note.to_string()).parse().unwrap();
    assert!(matches!(verified(twin), Err(AuditAlarm::NotSigned { .. })));
}
