//! The log: events, their leaves, checkpoints, and what the TPM remembers of the last one.

mod action;
mod anchor_content;
mod checkpoint;
mod event;
mod event_proof;
mod leaf;
mod log_keys;
mod note;
mod origin;
mod replay;
mod verifier_key;

pub use action::Action;
pub use anchor_content::AnchorContent;
pub use checkpoint::Checkpoint;
pub use checkpoint::ParseCheckpointError;
pub use event::CommitSummary;
pub use event::Event;
pub use event::EventBody;
pub use event::Salt;
pub use event_proof::EventProof;
pub use event_proof::EventProofError;
pub use event_proof::ParseEventProofError;
pub use event_proof::ProvenEvent;
pub use leaf::Leaf;
pub use leaf::LeafError;
pub use leaf::MAX_LEAF_LEN;
pub use log_keys::LogKeys;
pub use log_keys::LogKeysError;
pub use note::Note;
pub use note::NoteSignature;
pub use note::ParseNoteError;
pub use origin::Origin;
pub use replay::Replay;
pub use replay::ReplayError;
pub use replay::Replayed;
pub use verifier_key::VerifierKey;
