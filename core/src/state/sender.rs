//! Senders: the agents whose drops count.

use serde::Deserialize;
use serde::Serialize;

use crate::crypto::Digest;
use crate::crypto::sha256;
use crate::state::canonical;
use crate::tree::hash_leaf;
use crate::values::DeviceName;
use crate::values::LogText;
use crate::values::SenderDevices;
use crate::values::SenderId;
use crate::values::Time;

/// What is known of one sender; its key is derived and kept nowhere.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SenderRecord {
    /// Its id.
    pub sender: SenderId,
    /// What people call it.
    pub name: LogText,
    /// The devices for which it may speak; absent where that is every device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub devices: Option<Vec<DeviceName>>,
    /// When it was enrolled.
    pub enrolled_at: Time,
    /// When its enrolment was ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Time>,
    /// The greatest sequence of its drops that were taken in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sequence: Option<u64>,
}

impl SenderRecord {
    /// Whether what it says of a device counts.
    pub fn may_speak_for(&self, device: &DeviceName) -> bool {
        let named = self.devices.as_ref();
        self.revoked_at.is_none() && named.is_none_or(|devices| devices.contains(device))
    }

    /// `SHA-256(0x00 ‖ canonical JSON)`.
    pub fn leaf_hash(&self) -> Digest {
        hash_leaf(&canonical(self))
    }

    /// The devices for which it may speak.
    pub fn devices(&self) -> SenderDevices {
        self.devices.clone().map_or(SenderDevices::Any, SenderDevices::Named)
    }
}

/// What the vault record says of all senders: SHA-256 over [their hashes](SenderRecord::leaf_hash) in the order of their
/// ids; nothing where there is none.
pub fn senders_digest(hashes: impl IntoIterator<Item = Digest>) -> Option<Digest> {
    let mut bytes = Vec::new();
    for hash in hashes {
        bytes.extend_from_slice(hash.as_bytes());
    }
    (!bytes.is_empty()).then(|| sha256(&[&bytes]))
}

#[cfg(test)]
mod tests;
