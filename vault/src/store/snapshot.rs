//! The file as it is at one moment, for reading.

use std::collections::BTreeSet;

use rusqlite::Connection;
use rusqlite::Row;
use rusqlite::Transaction;
use strongroom_core::log::Checkpoint;
use strongroom_core::log::CommitSummary;
use strongroom_core::log::Event;
use strongroom_core::log::EventProof;
use strongroom_core::log::Leaf;
use strongroom_core::log::Note;
use strongroom_core::state::VaultRecord;
use strongroom_core::state::VolumeRecord;
use strongroom_core::tree::inclusion_proof;

use crate::store::Alarm;
use crate::store::StoreError;
use crate::store::VaultBytes;
use crate::store::file::read_vault;
use crate::store::file::version;
use crate::store::nodes::Tree;
use crate::store::nodes::TreeTable;
use crate::store::rows;
use crate::store::session;

/// A read transaction: what it shows does not move, whatever others commit.
pub struct Snapshot<'s> {
    pub(super) transaction: Transaction<'s>,
}

impl<'s> Snapshot<'s> {
    pub(super) const fn new(transaction: Transaction<'s>) -> Self {
        Self { transaction }
    }

    /// The vault record and its bytes. Nothing of it is proven, but that they fit each other.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if they do not.
    pub fn vault(&self) -> Result<(VaultRecord, VaultBytes), StoreError> {
        read_vault(&self.transaction)
    }

    /// The newest checkpoints with the numbers of their commits, the newest first.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if one is malformed.
    pub fn checkpoints(&self) -> Result<Vec<(u64, Note, Checkpoint)>, StoreError> {
        self.read_checkpoints(2)
    }

    /// All checkpoints, likewise: those before the newest two were handed out.
    pub(super) fn all_checkpoints(&self) -> Result<Vec<(u64, Note, Checkpoint)>, StoreError> {
        self.read_checkpoints(i64::MAX)
    }

    /// The numbers of the commits whose checkpoint is marked as handed out.
    pub(super) fn handed_out(&self) -> Result<BTreeSet<u64>, StoreError> {
        if version(&self.transaction)? < FIRST_THAT_HANDS_OUT {
            return Ok(BTreeSet::new());
        }
        let mut statement = self.transaction.prepare("SELECT number, handed_out FROM checkpoint")?;
        let mut rows = statement.query(())?;
        let mut numbers = BTreeSet::new();
        while let Some(row) = rows.next()? {
            let number = row.get(0)?;
            match row.get(1) {
                Ok(0_i64) => {}
                Ok(1) => drop(numbers.insert(number)),
                _ => return Err(Alarm::tampered(format!("checkpoint {number}: handed_out is no mark")).into()),
            }
        }
        Ok(numbers)
    }

    fn read_checkpoints(&self, limit: i64) -> Result<Vec<(u64, Note, Checkpoint)>, StoreError> {
        notes(&self.transaction, limit)?
            .into_iter()
            .map(|(number, note)| {
                let checkpoint = Checkpoint::from_note(&note).map_err(|error| Alarm::tampered(error.to_string()))?;
                Ok((number, note, checkpoint))
            })
            .collect()
    }

    /// The last event, and that it leads to the newest checkpoint. Nothing says that this is the last of the vault.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if it does not.
    pub fn last_event(&self) -> Result<(Event, CommitSummary), StoreError> {
        let (_, note) = last_note(&self.transaction)?;
        let checkpoint = Checkpoint::from_note(&note).map_err(|error| Alarm::tampered(error.to_string()))?;
        session::prove_last_event(&self.transaction, &checkpoint)
    }

    /// That a vault record is what the last event says.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if it is not.
    pub fn prove_vault(&self, summary: &CommitSummary, vault: &VaultRecord) -> Result<(), StoreError> {
        session::prove_state_leaf(&self.transaction, summary, 0, vault.leaf_hash(), "the vault record")
    }

    /// A volume's record, computed from its rows, and that it is what the last event says.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if it is not.
    pub fn volume(&self, summary: &CommitSummary, volume: u64) -> Result<VolumeRecord, StoreError> {
        let record = rows::volume(&self.transaction, volume)?;
        let name = format!("volume {volume}");
        session::prove_state_leaf(&self.transaction, summary, volume, record.leaf_hash(), &name)?;
        Ok(record)
    }

    /// The proof that an event is in the log of a checkpoint.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if it is not.
    pub fn prove_event(&self, index: u64, note: &Note, checkpoint: &Checkpoint) -> Result<EventProof, StoreError> {
        let nodes = TreeTable::new(&self.transaction, Tree::Log);
        let hashes = inclusion_proof(&nodes, index, checkpoint.size)?;
        let proof = EventProof::new(leaf(&self.transaction, index)?, index, hashes, note.clone());
        match proof.verify(&[]) {
            Ok(_) => Ok(proof),
            Err(error) => Err(Alarm::tampered(format!("leaf {index}: {error}")).into()),
        }
    }

    /// Calls `each` with every leaf of the log, in order, until it says that it has enough.
    ///
    /// # Errors
    ///
    /// Fails if a leaf cannot be read, and where `each` does.
    pub fn leaves<E: From<StoreError>>(&self, each: impl FnMut(u64, Leaf) -> Result<bool, E>) -> Result<(), E> {
        // One before the first is none of a vault, and is not passed over.
        self.leaves_behind(i64::MIN, each)
    }

    /// The same, from the leaf `start` on.
    pub(super) fn leaves_from<E: From<StoreError>>(
        &self,
        start: u64,
        each: impl FnMut(u64, Leaf) -> Result<bool, E>,
    ) -> Result<(), E> {
        self.leaves_behind(start.cast_signed(), each)
    }

    fn leaves_behind<E: From<StoreError>>(
        &self,
        start: i64,
        mut each: impl FnMut(u64, Leaf) -> Result<bool, E>,
    ) -> Result<(), E> {
        let mut statement = self
            .transaction
            .prepare("SELECT leaf, event FROM leaf WHERE leaf >= ?1 ORDER BY leaf")
            .map_err(StoreError::from)?;
        let mut rows = statement.query([start]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let index = row.get(0).map_err(StoreError::from)?;
            if !each(index, read_leaf(index, row, 1)?)? {
                break;
            }
        }
        Ok(())
    }
}

/// One leaf.
pub(super) fn leaf(connection: &Connection, index: u64) -> Result<Leaf, StoreError> {
    let mut statement = connection.prepare_cached("SELECT event FROM leaf WHERE leaf = ?1")?;
    let mut rows = statement.query([index])?;
    match rows.next()? {
        Some(row) => read_leaf(index, row, 0),
        None => Err(Alarm::tampered(format!("leaf {index} is missing")).into()),
    }
}

/// The newest checkpoint's note, with the number of its commit.
pub(super) fn last_note(connection: &Connection) -> Result<(u64, Note), StoreError> {
    notes(connection, 1)?
        .into_iter()
        .next()
        .ok_or_else(|| Alarm::tampered("there is no checkpoint").into())
}

fn notes(connection: &Connection, limit: i64) -> Result<Vec<(u64, Note)>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT number, note FROM checkpoint ORDER BY number DESC LIMIT ?1")?;
    let mut rows = statement.query([limit])?;
    let mut notes = Vec::new();
    while let Some(row) = rows.next()? {
        let number = row.get(0)?;
        let note = row
            .get_ref(1)?
            .as_str()
            .map_err(|error| Alarm::tampered(format!("checkpoint {number}: {error}")))?
            .parse()
            .map_err(|error| Alarm::tampered(format!("checkpoint {number}: {error}")))?;
        notes.push((number, note));
    }
    Ok(notes)
}

/// The bytes of a leaf; whether they are an event, the leaf itself knows.
pub(super) fn read_leaf(index: u64, row: &Row<'_>, column: usize) -> Result<Leaf, StoreError> {
    let event = row
        .get_ref(column)?
        .as_str()
        .map_err(|error| Alarm::tampered(format!("leaf {index}: {error}")))?;
    Leaf::bounded(event.as_bytes().to_vec()).map_err(|error| Alarm::tampered(format!("leaf {index}: {error}")).into())
}

/// The version of the schema that marks them.
const FIRST_THAT_HANDS_OUT: u32 = 2;
