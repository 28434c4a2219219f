//! What the vault does: one verb a file.
//!
//! [`Unsealed`] is a vault whose lock is held, whose TPM is open and whose keyring is in memory; every verb that changes
//! something, or shows a password, is a method of it. [`Inventory`] reads what needs neither.

mod anchoring;
mod arriving;
mod assign;
mod clean;
mod confirm;
mod error;
mod escrow;
mod examining;
mod exporting;
mod exposing;
mod handing_out;
mod importing;
mod init;
mod inventory;
mod locking;
mod log_keys;
mod migrating;
mod opening;
mod outcome;
mod recording;
mod refusing;
mod reporting;
mod reveal;
mod rotation;
mod settling;
mod status;
mod twins;
mod unsealed;
mod verify;
mod waive;

pub use arriving::Arriving;
pub use arriving::Escrowed;
pub use assign::AssignRequest;
pub use clean::clean;
pub use confirm::ConfirmRequest;
pub use error::Error;
pub use error::ErrorKind;
pub use escrow::EscrowRequest;
pub use examining::AnchorState;
pub use examining::Depth;
pub use examining::TpmStatus;
pub use exposing::ExposeRequest;
pub use handing_out::HandedOut;
pub use importing::in_order;
pub use init::InitRequest;
pub use init::Initialised;
pub use init::init;
pub use inventory::Inventory;
pub use inventory::Listed;
pub use outcome::OutcomeRequest;
pub use recording::Recorded;
pub use recording::Who;
pub use reporting::Reported;
pub use reveal::RevealRequest;
pub use reveal::Revealed;
pub use rotation::Due;
pub use status::Status;
pub use status::status;
pub use unsealed::Unsealed;
pub use verify::Verified;
pub use verify::verify;
pub use waive::WaiveRequest;
