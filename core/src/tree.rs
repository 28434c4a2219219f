//! RFC 6962 Merkle trees over SHA-256, with stored interior hashes.
//!
//! The log and the state tree are both of this shape. Only hashes of complete subtrees are stored; what stands at the
//! right edge is computed from them, so an append, a replacement and a proof each cost O(log n).

mod edit;
mod frontier;
mod memory;
mod node;
mod proof;

pub use edit::Edited;
pub use edit::TreeEdit;
pub use frontier::Frontier;
pub use memory::MemoryNodes;
pub use node::Node;
pub use node::Nodes;
pub use node::hash_children;
pub use node::hash_leaf;
pub use proof::MissingNode;
pub use proof::ProofError;
pub use proof::inclusion_proof;
pub use proof::root;
pub use proof::root_from_inclusion;

#[cfg(test)]
mod tests;
