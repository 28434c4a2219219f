//! Senders of drops, and which drops were taken in.

use rusqlite::Connection;
use strongroom_core::crypto::Digest;
use strongroom_core::state::Projection;
use strongroom_core::state::SenderRecord;
use strongroom_core::state::from_canonical;
use strongroom_core::state::senders_digest;

use crate::store::Alarm;
use crate::store::Session;
use crate::store::Snapshot;
use crate::store::StoreError;
use crate::store::file::version;

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

    /// The events that took in what this drop brought, in order. That there are no more cannot be proven here; `audit
    /// verify` proves it.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub fn drop_events(&self, digest: &Digest) -> Result<Vec<u64>, StoreError> {
        if version(&self.transaction)? < 2 {
            return Ok(Vec::new());
        }
        let mut statement = self
            .transaction
            .prepare_cached("SELECT leaf FROM drop_event WHERE digest = ?1 ORDER BY leaf")?;
        let leaves = statement.query_map([digest.as_bytes()], |row| row.get(0))?;
        Ok(leaves.collect::<Result<_, _>>()?)
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

    pub(super) fn audit_senders(&self, projection: &Projection) -> Result<(), StoreError> {
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
        Err(Alarm::tampered(format!("the drop of leaf {leaf} is not the one that the log says")).into())
    }
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
