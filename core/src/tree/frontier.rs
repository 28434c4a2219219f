//! The right edge of a tree that grows.

use crate::crypto::Digest;
use crate::crypto::sha256;
use crate::tree::Node;
use crate::tree::Nodes;
use crate::tree::ProofError;
use crate::tree::hash_children;
use crate::tree::proof;

/// The hashes of the largest complete subtrees of a tree, from left to right: all that it takes to append to it and to
/// know its root.
#[derive(Clone, Debug, Default)]
pub struct Frontier {
    size: u64,
    hashes: Vec<Digest>,
}

impl Frontier {
    /// The frontier of the first `size` leaves.
    ///
    /// # Errors
    ///
    /// Fails where a node is missing or cannot be read.
    pub fn read<N: Nodes>(nodes: &N, size: u64) -> Result<Self, ProofError<N::Error>> {
        Ok(Self {
            size,
            hashes: proof::complete(nodes, 0, size)?,
        })
    }

    /// How many leaves there are.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root over them.
    pub fn root(&self) -> Digest {
        fold(&self.hashes)
    }

    /// Appends a leaf, by its hash, and gives every complete subtree that it makes, itself first.
    pub fn append(&mut self, leaf: Digest) -> Vec<(Node, Digest)> {
        let (mut node, mut hash) = (Node::leaf(self.size), leaf);
        let mut made = vec![(node, hash)];
        while node.index & 1 == 1 {
            let Some(left) = self.hashes.pop() else { break };
            hash = hash_children(&left, &hash);
            node = node.parent();
            made.push((node, hash));
        }
        self.hashes.push(hash);
        self.size += 1;
        made
    }
}

/// The hash over complete subtrees that stand beside each other, each smaller than the one before.
pub(super) fn fold(complete: &[Digest]) -> Digest {
    let Some((last, lefts)) = complete.split_last() else {
        return sha256(&[]);
    };
    lefts.iter().rev().fold(*last, |hash, left| hash_children(left, &hash))
}
