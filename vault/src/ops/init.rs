//! `init`: makes the vault.
//!
//! The order lets every death be cleaned up: what is about to change in the TPM is noted first; the file appears in its
//! place whole, by a rename; then the anchor is written. A vault that died before that last step is whole, and finishes
//! it when it is next opened.

use std::path::Path;
use std::time::Duration;

use data_encoding::HEXLOWER;
use strongroom_core::crypto::random;
use strongroom_core::crypto::random_secret;
use strongroom_core::crypto::sha256;
use strongroom_core::keys::EncryptedKeyring;
use strongroom_core::keys::Keyring;
use strongroom_core::keys::KeyringCopy;
use strongroom_core::keys::RootKey;
use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::log::LogKeys;
use strongroom_core::state::AnchorRecord;
use strongroom_core::state::Change;
use strongroom_core::state::TpmRecord;
use strongroom_core::state::VaultRecord;
use strongroom_core::values::EpochId;
use strongroom_core::values::LogText;
use strongroom_core::values::Pin;
use strongroom_core::values::VaultId;

use crate::ops::Error;
use crate::ops::Who;
use crate::ops::anchoring::TpmAnchor;
use crate::ops::log_keys::claimed_keys;
use crate::ops::log_keys::tpm_key_record;
use crate::store::Draft;
use crate::store::Folder;
use crate::store::Lock;
use crate::store::Pending;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::VaultBytes;
use crate::tpm::AnchorPlace;
use crate::tpm::PcrSelection;
use crate::tpm::PinAuth;
use crate::tpm::Tcti;
use crate::tpm::Tpm;
use crate::tpm::TpmError;
use crate::tpm::anchor_handle_hint;

/// What vault to make.
pub struct InitRequest<'p> {
    /// On which TPM.
    pub tcti: Tcti,
    /// Sealed to which PCRs.
    pub pcrs: PcrSelection,
    /// With which PIN.
    pub pin: Option<&'p Pin>,
    /// Leave the TPM's lockout authorisation as it is.
    pub keep_lockout_auth: bool,
    /// What its people call it.
    pub site: Option<LogText>,
    /// For how long a password may stay exposed, in seconds.
    pub grace_seconds: u64,
}

/// A vault that was made.
#[derive(Clone, Debug)]
pub struct Initialised {
    /// Its record.
    pub vault: VaultRecord,
    /// The keys that sign its log, for the auditor to note down.
    pub log_keys: LogKeys,
}

/// Makes a vault in `path`, queueing for its lock for at most `wait`.
///
/// # Errors
///
/// Fails if there is a vault already or an interrupted init, if the folder holds anything else, if the TPM refuses, or if
/// a chosen PCR is void.
pub fn init(path: &Path, wait: Duration, who: &Who, request: &InitRequest<'_>) -> Result<Initialised, Error> {
    require_sense(request)?;
    let folder = Folder::to_be(path)?;
    require_free(&folder)?;
    let lock = Lock::take(&folder, wait)?;
    require_free(&folder)?;
    let mut tpm = Tpm::open(&request.tcti, folder.path(), lock.file())?;
    tpm.check_pcrs(&request.pcrs)?;

    let keys = Keys::generate()?;
    let authorisation = keys.keyring.secret().anchor_authorisation(keys.epoch);
    let hint = anchor_handle_hint(&keys.vault, &keys.epoch);
    let place = AnchorPlace::new(tpm.free_anchor_handle(hint)?);
    let pending = Pending {
        tcti: request.tcti.to_string(),
        handle: place.handle,
    };
    // From here on a death leaves a note of what it may have done.
    pending.write(&folder)?;
    let made = make(&folder, &mut tpm, &keys, &place, who, request);
    if made.is_err() {
        undo(&folder, &mut tpm, &place);
    }
    let (store, committed, vault) = made?;
    // If we die here, the vault is whole, and whoever opens it does the rest.
    limit_guesses(&mut tpm, &keys.keyring, &vault)?;
    let anchored = committed.anchor(&mut TpmAnchor {
        tpm: &mut tpm,
        place: &place,
        authorisation: &authorisation,
    })?;
    anchored.into_subject();
    Pending::clear(&folder)?;
    drop(store);
    tpm.close()?;
    drop(lock);
    Ok(Initialised {
        log_keys: claimed_keys(&vault)?,
        vault,
    })
}

struct Keys {
    vault: VaultId,
    epoch: EpochId,
    root: RootKey,
    keyring: Keyring,
}

impl Keys {
    fn generate() -> Result<Self, Error> {
        Ok(Self {
            vault: VaultId::new(random()?),
            epoch: EpochId::new(random()?),
            root: RootKey::new(random_secret()?),
            keyring: Keyring::generate()?,
        })
    }
}

fn require_sense(request: &InitRequest<'_>) -> Result<(), Error> {
    if request.tcti.is_simulator() && !request.pcrs.is_empty() {
        return Err(Error::PcrsOfSimulator);
    }
    Ok(())
}

fn require_free(folder: &Folder) -> Result<(), Error> {
    let path = folder.path().to_owned();
    if folder.has_vault() {
        return Err(StoreError::VaultExists { path }.into());
    }
    if Pending::read(folder)?.is_some() {
        return Err(StoreError::InitPending { path }.into());
    }
    Ok(folder.require_empty()?)
}

/// Everything up to the vault file in its place; what is left is the anchor.
fn make(
    folder: &Folder,
    tpm: &mut Tpm,
    keys: &Keys,
    place: &AnchorPlace,
    who: &Who,
    request: &InitRequest<'_>,
) -> Result<(Store, crate::receipt::Committed<()>, VaultRecord), Error> {
    let guesses_limited = will_limit_guesses(tpm, request)?;
    let signing = tpm.create_signing_key(&keys.keyring.secret().tpm_signing_authorisation())?;
    let bytes = VaultBytes {
        signing_key: Some(signing.to_bytes()),
        ..seal(tpm, keys, request)?
    };
    let authorisation = keys.keyring.secret().anchor_authorisation(keys.epoch);
    tpm.define_anchor_at(place.handle, &authorisation)?;
    let vault = VaultRecord {
        tpm_key: Some(tpm_key_record(&signing)),
        ..record(tpm, keys, place, &bytes, who, request, guesses_limited)?
    };

    let mut draft = Draft::new(Stamp {
        at: who.at,
        operator: who.operator.clone(),
        wrong_pins: None,
    });
    draft.vault(bytes);
    draft.event(EventBody {
        changes: vec![Change::Vault(Box::new(vault.clone()))],
        ..EventBody::new(Action::Init)
    });
    let mut store = Store::create(folder)?;
    let key = keys.keyring.secret().log_signing_key(keys.epoch);
    let refusal_key = keys.keyring.secret().refusal_key();
    let committed = store.first_session(&refusal_key)?.commit(draft, &key, ())?;
    Ok((store.put_in_place(folder)?, committed, vault))
}

/// Takes back what a failed init did: best effort, and what it cannot do, `init --clean` does from the note.
fn undo(folder: &Folder, tpm: &mut Tpm, place: &AnchorPlace) {
    if folder.has_vault() {
        return;
    }
    let undone = match tpm.undefine_unwritten_anchor(place.handle) {
        Ok(()) | Err(TpmError::AnchorMissing { .. } | TpmError::AnchorReplaced { .. }) => true,
        Err(_) => false,
    };
    if undone && folder.remove_new_file().is_ok() {
        drop(Pending::clear(folder));
    }
}

/// Sets the TPM's limits on guesses, and the lockout authorisation where it is ours to set.
///
/// Only when the vault is in its place: whoever set that authorisation from a vault that then is no more has a TPM whose
/// lockout nobody can end.
pub(super) fn limit_guesses(tpm: &mut Tpm, keyring: &Keyring, vault: &VaultRecord) -> Result<(), Error> {
    if !vault.tpm.pin {
        return Ok(());
    }
    let authorisation = keyring.secret().lockout_authorisation();
    tpm.limit_guesses(vault.tpm.guesses_limited.then_some(&authorisation))?;
    Ok(())
}

/// Whether the limits will be ours: not where somebody has set the lockout authorisation already, or it is to be left.
fn will_limit_guesses(tpm: &mut Tpm, request: &InitRequest<'_>) -> Result<bool, Error> {
    Ok(request.pin.is_some() && !request.keep_lockout_auth && !tpm.guesses()?.lockout_auth_set)
}

fn seal(tpm: &mut Tpm, keys: &Keys, request: &InitRequest<'_>) -> Result<VaultBytes, Error> {
    let pin = request.pin.map(|pin| PinAuth::new(&keys.vault, pin.expose()));
    let sealed = tpm.seal(&keys.root, &request.pcrs, pin.as_ref())?;
    let keyring = EncryptedKeyring::encrypt(&keys.keyring, keys.vault, &KeyringCopy::Root(&keys.root))?;
    Ok(VaultBytes {
        sealed: sealed.to_bytes(),
        keyring: keyring.as_bytes().to_vec(),
        keyring_of_shares: None,
        signing_key: None,
    })
}

fn record(
    tpm: &mut Tpm,
    keys: &Keys,
    place: &AnchorPlace,
    bytes: &VaultBytes,
    who: &Who,
    request: &InitRequest<'_>,
    guesses_limited: bool,
) -> Result<VaultRecord, Error> {
    let log_key = keys.keyring.secret().log_signing_key(keys.epoch).public_key();
    Ok(VaultRecord {
        vault: keys.vault,
        site: request.site.as_ref().map(ToString::to_string),
        created_at: who.at,
        epoch: keys.epoch,
        log_key: HEXLOWER.encode(log_key.as_bytes()),
        tpm_key: None,
        anchor: AnchorRecord {
            handle: place.handle,
            name: HEXLOWER.encode(&place.name),
        },
        tpm: TpmRecord {
            tcti: request.tcti.to_string(),
            primary: HEXLOWER.encode(tpm.primary_name()),
            endorsement: tpm.ek_name()?.map(|name| HEXLOWER.encode(&name)),
            pcrs: request.pcrs.iter().collect(),
            pin: request.pin.is_some(),
            guesses_limited,
        },
        sealed: sha256(&[&bytes.sealed]),
        keyring: sha256(&[&bytes.keyring]),
        keyring_of_shares: None,
        senders: None,
        grace_seconds: request.grace_seconds,
    })
}
