//! `receipt`: whether the vault has taken a drop in.

use std::path::PathBuf;

use clap::Args;
use strongroom_core::drop::DropFile;
use strongroom_core::drop::MAX_DROP_LEN;
use strongroom_core::drop::Wanted;
use strongroom_core::drop::check_receipt;
use strongroom_core::log::EventProof;
use strongroom_core::state::EscrowState;
use strongroom_core::values::DeviceName;
use strongroom_core::values::ProtectorId;

use crate::Answer;
use crate::Error;
use crate::files;
use crate::key::KeyFile;

/// Check that the vault has taken a drop in
///
/// The receipt proves that the log of the vault holds the escrow of exactly this file, confirmed, and current or exposed.
/// Only then may the old protector be taken off the volume. Any exit code but 0 says no.
#[derive(Args, Debug)]
pub struct ReceiptArgs {
    /// The receipt that came back from the vault
    #[arg(value_name = "PROOF")]
    proof: PathBuf,

    /// The drop that it is for
    #[arg(value_name = "DROP")]
    drop: PathBuf,

    /// The vault's key, or a sender's file
    #[arg(long, value_name = "FILE")]
    to: PathBuf,

    /// The device that it has to be of
    #[arg(long, value_name = "NAME")]
    device: Option<DeviceName>,

    /// The protector that it has to be of
    #[arg(long, value_name = "GUID")]
    protector: Option<ProtectorId>,

    /// Accept a password that the vault's people have not vouched for
    #[arg(long)]
    accept_unconfirmed: bool,
}

impl ReceiptArgs {
    /// Checks it.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be read, with an alarm if what it holds is no receipt of this drop, and if the vault does not
    /// hold the password as a confirmed one that opens the volume now.
    pub fn run(&self) -> Result<Answer, Error> {
        let key = KeyFile::read(&self.to)?;
        let drop = DropFile::from_bytes(&files::read(&self.drop, MAX_DROP_LEN)?).map_err(|source| Error::Drop {
            path: self.drop.clone(),
            source,
        })?;
        let proof: EventProof =
            files::text(&self.proof, MAX_PROOF_LEN)?
                .parse()
                .map_err(|source| Error::ProofText {
                    path: self.proof.clone(),
                    source,
                })?;
        let wanted = Wanted {
            device: self.device.clone(),
            protector: self.protector,
        };
        let receipt = check_receipt(&proof, key.key(), &drop, &wanted)?;
        match receipt.state {
            _ if receipt.is_unconfirmed && !self.accept_unconfirmed => Err(Error::Unconfirmed),
            // The receipt of an unconfirmed password does not tell its state: that could tell whether it is a held one.
            None if receipt.is_unconfirmed => Ok(Answer::receipt(&receipt, &drop)),
            Some(EscrowState::Current | EscrowState::Exposed) => Ok(Answer::receipt(&receipt, &drop)),
            Some(EscrowState::Superseded) | None => Err(Error::Superseded),
        }
    }
}

/// A proof holds a leaf in base64, and a checkpoint.
const MAX_PROOF_LEN: usize = 1 << 20;
