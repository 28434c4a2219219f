//! Every key of a vault, for a test that searches for them where they must not be: `strongroom-keys-of FOLDER [PIN]`.
//!
//! A line for each, `name hexadecimal`. It unseals as the program does, and derives what the program's crates do not hand
//! out by the formulas of docs/format.md. It is a program of its own, for libtss2 leaves its sockets open to whatever a
//! test starts beside it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "where a vault of a test is not as expected, the test is to stop"
)]

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use data_encoding::HEXLOWER;
use ring::aead;
use ring::hkdf::HKDF_SHA256;
use ring::hkdf::Salt;
use rusqlite::Connection;
use rusqlite::OpenFlags;
use strongroom_core::crypto::pin_authorisation;
use strongroom_core::keys::EncryptedKeyring;
use strongroom_core::keys::Keyring;
use strongroom_core::keys::KeyringCopy;
use strongroom_core::state::VaultRecord;
use strongroom_core::values::EscrowId;
use strongroom_vault::store::Folder;
use strongroom_vault::store::Lock;
use strongroom_vault::store::Store;
use strongroom_vault::tpm::PcrSelection;
use strongroom_vault::tpm::PinAuth;
use strongroom_vault::tpm::SealedObject;
use strongroom_vault::tpm::Tpm;

fn main() {
    let mut arguments = env::args().skip(1);
    let path = PathBuf::from(arguments.next().expect("the vault folder"));
    let pin = arguments.next();
    let folder = Folder::existing(&path).expect("a vault folder");
    let lock = Lock::take(&folder, Duration::from_secs(60)).expect("its lock");
    let (vault, bytes) = Store::open(&folder).expect("a vault").vault().expect("its record");

    let tcti = vault.tpm.tcti.parse().expect("its TPM");
    let mut tpm = Tpm::open(&tcti, folder.path(), lock.file()).expect("its TPM");
    let sealed = SealedObject::from_bytes(&bytes.sealed).expect("a sealed object");
    let pcrs = PcrSelection::of(&vault.tpm.pcrs).expect("its PCRs");
    let pin_auth = pin.as_deref().map(|pin| PinAuth::new(&vault.vault, pin));
    let root = tpm.unseal(&sealed, &pcrs, pin_auth.as_ref()).expect("the root key");
    tpm.close().expect("the TPM closed");
    let keyring = EncryptedKeyring::kept(bytes.keyring)
        .decrypt(vault.vault, &KeyringCopy::Root(&root))
        .expect("the keyring");

    say("root-key", root.secret().expose());
    say("keyring-key", &derived(root.secret().expose(), "keyring", b"root"));
    say_keyring(&keyring, &vault);
    if let Some(pin) = pin {
        say("pin-authorisation", pin_authorisation(&vault.vault, &pin).expose());
    }
    let file = Connection::open_with_flags(folder.file(), OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the file");
    let mut senders = file.prepare("SELECT sender FROM sender").expect("senders");
    for sender in senders.query_map((), |row| row.get(0)).expect("senders") {
        say_sender(&keyring, sender.expect("a sender"));
    }
    let mut escrows = file
        .prepare("SELECT escrow, protector, envelope FROM escrow")
        .expect("escrows");
    let rows = escrows.query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    for row in rows.expect("escrows") {
        let (escrow, protector, envelope): ([u8; 16], [u8; 16], Vec<u8>) = row.expect("an escrow");
        say_escrow(&keyring, &vault, escrow, protector, &envelope);
    }
}

fn say(name: &str, key: &[u8]) {
    println!("{name} {}", HEXLOWER.encode(key));
}

fn say_keyring(keyring: &Keyring, vault: &VaultRecord) {
    let mut secrets = Vec::new();
    keyring.each_secret(|secret| secrets.push(secret.to_vec()));
    for (name, secret) in ["vault-secret", "kek", "drop-seed"].iter().zip(&secrets) {
        say(name, secret);
    }
    say("drop-private", &drop_private_key(&secrets[2]));
    let vault_secret = &secrets[0];
    let epoch = vault.epoch.as_bytes();
    say("log-signing", &derived(vault_secret, "log-signing", epoch));
    say("fingerprint", &derived(vault_secret, "fingerprint", b""));
    say(
        "anchor-authorisation",
        &derived(vault_secret, "anchor-authorisation", epoch),
    );
    say(
        "lockout-authorisation",
        &derived(vault_secret, "lockout-authorisation", b""),
    );
    say(
        "tpm-signing-authorisation",
        &derived(vault_secret, "tpm-signing-authorisation", b""),
    );
}

fn say_sender(keyring: &Keyring, sender: [u8; 16]) {
    let mut secrets = Vec::new();
    keyring.each_secret(|secret| secrets.push(secret.to_vec()));
    say("drop-sender", &derived(&secrets[0], "drop-sender", &sender));
}

/// `DeriveKeyPair(seed)` for P-256, RFC 9180 section 7.1.3: the first candidate, which is below the order of the group but
/// for one seed in 2^32.
fn drop_private_key(seed: &[u8]) -> [u8; 32] {
    let kem = [b"HPKE-v1KEM".as_slice(), &[0x00, 0x10]].concat();
    let material = [&kem, b"dkp_prk".as_slice(), seed].concat();
    let info = [&[0, 32], kem.as_slice(), b"candidate", &[0]].concat();
    let mut bytes = [0; 32];
    Salt::new(HKDF_SHA256, &[])
        .extract(&material)
        .expand(&[&info], HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut bytes))
        .expect("32 bytes");
    bytes
}

fn say_escrow(keyring: &Keyring, vault: &VaultRecord, escrow: [u8; 16], protector: [u8; 16], envelope: &[u8]) {
    let generation = keyring.generation();
    let kek = keyring.kek(generation).expect("its KEK");
    let wrap = kek.wrap_key(EscrowId::new(escrow));
    say("wrap", wrap.expose());
    let binding = binding(&[
        &[1],
        vault.vault.as_bytes(),
        &escrow,
        &protector,
        &generation.to_be_bytes(),
    ]);
    // envelope = 01 ‖ generation (4) ‖ nonce (12) ‖ password (32) ‖ nonce (12) ‖ wrapped DEK (48)
    let (nonce, wrapped) = envelope[49..].split_at(12);
    let key = aead::UnboundKey::new(&aead::AES_256_GCM, wrap.expose()).expect("32 bytes");
    let nonce = aead::Nonce::try_assume_unique_for_key(nonce).expect("12 bytes");
    let mut dek = wrapped.to_vec();
    let dek = aead::LessSafeKey::new(key)
        .open_in_place(nonce, aead::Aad::from(&binding), &mut dek)
        .expect("the DEK");
    say("dek", dek);
}

/// The associated data: each field behind its length.
fn binding(fields: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for field in fields {
        bytes.extend(u32::try_from(field.len()).expect("a short field").to_be_bytes());
        bytes.extend_from_slice(field);
    }
    bytes
}

/// `HKDF-SHA256[key](salt none, info = "strongroom/v1/" ‖ label ‖ 00 ‖ context, 32 bytes)`
fn derived(key: &[u8], label: &str, context: &[u8]) -> [u8; 32] {
    let info = [format!("strongroom/v1/{label}").as_bytes(), &[0], context].concat();
    let mut bytes = [0; 32];
    Salt::new(HKDF_SHA256, &[])
        .extract(key)
        .expand(&[&info], HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut bytes))
        .expect("32 bytes");
    bytes
}
