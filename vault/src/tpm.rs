//! The TPM: seals the root key, limits the guesses at a PIN, signs checkpoints, and remembers the last commit.
//!
//! [`Tpm`] is the one owner of the connection to it; every object and session is flushed on every path. Nothing of
//! tss-esapi leaves this module, above all not its `SensitiveData`, which prints itself.
//!
//! What libtss2 copies of a secret inside its own buffers, this crate cannot wipe.

mod anchor;
mod authorisation;
mod error;
mod esys;
mod guesses;
mod listening;
mod pcr;
mod primary;
mod seal;
mod sealed;
mod session;
mod signing;
mod simulator;
mod tcti;

use std::fs::File;
use std::path::Path;

use strongroom_core::crypto::EcdsaSignature;
use strongroom_core::keys::RootKey;
use strongroom_core::log::AnchorContent;
use strongroom_core::values::Secret;
use tss_esapi::constants::PropertyTag;

pub use crate::tpm::anchor::AnchorPlace;
pub use crate::tpm::anchor::anchor_handle_hint;
pub use crate::tpm::authorisation::PinAuth;
pub use crate::tpm::error::TpmError;
pub use crate::tpm::guesses::GuessLimit;
pub use crate::tpm::guesses::Guesses;
pub use crate::tpm::pcr::ParsePcrSelectionError;
pub use crate::tpm::pcr::PcrSelection;
pub use crate::tpm::sealed::ParseSealedObjectError;
pub use crate::tpm::sealed::SealedObject;
use crate::tpm::session::Connection;
pub use crate::tpm::signing::ParseSigningObjectError;
pub use crate::tpm::signing::SigningObject;
use crate::tpm::simulator::Simulator;
pub use crate::tpm::tcti::ParseTctiError;
pub use crate::tpm::tcti::Tcti;

/// An open TPM.
///
/// Open it with the vault's lock held, and close it before the lock is let go. For [`Tcti::Simulator`] it owns the
/// swtpm too, which dies with the thread that opened it.
///
/// Dropping it does what [`Tpm::close`] does, without saying how that went.
pub struct Tpm {
    tcti: Tcti,
    endpoint: String,
    primary_name: Vec<u8>,
    connection: Option<Connection>,
    simulator: Option<Simulator>,
}

impl Tpm {
    /// Connects to the TPM and derives its storage primary.
    ///
    /// `folder` is the vault folder; a simulator keeps its state in `folder/tpm`. `lock` is the vault's open lock file;
    /// a simulator holds its open file description too, so that the lock outlives us if we are killed.
    ///
    /// Before a secret is given to it, ask [`Tpm::identify`].
    ///
    /// # Errors
    ///
    /// [`TpmError::NoDevice`], [`TpmError::PermissionDenied`], [`TpmError::Unreachable`];
    /// [`TpmError::SimulatorMissing`], [`TpmError::SimulatorFailed`]; [`TpmError::OwnerAuthSet`] where the owner
    /// authorisation is set and 0x81000001 does not hold the storage primary.
    pub fn open(tcti: &Tcti, folder: &Path, lock: &File) -> Result<Self, TpmError> {
        tcti.probe()?;
        let simulator = match tcti {
            Tcti::Simulator => Some(Simulator::start(folder, lock)?),
            Tcti::Device(_) | Tcti::Swtpm { .. } => None,
        };
        let endpoint = simulator.as_ref().map_or_else(|| tcti.to_string(), Simulator::endpoint);
        let connection = Connection::open(&tcti.to_string(), &endpoint)?;
        Ok(Self {
            tcti: tcti.clone(),
            endpoint,
            primary_name: connection.primary_name().to_vec(),
            connection: Some(connection),
            simulator,
        })
    }

    /// Flushes everything; shuts a simulator down, waits until it is gone, and syncs its state.
    ///
    /// # Errors
    ///
    /// Fails where the simulator did not stop as it should; nothing is left running even then.
    pub fn close(mut self) -> Result<(), TpmError> {
        self.release()
    }

    /// The Name of the storage primary: 34 bytes, `000b ‖ SHA-256(public area)`.
    pub fn primary_name(&self) -> &[u8] {
        &self.primary_name
    }

    /// The Name of the ECC P-256 endorsement key; `None` where the endorsement hierarchy refuses.
    ///
    /// # Errors
    ///
    /// [`TpmError::Refused`], [`TpmError::Garbled`], [`TpmError::Unreachable`].
    pub fn ek_name(&mut self) -> Result<Option<Vec<u8>>, TpmError> {
        primary::endorsement_name(self.connection()?)
    }

    /// The four letters of who made it, such as `IBM` (swtpm) or `IFX`.
    ///
    /// # Errors
    ///
    /// [`TpmError::Refused`], [`TpmError::Garbled`], [`TpmError::Unreachable`].
    pub fn manufacturer(&mut self) -> Result<String, TpmError> {
        let letters = guesses::property(self.connection()?, PropertyTag::Manufacturer)?.to_be_bytes();
        let printable = |byte: &u8| byte.is_ascii_graphic();
        Ok(letters
            .iter()
            .filter(|byte| printable(byte))
            .copied()
            .map(char::from)
            .collect())
    }

    /// Compares this TPM with the one on record, by the Names of storage primary and endorsement key.
    ///
    /// # Errors
    ///
    /// [`TpmError::Cleared`] where only the endorsement key is the same; [`TpmError::OtherTpm`] where it is not, or
    /// none is on record, or the hierarchy refuses.
    pub fn identify(&mut self, recorded_primary: &[u8], recorded_ek: Option<&[u8]>) -> Result<(), TpmError> {
        if self.primary_name == recorded_primary {
            return Ok(());
        }
        match (self.ek_name()?, recorded_ek) {
            (Some(found), Some(recorded)) if found == recorded => Err(TpmError::Cleared),
            _ => Err(TpmError::OtherTpm),
        }
    }

    /// Refuses PCRs that bind nothing.
    ///
    /// # Errors
    ///
    /// [`TpmError::PcrVoid`] where a PCR has no allocated SHA-256 bank, or is all 00 or all FF.
    pub fn check_pcrs(&mut self, pcrs: &PcrSelection) -> Result<(), TpmError> {
        pcr::values(self.connection()?, *pcrs).map(drop)
    }

    /// Seals a root key to the present values of `pcrs` and to `pin`, and proves that it unseals again.
    ///
    /// With a PIN the object is under dictionary-attack protection: set the limits first, [`Tpm::limit_guesses`].
    ///
    /// # Errors
    ///
    /// [`TpmError::PcrVoid`]; [`TpmError::Lockout`] with a PIN; [`TpmError::PcrsChanged`] where they moved meanwhile.
    pub fn seal(
        &mut self,
        root: &RootKey,
        pcrs: &PcrSelection,
        pin: Option<&PinAuth>,
    ) -> Result<SealedObject, TpmError> {
        seal::seal(self.connection()?, root, *pcrs, pin)
    }

    /// Unseals a root key.
    ///
    /// # Errors
    ///
    /// [`TpmError::WrongPin`], [`TpmError::Lockout`], [`TpmError::PcrsChanged`], [`TpmError::PinMismatch`];
    /// [`TpmError::NotSealedHere`] where the object is another primary's or was changed.
    pub fn unseal(
        &mut self,
        sealed: &SealedObject,
        pcrs: &PcrSelection,
        pin: Option<&PinAuth>,
    ) -> Result<RootKey, TpmError> {
        seal::unseal(self.connection()?, sealed, *pcrs, pin)
    }

    /// Makes a key that signs by `auth` and never leaves this TPM.
    ///
    /// The last byte of `auth` is not used (it is forced to 01), here and in [`Tpm::sign`].
    ///
    /// # Errors
    ///
    /// [`TpmError::Refused`], [`TpmError::Garbled`], [`TpmError::Unreachable`].
    pub fn create_signing_key(&mut self, auth: &Secret<32>) -> Result<SigningObject, TpmError> {
        signing::create(self.connection()?, auth)
    }

    /// Signs a text by ECDSA with SHA-256.
    ///
    /// # Errors
    ///
    /// [`TpmError::Refused`] where the key is another TPM's, or `auth` is not its authorisation.
    pub fn sign(&mut self, key: &SigningObject, auth: &Secret<32>, text: &[u8]) -> Result<EcdsaSignature, TpmError> {
        signing::sign(self.connection()?, key, auth, text)
    }

    /// How many wrong PINs the TPM has counted, and how many it takes.
    ///
    /// # Errors
    ///
    /// [`TpmError::Refused`], [`TpmError::Garbled`], [`TpmError::Unreachable`].
    pub fn guesses(&mut self) -> Result<Guesses, TpmError> {
        guesses::read(self.connection()?)
    }

    /// Limits the guesses to 5, one more each 600 s, and, given a lockout authorisation, sets that where it is empty:
    /// else anyone could reset the count.
    ///
    /// The last byte of `lockout_auth` is not used (it is forced to 01). Where a lockout authorisation is set already,
    /// nothing is changed; it is ours if our limits hold and it is `lockout_auth`. Doing it twice is doing it once.
    ///
    /// # Errors
    ///
    /// [`TpmError::Refused`], [`TpmError::Unreachable`]; [`TpmError::OtherTpm`] where the TPM was exchanged meanwhile.
    pub fn limit_guesses(&mut self, lockout_auth: Option<&Secret<32>>) -> Result<GuessLimit, TpmError> {
        let before = self.guesses()?;
        if before.lockout_auth_set {
            let ours = match lockout_auth {
                Some(auth) if before.are_limited() => guesses::is_lockout_authorisation(self.connection()?, auth)?,
                _ => false,
            };
            return Ok(if ours { GuessLimit::Ours } else { GuessLimit::NotOurs });
        }
        if !before.are_limited() {
            self.set_limits()?;
        }
        if let Some(auth) = lockout_auth {
            guesses::set_lockout_authorisation(self.connection()?, auth)?;
        }
        self.sync()?;
        Ok(lockout_auth.map_or(GuessLimit::Unguarded, |_| GuessLimit::Ours))
    }

    /// A handle for an anchor, free now: `hint` ([`anchor_handle_hint`]) or the next one. Note it in a file before it
    /// is defined.
    ///
    /// # Errors
    ///
    /// [`TpmError::NoFreeHandle`].
    pub fn free_anchor_handle(&mut self, hint: u32) -> Result<u32, TpmError> {
        anchor::free_handle(self.connection()?, hint)
    }

    /// Defines an anchor, not yet written, under a handle of [`Tpm::free_anchor_handle`].
    ///
    /// The last byte of `auth` is not used (it is forced to 01), here and wherever an anchor is read or written.
    ///
    /// # Errors
    ///
    /// [`TpmError::AnchorHandleTaken`], [`TpmError::NoFreeHandle`], [`TpmError::OwnerAuthSet`].
    pub fn define_anchor_at(&mut self, handle: u32, auth: &Secret<32>) -> Result<AnchorPlace, TpmError> {
        let place = anchor::define(self.connection()?, handle, auth)?;
        self.sync()?;
        Ok(place)
    }

    /// What the anchor holds; `None` where it is ours and was never written.
    ///
    /// # Errors
    ///
    /// [`TpmError::AnchorMissing`]; [`TpmError::AnchorReplaced`] where the Name is another, or our authorisation is
    /// refused.
    pub fn read_anchor(&mut self, place: &AnchorPlace, auth: &Secret<32>) -> Result<Option<AnchorContent>, TpmError> {
        anchor::read(self.connection()?, place, auth)
    }

    /// Moves the anchor on; on a simulator, the disk has it when this returns.
    ///
    /// # Errors
    ///
    /// As [`Tpm::read_anchor`], but [`TpmError::Refused`] where our authorisation is refused. After any error the anchor
    /// may hold the old content or the new, or be another's: read it again.
    pub fn write_anchor(
        &mut self,
        place: &AnchorPlace,
        auth: &Secret<32>,
        content: AnchorContent,
    ) -> Result<(), TpmError> {
        anchor::write(self.connection()?, place, auth, content)?;
        self.sync()
    }

    /// What the anchor holds, read by the owner's empty authorisation: for information, not proof.
    ///
    /// # Errors
    ///
    /// [`TpmError::AnchorMissing`], [`TpmError::AnchorReplaced`] by its Name alone, [`TpmError::OwnerAuthSet`].
    pub fn peek_anchor(&mut self, place: &AnchorPlace) -> Result<Option<AnchorContent>, TpmError> {
        anchor::peek(self.connection()?, place)
    }

    /// Undefines an anchor that was defined and never written: what an interrupted init leaves.
    ///
    /// # Errors
    ///
    /// [`TpmError::AnchorMissing`]; [`TpmError::AnchorReplaced`] for any other index of this handle, which stays;
    /// [`TpmError::OwnerAuthSet`].
    pub fn undefine_unwritten_anchor(&mut self, handle: u32) -> Result<(), TpmError> {
        anchor::undefine_unwritten(self.connection()?, handle)?;
        self.sync()
    }

    /// The connection; if the last one was given up or is lost, another one, to the same TPM.
    fn connection(&mut self) -> Result<&mut Connection, TpmError> {
        let connection = match self.connection.take().filter(|connection| !connection.is_lost()) {
            Some(connection) => connection,
            None => {
                self.tcti.probe()?;
                let connection = Connection::open(&self.tcti.to_string(), &self.endpoint)?;
                if connection.primary_name() != self.primary_name {
                    return Err(TpmError::OtherTpm);
                }
                connection
            }
        };
        Ok(self.connection.insert(connection))
    }

    /// Sets the limits on a connection of their own, while ours is closed.
    fn set_limits(&mut self) -> Result<(), TpmError> {
        if let Some(connection) = self.connection.take() {
            connection.close(false)?;
        }
        let endpoint = &self.endpoint;
        let tcti = self.tcti.to_string();
        session::patiently(|| {
            esys::dictionary_attack_parameters(
                endpoint,
                guesses::MAX_TRIES,
                guesses::RECOVERY_SECONDS,
                guesses::LOCKOUT_RECOVERY_SECONDS,
            )
            .map_err(|code| error::Failure::from_code(&tcti, "TPM2_DictionaryAttackParameters", code))
        })?;
        Ok(())
    }

    fn sync(&self) -> Result<(), TpmError> {
        self.simulator.as_ref().map_or(Ok(()), Simulator::sync)
    }

    fn release(&mut self) -> Result<(), TpmError> {
        let closed = self
            .connection
            .take()
            .map_or(Ok(()), |connection| connection.close(self.simulator.is_some()));
        let stopped = self.simulator.take().map_or(Ok(()), Simulator::stop);
        closed.and(stopped)
    }
}

impl Drop for Tpm {
    fn drop(&mut self) {
        drop(self.release());
    }
}
