//! A vault that is open for work.

use std::path::Path;
use std::time::Duration;

use strongroom_core::keys::EncryptedKeyring;
use strongroom_core::keys::Keyring;
use strongroom_core::keys::KeyringCopy;
use strongroom_core::log::AnchorContent;
use strongroom_core::log::VerifierKey;
use strongroom_core::state::VaultRecord;
use strongroom_core::values::Pin;
use strongroom_core::values::Secret;

use crate::ops::Error;
use crate::ops::anchoring::TpmAnchor;
use crate::ops::claimed::Claimed;
use crate::ops::init::limit_guesses;
use crate::ops::locking::lock_pages;
use crate::ops::log_keys::log_key;
use crate::ops::settling::Ends;
use crate::ops::settling::Settled;
use crate::ops::settling::settle;
use crate::receipt::Anchor;
use crate::store::Alarm;
use crate::store::Folder;
use crate::store::Lock;
use crate::store::Pending;
use crate::store::Snapshot;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Trust;
use crate::store::VaultBytes;
use crate::tpm::AnchorPlace;
use crate::tpm::PcrSelection;
use crate::tpm::PinAuth;
use crate::tpm::SealedObject;
use crate::tpm::Tcti;
use crate::tpm::Tpm;

/// A vault whose lock is held, whose TPM is open, whose keyring is in memory, and whose file ends with the commit that
/// the TPM remembers.
///
/// The keyring is nobody else's: whoever holds this can ask for what is on record, and for nothing before it is.
pub struct Unsealed {
    // In the order in which they are let go: the file is closed and the TPM stopped while the lock is still held.
    pub(super) store: Store,
    pub(super) tpm: Tpm,
    pub(super) keyring: Keyring,
    pub(super) vault: VaultRecord,
    pub(super) place: AnchorPlace,
    pub(super) anchored: AnchorContent,
    pub(super) wrong_pins: Option<u32>,
    pub(super) rolled_forward: bool,
    /// The vault record that an uncommitted change makes.
    pub(super) renewed: Option<VaultRecord>,
    settled: bool,
    pub(super) folder: Folder,
    lock: Lock,
}

impl Unsealed {
    /// Opens the vault in `path`, queueing for its lock for at most `wait`.
    ///
    /// # Errors
    ///
    /// Fails if the lock is not to be had, the TPM does not unseal, or the file is not the one that the TPM remembers.
    pub fn open(path: &Path, wait: Duration, pin: Option<&Pin>) -> Result<Self, Error> {
        let folder = Folder::existing(path)?;
        if !folder.has_vault() && Pending::read(&folder)?.is_some() {
            return Err(StoreError::InitPending { path: path.to_owned() }.into());
        }
        let (lock, mut store) = Self::lock(&folder, wait)?;
        let Claimed { vault, bytes, .. } = Claimed::read(&store.snapshot()?)?;
        let mut tpm = open_tpm(&vault, &folder, &lock)?;
        let keyring = unseal(&mut tpm, &vault, &bytes, pin)?;
        lock_pages(&keyring);
        let wrong_pins = wrong_pins(&mut tpm, &vault)?;
        let mut unsealed = Self {
            place: place(&vault)?,
            anchored: AnchorContent::from_bytes(&[0; AnchorContent::LEN]),
            rolled_forward: false,
            renewed: None,
            settled: false,
            store,
            tpm,
            keyring,
            vault,
            wrong_pins,
            folder,
            lock,
        };
        unsealed.settle()?;
        Ok(unsealed)
    }

    /// Closes the file and the TPM, and lets go of the lock.
    ///
    /// # Errors
    ///
    /// Fails where the TPM does not close as it should. What was on record stays on record.
    pub fn close(self) -> Result<(), Error> {
        let Self { store, tpm, lock, .. } = self;
        drop(store);
        tpm.close()?;
        drop(lock);
        Ok(())
    }

    /// Whether the last commit was found without the TPM remembering it, and was anchored now: the machine, or a process,
    /// died between the two.
    pub const fn rolled_forward(&self) -> bool {
        self.rolled_forward
    }

    /// Returns whether another process queues for the vault, as far as the kernel tells this one.
    pub fn is_wanted(&self) -> bool {
        self.lock.is_wanted()
    }

    /// The vault record. It is proven by each session before that decides anything.
    pub const fn vault(&self) -> &VaultRecord {
        &self.vault
    }

    /// Takes the lock and opens the file, in this order: what was there before the lock may be another file now.
    fn lock(folder: &Folder, wait: Duration) -> Result<(Lock, Store), Error> {
        if !folder.has_vault() {
            return Err(StoreError::NoVault {
                path: folder.path().to_owned(),
            }
            .into());
        }
        let lock = Lock::take(folder, wait)?;
        let folder = Folder::existing(folder.path())?;
        Ok((lock, Store::open(&folder)?))
    }

    /// What a session is held against. Before each commit but the first the anchor is read again, so that whatever became
    /// of the one before is decided by the same table as on open.
    pub(super) fn trust(&mut self) -> Result<Trust, Error> {
        if !std::mem::take(&mut self.settled) {
            self.settle()?;
            self.settled = false;
        }
        Ok(self.trust_in(self.anchored))
    }

    fn trust_in(&self, anchor: AnchorContent) -> Trust {
        Trust {
            key: log_key(&self.keyring, &self.vault),
            anchor,
            vault: self.vault.clone(),
            refusal_key: self.keyring.secret().refusal_key(),
        }
    }

    /// The anchor, ready to be written.
    pub(super) fn anchor<'t>(&'t mut self, authorisation: &'t Secret<32>) -> TpmAnchor<'t> {
        TpmAnchor {
            tpm: &mut self.tpm,
            place: &self.place,
            authorisation,
        }
    }

    pub(super) fn anchor_authorisation(&self) -> Secret<32> {
        self.keyring.secret().anchor_authorisation(self.vault.epoch)
    }

    /// Holds the file's end against the anchor, and finishes what a death between COMMIT and NV_Write left.
    fn settle(&mut self) -> Result<(), Error> {
        if let Some(renewed) = self.renewed.take() {
            // A commit of ours, of which nobody said how it ended.
            if self.store.vault()?.0 == renewed {
                self.vault = renewed;
            }
        }
        let authorisation = self.anchor_authorisation();
        let remembered = self.tpm.read_anchor(&self.place, &authorisation)?;
        let snapshot = self.store.snapshot()?;
        let ends = ends(&snapshot, &log_key(&self.keyring, &self.vault))?;
        drop(snapshot);
        self.anchored = ends.last;
        if settle(remembered, &ends)? == Settled::WriteNow {
            // Proven before it is remembered: its last event, its trees and its vault record.
            drop(self.store.session(&self.trust_in(ends.last))?);
            self.folder.sync_file()?;
            if ends.first_of_epoch {
                // What cannot be limited, status tells; the passwords are not held back for it.
                drop(limit_guesses(&mut self.tpm, &self.keyring, &self.vault));
            }
            self.anchor(&authorisation).write(ends.last)?;
            self.rolled_forward = true;
        }
        Pending::clear(&self.folder)?;
        self.settled = true;
        Ok(())
    }
}

/// The TPM that the vault was sealed by; another one, or a cleared one, is refused before it is told anything.
pub(super) fn open_tpm(vault: &VaultRecord, folder: &Folder, lock: &Lock) -> Result<Tpm, Error> {
    let tcti: Tcti = vault
        .tpm
        .tcti
        .parse()
        .map_err(|_| Alarm::tampered("the vault record names no TPM"))?;
    let mut tpm = Tpm::open(&tcti, folder.path(), lock.file())?;
    let endorsement = vault.tpm.endorsement.as_deref().map(name).transpose()?;
    tpm.identify(&name(&vault.tpm.primary)?, endorsement.as_deref())?;
    Ok(tpm)
}

/// Where the anchor is, by the file; [`Tpm::read_anchor`] holds its Name against it.
pub(super) fn place(vault: &VaultRecord) -> Result<AnchorPlace, Error> {
    Ok(AnchorPlace {
        handle: vault.anchor.handle,
        name: name(&vault.anchor.name)?,
    })
}

/// Unseals the root key and opens the keyring with it.
pub(super) fn unseal(
    tpm: &mut Tpm,
    vault: &VaultRecord,
    bytes: &VaultBytes,
    pin: Option<&Pin>,
) -> Result<Keyring, Error> {
    let sealed = SealedObject::from_bytes(&bytes.sealed)
        .map_err(|_| Alarm::tampered("the sealed object is none that a vault writes"))?;
    let pin = match (pin, vault.tpm.pin) {
        (None, true) => return Err(Error::PinNeeded),
        (Some(_), false) => return Err(Error::PinNotTaken),
        (pin, _) => pin.map(|pin| PinAuth::new(&vault.vault, pin.expose())),
    };
    let pcrs = PcrSelection::of(&vault.tpm.pcrs)
        .map_err(|_| Alarm::tampered("the vault record names PCRs that no TPM has"))?;
    let root = tpm.unseal(&sealed, &pcrs, pin.as_ref())?;
    EncryptedKeyring::kept(bytes.keyring.clone())
        .decrypt(vault.vault, &KeyringCopy::Root(&root))
        .map_err(|error| Alarm::tampered(error.to_string()).into())
}

/// Wrong PINs that the TPM has counted: nobody could sign for them when they were tried.
fn wrong_pins(tpm: &mut Tpm, vault: &VaultRecord) -> Result<Option<u32>, Error> {
    if !vault.tpm.pin {
        return Ok(None);
    }
    let counted = tpm.guesses()?.counter;
    Ok((counted > 0).then_some(counted))
}

/// What the file ends with, by its two newest checkpoints; the last one's signature is good.
pub(super) fn ends(snapshot: &Snapshot<'_>, key: &VerifierKey) -> Result<Ends, Error> {
    let mut contents = Vec::new();
    for (number, note, checkpoint) in snapshot.checkpoints()? {
        note.verify(key)
            .map_err(|_| Alarm::tampered(format!("checkpoint {number} is not signed by this vault")))?;
        contents.push(AnchorContent {
            number,
            checkpoint: checkpoint.digest(),
        });
    }
    let mut contents = contents.into_iter();
    let last = contents
        .next()
        .ok_or_else(|| Alarm::tampered("there is no checkpoint"))?;
    let before = contents.next();
    Ok(Ends {
        last,
        // Epochs after the first begin with a restore or an accepted alarm; commits are numbered on through all of them.
        first_of_epoch: last.number == 1,
        before: before.filter(|before| before.number + 1 == last.number),
    })
}

fn name(hex: &str) -> Result<Vec<u8>, Alarm> {
    data_encoding::HEXLOWER
        .decode(hex.as_bytes())
        .map_err(|_| Alarm::tampered("the vault record holds a Name that no TPM gives"))
}
