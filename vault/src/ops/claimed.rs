//! What a file says of itself, proven as far as it can be without a TPM.

use strongroom_core::log::Origin;
use strongroom_core::state::VaultRecord;

use crate::ops::Error;
use crate::ops::log_keys::claimed_keys;
use crate::store::Alarm;
use crate::store::Snapshot;
use crate::store::VaultBytes;

/// The vault record that the file's own last checkpoint leads to.
///
/// Every path that opens a TPM reads this first: an older or an edited record does not choose which TPM is asked, or
/// whether for a PIN. A file with a log and keys of its own passes; the open TPM then tells that it is another vault.
pub(super) struct Claimed {
    pub(super) vault: VaultRecord,
    pub(super) bytes: VaultBytes,
    /// Number of the last commit.
    pub(super) number: u64,
}

impl Claimed {
    /// Reads the vault record and proves it: to the state tree, the last event, and the last checkpoint, which the log key
    /// that it names has signed.
    pub(super) fn read(snapshot: &Snapshot<'_>) -> Result<Self, Error> {
        let (vault, bytes) = snapshot.vault()?;
        let (_, summary) = snapshot.last_event()?;
        snapshot.prove_vault(&summary, &vault)?;
        let newest = snapshot.checkpoints()?.into_iter().next();
        let (_, note, _) = newest.ok_or_else(|| Alarm::tampered("there is no checkpoint"))?;
        note.verify(&claimed_keys(&vault)?.log)
            .map_err(|_| Alarm::tampered("the last checkpoint is not signed by the log key of the vault record"))?;
        Ok(Self {
            vault,
            bytes,
            number: summary.number,
        })
    }

    /// The origin of its log.
    pub(super) const fn origin(&self) -> Origin {
        Origin {
            vault: self.vault.vault,
            epoch: self.vault.epoch,
        }
    }
}
