//! The file as it is at one moment, for reading.

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
        notes(&self.transaction, 2)?
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
        self.leaves_from(0, each)
    }

    /// The same, from the leaf `start` on.
    ///
    /// # Errors
    ///
    /// Fails as [`Self::leaves`] does.
    pub fn leaves_from<E: From<StoreError>>(
        &self,
        start: u64,
        mut each: impl FnMut(u64, Leaf) -> Result<bool, E>,
    ) -> Result<(), E> {
        // One before the first is none of a vault, and is not passed over.
        let start = if start == 0 { i64::MIN } else { start.cast_signed() };
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
        notes.push((number, read_note(number, row, 1)?));
    }
    Ok(notes)
}

/// Returns the checkpoint of a commit, and whether it is marked as handed out.
pub(super) fn read_checkpoint(connection: &Connection, number: u64) -> Result<(Note, Checkpoint, bool), StoreError> {
    let marks = version(connection)? >= FIRST_THAT_HANDS_OUT;
    let mut statement = connection.prepare_cached(match marks {
        true => "SELECT note, handed_out FROM checkpoint WHERE number = ?1",
        false => "SELECT note, 0 FROM checkpoint WHERE number = ?1",
    })?;
    let mut rows = statement.query([number])?;
    let Some(row) = rows.next()? else {
        return Err(Alarm::tampered(format!("checkpoint {number} is missing")).into());
    };
    let note = read_note(number, row, 0)?;
    let wrong = |what: &dyn std::fmt::Display| Alarm::tampered(format!("checkpoint {number}: {what}"));
    let checkpoint = Checkpoint::from_note(&note).map_err(|error| wrong(&error))?;
    let handed_out = match row.get(1) {
        Ok(0_i64) => false,
        Ok(1) => true,
        _ => return Err(wrong(&"handed_out is no mark").into()),
    };
    Ok((note, checkpoint, handed_out))
}

fn read_note(number: u64, row: &Row<'_>, column: usize) -> Result<Note, StoreError> {
    let wrong = |what: &dyn std::fmt::Display| Alarm::tampered(format!("checkpoint {number}: {what}"));
    let text = row.get_ref(column)?.as_str().map_err(|error| wrong(&error))?;
    Ok(text.parse().map_err(|error| wrong(&error))?)
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
