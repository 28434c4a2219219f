//! Senders of drops, and which drops were taken in.

use rusqlite::Connection;
use strongroom_core::crypto::Digest;
use strongroom_core::log::Event;
use strongroom_core::state::Projection;
use strongroom_core::state::RecalledVolumes;
use strongroom_core::state::SenderRecord;
use strongroom_core::state::from_canonical;
use strongroom_core::state::senders_digest;
use strongroom_core::tree::inclusion_proof;
use strongroom_core::tree::root_from_inclusion;

use crate::store::Alarm;
use crate::store::Session;
use crate::store::Snapshot;
use crate::store::StoreError;
use crate::store::file::version;
use crate::store::nodes::Tree;
use crate::store::nodes::TreeTable;
use crate::store::snapshot::leaf;

impl Session<'_> {
    /// Every sender, proven by the vault record, in the order of their ids.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if the rows are not what the log says.
    pub fn senders(&self) -> Result<Vec<SenderRecord>, StoreError> {
        let senders = read(&self.transaction)?;
        let digest = senders_digest(senders.iter().map(SenderRecord::leaf_hash));
        if digest != self.vault()?.senders {
            return Err(Alarm::tampered("the senders are not what the log says").into());
        }
        Ok(senders)
    }

    /// The events that took in what this drop brought, in order, each proven. That there are no more cannot be proven here;
    /// `audit verify` proves it.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if one of them is not in the log, or took in another drop.
    pub fn drop_events(&self, digest: &Digest) -> Result<Vec<u64>, StoreError> {
        if version(&self.transaction)? < 2 {
            return Ok(Vec::new());
        }
        let mut statement = self
            .transaction
            .prepare_cached("SELECT leaf FROM drop_event WHERE digest = ?1 ORDER BY leaf")?;
        let leaves = statement.query_map([digest.as_bytes()], |row| row.get(0))?;
        let leaves: Vec<u64> = leaves.collect::<Result<_, _>>()?;
        leaves.iter().try_for_each(|leaf| self.prove_drop(*leaf, digest))?;
        Ok(leaves)
    }

    /// Whoever forged this would have a drop taken for one that is held, and thrown away.
    fn prove_drop(&self, index: u64, digest: &Digest) -> Result<(), StoreError> {
        let (leaf, size) = (leaf(&self.transaction, index)?, self.log.size());
        let is_proven = index < size && {
            let proof = inclusion_proof(&TreeTable::new(&self.transaction, Tree::Log), index, size)?;
            root_from_inclusion(leaf.hash(), index, size, &proof) == Some(self.log.root())
        };
        let names = |event: Event| event.body.drop.as_ref() == Some(digest);
        if is_proven && leaf.decode().is_ok_and(names) {
            return Ok(());
        }
        Err(another_drop(index))
    }
}

impl Snapshot<'_> {
    /// Every sender, by the file's own word.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if a row is none that a vault writes.
    pub fn senders(&self) -> Result<Vec<SenderRecord>, StoreError> {
        read(&self.transaction)
    }

    pub(super) fn audit_senders(&self, projection: &Projection<RecalledVolumes>) -> Result<(), StoreError> {
        let held = read(&self.transaction)?;
        let mut held = held.iter();
        for logged in projection.senders() {
            if held.next() != Some(logged) {
                return Err(Alarm::tampered(format!("sender {} is not what the log says", logged.sender)).into());
            }
        }
        match held.next() {
            None => Ok(()),
            Some(sender) => Err(Alarm::tampered(format!("sender {} is in no event", sender.sender)).into()),
        }
    }

    /// That the event of a leaf is known to be of this drop.
    pub(super) fn require_drop(&self, leaf: u64, digest: &Digest) -> Result<(), StoreError> {
        let mut statement = self
            .transaction
            .prepare_cached("SELECT count(*) FROM drop_event WHERE leaf = ?1 AND digest = ?2")?;
        let found: u64 = statement.query_row((leaf, digest.as_bytes()), |row| row.get(0))?;
        if found == 1 {
            return Ok(());
        }
        Err(another_drop(leaf))
    }
}

fn another_drop(leaf: u64) -> StoreError {
    Alarm::tampered(format!("the drop of leaf {leaf} is not the one that the log says")).into()
}

fn read(connection: &Connection) -> Result<Vec<SenderRecord>, StoreError> {
    // Vaults of the first schema had none.
    if version(connection)? < 2 {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached("SELECT sender, record FROM sender ORDER BY sender")?;
    let mut rows = statement.query(())?;
    let mut senders = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, record): ([u8; 16], String) = (row.get(0)?, row.get(1)?);
        let record: SenderRecord = from_canonical(record.as_bytes())
            .ok()
            .filter(|record: &SenderRecord| *record.sender.as_bytes() == id)
            .ok_or_else(|| Alarm::tampered("a sender is none that a vault writes"))?;
        senders.push(record);
    }
    Ok(senders)
}
