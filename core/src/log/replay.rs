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
#[derive(Debug, Default)]
pub struct Replay {
    projection: Projection,
    tree: Frontier,
    commits: u64,
    last: Option<CommitSummary>,
    open: bool,
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
    /// Fails if it would end within a commit.
    pub const fn finish(&self) -> Result<&Projection, ReplayError> {
        if self.open {
            return Err(ReplayError::Unfinished);
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
        let root = self
            .projection
            .root()
            .map_err(|source| ReplayError::Change { leaf, source })?;
        self.commits += 1;
        let totals = self.projection.totals();
        let differs = [
            ("number", summary.number != self.commits),
            ("state root", summary.state_root != root),
            ("state size", summary.state_size != self.projection.size()),
            ("number of escrows", summary.escrows != totals.escrows),
            ("number of exposed passwords", summary.exposed != totals.exposed),
            ("record of senders", !self.projection.senders_are_known()),
        ];
        if let Some((what, _)) = differs.into_iter().find(|(_, differs)| *differs) {
            return Err(ReplayError::Summary { leaf, what });
        }
        self.last = Some(*summary);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
