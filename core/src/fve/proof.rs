//! The proof that a recovery password opens a volume.

use std::ops::ControlFlow;

use crate::crypto::Digest;
use crate::crypto::STRETCH_ROUNDS;
use crate::crypto::stretch;
use crate::fve::metadata::Metadata;
use crate::fve::protector::Recovery;
use crate::keys::FingerprintKey;
use crate::values::ProtectorId;
use crate::values::RecoveryPassword;
use crate::values::Secret;

/// What came of trying a recovery password on a volume.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Proof {
    /// It opens the volume: it unwraps the master key, whose 128-bit tag says so.
    Opens {
        /// The protector that it belongs to.
        protector: ProtectorId,
        /// What the master key says of the metadata.
        metadata: MetadataProof,
        /// HMAC of the master key, where a key for that was given.
        master_key: Option<Digest>,
    },
    /// It opens none of the protectors that it was tried on.
    DoesNotOpen {
        /// How many those were; 0 where none of them is there, or none holds what trying takes.
        tried: usize,
    },
    /// `progress` broke it off.
    BrokenOff,
}

/// What the volume's master key says of its metadata: the second proof.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MetadataProof {
    /// The hash that it opens is that of the metadata: whoever held the master key wrote it so.
    Matches,
    /// It is another hash: the metadata was edited by somebody who had no master key, or was damaged.
    Differs,
    /// There is no hash that it opens, so nothing is known.
    NoHash,
}

/// Rounds of hashing that trying a password on one protector takes.
pub const ROUNDS: u32 = STRETCH_ROUNDS;

/// How far trying has got.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Progress {
    /// On which protector.
    pub protector: ProtectorId,
    /// Rounds of hashing done on it.
    pub done: u32,
    /// Rounds that it takes: a few tenths of a second of them.
    pub of: u32,
}

/// Tries `password` on those of the volume's recovery protectors that `protectors` names, in the volume's order.
///
/// Every protector takes 2^20 rounds of SHA-256; `progress` is called every few thousand of them, and may break off. The
/// keys on the way, and the master key, are wiped and never leave; `known_by` makes the HMAC of the master key by which a
/// vault knows it again.
pub fn prove(
    metadata: &Metadata,
    password: &RecoveryPassword,
    protectors: &[ProtectorId],
    known_by: Option<&FingerprintKey>,
    mut progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Proof {
    let named = metadata.protectors.iter().filter(|one| protectors.contains(&one.id));
    let mut tried = 0;
    for (protector, recovery) in named.filter_map(|one| Some((one.id, one.recovery.as_ref()?))) {
        let key = stretch(password, &recovery.salt, |done| {
            progress(Progress {
                protector,
                done,
                of: STRETCH_ROUNDS,
            })
        });
        let Some(key) = key else {
            return Proof::BrokenOff;
        };
        tried += 1;
        if let Some(master_key) = MasterKey::unwrap_by(&key, recovery) {
            return Proof::Opens {
                protector,
                metadata: master_key.says_of(metadata),
                master_key: known_by.map(|key| key.of_master_key(&master_key.0)),
            };
        }
    }
    Proof::DoesNotOpen { tried }
}

/// A volume's master key (VMK).
struct MasterKey(Secret<32>);

impl MasterKey {
    /// Its own number among the purposes of keys is not insisted on: volumes differ in it.
    fn unwrap_by(key: &Secret<32>, recovery: &Recovery) -> Option<Self> {
        recovery.master_key.unwrap_by(key).ok().map(|key| Self(key.bytes))
    }

    fn says_of(&self, metadata: &Metadata) -> MetadataProof {
        let opened = metadata.hash.as_ref().and_then(|hash| hash.unwrap_by(&self.0).ok());
        match opened.filter(|opened| opened.purpose == HASH_OF_METADATA) {
            None => MetadataProof::NoHash,
            Some(hash) if hash.bytes.expose() == metadata.digest.as_bytes() => MetadataProof::Matches,
            Some(_) => MetadataProof::Differs,
        }
    }
}

const HASH_OF_METADATA: u16 = 0x2005;
