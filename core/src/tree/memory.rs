//! A tree that is held in memory: for replaying a log, and for tests.

use std::convert::Infallible;

use crate::crypto::Digest;
use crate::tree::Node;
use crate::tree::Nodes;

/// The nodes of a tree, in memory: each level without a gap, 64 bytes a leaf in all.
#[derive(Clone, Debug, Default)]
pub struct MemoryNodes(Vec<Vec<Digest>>);

impl MemoryNodes {
    /// Takes in what an edit wrote. A tree grows from the left, so a node that would leave a gap is of no tree, and is
    /// not kept.
    pub fn extend(&mut self, written: impl IntoIterator<Item = (Node, Digest)>) {
        for (node, hash) in written {
            let level = usize::from(node.level);
            if self.0.len() <= level {
                self.0.resize_with(level + 1, Vec::new);
            }
            let (Some(hashes), Ok(index)) = (self.0.get_mut(level), usize::try_from(node.index)) else {
                continue;
            };
            if index == hashes.len() {
                hashes.push(hash);
            } else if let Some(held) = hashes.get_mut(index) {
                *held = hash;
            }
        }
    }

    /// Every node and its hash, lowest level first.
    pub fn iter(&self) -> impl Iterator<Item = (Node, Digest)> + '_ {
        (0..).zip(&self.0).flat_map(|(level, hashes)| {
            let nodes = (0..).map(move |index| Node { level, index });
            nodes.zip(hashes.iter().copied())
        })
    }
}

impl Nodes for MemoryNodes {
    type Error = Infallible;

    fn node(&self, node: Node) -> Result<Option<Digest>, Infallible> {
        let hashes = self.0.get(usize::from(node.level));
        let hash = usize::try_from(node.index).ok().and_then(|index| hashes?.get(index));
        Ok(hash.copied())
    }
}
