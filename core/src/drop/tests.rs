mod altered;
mod contents;
mod key_files;
mod receipt;
mod vectors;

use data_encoding::HEXLOWER;

use super::*;
use crate::keys::EncryptedKeyring;
use crate::keys::Keyring;
use crate::keys::KeyringCopy;
use crate::keys::RootKey;
use crate::state::Naming;
use crate::state::VaultRecord;
use crate::state::from_canonical;
use crate::values::ProtectorId;
use crate::values::RecoveryPassword;
use crate::values::Secret;
use crate::values::SenderDevices;
use crate::values::SenderId;
use crate::values::Time;
use crate::values::VaultId;

/// A vector of format 1, or of its drops.
#[track_caller]
fn vector(name: &str) -> &'static str {
    let files = [
        include_str!("../../vectors/drop-v1.txt"),
        include_str!("../../vectors/format-v1.txt"),
    ];
    let mut lines = files.into_iter().flat_map(str::lines);
    lines
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))
        .unwrap_or_else(|| panic!("no vector {name}"))
}

/// A text of several lines.
fn lines(name: &str) -> String {
    vector(name).replace("\\n", "\n")
}

#[track_caller]
fn bytes(name: &str) -> Vec<u8> {
    HEXLOWER.decode(vector(name).as_bytes()).unwrap()
}

fn vault() -> VaultId {
    vector("vault").parse().unwrap()
}

fn vault_record() -> VaultRecord {
    from_canonical(vector("vault record").as_bytes()).unwrap()
}

fn sender() -> SenderId {
    vector("sender").parse().unwrap()
}

/// The keyring of the vectors, of two generations.
fn keyring() -> Keyring {
    let root = RootKey::new(Secret::copy_from(&bytes("root key")).unwrap());
    let copy = EncryptedKeyring::kept(bytes("root copy"));
    copy.decrypt(vault(), &KeyringCopy::Root(&root)).unwrap()
}

fn drop_key() -> DropKey {
    DropKey::of(&vault_record(), &keyring()).unwrap()
}

fn sender_file(devices: SenderDevices) -> SenderFile {
    let name = "courier 7".parse().unwrap();
    SenderFile::enrolled(drop_key(), keyring().secret(), sender(), name, devices).unwrap()
}

/// An escrow that says as little as one can.
fn escrow(device: &str) -> DroppedEscrow {
    DroppedEscrow {
        device: device.parse().unwrap(),
        naming: Naming {
            id: None,
            mount: None,
            kind: None,
        },
        protector: ProtectorId::new([3; 16]),
        password: RecoveryPassword::from_bytes(Secret::from_fn(|bytes| bytes.fill(5))),
        created_at: None,
        listed: Vec::new(),
    }
}

fn contents(escrows: Vec<DroppedEscrow>) -> DropContents {
    DropContents {
        sequence: 4,
        created_at: Time::from_millis(1_795_312_800_000).unwrap(),
        escrows,
    }
}

fn drop_of(device: &str) -> DropFile {
    DropFile::encrypt(&drop_key(), None, &contents(vec![escrow(device)])).unwrap()
}
