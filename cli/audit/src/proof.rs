//! The proof of one event, from its file.

use std::path::Path;

use strongroom_core::log::EventProof;
use strongroom_core::log::VerifierKey;

use crate::Error;
use crate::Verified;
use crate::folder;

/// Checks a proof, and gives the event in it.
pub(crate) fn check(path: &Path, keys: &[VerifierKey]) -> Result<Verified, Error> {
    let proof: EventProof = folder::text(path)?.parse().map_err(|source| Error::ProofText {
        path: path.to_owned(),
        source,
    })?;
    Ok(Verified::event(proof.verify(keys)?, keys))
}
