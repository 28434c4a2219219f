//! The whole file against its log: every leaf is replayed, and every row held against what that gives.

mod checkpoints;

use std::collections::BTreeMap;

use serde::Serialize;
use strongroom_core::crypto::Digest;
use strongroom_core::log::Replay;
use strongroom_core::log::VerifierKey;
use strongroom_core::state::Projection;
use strongroom_core::state::VolumeRecord;
use strongroom_core::state::canonical;
use strongroom_core::state::first_difference;
use strongroom_core::tree::Nodes;
use strongroom_core::values::LogText;

use crate::store::Alarm;
use crate::store::Snapshot;
use crate::store::StoreError;
use crate::store::audit::checkpoints::Checkpoints;
use crate::store::devices;
use crate::store::file::read_vault;
use crate::store::file::version;
use crate::store::nodes::Tree;
use crate::store::nodes::TreeTable;
use crate::store::rows;

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
    /// Audits the whole file; `key` is the one that signs the log. `done` is told how many more events were read.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read. What is wrong with it is the answer.
    pub fn audit(&self, key: &VerifierKey, mut done: impl FnMut(u64)) -> Result<Audit, StoreError> {
        let mut replay = Replay::default();
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

    fn audit_all(&self, replay: &mut Replay, key: &VerifierKey, done: &mut impl FnMut(u64)) -> Result<(), StoreError> {
        self.audit_file()?;
        self.audit_log(replay, Checkpoints::read(self, key)?, done)?;
        let projection = replay.finish().map_err(|error| Alarm::tampered(error.to_string()))?;
        self.audit_state_tree(projection)?;
        self.audit_vault(projection)?;
        self.audit_senders(projection)?;
        self.audit_volumes(projection)?;
        self.audit_order(projection)?;
        self.audit_devices()?;
        self.audit_search()?;
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
        replay: &mut Replay,
        mut checkpoints: Checkpoints,
        done: &mut impl FnMut(u64),
    ) -> Result<(), StoreError> {
        let table = TreeTable::new(&self.transaction, Tree::Log);
        let (mut nodes, mut drops) = (0, 0);
        self.leaves(|index, leaf| {
            if index != replay.size() {
                return Err(Alarm::tampered(format!("leaf {} is missing", replay.size())).into());
            }
            let replayed = replay.next(&leaf).map_err(|error| Alarm::tampered(chain(&error)))?;
            for (node, hash) in replayed.nodes {
                nodes += 1;
                require_node(&table, node, hash, "log")?;
            }
            if let Some(drop) = &replayed.event.body.drop {
                drops += 1;
                self.require_drop(index, drop)?;
            }
            checkpoints.meet(replay, &replayed.event)?;
            done(1);
            Ok::<_, StoreError>(true)
        })?;
        checkpoints.finish(replay.size())?;
        if version(&self.transaction)? > 1 {
            self.require_rows("drop_event", drops)?;
        }
        require_count(&table, nodes, "log")
    }

    fn audit_state_tree(&self, projection: &Projection) -> Result<(), StoreError> {
        let table = TreeTable::new(&self.transaction, Tree::State);
        let mut nodes = 0;
        for (node, hash) in projection.nodes().iter() {
            nodes += 1;
            require_node(&table, node, hash, "state")?;
        }
        require_count(&table, nodes, "state")
    }

    fn audit_vault(&self, projection: &Projection) -> Result<(), StoreError> {
        let (vault, bytes) = read_vault(&self.transaction)?;
        if version(&self.transaction)? > 1 {
            self.require_rows("signing_key", usize::from(bytes.signing_key.is_some()))?;
        }
        match projection.vault() {
            Some(logged) => require_same(&vault, logged, "the vault record"),
            None => Err(Alarm::tampered("the log makes no vault").into()),
        }
    }

    fn audit_volumes(&self, projection: &Projection) -> Result<(), StoreError> {
        for logged in projection.volumes() {
            let name = || match &logged.device {
                Some(device) => format!("volume {} ({device})", logged.volume),
                None => format!("volume {}", logged.volume),
            };
            let row = rows::naming(&self.transaction, logged.volume)?
                .ok_or_else(|| Alarm::tampered(format!("{} is missing", name())))?;
            require_same(&row, &logged.naming(), &name())?;
            self.audit_escrows(logged)?;
        }
        self.require_rows("volume", projection.volumes().len())?;
        let escrows = projection.volumes().iter().map(|volume| volume.escrows.len()).sum();
        self.require_rows("escrow", escrows)
    }

    fn audit_escrows(&self, logged: &VolumeRecord) -> Result<(), StoreError> {
        let held = rows::escrows(&self.transaction, logged.volume)?;
        let by_escrow: BTreeMap<_, _> = held.iter().map(|row| (row.record.escrow, row)).collect();
        for record in logged.escrows.iter() {
            let row = by_escrow
                .get(&record.escrow)
                .ok_or_else(|| Alarm::tampered(format!("escrow {} is missing", record.escrow)))?;
            require_same(&row.record, record, &format!("escrow {}", record.escrow))?;
        }
        let order = |records: &mut dyn Iterator<Item = strongroom_core::values::EscrowId>| records.collect::<Vec<_>>();
        let rows = order(&mut held.iter().map(|row| row.record.escrow));
        if rows != order(&mut logged.escrows.iter().map(|record| record.escrow)) {
            let what = format!(
                "the escrows of volume {} are others, or in another order",
                logged.volume
            );
            return Err(Alarm::tampered(what).into());
        }
        Ok(())
    }

    /// Devices are named by their volumes; the table beside them and the search index say the same.
    fn audit_devices(&self) -> Result<(), StoreError> {
        let mut statement = self
            .transaction
            .prepare("SELECT device, name, folded FROM device ORDER BY device")?;
        let mut search = self.transaction.prepare(
            "SELECT count(*) FROM device_search WHERE rowid = ?1 AND device_search MATCH '\"' || replace(?2, '\"', '\"\"') || '\"'",
        )?;
        let mut used = self
            .transaction
            .prepare("SELECT count(*) FROM volume WHERE device = ?1")?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            let (device, name, folded): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let volumes: u64 = used.query_row([device], |row| row.get(0))?;
            let found: u64 = search.query_row((device, &folded), |row| row.get(0))?;
            if volumes == 0 || devices::folded(&self.transaction, &name)? != folded {
                return Err(Alarm::tampered(format!("device {device} is not what its volumes say")).into());
            }
            if found != 1 && folded.chars().count() >= 3 {
                return Err(Alarm::tampered(format!("the search index does not find device {device}")).into());
            }
        }
        Ok(())
    }

    /// Escrows are numbered from 1 in the order in which they came.
    fn audit_order(&self, projection: &Projection) -> Result<(), StoreError> {
        let mut statement = self
            .transaction
            .prepare("SELECT number, escrow FROM escrow ORDER BY number")?;
        let mut rows = statement.query(())?;
        for (number, escrow) in (1_i64..).zip(projection.arrivals()) {
            let same = match rows.next()? {
                Some(row) => row.get::<_, i64>(0)? == number && row.get::<_, [u8; 16]>(1)? == *escrow.as_bytes(),
                None => false,
            };
            if !same {
                return Err(Alarm::tampered(format!("escrow {escrow} is not the one with number {number}")).into());
            }
        }
        Ok(())
    }

    /// The search index holds every three characters of every name, and nothing else.
    fn audit_search(&self) -> Result<(), StoreError> {
        self.transaction.pragma_update(None, "query_only", false)?;
        self.transaction.execute_batch(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.indexed USING fts5vocab('main', 'device_search', 'instance')",
        )?;
        self.transaction.pragma_update(None, "query_only", true)?;
        let (found, expected): (i64, i64) = self.transaction.query_row(
            "SELECT (SELECT count(*) FROM temp.indexed), (SELECT coalesce(sum(max(length(folded) - 2, 0)), 0) FROM device)",
            (),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        if found == expected {
            return Ok(());
        }
        Err(Alarm::tampered(format!(
            "the search index holds {found} pieces of names, and the names have {expected}"
        ))
        .into())
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

    fn require_rows(&self, table: &str, expected: usize) -> Result<(), StoreError> {
        let sql = format!("SELECT count(*) FROM {table}");
        let rows: u64 = self.transaction.query_row(&sql, (), |row| row.get(0))?;
        if usize::try_from(rows).ok() == Some(expected) {
            return Ok(());
        }
        Err(Alarm::tampered(format!(
            "there are {rows} rows in {table}, and the log makes {expected}"
        ))
        .into())
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
