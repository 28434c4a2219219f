//! The log: events, the tree over them, checkpoints, and what the TPM remembers of the last one.

mod anchor_content;

pub use anchor_content::AnchorContent;
