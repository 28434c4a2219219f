//! `init --clean`: undoes an interrupted init.

use std::path::Path;
use std::time::Duration;

use crate::ops::Error;
use crate::store::Alarm;
use crate::store::Folder;
use crate::store::Lock;
use crate::store::Pending;
use crate::store::StoreError;
use crate::tpm::Tcti;
use crate::tpm::Tpm;
use crate::tpm::TpmError;

/// Undoes an interrupted init of `path`: undefines the NV index that it noted and removes what it wrote. Gives the index's
/// handle.
///
/// # Errors
///
/// Fails if no init was interrupted there, if the vault is whole, or if the TPM refuses.
pub fn clean(path: &Path, wait: Duration) -> Result<u32, Error> {
    let folder = Folder::existing(path)?;
    if Pending::read(&folder)?.is_none() {
        return Err(Error::NothingToClean);
    }
    let lock = Lock::take(&folder, wait)?;
    // Under the lock: an init that was merely under way has finished by now.
    let Some(pending) = Pending::read(&folder)? else {
        return Err(Error::NothingToClean);
    };
    if folder.has_vault() {
        return Err(StoreError::VaultExists { path: path.to_owned() }.into());
    }
    let tcti: Tcti = pending
        .tcti
        .parse()
        .map_err(|_| Alarm::tampered("init.pending names no TPM"))?;
    let mut tpm = Tpm::open(&tcti, folder.path(), lock.file())?;
    match tpm.undefine_unwritten_anchor(pending.handle) {
        // It was noted and never defined; or somebody else took the handle, and what is theirs stays.
        Ok(()) | Err(TpmError::AnchorMissing { .. } | TpmError::AnchorReplaced { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    tpm.close()?;
    folder.remove_new_file()?;
    folder.remove_simulator()?;
    Pending::clear(&folder)?;
    drop(lock);
    Ok(pending.handle)
}
