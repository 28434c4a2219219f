//! What an auditor asks.

use std::path::PathBuf;

use clap::Args;
use strongroom_core::log::VerifierKey;

use crate::Error;
use crate::Progress;
use crate::Verified;
use crate::proof;
use crate::verify;

/// What to check, and by which keys.
#[derive(Args, Debug)]
pub struct HandedOutArgs {
    #[command(flatten)]
    what: What,

    /// A key that was noted down when the vault was made, as `audit key` prints it; every one given has to have signed
    #[arg(long, value_name = "VKEY", requires = "What")]
    key: Vec<VerifierKey>,

    /// A checkpoint from an earlier visit, which the exported log has to extend
    #[arg(long, value_name = "CHECKPOINT", requires = "export")]
    since: Option<PathBuf>,
}

/// What was handed out.
#[derive(Args, Debug)]
#[group(multiple = false)]
struct What {
    /// Check an exported log, without vault and TPM: it is complete, holds together, and every key given has signed it
    #[arg(long, value_name = "DIR", requires = "key")]
    export: Option<PathBuf>,

    /// Check the proof of one event, without vault and TPM
    #[arg(long, value_name = "FILE", requires = "key")]
    proof: Option<PathBuf>,
}

impl HandedOutArgs {
    /// Checks what was asked for; `None` where that is nothing. `shows_progress` where a person looks on.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be read, and with an alarm if what it holds is not to be accepted.
    pub fn check(&self, shows_progress: bool) -> Result<Option<Verified>, Error> {
        if let Some(folder) = &self.what.export {
            let progress = |events| Progress::new("events", events, shows_progress);
            return verify::export(folder, &self.key, self.since.as_deref(), progress).map(Some);
        }
        self.what
            .proof
            .as_deref()
            .map(|file| proof::check(file, &self.key))
            .transpose()
    }
}
