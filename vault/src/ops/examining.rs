//! Looking at the TPM and the anchor without changing either.

use strongroom_core::log::VerifierKey;
use strongroom_core::state::VaultRecord;
use strongroom_core::values::Pin;

use crate::ops::Error;
use crate::ops::claimed::Claimed;
use crate::ops::locking::lock_pages;
use crate::ops::log_keys::claimed_keys;
use crate::ops::log_keys::log_key;
use crate::ops::settling::Settled;
use crate::ops::settling::settle;
use crate::ops::unsealed::ends;
use crate::ops::unsealed::open_tpm;
use crate::ops::unsealed::place;
use crate::ops::unsealed::unseal;
use crate::store::Alarm;
use crate::store::Folder;
use crate::store::Lock;
use crate::store::Snapshot;
use crate::store::StoreError;
use crate::tpm::Guesses;
use crate::tpm::TpmError;

/// How far a look at the vault goes.
#[derive(Clone, Copy)]
pub enum Depth<'p> {
    /// The file alone.
    File,
    /// The TPM too: with the keyring where the vault has no PIN or one is given, else by owner authorisation.
    Tpm {
        /// The PIN.
        pin: Option<&'p Pin>,
    },
}

/// What the anchor says of the file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AnchorState {
    /// Nobody asked the TPM.
    NotRead,
    /// The TPM remembers the file's last commit.
    Matches,
    /// The TPM remembers the commit before: the machine died between the two, and the next command finishes it.
    OneBehind,
    /// The file or the TPM was put back, or the anchor replaced.
    Alarm(Alarm),
}

/// What a look at the TPM gave.
#[derive(Clone, Debug)]
pub struct TpmStatus {
    /// Who made it.
    pub manufacturer: String,
    /// Its count of wrong PINs.
    pub guesses: Guesses,
}

/// What was found.
pub(super) struct Examined {
    pub(super) anchor: AnchorState,
    /// Whether the anchor's authorisation and the log key were held against the keyring.
    pub(super) authenticated: bool,
    /// Whether the counts of refusals were verified by the keyring, or what is wrong with them.
    pub(super) refusal_counts: Result<bool, Alarm>,
    /// Whether the keyring's pages could be locked, where it was opened.
    pub(super) memory_locked: Option<bool>,
    /// The key that signs the log: by the keyring where that was opened, else by the file's own word.
    pub(super) key: VerifierKey,
    pub(super) tpm: Option<TpmStatus>,
}

/// Looks at the file's end alone.
pub(super) fn without_tpm(vault: &VaultRecord) -> Result<Examined, Error> {
    Ok(Examined {
        anchor: AnchorState::NotRead,
        authenticated: false,
        refusal_counts: Ok(false),
        memory_locked: None,
        key: claimed_keys(vault)?.log,
        tpm: None,
    })
}

/// Looks at the TPM that the proven vault record names, and holds the file's end against the anchor.
pub(super) fn with_tpm(
    folder: &Folder,
    lock: &Lock,
    snapshot: &Snapshot<'_>,
    pin: Option<&Pin>,
) -> Result<Examined, Error> {
    let claimed = Claimed::read(snapshot)?;
    let (vault, bytes) = (&claimed.vault, &claimed.bytes);
    let mut tpm = open_tpm(vault, folder, lock)?;
    let keyring = match (pin, vault.tpm.pin) {
        (None, true) => None,
        _ => Some(unseal(&mut tpm, vault, bytes, pin)?),
    };
    let place = place(vault)?;
    let (remembered, key) = match &keyring {
        Some(keyring) => {
            let authorisation = keyring.secret().anchor_authorisation(vault.epoch);
            (tpm.read_anchor(&place, &authorisation), log_key(keyring, vault))
        }
        None => (tpm.peek_anchor(&place), claimed_keys(vault)?.log),
    };
    let status = TpmStatus {
        manufacturer: tpm.manufacturer()?,
        guesses: tpm.guesses()?,
    };
    tpm.close()?;
    // Read by owner authorisation it cannot be where that is set; nobody then knows what it says without the PIN.
    let unreadable = matches!(remembered, Err(TpmError::OwnerAuthSet));
    let anchored = remembered
        .map_err(Error::from)
        .and_then(|remembered| Ok(settle(remembered, &ends(snapshot, &key)?)?));
    let counts = match &keyring {
        Some(keyring) => snapshot.require_counts(&keyring.secret().refusal_key(), &claimed.origin(), claimed.number),
        None => Ok(false),
    };
    Ok(Examined {
        anchor: match anchored {
            _ if unreadable => AnchorState::NotRead,
            Ok(Settled::Same) => AnchorState::Matches,
            Ok(Settled::WriteNow) => AnchorState::OneBehind,
            Err(Error::Store(StoreError::Alarm(alarm))) => AnchorState::Alarm(alarm),
            Err(error) => return Err(error),
        },
        authenticated: keyring.is_some(),
        refusal_counts: match counts {
            Ok(verified) => Ok(verified),
            Err(StoreError::Alarm(alarm)) => Err(alarm),
            Err(error) => return Err(error.into()),
        },
        memory_locked: keyring.as_ref().map(lock_pages),
        key,
        tpm: Some(status),
    })
}
