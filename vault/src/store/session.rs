//! One transaction, whose last commit is proven before anything in it is believed.
//!
//! ```text
//! volume record ─▶ state root ─▶ last event ─▶ signed checkpoint ─▶ anchor
//! ```
//! An operation reads its volume's rows through [`Session::volume`], which proves this whole chain.

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::Transaction;
use strongroom_core::crypto::Digest;
use strongroom_core::envelope::Envelope;
use strongroom_core::keys::Fingerprint;
use strongroom_core::keys::RefusalKey;
use strongroom_core::log::AnchorContent;
use strongroom_core::log::Checkpoint;
use strongroom_core::log::CommitSummary;
use strongroom_core::log::Event;
use strongroom_core::log::Origin;
use strongroom_core::log::VerifierKey;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::Totals;
use strongroom_core::state::VaultRecord;
use strongroom_core::state::VolumeRecord;
use strongroom_core::tree::Frontier;
use strongroom_core::tree::inclusion_proof;
use strongroom_core::tree::root_from_inclusion;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_core::values::ProtectorId;

use crate::store::Alarm;
use crate::store::Draft;
use crate::store::StoreError;
use crate::store::devices;
use crate::store::file::read_vault;
use crate::store::known::Found;
use crate::store::known::Known;
use crate::store::leaves::Encoded;
use crate::store::leaves::Leaves;
use crate::store::nodes::Tree;
use crate::store::nodes::TreeTable;
use crate::store::refusals;
use crate::store::rows;
use crate::store::snapshot;

/// What the file's last commit is held against.
pub struct Trust {
    /// The key that signs the log, from the keyring.
    pub key: VerifierKey,
    /// What the TPM remembers.
    pub anchor: AnchorContent,
    /// The vault record by which the TPM was opened.
    pub vault: VaultRecord,
    /// The key that authenticates counts of refusals, from the keyring.
    pub refusal_key: RefusalKey,
}

/// A transaction on a file whose last commit is proven.
pub struct Session<'s> {
    pub(super) transaction: Transaction<'s>,
    pub(super) head: Option<Head>,
    pub(super) log: Frontier,
    pub(super) totals: Totals,
    /// Leaves of the state tree, with those that this session makes.
    pub(super) state_size: u64,
    /// Volumes whose records are proven, or were made in this session.
    pub(super) known: Known,
    /// The leaves of the state tree that are new or have changed.
    pub(super) changed: BTreeSet<u64>,
    /// The events that are in their rows.
    pub(super) leaves: Option<Leaves>,
    /// How many they are.
    pub(super) staged: u64,
    /// Leaves that are in the log, and their events.
    pub(super) spent: Vec<Encoded>,
    /// The last device that the search knows; none as long as nothing is staged.
    pub(super) searchable: Option<i64>,
    pub(super) refusal_key: &'s RefusalKey,
}

/// The last commit.
pub(super) struct Head {
    pub(super) last: Event,
    pub(super) summary: CommitSummary,
    pub(super) vault: VaultRecord,
}

impl<'s> Session<'s> {
    pub(super) fn first(transaction: Transaction<'s>, log: Frontier, refusal_key: &'s RefusalKey) -> Self {
        Self {
            transaction,
            head: None,
            log,
            totals: Totals::default(),
            state_size: 0,
            known: Known::default(),
            changed: BTreeSet::new(),
            leaves: None,
            staged: 0,
            spent: Vec::new(),
            searchable: None,
            refusal_key,
        }
    }

    pub(super) fn begin(transaction: Transaction<'s>, trust: &'s Trust) -> Result<Self, StoreError> {
        let checkpoint = signed_checkpoint(&transaction, trust)?;
        let log = Frontier::read(&TreeTable::new(&transaction, Tree::Log), checkpoint.size)?;
        if log.root() != checkpoint.root {
            return Err(Alarm::tampered("the log's tree does not lead to its checkpoint").into());
        }
        let (last, summary) = prove_last_event(&transaction, &checkpoint)?;
        if summary.number != trust.anchor.number {
            return Err(Alarm::tampered("the last event is of another commit than its checkpoint").into());
        }
        let state = Frontier::read(&TreeTable::new(&transaction, Tree::State), summary.state_size)?;
        if state.root() != summary.state_root {
            return Err(Alarm::tampered("the state tree does not lead to the last event").into());
        }
        let (vault, _) = read_vault(&transaction)?;
        if vault != trust.vault {
            return Err(Alarm::tampered("the vault record has changed since the vault was opened").into());
        }
        prove_state_leaf(&transaction, &summary, 0, vault.leaf_hash(), "the vault record")?;
        let origin = Origin {
            vault: vault.vault,
            epoch: vault.epoch,
        };
        refusals::require(&transaction, &trust.refusal_key, &origin, summary.number)?;
        // Before anything is read or counted that the newest schema keeps otherwise: it is as much migrated as the
        // transaction is committed, and its commit begins with the event that says so.
        devices::migrate(&transaction)?;
        Ok(Self {
            transaction,
            head: Some(Head { last, summary, vault }),
            log,
            totals: Totals {
                escrows: summary.escrows,
                exposed: summary.exposed,
                tally: summary.tally.unwrap_or_default(),
            },
            state_size: summary.state_size,
            known: Known::default(),
            changed: BTreeSet::new(),
            leaves: None,
            staged: 0,
            spent: Vec::new(),
            searchable: None,
            refusal_key: &trust.refusal_key,
        })
    }

    /// The vault record, proven.
    ///
    /// # Errors
    ///
    /// Fails in the session that makes the vault, where there is none yet.
    pub fn vault(&self) -> Result<&VaultRecord, StoreError> {
        Ok(&self.head()?.vault)
    }

    /// A volume's record, computed from its rows and proven, or what this session made of it.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if the rows are not what the log says.
    pub fn volume(&mut self, volume: u64) -> Result<Arc<VolumeRecord>, StoreError> {
        if let Some(known) = self.known.get(volume) {
            return Ok(Arc::clone(known));
        }
        let summary = self.head()?.summary;
        let found = Found::read(&self.transaction, volume)?;
        let name = format!("volume {volume}");
        prove_state_leaf(&self.transaction, &summary, volume, found.record.leaf_hash(), &name)?;
        Ok(self.known.learn(found))
    }

    /// The volumes of a device, each proven, in order of appearance.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if the rows are not what the log says.
    pub fn volumes_of(&mut self, device: &DeviceName) -> Result<Vec<Arc<VolumeRecord>>, StoreError> {
        let volumes = match self.known.volumes_of(device) {
            Some(volumes) => volumes.to_vec(),
            None => {
                let namings = rows::volumes_of(&self.transaction, device)?;
                let volumes = namings.into_iter().map(|naming| naming.volume);
                self.known.learn_volumes_of(device, volumes.collect())
            }
        };
        volumes.into_iter().map(|volume| self.volume(volume)).collect()
    }

    /// The volume in which an escrow is, proven; `None` if there is no such escrow.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if the rows are not what the log says.
    pub fn volume_of(&mut self, escrow: EscrowId) -> Result<Option<Arc<VolumeRecord>>, StoreError> {
        rows::volume_of(&self.transaction, escrow)?
            .map(|volume| self.volume(volume))
            .transpose()
    }

    /// The escrows that hold a password, each with its volume's number, the oldest first: those that the index finds, and
    /// those of `volume`, if that was proven before, that it does not. That there are no more elsewhere cannot be proven
    /// here; `audit verify` proves it.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub fn same_password(&self, volume: u64, fingerprint: &Fingerprint) -> Result<Vec<(EscrowId, u64)>, StoreError> {
        let mut found = rows::same_password(&self.transaction, fingerprint)?;
        let rows: BTreeSet<EscrowId> = found.iter().map(|(escrow, _)| *escrow).collect();
        let here = self.known.with_password(volume, fingerprint);
        found.extend(
            here.filter(|escrow| !rows.contains(escrow))
                .map(|escrow| (escrow, volume)),
        );
        Ok(found)
    }

    /// Returns the escrows of a proven volume that hold a password, as far as the rules of arrival ask for them: see
    /// [`Arrival::same_password`](strongroom_core::state::Arrival). A volume that is not there yet has none.
    pub fn same_password_here(&self, volume: u64, fingerprint: &Fingerprint, protector: ProtectorId) -> Vec<EscrowId> {
        self.known.same_password(volume, fingerprint, protector)
    }

    /// Returns the escrows that say best when a password was shown and until when it is to be rotated: the one shown last,
    /// and the last that is exposed, among those of `volume` and among those that the index finds. Each is proven. That an
    /// index hides none of another volume cannot be proven here; `audit verify` proves it.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if the rows are not what the log says.
    pub fn shown(&mut self, volume: u64, fingerprint: &Fingerprint) -> Result<Vec<EscrowRecord>, StoreError> {
        let mut shown = self.known.shown(volume, fingerprint);
        for (escrow, volume) in rows::shown(&self.transaction, fingerprint)? {
            let volume = self.volume(volume)?;
            shown.extend(volume.escrow(escrow).filter(|record| record.ever_shown()).cloned());
        }
        Ok(shown)
    }

    /// Returns an escrow of this protector that holds the password, of any volume, with the number of that; where
    /// `confirmed`, one that nobody vouches for is passed over. It is for the caller to prove the volume.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub fn held_anywhere(
        &self,
        protector: ProtectorId,
        fingerprint: &Fingerprint,
        confirmed: bool,
    ) -> Result<Option<(EscrowId, u64)>, StoreError> {
        rows::held_anywhere(&self.transaction, protector, fingerprint, confirmed)
    }

    /// The volumes in which escrows of this protector are, each proven. That there are no more cannot be proven here;
    /// `audit verify` proves it.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if the rows are not what the log says.
    pub fn volumes_with(&mut self, protector: ProtectorId) -> Result<Vec<Arc<VolumeRecord>>, StoreError> {
        let found = rows::of_protector(&self.transaction, protector)?;
        let volumes: BTreeSet<u64> = found.into_iter().map(|(_, volume)| volume).collect();
        volumes.into_iter().map(|volume| self.volume(volume)).collect()
    }

    /// The envelope and fingerprint of an escrow in a volume whose record is proven.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if the escrow is not in that volume.
    pub fn held(&self, volume: &VolumeRecord, escrow: EscrowId) -> Result<(Envelope, Fingerprint), StoreError> {
        let proven = volume.escrow(escrow).map(|record| record.envelope);
        rows::escrows(&self.transaction, volume.volume)?
            .into_iter()
            .find(|row| row.record.escrow == escrow && Some(row.record.envelope) == proven)
            .map(|row| (row.envelope, row.fingerprint))
            .ok_or_else(|| Alarm::tampered(format!("escrow {escrow} is not in its volume")).into())
    }

    /// The number that the next new volume gets.
    pub const fn next_volume(&self) -> u64 {
        self.state_size
    }

    /// The leaf of the event that is next added to `draft`.
    pub fn next_leaf(&self, draft: &Draft) -> u64 {
        self.next_staged().saturating_add(draft.waiting())
    }

    /// The leaf of the event that is staged next.
    pub(super) const fn next_staged(&self) -> u64 {
        self.log.size().saturating_add(self.staged)
    }

    /// Whether a volume is there, and named as it is here: by what [`Session::volume`] has proven, before anything is
    /// changed.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub fn is_named_so(&self, volume: &VolumeRecord) -> Result<bool, StoreError> {
        match self.known.get(volume.volume) {
            Some(known) => Ok(known.is_named_as(volume)),
            None if volume.volume >= self.state_size => Ok(false),
            None => Ok(rows::naming(&self.transaction, volume.volume)?.is_some_and(|held| held.is_named_as(volume))),
        }
    }

    pub(super) fn head(&self) -> Result<&Head, StoreError> {
        self.head
            .as_ref()
            .ok_or_else(|| Alarm::tampered("there is no last commit").into())
    }
}

/// The newest checkpoint, if it is the one that the TPM remembers and our key signed it.
fn signed_checkpoint(transaction: &Transaction<'_>, trust: &Trust) -> Result<Checkpoint, StoreError> {
    let (number, note) = snapshot::last_note(transaction)?;
    let checkpoint = Checkpoint::from_note(&note).map_err(|error| Alarm::tampered(error.to_string()))?;
    let remembered = AnchorContent {
        number,
        checkpoint: checkpoint.digest(),
    };
    if remembered != trust.anchor {
        return Err(Alarm::tampered("the last checkpoint is not the one that the TPM remembers").into());
    }
    note.verify(&trust.key)
        .map_err(|_| Alarm::tampered("the last checkpoint is not signed by this vault"))?;
    Ok(checkpoint)
}

/// The last event, and that it leads to the checkpoint.
pub(super) fn prove_last_event(
    transaction: &Transaction<'_>,
    checkpoint: &Checkpoint,
) -> Result<(Event, CommitSummary), StoreError> {
    let index = checkpoint
        .size
        .checked_sub(1)
        .ok_or_else(|| Alarm::tampered("the log is empty"))?;
    let leaf = snapshot::leaf(transaction, index)?;
    let proof = inclusion_proof(&TreeTable::new(transaction, Tree::Log), index, checkpoint.size)?;
    if root_from_inclusion(leaf.hash(), index, checkpoint.size, &proof) != Some(checkpoint.root) {
        return Err(Alarm::tampered("the last event is not the one of its checkpoint").into());
    }
    let event = leaf
        .decode()
        .map_err(|error| Alarm::tampered(format!("leaf {index}: {error}")))?;
    let summary = event
        .commit
        .filter(|summary| event.leaf == index && i64::try_from(summary.state_size).is_ok())
        .ok_or_else(|| Alarm::tampered("the last event ends no commit"))?;
    Ok((event, summary))
}

/// That a leaf of the state tree leads to the root in the last event.
pub(super) fn prove_state_leaf(
    transaction: &Transaction<'_>,
    summary: &CommitSummary,
    index: u64,
    hash: Digest,
    what: &str,
) -> Result<(), StoreError> {
    let nodes = TreeTable::new(transaction, Tree::State);
    let proven = index < summary.state_size && {
        let proof = inclusion_proof(&nodes, index, summary.state_size)?;
        root_from_inclusion(hash, index, summary.state_size, &proof) == Some(summary.state_root)
    };
    if proven {
        Ok(())
    } else {
        Err(Alarm::tampered(format!("{what} is not what the log says")).into())
    }
}
