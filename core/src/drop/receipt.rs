//! The receipt of a drop: the proof that the vault's log holds the escrow that it brought.

use crate::drop::drop_file::DropFile;
use crate::drop::drop_key::DropKey;
use crate::log::Action;
use crate::log::Event;
use crate::log::EventProof;
use crate::log::EventProofError;
use crate::log::ProvenEvent;
use crate::state::Change;
use crate::state::EscrowRecord;
use crate::state::EscrowState;
use crate::state::Rule;
use crate::values::DeviceName;
use crate::values::ProtectorId;

/// What a receipt has to be of, as far as somebody asks: a drop can hold several escrows, and each has an event.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The device.
    pub device: Option<DeviceName>,
    /// The protector.
    pub protector: Option<ProtectorId>,
}

/// What a receipt shows: the vault holds the password of this protector, on record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Receipt {
    /// The protector.
    pub protector: ProtectorId,
    /// Whether the vault holds it as unconfirmed: nobody there vouches for whoever made the drop.
    pub is_unconfirmed: bool,
    /// As what the vault holds it; `None` where the event does not say.
    pub state: Option<EscrowState>,
    /// Whether a clock contradicts the order in which it came: this machine's, or the vault's.
    pub has_clock_contradicted: bool,
    /// The event, and the checkpoint that it is proven by.
    pub proven: ProvenEvent,
}

/// A receipt shows nothing of the drop.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ReceiptError {
    /// The drop is for another vault than the key is of.
    #[error("the drop is for another vault than the key is of")]
    OtherVault,
    /// The proof shows nothing.
    #[error(transparent)]
    Proof(#[from] EventProofError),
    /// What is proven is no escrow.
    #[error("its event took in no password")]
    NoEscrow,
    /// The event is of another drop, or of none.
    #[error("its event took in another drop, or none")]
    OtherDrop,
    /// The event is of another device.
    #[error("its event is of another device")]
    OtherDevice,
    /// The event is of another protector.
    #[error("its event is of another protector: {protector}")]
    OtherProtector {
        /// That one.
        protector: ProtectorId,
    },
}

/// Checks that the vault whose key this is has taken the drop in: every log key of it has signed for an escrow of exactly
/// this file.
///
/// # Errors
///
/// Fails if anything of that does not hold.
pub fn check_receipt(
    proof: &EventProof,
    key: &DropKey,
    drop: &DropFile,
    wanted: &Wanted,
) -> Result<Receipt, ReceiptError> {
    if drop.vault() != key.vault() {
        return Err(ReceiptError::OtherVault);
    }
    let proven = proof.verify(key.log_keys())?;
    let body = &proven.event.body;
    let (Action::Escrow, Some(protector)) = (body.action, body.protector) else {
        return Err(ReceiptError::NoEscrow);
    };
    if body.drop != Some(drop.digest()) {
        return Err(ReceiptError::OtherDrop);
    }
    if wanted.device.is_some() && wanted.device != body.device {
        return Err(ReceiptError::OtherDevice);
    }
    if wanted.protector.is_some_and(|wanted| wanted != protector) {
        return Err(ReceiptError::OtherProtector { protector });
    }
    let record = record(&proven.event);
    Ok(Receipt {
        protector,
        // An event without a record brought nothing that anybody vouches for.
        is_unconfirmed: record.map_or(body.rule == Some(Rule::NoStanding), |record| record.unconfirmed),
        state: record.map(|record| record.state),
        has_clock_contradicted: record.is_some_and(|record| record.clock),
        proven,
    })
}

/// The record of the escrow that an event is about.
fn record(event: &Event) -> Option<&EscrowRecord> {
    event.body.changes.iter().find_map(|change| match change {
        Change::Escrow { record, .. } if Some(record.escrow) == event.body.escrow => Some(&**record),
        Change::Escrow { .. } | Change::Moved { .. } | Change::Sender(_) | Change::Vault(_) | Change::Volume(_) => None,
    })
}
