//! What a log says when it is replayed.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::crypto::Digest;
use crate::state::Change;
use crate::state::Counted;
use crate::state::EscrowRecord;
use crate::state::MemoryVolumes;
use crate::state::Place;
use crate::state::RecalledVolumes;
use crate::state::SenderRecord;
use crate::state::Totals;
use crate::state::VaultRecord;
use crate::state::VolumeRecord;
use crate::state::Volumes;
use crate::state::senders_digest;
use crate::tree::MemoryNodes;
use crate::tree::MissingNode;
use crate::tree::Node;
use crate::tree::Nodes;
use crate::tree::ProofError;
use crate::tree::TreeEdit;
use crate::values::SenderId;

/// Every record, as the events up to some point made it.
#[derive(Clone, Debug)]
pub struct Projection<V = MemoryVolumes> {
    vault: Option<VaultRecord>,
    volumes: V,
    senders: BTreeMap<SenderId, (SenderRecord, Digest)>,
    totals: Totals,
    nodes: MemoryNodes,
    size: u64,
    changed: BTreeSet<u64>,
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
    /// A volume that was read again is not the one that the state tree has.
    #[error("volume {volume} cannot be read again from the leaves before")]
    NotRecalled {
        /// The volume.
        volume: u64,
    },
    /// The tree does not add up.
    #[error(transparent)]
    Tree(#[from] MissingNode),
}

impl Default for Projection {
    fn default() -> Self {
        Self::new(MemoryVolumes::default())
    }
}

impl Projection {
    /// The volumes, in order; the first has the number 1.
    pub fn volumes(&self) -> &[VolumeRecord] {
        self.volumes.records()
    }
}

impl Projection<RecalledVolumes> {
    /// Returns the volumes that these changes touch, and that have to be read again before those are applied.
    pub fn missing(&self, changes: &[Change]) -> BTreeSet<u64> {
        changes.iter().flat_map(|change| self.volumes.missing(change)).collect()
    }

    /// Reads a volume of the last commit again; `read` returns the changes of a leaf.
    ///
    /// # Errors
    ///
    /// Fails if the volume is not the one of the state tree, and where `read` does.
    pub fn recall<E: From<ApplyError>>(
        &mut self,
        volume: u64,
        read: impl FnMut(u64) -> Result<Vec<Change>, E>,
    ) -> Result<&VolumeRecord, E> {
        let not_recalled = ApplyError::NotRecalled { volume };
        let found = self.volumes.read(volume, read)?.ok_or(not_recalled)?;
        if self.hash(volume) != Some(found.record.leaf_hash()) {
            return Err(not_recalled.into());
        }
        self.volumes.load(found);
        self.volumes.get(volume).ok_or_else(|| not_recalled.into())
    }
}

impl<V: Volumes> Projection<V> {
    /// Returns the projection before the first event.
    pub fn new(volumes: V) -> Self {
        Self {
            vault: None,
            volumes,
            senders: BTreeMap::new(),
            totals: Totals::default(),
            nodes: MemoryNodes::default(),
            size: 0,
            changed: BTreeSet::new(),
        }
    }

    /// Notes where in the log the next change stands.
    pub fn turn_to(&mut self, place: Place) {
        self.volumes.turn_to(place);
    }

    /// Notes that a commit has ended.
    pub fn settle(&mut self) {
        self.volumes.settle();
    }

    /// Returns how many volumes there are.
    pub fn volume_count(&self) -> u64 {
        self.volumes.count()
    }

    /// Returns the hash of a leaf of the state tree, as of the last root.
    pub fn hash(&self, leaf: u64) -> Option<Digest> {
        match self.nodes.node(Node::leaf(leaf)) {
            Ok(hash) => hash,
            Err(never) => match never {},
        }
    }

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

    /// Leaves of the state tree, as of the last root.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Leaves of the state tree with those that the next root brings.
    pub fn next_size(&self) -> u64 {
        self.volumes.count().saturating_add(1)
    }

    /// The records that the next root and the digest of the senders have to hash, the escrows of a changed volume each.
    pub fn unhashed(&self) -> u64 {
        let volumes = self.changed.iter().filter_map(|index| self.volumes.get(*index));
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
            volume => self.volumes.get(volume).map(VolumeRecord::leaf_hash),
        }
    }

    fn name_volume(&mut self, naming: &VolumeRecord) -> Result<(), ApplyError> {
        let next = self.volumes.count().saturating_add(1);
        let volume = naming.volume;
        self.changed.insert(volume);
        match self.volumes.get_mut(volume) {
            Some(held) => {
                self.totals.name(held, naming);
                let escrows = std::mem::take(&mut held.escrows);
                *held = VolumeRecord {
                    escrows,
                    ..naming.naming()
                };
            }
            None if volume == next => self.volumes.push(naming.naming()),
            None => return Err(ApplyError::VolumeOutOfTurn { volume, next }),
        }
        self.volumes.named(volume);
        Ok(())
    }

    fn put_escrow(&mut self, volume: u64, record: &EscrowRecord) -> Result<(), ApplyError> {
        let number = self.totals.escrows.saturating_add(1);
        let held = self.volumes.get_mut(volume).ok_or(ApplyError::NoVolume { volume })?;
        let before = held.escrow(record.escrow).map(|before| Counted::of(before, held));
        held.escrows.put_at(number, record.clone());
        self.totals.count(before, Counted::of(record, held));
        if before.is_none() {
            self.volumes.arrived(record.escrow, self.totals.escrows);
        }
        self.volumes.stated(record.escrow);
        self.changed.insert(volume);
        Ok(())
    }

    fn move_escrow(&mut self, from: u64, volume: u64, record: &EscrowRecord) -> Result<(), ApplyError> {
        let not_there = ApplyError::NotThere { volume: from };
        let left = self.volumes.get_mut(from).ok_or(not_there)?;
        let (number, before) = left.escrows.take(record.escrow).ok_or(not_there)?;
        let before = Counted::of(&before, left);
        let held = self.volumes.get_mut(volume).ok_or(ApplyError::NoVolume { volume })?;
        held.escrows.put_at(number, record.clone());
        self.totals.count(Some(before), Counted::of(record, held));
        self.volumes.stated(record.escrow);
        self.changed.extend([from, volume]);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
