//! `audit verify`: everything, from the leaves up.

use std::path::Path;
use std::time::Duration;

use crate::ops::Anchored;
use crate::ops::Depth;
use crate::ops::Error;
use crate::ops::Inventory;
use crate::ops::examining;
use crate::store::Alarm;
use crate::store::Lock;

/// What a verification found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// What the anchor says of the file.
    pub anchored: Anchored,
    /// Whether the anchor's authorisation and the log key were held against the keyring.
    pub authenticated: bool,
    /// Events in the log, as far as they were read.
    pub events: u64,
    /// Escrows that the log knows of.
    pub escrows: u64,
    /// The first thing that is wrong.
    pub first_wrong: Option<Alarm>,
}

impl Verified {
    /// Whether nothing is wrong.
    pub const fn is_ok(&self) -> bool {
        self.first_wrong.is_none()
    }
}

/// Verifies the vault in `path`: the file, both trees, every signature, the anchor, and every row against a replay of the
/// log. The lock is held only to read the anchor and to begin reading the file.
///
/// # Errors
///
/// Fails if it is no vault, or if the TPM was to be asked and does not answer. What is wrong with the vault is no failure
/// here but the answer.
pub fn verify(path: &Path, wait: Duration, depth: Depth<'_>) -> Result<Verified, Error> {
    let mut inventory = Inventory::open(path)?;
    let lock = match depth {
        Depth::File => None,
        Depth::Tpm { .. } => Some(Lock::take(&inventory.folder, wait)?),
    };
    let folder = inventory.folder.clone();
    let snapshot = inventory.snapshot()?;
    let (vault, bytes) = snapshot.vault()?;
    let examined = match (&lock, depth) {
        (Some(lock), Depth::Tpm { pin }) => examining::with_tpm(&folder, lock, &snapshot, (&vault, &bytes), pin)?,
        _ => examining::without_tpm(&vault)?,
    };
    drop(lock);
    let audit = snapshot.audit(&examined.key)?;
    let alarm = match &examined.anchored {
        Anchored::Alarm(alarm) => Some(alarm.clone()),
        Anchored::Matches | Anchored::NotRead | Anchored::OneBehind => None,
    };
    Ok(Verified {
        anchored: examined.anchored,
        authenticated: examined.authenticated,
        events: audit.events,
        escrows: audit.escrows,
        first_wrong: audit.first_wrong.or(alarm),
    })
}
