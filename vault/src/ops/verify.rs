//! `audit verify`: everything, from the leaves up.

use std::path::Path;
use std::time::Duration;

use crate::ops::AnchorState;
use crate::ops::Depth;
use crate::ops::Error;
use crate::ops::Inventory;
use crate::ops::examining;
use crate::store::Alarm;
use crate::store::Lock;
use crate::store::StoreError;

/// What a verification found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// What the anchor says of the file.
    pub anchor: AnchorState,
    /// Whether the anchor's authorisation and the log key were held against the keyring.
    pub authenticated: bool,
    /// Whether the counts of refusals that are not events yet were verified by the keyring.
    pub refusal_counts: bool,
    /// Events in the log, as far as they were read.
    pub events: u64,
    /// Escrows that the log knows of.
    pub escrows: u64,
    /// The first thing that is wrong.
    pub first_wrong: Option<Alarm>,
}

impl Verified {
    /// A vault of which not even the record can be read.
    const fn unread(alarm: Alarm) -> Self {
        Self {
            anchor: AnchorState::NotRead,
            authenticated: false,
            refusal_counts: false,
            events: 0,
            escrows: 0,
            first_wrong: Some(alarm),
        }
    }

    /// Whether nothing is wrong.
    pub const fn is_ok(&self) -> bool {
        self.first_wrong.is_none()
    }
}

/// Verifies the vault in `path`: the file, both trees, every signature, the anchor, and every row against a replay of the
/// log. The lock is held only to read the anchor and to begin reading the file. `done` is told how many more
/// units of [`Inventory::work`] are done.
///
/// # Errors
///
/// Fails if it is no vault, or if the TPM was to be asked and does not answer. What is wrong with the vault is no failure
/// here but the answer.
pub fn verify(path: &Path, wait: Duration, depth: Depth<'_>, done: impl FnMut(u64)) -> Result<Verified, Error> {
    let mut inventory = Inventory::open(path)?;
    let lock = match depth {
        Depth::File => None,
        Depth::Tpm { .. } => Some(Lock::take(&inventory.folder, wait)?),
    };
    let folder = inventory.folder.clone();
    let snapshot = inventory.snapshot()?;
    let vault = match snapshot.vault() {
        Ok(vault) => vault,
        Err(StoreError::Alarm(alarm)) => return Ok(Verified::unread(alarm)),
        Err(error) => return Err(error.into()),
    };
    let found = match (&lock, depth) {
        (Some(lock), Depth::Tpm { pin }) => examining::with_tpm(&folder, lock, &snapshot, pin),
        _ => examining::without_tpm(&vault.0),
    };
    drop(lock);
    // Where the TPM refuses, what is wrong with the file may be why, and then that is the answer.
    let (examined, refused) = match found {
        Ok(examined) => (examined, None),
        Err(error) => (examining::without_tpm(&vault.0)?, Some(error)),
    };
    let audit = snapshot.audit(&examined.key, done)?;
    let mut verified = Verified {
        authenticated: examined.authenticated,
        refusal_counts: examined.refusal_counts == Ok(true),
        events: audit.events,
        escrows: audit.escrows,
        first_wrong: audit.first_wrong,
        anchor: examined.anchor,
    };
    let alarm = match (refused, &verified.anchor) {
        (Some(Error::Store(StoreError::Alarm(alarm))), _) => Some(alarm),
        (Some(error), _) if verified.first_wrong.is_none() => return Err(error),
        (_, AnchorState::Alarm(alarm)) => Some(alarm.clone()),
        _ => None,
    };
    verified.first_wrong = verified.first_wrong.or(alarm).or(examined.refusal_counts.err());
    Ok(verified)
}
