//! The key for drops, their senders, and what became of drops.

use std::path::Path;

use serde::Serialize;
use strongroom_core::drop::DropKey;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Rule;
use strongroom_core::state::SenderRecord;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_core::values::LogText;
use strongroom_core::values::MountPoint;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::SenderId;
use strongroom_core::values::Time;
use strongroom_core::values::VaultId;
use strongroom_vault::ops::DropOutcome;
use strongroom_vault::ops::Escrowed;

/// `drop key`
#[derive(Debug, Serialize)]
pub(crate) struct DropKeyOf<'a> {
    vault_id: VaultId,
    generation: u32,
    key: &'a str,
    out: Option<&'a Path>,
}

impl<'a> DropKeyOf<'a> {
    pub(crate) const fn of(key: &DropKey, text: &'a str, out: Option<&'a Path>) -> Self {
        Self {
            vault_id: key.vault(),
            generation: key.generation(),
            key: text,
            out,
        }
    }
}

/// `drop enrol`, `drop revoke`, `drop list`
#[derive(Debug, Serialize)]
pub(crate) struct SenderOf<'a> {
    sender_id: SenderId,
    sender: &'a LogText,
    any_device: bool,
    devices: Option<&'a [DeviceName]>,
    enrolled_at: Time,
    revoked_at: Option<Time>,
    last_sequence: Option<u64>,
    out: Option<&'a Path>,
    leaf: Option<u64>,
}

impl<'a> SenderOf<'a> {
    pub(crate) fn of(record: &'a SenderRecord, leaf: Option<u64>, out: Option<&'a Path>) -> Self {
        Self {
            sender_id: record.sender,
            sender: &record.name,
            any_device: record.devices.is_none(),
            devices: record.devices.as_deref(),
            enrolled_at: record.enrolled_at,
            revoked_at: record.revoked_at,
            last_sequence: record.last_sequence,
            out,
            leaf,
        }
    }
}

/// One password of a drop, or a drop that brought none.
#[derive(Debug, Serialize)]
pub(crate) struct Handled<'a> {
    file: &'a str,
    outcome: &'static str,
    sender: Option<&'a LogText>,
    late: Option<bool>,
    escrow_id: Option<EscrowId>,
    pub(crate) device: Option<&'a DeviceName>,
    volume: Option<&'a MountPoint>,
    pub(crate) protector_id: Option<ProtectorId>,
    state: Option<EscrowState>,
    unconfirmed: Option<bool>,
    rule: Option<Rule>,
    pub(crate) why: String,
    leaf: Option<u64>,
    #[serde(skip)]
    pub(crate) escrowed: Option<&'a Escrowed>,
}

impl<'a> Handled<'a> {
    /// All that is to be told of a drop.
    pub(crate) fn all(file: &'a str, outcome: &'a DropOutcome) -> Vec<Self> {
        match outcome {
            DropOutcome::Rejected(why) => vec![Self::rejected(file, why.to_string())],
            DropOutcome::Left => Vec::new(),
            DropOutcome::Replayed(leaves) => vec![Self {
                leaf: leaves.first().copied(),
                ..Self::bare(file, "replayed", "the same file was taken in before".to_owned())
            }],
            DropOutcome::Taken(taken) => {
                let escrowed = taken.escrowed.iter().map(|escrowed| Self {
                    sender: taken.sender.as_ref(),
                    late: Some(taken.late),
                    escrow_id: Some(escrowed.record.escrow),
                    device: escrowed.volume.device.as_ref(),
                    volume: escrowed.volume.mount(),
                    protector_id: Some(escrowed.record.protector),
                    state: Some(escrowed.record.state),
                    unconfirmed: Some(escrowed.record.unconfirmed),
                    rule: Some(escrowed.rule),
                    leaf: escrowed.leaf,
                    escrowed: Some(escrowed),
                    ..Self::bare(file, "taken", escrowed.why().into_owned())
                });
                let refused = taken.refused.iter().map(|refused| Self {
                    sender: taken.sender.as_ref(),
                    late: Some(taken.late),
                    device: Some(&refused.device),
                    volume: refused.mount.as_ref(),
                    protector_id: Some(refused.protector),
                    ..Self::rejected(file, refused.why.why().to_owned())
                });
                escrowed.chain(refused).collect()
            }
        }
    }

    /// A drop that is not taken in.
    pub(crate) fn rejected(file: &'a str, why: String) -> Self {
        Self::bare(file, "rejected", why)
    }

    const fn bare(file: &'a str, outcome: &'static str, why: String) -> Self {
        Self {
            file,
            outcome,
            sender: None,
            late: None,
            escrow_id: None,
            device: None,
            volume: None,
            protector_id: None,
            state: None,
            unconfirmed: None,
            rule: None,
            why,
            leaf: None,
            escrowed: None,
        }
    }
}
