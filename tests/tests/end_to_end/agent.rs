//! An agent's folder: the vault's key and a sender's file, of the vectors, and the program that it has.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use data_encoding::HEXLOWER;
use strongroom_core::crypto::Digest;
use strongroom_core::drop::DropFile;
use strongroom_core::drop::DropKey;
use strongroom_core::drop::OpenDropError;
use strongroom_core::drop::OpenedDrop;
use strongroom_core::keys::EncryptedKeyring;
use strongroom_core::keys::Keyring;
use strongroom_core::keys::KeyringCopy;
use strongroom_core::keys::RootKey;
use strongroom_core::log::Checkpoint;
use strongroom_core::log::Event;
use strongroom_core::log::EventBody;
use strongroom_core::log::EventProof;
use strongroom_core::log::Leaf;
use strongroom_core::log::Salt;
use strongroom_core::values::Operator;
use strongroom_core::values::Secret;
use strongroom_core::values::Time;
use strongroom_core::values::VaultId;
use tempfile::TempDir;

use crate::end_to_end::checkers::python;
use crate::end_to_end::run::DROP_PROGRAM;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;

pub(crate) const PASSWORD: &str = "123354-049797-702658-000000-720885-391336-000011-655369";
pub(crate) const PROTECTOR: &str = "081f6236-98b8-4ff7-b769-3c1b86b69533";

/// A vector of format 1, or of its drops: the keyring, and what is carried to agents.
#[track_caller]
pub(crate) fn vector(name: &str) -> &'static str {
    let files = [
        include_str!("../../../core/vectors/drop-v1.txt"),
        include_str!("../../../core/vectors/format-v1.txt"),
    ];
    let mut lines = files.into_iter().flat_map(str::lines);
    lines
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))
        .unwrap_or_else(|| panic!("no vector {name}"))
}

fn vault() -> VaultId {
    vector("vault").parse().unwrap()
}

fn bytes(name: &str) -> Vec<u8> {
    HEXLOWER.decode(vector(name).as_bytes()).unwrap()
}

fn keyring() -> Keyring {
    let root = RootKey::new(Secret::copy_from(&bytes("root key")).unwrap());
    let copy = EncryptedKeyring::kept(bytes("root copy"));
    copy.decrypt(vault(), &KeyringCopy::Root(&root)).unwrap()
}

pub(crate) fn opened(path: &Path) -> Result<OpenedDrop, OpenDropError> {
    let drop = DropFile::from_bytes(&fs::read(path).unwrap()).unwrap();
    drop.open(vault(), &keyring())
}

/// A folder with the vault's key and a sender's file.
pub(crate) struct Agent(TempDir);

impl Agent {
    pub(crate) fn new() -> Self {
        let agent = Self(tempfile::tempdir().unwrap());
        for (file, name) in [("vault.key", "key file"), ("courier.sender", "sender file")] {
            fs::write(agent.path(file), vector(name).replace("\\n", "\n")).unwrap();
        }
        agent
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn run(&self, arguments: &str) -> Run {
        Run::of(DROP_PROGRAM, arguments.split_whitespace()).in_folder(self.0.path())
    }

    /// A drop of one password, with these arguments beside what has to be there.
    pub(crate) fn seal(&self, arguments: &str) -> Run {
        self.run(&format!("seal --device PC-0042 --protector {PROTECTOR} {arguments}"))
            .stdin(format!("{PASSWORD}\n"))
    }

    /// What pyhpke makes of a drop.
    pub(crate) fn checked(&self, drop: &str, secret: &str) -> Output {
        let keys = [vector("drop seed 2"), vector(secret)];
        python("drop.py")
            .args(["open"])
            .args([self.path(drop)])
            .args(keys)
            .output()
    }

    /// The receipt of this event.
    pub(crate) fn receipt(&self, name: &str, body: EventBody) {
        fs::write(self.path(name), proof(body).to_string()).unwrap();
    }

    pub(crate) fn digest(&self, drop: &str) -> Digest {
        DropFile::from_bytes(&fs::read(self.path(drop)).unwrap())
            .unwrap()
            .digest()
    }
}

/// The proof of this event, alone in the log of the vectors' vault.
fn proof(body: EventBody) -> EventProof {
    let leaf = Leaf::encode(&Event {
        version: 1,
        leaf: 0,
        time: Time::EPOCH,
        clock_step: None,
        operator: Operator {
            login: None,
            effective: "strongroom".parse().unwrap(),
            claimed: None,
        },
        wrong_pins: None,
        body,
        commit: None,
        salt: Salt::new([7; 16]),
    })
    .unwrap();
    let key: DropKey = vector("key file").replace("\\n", "\n").parse().unwrap();
    let checkpoint = Checkpoint {
        origin: key.origin(),
        size: 1,
        root: leaf.hash(),
    };
    let signing = keyring().secret().log_signing_key(key.origin().epoch);
    EventProof::new(leaf, 0, Vec::new(), checkpoint.sign(&signing))
}

pub(crate) fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}
