//! The whole file against its log: every leaf is replayed, and every row held against what that gives.
//!
//! The replay keeps hashes and not records, and what stands in the file is read in order, so that the memory does not grow
//! with the log.

mod checkpoints;
mod rows;
mod search;
mod work;

use serde::Serialize;
use strongroom_core::crypto::Digest;
use strongroom_core::log::Replay;
use strongroom_core::log::ReplayError;
use strongroom_core::log::VerifierKey;
use strongroom_core::state::Projection;
use strongroom_core::state::RecalledVolumes;
use strongroom_core::state::canonical;
use strongroom_core::state::first_difference;
use strongroom_core::tree::Nodes;
use strongroom_core::values::LogText;

use crate::store::Alarm;
use crate::store::Snapshot;
use crate::store::StoreError;
use crate::store::audit::checkpoints::Checkpoints;
use crate::store::audit::rows::Order;
pub use crate::store::audit::work::Work;
use crate::store::file::read_vault;
use crate::store::file::version;
use crate::store::nodes::Tree;
use crate::store::nodes::TreeTable;
use crate::store::snapshot::leaf;

/// What an audit of the file found.
#[derive(Clone, Debug)]
pub struct Audit {
    /// Leaves that were read and hold together.
    pub events: u64,
    /// Escrows that they speak of.
    pub escrows: u64,
    /// The first thing that is wrong.
    pub first_wrong: Option<Alarm>,
}

impl Snapshot<'_> {
    /// Audits the whole file; `key` is the one that signs the log. `done` is told how many more units of [`Self::work`] are
    /// done.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read. What is wrong with it is the answer.
    pub fn audit(&self, key: &VerifierKey, mut done: impl FnMut(u64)) -> Result<Audit, StoreError> {
        let mut replay = Replay::recalling();
        let first_wrong = match self.audit_all(&mut replay, key, &mut done) {
            Ok(()) => None,
            Err(StoreError::Alarm(alarm)) => Some(alarm),
            Err(error) => return Err(error),
        };
        Ok(Audit {
            events: replay.size(),
            escrows: replay.last_commit().map_or(0, |commit| commit.escrows),
            first_wrong,
        })
    }

    fn audit_all(
        &self,
        replay: &mut Replay<RecalledVolumes>,
        key: &VerifierKey,
        done: &mut dyn FnMut(u64),
    ) -> Result<(), StoreError> {
        // Before anything else is read: it names what is wrong with a page.
        self.audit_file()?;
        let work = self.work()?;
        done(work.file());
        let order = self.audit_log(replay, key, done)?;
        let projection = replay.finish()?;
        self.audit_state_tree(projection, done)?;
        self.audit_vault(projection)?;
        self.audit_senders(projection)?;
        self.audit_volumes(replay, done)?;
        order.finish()?;
        self.audit_devices(done)?;
        self.audit_search(work.devices, done)?;
        self.audit_refusals()
    }

    fn audit_file(&self) -> Result<(), StoreError> {
        let found: String = self
            .transaction
            .query_row("PRAGMA integrity_check(1)", (), |row| row.get(0))?;
        if found == "ok" {
            return Ok(());
        }
        if let Some(error) = read_failure(&found) {
            return Err(error);
        }
        // Above what it finds, it names the database.
        let fault = found.lines().find(|line| !line.starts_with("***")).unwrap_or(&found);
        Err(Alarm::tampered(format!("SQLite finds: {fault}")).into())
    }

    /// Replays the leaves; every stored hash, and every checkpoint on the way, is what they give.
    fn audit_log(
        &self,
        replay: &mut Replay<RecalledVolumes>,
        key: &VerifierKey,
        done: &mut dyn FnMut(u64),
    ) -> Result<Order<'_>, StoreError> {
        let table = TreeTable::new(&self.transaction, Tree::Log);
        let mut checkpoints = Checkpoints::read(self, key)?;
        let mut order = Order::read(self)?;
        let (mut nodes, mut drops) = (0, 0);
        self.leaves(|index, stored| {
            if index != replay.size() {
                return Err(Alarm::tampered(format!("leaf {} is missing", replay.size())).into());
            }
            let replayed = replay.next(&stored, |before| leaf(&self.transaction, before))?;
            for (node, hash) in replayed.nodes {
                nodes += 1;
                require_node(&table, node, hash, "log")?;
            }
            if let Some(drop) = &replayed.event.body.drop {
                drops += 1;
                self.require_drop(index, drop)?;
            }
            order.meet(&replayed.arrived)?;
            checkpoints.meet(replay, &replayed.event)?;
            done(Work::EVENT);
            Ok::<_, StoreError>(true)
        })?;
        checkpoints.finish(replay.size())?;
        if version(&self.transaction)? > 1 {
            self.require_rows("drop_event", drops)?;
        }
        require_count(&table, nodes, "log")?;
        Ok(order)
    }

    fn audit_state_tree(
        &self,
        projection: &Projection<RecalledVolumes>,
        done: &mut dyn FnMut(u64),
    ) -> Result<(), StoreError> {
        let table = TreeTable::new(&self.transaction, Tree::State);
        let mut nodes = 0;
        for (node, hash) in projection.nodes().iter() {
            nodes += 1;
            require_node(&table, node, hash, "state")?;
            done(Work::NODE);
        }
        require_count(&table, nodes, "state")
    }

    fn audit_vault(&self, projection: &Projection<RecalledVolumes>) -> Result<(), StoreError> {
        let (vault, bytes) = read_vault(&self.transaction)?;
        if version(&self.transaction)? > 1 {
            self.require_rows("signing_key", u64::from(bytes.signing_key.is_some()))?;
        }
        match projection.vault() {
            Some(logged) => require_same(&vault, logged, "the vault record"),
            None => Err(Alarm::tampered("the log makes no vault").into()),
        }
    }

    /// Counts of refusals stand in no event yet; what can be asked of them is that they are counts.
    fn audit_refusals(&self) -> Result<(), StoreError> {
        let mut statement = self.transaction.prepare("SELECT operator FROM refusal")?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            let operator: String = row.get(0)?;
            operator
                .parse::<LogText>()
                .map_err(|_| Alarm::tampered("a count of refusals names no operator"))?;
        }
        Ok(())
    }
}

impl From<ReplayError> for StoreError {
    fn from(error: ReplayError) -> Self {
        Alarm::tampered(chain(&error)).into()
    }
}

/// The failure of the disk that SQLite's own check tells as if the file were wrong: `… error code=266`.
fn read_failure(found: &str) -> Option<StoreError> {
    let (_, code) = found.rsplit_once("unable to get the page. error code=")?;
    let error = rusqlite::ffi::Error::new(code.trim().parse().ok()?);
    (error.code == rusqlite::ErrorCode::SystemIoFailure).then(|| rusqlite::Error::SqliteFailure(error, None).into())
}

fn require_node(
    table: &TreeTable<'_>,
    node: strongroom_core::tree::Node,
    hash: Digest,
    tree: &str,
) -> Result<(), StoreError> {
    if table.node(node)? == Some(hash) {
        return Ok(());
    }
    let what = format!(
        "node {} of level {} of the {tree} tree is wrong",
        node.index, node.level
    );
    Err(Alarm::tampered(what).into())
}

fn require_count(table: &TreeTable<'_>, expected: u64, tree: &str) -> Result<(), StoreError> {
    let found = table.count()?;
    if found == expected {
        return Ok(());
    }
    Err(Alarm::tampered(format!(
        "the {tree} tree has {found} nodes, and the log makes {expected}"
    ))
    .into())
}

/// That two records are the same, or the first field that is not.
fn require_same<T: Serialize>(row: &T, logged: &T, name: &str) -> Result<(), StoreError> {
    // By their canonical text: names are equal without case, and yet not what was written.
    if canonical(row) == canonical(logged) {
        return Ok(());
    }
    let field = first_difference(row, logged).unwrap_or_default();
    Err(Alarm::tampered(format!("{name}: {field} is not what the log says")).into())
}

/// An error and what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
