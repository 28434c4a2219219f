//! What came of it, for people and for scripts.

mod text;

use std::path::Path;

use serde::Serialize;
use strongroom_core::crypto::Digest;
use strongroom_core::crypto::sha256;
use strongroom_core::drop::DropContents;
use strongroom_core::drop::DropFile;
use strongroom_core::drop::DropKey;
use strongroom_core::drop::Receipt;
use strongroom_core::drop::SenderFile;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Rule;
use strongroom_core::values::DeviceName;
use strongroom_core::values::LogText;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::SenderDevices;
use strongroom_core::values::SenderId;
use strongroom_core::values::Time;
use strongroom_core::values::VaultId;

/// What a verb answers.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Answer(What);

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum What {
    Key(Key),
    Sealed(Sealed),
    Taken(Box<Taken>),
}

#[derive(Debug, Serialize)]
struct Key {
    vault_id: VaultId,
    generation: u32,
    origin: String,
    /// By which two keys are compared.
    public_key_sha256: Digest,
    log_keys: Vec<String>,
    sender_id: Option<SenderId>,
    sender: Option<LogText>,
    any_device: Option<bool>,
    devices: Option<Vec<DeviceName>>,
}

#[derive(Debug, Serialize)]
struct Sealed {
    /// Where it is.
    out: Option<String>,
    drop: Digest,
    vault_id: VaultId,
    generation: u32,
    sender_id: Option<SenderId>,
    sender: Option<LogText>,
    sequence: u64,
    created_at: Time,
    escrows: usize,
}

#[derive(Debug, Serialize)]
struct Taken {
    ok: bool,
    drop: Digest,
    device: Option<DeviceName>,
    protector_id: ProtectorId,
    unconfirmed: bool,
    state: Option<EscrowState>,
    /// A clock contradicts the order in which it came.
    clock: bool,
    rule: Option<Rule>,
    time: Time,
    leaf: u64,
    origin: String,
    size: u64,
    root: Digest,
}

impl Answer {
    pub(crate) fn key(key: &DropKey, sender: Option<&SenderFile>) -> Self {
        let (any_device, devices) = match sender.map(SenderFile::devices) {
            None => (None, None),
            Some(SenderDevices::Any) => (Some(true), None),
            Some(SenderDevices::Named(devices)) => (Some(false), Some(devices.clone())),
        };
        Self(What::Key(Key {
            vault_id: key.vault(),
            generation: key.generation(),
            origin: key.origin().to_string(),
            public_key_sha256: sha256(&[key.encryption_key().as_bytes()]),
            log_keys: key.log_keys().iter().map(ToString::to_string).collect(),
            sender_id: sender.map(SenderFile::sender).copied(),
            sender: sender.map(SenderFile::name).cloned(),
            any_device,
            devices,
        }))
    }

    pub(crate) fn sealed(
        drop: &DropFile,
        sender: Option<&SenderFile>,
        contents: &DropContents,
        out: Option<&Path>,
    ) -> Self {
        Self(What::Sealed(Sealed {
            out: out.map(|path| path.display().to_string()),
            drop: drop.digest(),
            vault_id: drop.vault(),
            generation: drop.generation(),
            sender_id: drop.sender(),
            sender: sender.map(SenderFile::name).cloned(),
            sequence: contents.sequence,
            created_at: contents.created_at,
            escrows: contents.escrows.len(),
        }))
    }

    pub(crate) fn receipt(receipt: &Receipt, drop: &DropFile) -> Self {
        let (event, checkpoint) = (&receipt.proven.event, &receipt.proven.checkpoint);
        Self(What::Taken(Box::new(Taken {
            ok: true,
            drop: drop.digest(),
            device: event.body.device.clone(),
            protector_id: receipt.protector,
            unconfirmed: receipt.is_unconfirmed,
            state: receipt.state,
            clock: receipt.has_clock_contradicted,
            rule: event.body.rule,
            time: event.time,
            leaf: event.leaf,
            origin: checkpoint.origin.to_string(),
            size: checkpoint.size,
            root: checkpoint.root,
        })))
    }

    /// The answer for a person.
    pub fn lines(&self) -> Vec<String> {
        match &self.0 {
            What::Key(key) => text::key(key),
            What::Sealed(sealed) => text::sealed(sealed),
            What::Taken(taken) => text::taken(taken),
        }
    }
}
