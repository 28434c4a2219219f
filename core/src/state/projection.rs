//! What a log says when it is replayed.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::crypto::Digest;
use crate::state::Change;
use crate::state::EscrowRecord;
use crate::state::EscrowState;
use crate::state::SenderRecord;
use crate::state::VaultRecord;
use crate::state::VolumeRecord;
use crate::state::senders_digest;
use crate::tree::MemoryNodes;
use crate::tree::MissingNode;
use crate::tree::ProofError;
use crate::tree::TreeEdit;
use crate::values::EscrowId;
use crate::values::SenderId;

/// Every record, as the events up to some point made it.
#[derive(Clone, Debug, Default)]
pub struct Projection {
    vault: Option<VaultRecord>,
    volumes: Vec<VolumeRecord>,
    senders: BTreeMap<SenderId, (SenderRecord, Digest)>,
    arrivals: Vec<EscrowId>,
    totals: Totals,
    nodes: MemoryNodes,
    size: u64,
    changed: BTreeSet<u64>,
}

/// How many escrows there are in all, and how many of them are exposed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Totals {
    /// All escrows.
    pub escrows: u64,
    /// The exposed ones.
    pub exposed: u64,
}

/// A change does not fit what was there before it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ApplyError {
    /// A volume comes out of turn.
    #[error("volume {volume} comes where {next} is next")]
    VolumeOutOfTurn {
        /// The volume of the change.
        volume: u64,
        /// The next new one.
        next: u64,
    },
    /// An escrow is in a volume that is not there.
    #[error("an escrow is in volume {volume}, which is not there")]
    NoVolume {
        /// The volume of the change.
        volume: u64,
    },
    /// An escrow moves out of a volume in which it is not.
    #[error("an escrow moves out of volume {volume}, and is not there")]
    NotThere {
        /// The volume of the change.
        volume: u64,
    },
    /// The tree does not add up.
    #[error(transparent)]
    Tree(#[from] MissingNode),
}

impl Projection {
    /// Puts one change in place.
    ///
    /// # Errors
    ///
    /// Fails if it does not fit what was there before it.
    pub fn apply(&mut self, change: &Change) -> Result<(), ApplyError> {
        match change {
            Change::Vault(record) => {
                self.vault = Some(VaultRecord::clone(record));
                self.changed.insert(0);
            }
            Change::Sender(record) => {
                let hash = record.leaf_hash();
                self.senders.insert(record.sender, (SenderRecord::clone(record), hash));
            }
            Change::Volume(naming) => self.name_volume(naming)?,
            Change::Escrow { volume, record } => self.put_escrow(*volume, record)?,
            Change::Moved { from, volume, record } => self.move_escrow(*from, *volume, record)?,
        }
        Ok(())
    }

    /// The state tree's root over everything applied so far.
    ///
    /// # Errors
    ///
    /// Fails if there is no vault record.
    pub fn root(&mut self) -> Result<Digest, ApplyError> {
        let mut edit = TreeEdit::new(&self.nodes, self.size);
        for index in std::mem::take(&mut self.changed) {
            let missing = MissingNode { level: 0, index };
            edit.set(index, self.leaf_hash(index).ok_or(missing)?);
        }
        let edited = edit.finish().map_err(|error| match error {
            ProofError::Missing(missing) => missing,
            ProofError::Read(never) => match never {},
        })?;
        self.size = edited.size;
        self.nodes.extend(edited.written);
        Ok(edited.root)
    }

    /// The vault record.
    pub const fn vault(&self) -> Option<&VaultRecord> {
        self.vault.as_ref()
    }

    /// The volumes, in order; the first has the number 1.
    pub fn volumes(&self) -> &[VolumeRecord] {
        &self.volumes
    }

    /// The senders, in the order of their ids.
    pub fn senders(&self) -> impl Iterator<Item = &SenderRecord> {
        self.senders.values().map(|(sender, _)| sender)
    }

    /// Whether the vault record says of the senders what they are.
    pub fn senders_are_known(&self) -> bool {
        let known = self.vault.as_ref().and_then(|vault| vault.senders);
        known == senders_digest(self.senders.values().map(|(_, hash)| *hash))
    }

    /// The state tree's nodes, as of the last root.
    pub const fn nodes(&self) -> &MemoryNodes {
        &self.nodes
    }

    /// The escrows of all volumes, in order of arrival.
    pub fn arrivals(&self) -> &[EscrowId] {
        &self.arrivals
    }

    /// Leaves of the state tree, as of the last root.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Leaves of the state tree with those that the next root brings.
    pub fn next_size(&self) -> u64 {
        u64::try_from(self.volumes.len()).unwrap_or(u64::MAX).saturating_add(1)
    }

    /// The records that the next root and the digest of the senders have to hash, the escrows of a changed volume each.
    pub fn unhashed(&self) -> u64 {
        let volumes = self.changed.iter().filter_map(|index| self.volume(*index));
        let escrows = volumes.map(|volume| volume.escrows.len()).sum::<usize>();
        u64::try_from(escrows.saturating_add(self.senders.len())).unwrap_or(u64::MAX)
    }

    /// The totals.
    pub const fn totals(&self) -> Totals {
        self.totals
    }

    fn leaf_hash(&self, index: u64) -> Option<Digest> {
        match index {
            0 => self.vault.as_ref().map(VaultRecord::leaf_hash),
            volume => self.volume(volume).map(VolumeRecord::leaf_hash),
        }
    }

    fn volume(&self, volume: u64) -> Option<&VolumeRecord> {
        self.volumes.get(usize::try_from(volume.checked_sub(1)?).ok()?)
    }

    fn volume_mut(&mut self, volume: u64) -> Option<&mut VolumeRecord> {
        self.volumes.get_mut(usize::try_from(volume.checked_sub(1)?).ok()?)
    }

    fn name_volume(&mut self, naming: &VolumeRecord) -> Result<(), ApplyError> {
        let next = u64::try_from(self.volumes.len()).unwrap_or(u64::MAX).saturating_add(1);
        let volume = naming.volume;
        self.changed.insert(volume);
        if let Some(held) = self.volume_mut(volume) {
            let escrows = std::mem::take(&mut held.escrows);
            *held = VolumeRecord {
                escrows,
                ..naming.naming()
            };
            return Ok(());
        }
        if volume != next {
            return Err(ApplyError::VolumeOutOfTurn { volume, next });
        }
        self.volumes.push(naming.naming());
        Ok(())
    }

    fn put_escrow(&mut self, volume: u64, record: &EscrowRecord) -> Result<(), ApplyError> {
        let number = u64::try_from(self.arrivals.len()).unwrap_or(u64::MAX);
        let held = self.volume_mut(volume).ok_or(ApplyError::NoVolume { volume })?;
        let before = held.escrow(record.escrow).map(|before| before.state);
        held.escrows.put_at(number, record.clone());
        if before.is_none() {
            self.arrivals.push(record.escrow);
        }
        self.changed.insert(volume);
        self.totals.count(before, record.state);
        Ok(())
    }
}

impl Projection {
    fn move_escrow(&mut self, from: u64, volume: u64, record: &EscrowRecord) -> Result<(), ApplyError> {
        let (number, left) = self
            .volume_mut(from)
            .and_then(|held| held.escrows.take(record.escrow))
            .ok_or(ApplyError::NotThere { volume: from })?;
        let held = self.volume_mut(volume).ok_or(ApplyError::NoVolume { volume })?;
        held.escrows.put_at(number, record.clone());
        self.changed.extend([from, volume]);
        self.totals.count(Some(left.state), record.state);
        Ok(())
    }
}

impl Totals {
    /// Counts an escrow that was in state `before`, if it was there, and now is in state `after`.
    pub fn count(&mut self, before: Option<EscrowState>, after: EscrowState) {
        if before.is_none() {
            self.escrows += 1;
        }
        if before == Some(EscrowState::Exposed) {
            self.exposed = self.exposed.saturating_sub(1);
        }
        if after == EscrowState::Exposed {
            self.exposed += 1;
        }
    }
}

#[cfg(test)]
mod tests;
