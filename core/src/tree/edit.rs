//! Appending and replacing leaves.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::crypto::Digest;
use crate::tree::Node;
use crate::tree::Nodes;
use crate::tree::ProofError;
use crate::tree::hash_children;
use crate::tree::proof::MissingNode;
use crate::tree::root;

/// A change to a tree: leaves are set, and each interior hash is then computed once, however many of its leaves
/// changed.
///
/// It trusts the nodes it reads. Whoever edits a tree from a file first proves the leaves that are to be replaced and
/// the root, which together hold every node that is read here.
pub struct TreeEdit<'n, N: Nodes> {
    nodes: &'n N,
    size: u64,
    leaves: BTreeMap<u64, Digest>,
}

/// A finished edit.
#[derive(Debug)]
pub struct Edited {
    /// The tree's size now.
    pub size: u64,
    /// The tree's root now.
    pub root: Digest,
    /// Every node whose hash is new.
    pub written: BTreeMap<Node, Digest>,
}

impl<'n, N: Nodes> TreeEdit<'n, N> {
    /// Begins to edit the tree of the first `size` leaves.
    pub const fn new(nodes: &'n N, size: u64) -> Self {
        Self {
            nodes,
            size,
            leaves: BTreeMap::new(),
        }
    }

    /// Appends a leaf, by its hash, and gives its index.
    pub fn append(&mut self, hash: Digest) -> u64 {
        let index = self.size;
        self.leaves.insert(index, hash);
        self.size += 1;
        index
    }

    /// Sets the leaf at `index`, by its hash; one behind the last appends.
    pub fn set(&mut self, index: u64, hash: Digest) {
        self.leaves.insert(index, hash);
        self.size = self.size.max(index + 1);
    }

    /// Computes the new hashes and the root.
    ///
    /// # Errors
    ///
    /// Fails where a node is missing or cannot be read.
    pub fn finish(self) -> Result<Edited, ProofError<N::Error>> {
        let mut overlay = Overlay {
            nodes: self.nodes,
            written: BTreeMap::new(),
        };
        let mut changed: BTreeSet<Node> = BTreeSet::new();
        for (index, hash) in self.leaves {
            overlay.written.insert(Node::leaf(index), hash);
            changed.insert(Node::leaf(index));
        }
        while !changed.is_empty() {
            let parents: BTreeSet<Node> = changed
                .into_iter()
                .map(Node::parent)
                .filter(|node| node.end() <= self.size)
                .collect();
            for parent in &parents {
                let hash = overlay.hash_of(*parent)?;
                overlay.written.insert(*parent, hash);
            }
            changed = parents;
        }
        Ok(Edited {
            size: self.size,
            root: root(&overlay, self.size)?,
            written: overlay.written,
        })
    }
}

struct Overlay<'n, N> {
    nodes: &'n N,
    written: BTreeMap<Node, Digest>,
}

impl<N: Nodes> Overlay<'_, N> {
    fn hash_of(&self, parent: Node) -> Result<Digest, ProofError<N::Error>> {
        let missing = MissingNode {
            level: parent.level,
            index: parent.index,
        };
        let (left, right) = parent.children().ok_or(missing)?;
        let left = self.node(left).map_err(ProofError::Read)?.ok_or(missing)?;
        let right = self.node(right).map_err(ProofError::Read)?.ok_or(missing)?;
        Ok(hash_children(&left, &right))
    }
}

impl<N: Nodes> Nodes for Overlay<'_, N> {
    type Error = N::Error;

    fn node(&self, node: Node) -> Result<Option<Digest>, N::Error> {
        match self.written.get(&node) {
            Some(hash) => Ok(Some(*hash)),
            None => self.nodes.node(node),
        }
    }
}
