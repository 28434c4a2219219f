//! One volume's record: the unit that the state tree hashes.

use serde::Deserialize;
use serde::Serialize;

use crate::crypto::Digest;
use crate::state::EscrowRecord;
use crate::state::Escrows;
use crate::state::canonical;
use crate::state::escrow::is_false;
use crate::tree::hash_leaf;
use crate::values::DeviceName;
use crate::values::EscrowId;
use crate::values::MountPoint;
use crate::values::VolumeId;
use crate::values::VolumeType;

/// A volume and all of its escrows, in order of arrival.
///
/// A volume is a device and a volume id, else a device and a mount point, else a device and nothing. An escrow without
/// a device is a volume of its own.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct VolumeRecord {
    /// Its place in the state tree: 1 is the first.
    pub volume: u64,
    /// The device, as first given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceName>,
    /// The volume's own identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<VolumeId>,
    /// The mount points it was named by, each where it was last named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<MountPoint>,
    /// What kind of volume it is.
    #[serde(rename = "type")]
    pub kind: VolumeType,
    /// Its master key, once a password opened it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub master_key: Option<MasterKeyRecord>,
    /// Its escrows; an event that names a volume leaves them out.
    #[serde(default, skip_serializing_if = "Escrows::is_empty")]
    pub escrows: Escrows,
}

/// What the vault remembers of a volume's master key, which the rotation of its protectors does not change.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MasterKeyRecord {
    /// `HMAC-SHA256[fingerprint key](master key)`.
    pub mac: Digest,
    /// Whether it is proven to be this volume's. Until then it is the one that was presented last.
    #[serde(default, skip_serializing_if = "is_false")]
    pub proven: bool,
}

impl VolumeRecord {
    /// The hash that stands in the state tree: `SHA-256(0x00 ‖ canonical JSON)`.
    pub fn leaf_hash(&self) -> Digest {
        hash_leaf(&canonical(self))
    }

    /// Whether it is known by its device alone.
    pub fn is_unnamed(&self) -> bool {
        self.id.is_none() && self.mounts.is_empty()
    }

    /// Whether the source of one of its escrows is known; where none is, anybody may have named it so.
    pub fn is_vouched_for(&self) -> bool {
        self.escrows.len() > self.escrows.unconfirmed()
    }

    /// The record without anything that tells it from other volumes of its device.
    pub(super) fn nameless(&self) -> Self {
        Self {
            id: None,
            mounts: Vec::new(),
            kind: VolumeType::Unknown,
            master_key: None,
            ..self.clone()
        }
    }

    /// Whether a newer password here makes older ones superseded. Not where passwords of several volumes may stand
    /// together: in an unnamed volume, and in a removable one without id.
    pub fn supersedes(&self) -> bool {
        !self.is_unnamed() && (self.id.is_some() || self.kind != VolumeType::Removable)
    }

    /// The mount point it was last named by.
    pub fn mount(&self) -> Option<&MountPoint> {
        self.mounts.last()
    }

    /// One of its escrows.
    pub fn escrow(&self, escrow: EscrowId) -> Option<&EscrowRecord> {
        self.escrows.get(escrow)
    }

    /// Puts `record` in the place of the one of the same escrow, or behind the last.
    pub fn put(&mut self, record: EscrowRecord) {
        self.escrows.put(record);
    }

    /// Whether `other` is named as this is.
    pub fn is_named_as(&self, other: &Self) -> bool {
        let named = |volume: &Self| (volume.volume, volume.id, volume.kind, volume.master_key);
        named(self) == named(other) && self.device == other.device && self.mounts == other.mounts
    }

    /// The record without its escrows, as an event carries it.
    pub fn naming(&self) -> Self {
        Self {
            volume: self.volume,
            device: self.device.clone(),
            id: self.id,
            mounts: self.mounts.clone(),
            kind: self.kind,
            master_key: self.master_key,
            escrows: Escrows::default(),
        }
    }
}
