//! `status`: how the vault is.

use std::path::Path;
use std::time::Duration;

use strongroom_core::state::VaultRecord;
use strongroom_core::values::Time;

use crate::ops::AnchorState;
use crate::ops::Depth;
use crate::ops::Error;
use crate::ops::Inventory;
use crate::ops::TpmStatus;
use crate::ops::examining;
use crate::store::Counts;
use crate::store::Lock;

/// How a vault is.
#[derive(Clone, Debug)]
pub struct Status {
    /// Its record.
    pub vault: VaultRecord,
    /// What the anchor says of the file.
    pub anchor: AnchorState,
    /// Whether that was read with the keyring's authorisation.
    pub authenticated: bool,
    /// Whether the keyring's pages could be kept out of swap, where it was opened.
    pub memory_locked: Option<bool>,
    /// The TPM, where it was asked.
    pub tpm: Option<TpmStatus>,
    /// Events in the log.
    pub events: u64,
    /// Commits in all: as often was the anchor written.
    pub commits: u64,
    /// Commits since midnight, UTC.
    pub commits_today: u64,
    /// Escrows, counted.
    pub counts: Counts,
}

/// Looks at the vault in `path`, and changes nothing. The record and the totals are proven to the file's last checkpoint.
///
/// # Errors
///
/// Fails if it is no vault, or if the TPM was to be asked and does not answer. An integrity alarm is no failure here but
/// part of the answer.
pub fn status(path: &Path, wait: Duration, now: Time, depth: Depth<'_>) -> Result<Status, Error> {
    let mut inventory = Inventory::open(path)?;
    let lock = match depth {
        Depth::File => None,
        Depth::Tpm { .. } => Some(Lock::take(&inventory.folder, wait)?),
    };
    let folder = inventory.folder.clone();
    let snapshot = inventory.snapshot()?;
    let (vault, _) = snapshot.vault()?;
    let examined = match (&lock, depth) {
        (Some(lock), Depth::Tpm { pin }) => examining::with_tpm(&folder, lock, &snapshot, pin)?,
        _ => examining::without_tpm(&vault)?,
    };
    drop(lock);
    examined.refusal_counts?;
    let (last, summary) = snapshot.last_event()?;
    snapshot.prove_vault(&summary, &vault)?;
    let counts = snapshot.counts(&summary, now)?;
    Ok(Status {
        anchor: examined.anchor,
        authenticated: examined.authenticated,
        memory_locked: examined.memory_locked,
        tpm: examined.tpm,
        events: last.leaf + 1,
        commits: summary.number,
        commits_today: snapshot.commits_today(&last, &summary, now)?,
        counts,
        vault,
    })
}
