//! The key that authenticates counts of refusals.

use crate::crypto::Binding;
use crate::crypto::Digest;
use crate::crypto::hmac_sha256;
use crate::crypto::is_hmac_sha256;
use crate::values::EpochId;
use crate::values::Secret;
use crate::values::VaultId;

/// Authenticates the counts of refusals that are not events yet.
pub struct RefusalKey(Secret<32>);

/// The refusals of one operator within an hour.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RefusalCount {
    /// The operator.
    pub operator: String,
    /// When the hour began, in milliseconds since 1970.
    pub since: i64,
    /// How many of them are events.
    pub events: u64,
    /// How many are only counted.
    pub waiting: u64,
}

impl RefusalKey {
    pub(super) const fn new(key: Secret<32>) -> Self {
        Self(key)
    }

    /// `HMAC-SHA256[refusal key](vault, epoch, number, and each count's operator, since, events, waiting)`
    ///
    /// `number` is that of the last commit. The MAC covers all counts at once, in order of operator, so that a missing one
    /// shows too.
    pub fn mac(&self, vault: VaultId, epoch: EpochId, number: u64, counts: &[RefusalCount]) -> Digest {
        hmac_sha256(&self.0, message(vault, epoch, number, counts).as_bytes())
    }

    /// Returns whether `mac` is the [`Self::mac`] of these counts.
    pub fn accepts(&self, vault: VaultId, epoch: EpochId, number: u64, counts: &[RefusalCount], mac: &[u8]) -> bool {
        is_hmac_sha256(&self.0, message(vault, epoch, number, counts).as_bytes(), mac)
    }
}

fn message(vault: VaultId, epoch: EpochId, number: u64, counts: &[RefusalCount]) -> Binding {
    let number = number.to_be_bytes();
    let numbers: Vec<_> = counts
        .iter()
        .map(|count| {
            (
                count.since.to_be_bytes(),
                count.events.to_be_bytes(),
                count.waiting.to_be_bytes(),
            )
        })
        .collect();
    let mut fields: Vec<&[u8]> = vec![vault.as_bytes(), epoch.as_bytes(), &number];
    for (count, (since, events, waiting)) in counts.iter().zip(&numbers) {
        fields.extend([count.operator.as_bytes(), since, events, waiting]);
    }
    Binding::of(&fields)
}
