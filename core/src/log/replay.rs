//! Replaying a log: from its leaves alone, every record and every root.

use crate::crypto::Digest;
use crate::log::CommitSummary;
use crate::log::Event;
use crate::log::Leaf;
use crate::log::LeafError;
use crate::state::ApplyError;
use crate::state::Projection;
use crate::tree::Frontier;
use crate::tree::Node;

/// A log on its way through its leaves.
///
/// The root of a commit is over whole volumes, and a volume can have many thousand escrows. So that a log that was forged to
/// be slow takes time in proportion to its length alone, a root is computed as long as there is [work](HASHES_A_LEAF) left
/// for it; otherwise the root of a later commit stands for it, and always the last one.
#[derive(Debug)]
pub struct Replay {
    projection: Projection,
    tree: Frontier,
    commits: u64,
    last: Option<CommitSummary>,
    open: bool,
    /// Records that may still be hashed.
    work: u64,
    /// The last leaf whose commit's root was not computed.
    unchecked: Option<u64>,
}

/// A leaf that was replayed.
#[derive(Debug)]
pub struct Replayed {
    /// Its event.
    pub event: Event,
    /// Every node of the log's tree that it completes, itself first.
    pub nodes: Vec<(Node, Digest)>,
    /// The log's root before it, where it begins an epoch.
    pub root_before: Option<Digest>,
}

/// A log does not hold together.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A leaf is no event.
    #[error("leaf {leaf} is not an event")]
    Leaf {
        /// Its index.
        leaf: u64,
        /// Why not.
        source: LeafError,
    },
    /// A leaf carries another leaf's number.
    #[error("leaf {leaf} says that it is leaf {says}")]
    OutOfTurn {
        /// Its index.
        leaf: u64,
        /// What it says.
        says: u64,
    },
    /// An event's changes do not fit.
    #[error("the changes of leaf {leaf} do not fit what was there")]
    Change {
        /// The leaf.
        leaf: u64,
        /// Why not.
        source: ApplyError,
    },
    /// A commit's summary is not what its events come to.
    #[error("the commit that ends with leaf {leaf} comes to another {what} than it says")]
    Summary {
        /// The commit's last leaf.
        leaf: u64,
        /// What differs.
        what: &'static str,
    },
    /// The log ends within a commit.
    #[error("the log ends within a commit")]
    Unfinished,
}

impl Replay {
    /// Takes the next leaf.
    ///
    /// # Errors
    ///
    /// Fails if the leaf is no event, is out of turn, does not fit, or ends a commit that comes to something else than
    /// it says.
    pub fn next(&mut self, leaf: &Leaf) -> Result<Replayed, ReplayError> {
        let index = self.tree.size();
        let event = leaf
            .decode()
            .map_err(|source| ReplayError::Leaf { leaf: index, source })?;
        if event.leaf != index {
            return Err(ReplayError::OutOfTurn {
                leaf: index,
                says: event.leaf,
            });
        }
        for change in &event.body.changes {
            self.projection
                .apply(change)
                .map_err(|source| ReplayError::Change { leaf: index, source })?;
        }
        let root_before = event.body.epoch.as_ref().map(|_| self.tree.root());
        let nodes = self.tree.append(leaf.hash());
        self.work = self.work.saturating_add(HASHES_A_LEAF);
        self.open = event.commit.is_none();
        if let Some(summary) = event.commit {
            self.check(index, &summary)?;
        }
        Ok(Replayed {
            event,
            nodes,
            root_before,
        })
    }

    /// What the log says, if it ended here.
    ///
    /// # Errors
    ///
    /// Fails if it would end within a commit, or with one that comes to another root than it says.
    pub fn finish(&mut self) -> Result<&Projection, ReplayError> {
        if self.open {
            return Err(ReplayError::Unfinished);
        }
        if let (Some(leaf), Some(summary)) = (self.unchecked, self.last) {
            self.check_root(leaf, &summary)?;
        }
        Ok(&self.projection)
    }

    /// What the log says so far, be it within a commit.
    pub const fn projection(&self) -> &Projection {
        &self.projection
    }

    /// How many leaves there were.
    pub const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The last commit's summary.
    pub const fn last_commit(&self) -> Option<&CommitSummary> {
        self.last.as_ref()
    }

    /// The log's root over the leaves so far.
    pub fn root(&self) -> Digest {
        self.tree.root()
    }

    fn check(&mut self, leaf: u64, summary: &CommitSummary) -> Result<(), ReplayError> {
        self.commits += 1;
        self.last = Some(*summary);
        let Some(work) = self.work.checked_sub(self.projection.unhashed()) else {
            self.unchecked = Some(leaf);
            return self.compare(leaf, summary, None);
        };
        self.work = work;
        self.check_root(leaf, summary)
    }

    fn check_root(&mut self, leaf: u64, summary: &CommitSummary) -> Result<(), ReplayError> {
        let root = self
            .projection
            .root()
            .map_err(|source| ReplayError::Change { leaf, source })?;
        self.unchecked = None;
        self.compare(leaf, summary, Some(root))
    }

    fn compare(&self, leaf: u64, summary: &CommitSummary, root: Option<Digest>) -> Result<(), ReplayError> {
        let totals = self.projection.totals();
        let differs = [
            ("number", summary.number != self.commits),
            ("state root", root.is_some_and(|root| summary.state_root != root)),
            ("state size", summary.state_size != self.projection.next_size()),
            ("number of escrows", summary.escrows != totals.escrows),
            ("number of exposed passwords", summary.exposed != totals.exposed),
            (
                "record of senders",
                root.is_some() && !self.projection.senders_are_known(),
            ),
        ];
        match differs.into_iter().find(|(_, differs)| *differs) {
            Some((what, _)) => Err(ReplayError::Summary { leaf, what }),
            None => Ok(()),
        }
    }
}

impl Default for Replay {
    fn default() -> Self {
        Self {
            projection: Projection::default(),
            tree: Frontier::default(),
            commits: 0,
            last: None,
            open: false,
            work: HASHES_AT_FIRST,
            unchecked: None,
        }
    }
}

/// Records that are hashed for each leaf, on average: an honest log needs one or two.
const HASHES_A_LEAF: u64 = 32;
/// Records that are hashed beyond that, so that every root of a short log is computed.
const HASHES_AT_FIRST: u64 = 1_000_000;

#[cfg(test)]
mod tests;
