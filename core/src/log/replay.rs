//! Replaying a log: from its leaves alone, every record and every root.

use crate::crypto::Digest;
use crate::log::CommitSummary;
use crate::log::Event;
use crate::log::Leaf;
use crate::log::LeafError;
use crate::state::ApplyError;
use crate::state::Change;
use crate::state::MemoryVolumes;
use crate::state::Place;
use crate::state::Projection;
use crate::state::RecalledVolumes;
use crate::state::VolumeRecord;
use crate::state::Volumes;
use crate::tree::Frontier;
use crate::tree::Node;
use crate::values::EscrowId;
use crate::values::Time;

/// A log on its way through its leaves.
///
/// It keeps every record in memory, or, as [`Replay::recalling`], reads the leaves before again where it needs a record.
///
/// The root of a commit is over whole volumes, and a volume can have many thousand escrows. So that a log that was forged to
/// be slow takes time in proportion to its length alone, a replay in memory computes a root as long as there is
/// work left for it; otherwise the root of a later commit stands for it, and always the last one.
#[derive(Debug)]
pub struct Replay<V = MemoryVolumes> {
    projection: Projection<V>,
    tree: Frontier,
    commits: u64,
    last: Option<(CommitSummary, Time)>,
    open: bool,
    /// Records that may still be hashed; without a bound where the projection reads its volumes again at each commit.
    work: Option<u64>,
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
    /// The escrows that are new with it, in order.
    pub arrived: Vec<EscrowId>,
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
    /// A leaf before cannot be read again.
    #[error("leaf {leaf} cannot be read again")]
    NotRecalled {
        /// The leaf that needs a record of it.
        leaf: u64,
        /// Why not.
        source: ApplyError,
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

impl Default for Replay {
    fn default() -> Self {
        Self::new(MemoryVolumes::default(), Some(HASHES_AT_FIRST))
    }
}

impl Replay {
    /// Takes the next leaf.
    ///
    /// # Errors
    ///
    /// Fails if the leaf is no event, is out of turn, does not fit, or ends a commit that comes to something else than
    /// it says.
    pub fn next(&mut self, leaf: &Leaf) -> Result<Replayed, ReplayError> {
        let event = self.decode(leaf)?;
        self.take(event, leaf)
    }
}

impl Replay<RecalledVolumes> {
    /// Returns a replay that keeps hashes and places of records, and not the records: 96 bytes for an escrow in a volume
    /// of its own.
    pub fn recalling() -> Self {
        Self::new(RecalledVolumes::default(), None)
    }

    /// Takes the next leaf as [`Replay::next`] does; `read` returns a leaf before it.
    ///
    /// # Errors
    ///
    /// Fails as [`Replay::next`] does, and where `read` does.
    pub fn next<E: From<ReplayError>>(
        &mut self,
        leaf: &Leaf,
        mut read: impl FnMut(u64) -> Result<Leaf, E>,
    ) -> Result<Replayed, E> {
        let event = self.decode(leaf)?;
        for volume in self.projection.missing(&event.body.changes) {
            self.recall(volume, &mut read)?;
        }
        Ok(self.take(event, leaf)?)
    }

    /// Reads a volume again, as it was when the last commit ended; `read` returns a leaf before.
    ///
    /// # Errors
    ///
    /// Fails if the volume cannot be read again, and where `read` does.
    pub fn recall<E: From<ReplayError>>(
        &mut self,
        volume: u64,
        mut read: impl FnMut(u64) -> Result<Leaf, E>,
    ) -> Result<&VolumeRecord, E> {
        let leaf = self.tree.size();
        let changes = |index: u64| -> Result<Vec<Change>, Recalling<E>> {
            let event = read(index).map_err(Recalling::Read)?.decode();
            let event = event.map_err(|source| Recalling::Read(ReplayError::Leaf { leaf: index, source }.into()))?;
            Ok(event.body.changes)
        };
        self.projection.recall(volume, changes).map_err(|error| match error {
            Recalling::Read(error) => error,
            Recalling::Apply(source) => ReplayError::NotRecalled { leaf, source }.into(),
        })
    }
}

/// Why a volume could not be read again.
enum Recalling<E> {
    Read(E),
    Apply(ApplyError),
}

impl<E> From<ApplyError> for Recalling<E> {
    fn from(error: ApplyError) -> Self {
        Self::Apply(error)
    }
}

impl<V: Volumes> Replay<V> {
    fn new(volumes: V, work: Option<u64>) -> Self {
        Self {
            projection: Projection::new(volumes),
            tree: Frontier::default(),
            commits: 0,
            last: None,
            open: false,
            work,
            unchecked: None,
        }
    }

    /// Decodes the next leaf.
    fn decode(&self, leaf: &Leaf) -> Result<Event, ReplayError> {
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
        Ok(event)
    }

    /// Takes the event of the next leaf.
    fn take(&mut self, event: Event, leaf: &Leaf) -> Result<Replayed, ReplayError> {
        let index = self.tree.size();
        let mut arrived = Vec::new();
        for (position, change) in event.body.changes.iter().enumerate() {
            if let Some(place) = Place::new(index, position) {
                self.projection.turn_to(place);
            }
            let before = self.projection.totals().escrows;
            self.projection
                .apply(change)
                .map_err(|source| ReplayError::Change { leaf: index, source })?;
            if let Change::Escrow { record, .. } = change
                && self.projection.totals().escrows > before
            {
                arrived.push(record.escrow);
            }
        }
        let root_before = event.body.epoch.as_ref().map(|_| self.tree.root());
        let nodes = self.tree.append(leaf.hash());
        self.work = self.work.map(|work| work.saturating_add(HASHES_A_LEAF));
        self.open = event.commit.is_none();
        if let Some(summary) = event.commit {
            self.check(index, &summary, event.time)?;
        }
        Ok(Replayed {
            event,
            nodes,
            root_before,
            arrived,
        })
    }

    /// What the log says, if it ended here.
    ///
    /// # Errors
    ///
    /// Fails if it would end within a commit, or with one that comes to another root than it says.
    pub fn finish(&mut self) -> Result<&Projection<V>, ReplayError> {
        if self.open {
            return Err(ReplayError::Unfinished);
        }
        if let (Some(leaf), Some((summary, _))) = (self.unchecked.take(), self.last) {
            let what = if self.state_root(leaf)? != summary.state_root {
                Some("state root")
            } else {
                (!self.projection.senders_are_known()).then_some("record of senders")
            };
            if let Some(what) = what {
                return Err(ReplayError::Summary { leaf, what });
            }
        }
        Ok(&self.projection)
    }

    /// What the log says so far, be it within a commit.
    pub const fn projection(&self) -> &Projection<V> {
        &self.projection
    }

    /// How many leaves there were.
    pub const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The last commit's summary.
    pub fn last_commit(&self) -> Option<&CommitSummary> {
        self.last.as_ref().map(|(summary, _)| summary)
    }

    /// The log's root over the leaves so far.
    pub fn root(&self) -> Digest {
        self.tree.root()
    }

    fn check(&mut self, leaf: u64, summary: &CommitSummary, time: Time) -> Result<(), ReplayError> {
        self.commits += 1;
        let root = match self.is_affordable() {
            true => Some(self.state_root(leaf)?),
            false => None,
        };
        self.unchecked = root.is_none().then_some(leaf);
        self.compare(leaf, summary, time, root)?;
        self.last = Some((*summary, time));
        if root.is_some() {
            self.projection.settle();
        }
        Ok(())
    }

    /// Takes the work of the next root from what is left, if that is enough.
    fn is_affordable(&mut self) -> bool {
        let Some(work) = &mut self.work else { return true };
        let left = work.checked_sub(self.projection.unhashed());
        *work = left.unwrap_or(*work);
        left.is_some()
    }

    fn state_root(&mut self, leaf: u64) -> Result<Digest, ReplayError> {
        let root = self.projection.root();
        root.map_err(|source| ReplayError::Change { leaf, source })
    }

    fn compare(&self, leaf: u64, summary: &CommitSummary, time: Time, root: Option<Digest>) -> Result<(), ReplayError> {
        let totals = self.projection.totals();
        let before = self.last.as_ref().map(|(before, then)| (before, *then));
        let first_of_day = CommitSummary::first_of_day(summary.number, time, before);
        // A log of an older program has neither; one that has them never goes without them again.
        let tally = self.expected(totals.tally, |before| before.tally, summary.tally);
        let first_of_day = self.expected(first_of_day, |before| before.first_of_day, summary.first_of_day);
        let differs = [
            ("number", summary.number != self.commits),
            ("state root", root.is_some_and(|root| summary.state_root != root)),
            ("state size", summary.state_size != self.projection.next_size()),
            ("number of escrows", summary.escrows != totals.escrows),
            ("number of exposed passwords", summary.exposed != totals.exposed),
            ("number of marked or superseded passwords", summary.tally != tally),
            ("first commit of its day", summary.first_of_day != first_of_day),
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

    /// Returns what a newer field has to say: nothing if it never did and does not.
    fn expected<T>(&self, value: T, before: impl Fn(&CommitSummary) -> Option<T>, says: Option<T>) -> Option<T> {
        let ever = self.last.as_ref().is_some_and(|(summary, _)| before(summary).is_some());
        (ever || says.is_some()).then_some(value)
    }
}

/// Records that are hashed for each leaf, on average: an honest log needs one or two.
const HASHES_A_LEAF: u64 = 32;
/// Records that are hashed beyond that, so that every root of a short log is computed.
const HASHES_AT_FIRST: u64 = 1_000_000;

#[cfg(test)]
mod tests;
