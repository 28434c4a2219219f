//! Roots and inclusion proofs.

use crate::crypto::Digest;
use crate::tree::Node;
use crate::tree::Nodes;
use crate::tree::frontier::fold;
use crate::tree::hash_children;

/// A hash of a complete subtree that should be there is not.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the tree's node {index} of level {level} is missing")]
pub struct MissingNode {
    /// Level of the node.
    pub level: u8,
    /// Index of the node in its level.
    pub index: u64,
}

/// A tree could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ProofError<E> {
    /// A node is missing.
    #[error(transparent)]
    Missing(#[from] MissingNode),
    /// The nodes could not be read.
    #[error("the tree could not be read")]
    Read(#[source] E),
}

/// The root of the first `size` leaves; of none, `SHA-256()`.
///
/// # Errors
///
/// Fails where a node is missing or cannot be read.
pub fn root<N: Nodes>(nodes: &N, size: u64) -> Result<Digest, ProofError<N::Error>> {
    range(nodes, 0, size)
}

/// The hashes that lead from leaf `index` to the root of the first `size` leaves, lowest first
/// ([RFC 6962 section 2.1.1]).
///
/// # Errors
///
/// Fails where a node is missing or cannot be read.
///
/// [RFC 6962 section 2.1.1]: https://www.rfc-editor.org/rfc/rfc6962#section-2.1.1
pub fn inclusion_proof<N: Nodes>(nodes: &N, index: u64, size: u64) -> Result<Vec<Digest>, ProofError<N::Error>> {
    let mut proof = Vec::new();
    let mut node = Node::leaf(index);
    // The root is the first node that reaches over the whole tree from its left end.
    while node.index > 0 || node.end() < size {
        let sibling = Node {
            level: node.level,
            index: node.index ^ 1,
        };
        let start = sibling.index << sibling.level;
        if start < size {
            proof.push(range(nodes, start, sibling.end().min(size))?);
        }
        node = node.parent();
    }
    Ok(proof)
}

/// The root to which `proof` leads from a leaf; `None` where the proof has another length than such a proof has
/// ([RFC 9162 section 2.1.3.2]).
///
/// [RFC 9162 section 2.1.3.2]: https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2
pub fn root_from_inclusion(leaf: Digest, index: u64, size: u64, proof: &[Digest]) -> Option<Digest> {
    let mut last = size.checked_sub(1).filter(|last| index <= *last)?;
    let (mut index, mut hash) = (index, leaf);
    for sibling in proof {
        if last == 0 {
            return None;
        }
        if index & 1 == 1 || index == last {
            hash = hash_children(sibling, &hash);
            while index & 1 == 0 && index != 0 {
                (index, last) = (index >> 1, last >> 1);
            }
        } else {
            hash = hash_children(&hash, sibling);
        }
        (index, last) = (index >> 1, last >> 1);
    }
    (last == 0).then_some(hash)
}

/// The hash over the leaves from `start` to `end`, that one left out, where `start` is a multiple of the least power
/// of two that is no less than their number.
fn range<N: Nodes>(nodes: &N, start: u64, end: u64) -> Result<Digest, ProofError<N::Error>> {
    Ok(fold(&complete(nodes, start, end)?))
}

/// The hashes of the largest complete subtrees between `start` and `end`, from left to right.
pub(super) fn complete<N: Nodes>(nodes: &N, start: u64, end: u64) -> Result<Vec<Digest>, ProofError<N::Error>> {
    let mut complete = Vec::new();
    let mut at = start;
    while at < end {
        let node = widest(at, end);
        complete.push(stored(nodes, node)?);
        at = node.end();
    }
    Ok(complete)
}

/// The largest complete subtree that begins at `start` and does not reach beyond `end`.
fn widest(start: u64, end: u64) -> Node {
    // Zero is aligned to everything.
    let aligned = start.trailing_zeros();
    let level = u8::try_from((end - start).ilog2().min(aligned)).unwrap_or(u8::MAX);
    Node {
        level,
        index: start >> level,
    }
}

fn stored<N: Nodes>(nodes: &N, node: Node) -> Result<Digest, ProofError<N::Error>> {
    let missing = MissingNode {
        level: node.level,
        index: node.index,
    };
    Ok(nodes.node(node).map_err(ProofError::Read)?.ok_or(missing)?)
}
