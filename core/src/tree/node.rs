//! Nodes and their hashes.

use crate::crypto::Digest;
use crate::crypto::sha256;

/// The complete subtree over the leaves from `index × 2^level` to `(index + 1) × 2^level`, that one left out.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Node {
    /// 0 for a leaf.
    pub level: u8,
    /// Position among the nodes of its level, from 0.
    pub index: u64,
}

/// Where the hashes of complete subtrees are kept.
pub trait Nodes {
    /// How reading fails.
    type Error;

    /// The hash of a node, if it is there.
    ///
    /// # Errors
    ///
    /// Fails where the hash cannot be read.
    fn node(&self, node: Node) -> Result<Option<Digest>, Self::Error>;
}

impl Node {
    /// The leaf at this index.
    pub const fn leaf(index: u64) -> Self {
        Self { level: 0, index }
    }

    /// The node above.
    pub const fn parent(self) -> Self {
        Self {
            level: self.level + 1,
            index: self.index >> 1,
        }
    }

    /// The two nodes below; leaves have none.
    pub const fn children(self) -> Option<(Self, Self)> {
        let Some(level) = self.level.checked_sub(1) else {
            return None;
        };
        let left = Self {
            level,
            index: self.index << 1,
        };
        let right = Self {
            level,
            index: left.index | 1,
        };
        Some((left, right))
    }

    /// The index just behind the last leaf below this node.
    pub const fn end(self) -> u64 {
        (self.index + 1) << self.level
    }

    /// A number for this node that is near the numbers of its neighbours in the tree.
    ///
    /// Subtrees six levels high (63 nodes) are numbered together, so a path from a leaf to the root of a million
    /// touches four such groups, and in a table ordered by this number as many pages.
    pub fn number(self) -> u64 {
        let band = self.level / BAND;
        let within = self.level % BAND;
        let below = u32::from(BAND - 1 - within);
        let group = self.index >> below;
        let position = (self.index & ((1 << below) - 1)) + (1 << below) - 1;
        (u64::from(band) << 58) | (group << u32::from(BAND)) | position
    }
}

/// `SHA-256(0x00 ‖ leaf)` ([RFC 6962 section 2.1])
///
/// [RFC 6962 section 2.1]: https://www.rfc-editor.org/rfc/rfc6962#section-2.1
pub fn hash_leaf(leaf: &[u8]) -> Digest {
    sha256(&[&[0x00], leaf])
}

/// `SHA-256(0x01 ‖ left ‖ right)` ([RFC 6962 section 2.1])
///
/// [RFC 6962 section 2.1]: https://www.rfc-editor.org/rfc/rfc6962#section-2.1
pub fn hash_children(left: &Digest, right: &Digest) -> Digest {
    sha256(&[&[0x01], left.as_bytes(), right.as_bytes()])
}

const BAND: u8 = 6;
