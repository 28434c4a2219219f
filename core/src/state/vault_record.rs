//! The vault record: leaf 0 of the state tree.

use serde::Deserialize;
use serde::Serialize;

use crate::crypto::Digest;
use crate::state::canonical;
use crate::tree::hash_leaf;
use crate::values::EpochId;
use crate::values::Time;
use crate::values::VaultId;

/// What every operation that unseals decides by.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct VaultRecord {
    /// The vault.
    pub vault: VaultId,
    /// What its people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// The life of its present anchor.
    pub epoch: EpochId,
    /// The Ed25519 key of this epoch's log: 64 lower-case hexadecimal digits.
    pub log_key: String,
    /// The key of the TPM that signs what leaves the vault; vaults of the first schema had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tpm_key: Option<TpmKeyRecord>,
    /// Where the anchor is.
    pub anchor: AnchorRecord,
    /// Whose TPM it is.
    pub tpm: TpmRecord,
    /// SHA-256 of the sealed object.
    pub sealed: Digest,
    /// SHA-256 of the keyring's copy under the root key.
    pub keyring: Digest,
    /// SHA-256 of the keyring's copy under the share key, once there are shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyring_of_shares: Option<Digest>,
    /// Of all senders, see [`senders_digest`](crate::state::senders_digest); absent where none was ever enrolled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub senders: Option<Digest>,
    /// For how long after a showing a password may stay exposed, in seconds.
    pub grace_seconds: u64,
}

/// A signing key that cannot leave its TPM.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TpmKeyRecord {
    /// Its public half, ECDSA over P-256: `SubjectPublicKeyInfo` in DER, as 182 lower-case hexadecimal digits.
    pub public: String,
    /// SHA-256 of the key as its TPM can load it.
    pub object: Digest,
    /// Whether its signatures, from this record on, have the lower of their two `s`. Older vaults wrote them as the TPM
    /// made them.
    #[serde(default, skip_serializing_if = "is_false")]
    pub low_s: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Where the anchor is, and what it is called.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AnchorRecord {
    /// Handle of the NV index.
    pub handle: u32,
    /// Its Name once written, in hexadecimal.
    pub name: String,
}

/// The TPM as it was found when the vault was sealed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TpmRecord {
    /// How it is reached: `device:…`, `swtpm:…` or `simulator`.
    pub tcti: String,
    /// Name of the storage primary, in hexadecimal.
    pub primary: String,
    /// Name of the endorsement key, in hexadecimal, where the TPM gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endorsement: Option<String>,
    /// The PCRs that the root key is sealed to.
    pub pcrs: Vec<u8>,
    /// Whether a PIN is asked for.
    pub pin: bool,
    /// Whether the vault limits how often a PIN can be guessed.
    pub guesses_limited: bool,
}

impl VaultRecord {
    /// The hash that stands in the state tree: `SHA-256(0x00 ‖ canonical JSON)`.
    pub fn leaf_hash(&self) -> Digest {
        hash_leaf(&canonical(self))
    }
}
