//! A tree that is held in memory: for replaying a log, and for tests.

use std::collections::BTreeMap;
use std::convert::Infallible;

use crate::crypto::Digest;
use crate::tree::Node;
use crate::tree::Nodes;

/// The nodes of a tree, in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryNodes(BTreeMap<Node, Digest>);

impl MemoryNodes {
    /// Takes in what an edit wrote.
    pub fn extend(&mut self, written: impl IntoIterator<Item = (Node, Digest)>) {
        self.0.extend(written);
    }

    /// Every node and its hash, lowest level first.
    pub fn iter(&self) -> impl Iterator<Item = (Node, Digest)> + '_ {
        self.0.iter().map(|(node, hash)| (*node, *hash))
    }
}

impl Nodes for MemoryNodes {
    type Error = Infallible;

    fn node(&self, node: Node) -> Result<Option<Digest>, Infallible> {
        Ok(self.0.get(&node).copied())
    }
}
