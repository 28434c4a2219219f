//! Drops: opened, taken in by the standing of their senders, and receipted.

use std::collections::BTreeMap;
use std::sync::Arc;

use strongroom_core::crypto::Digest;
use strongroom_core::drop::DropFile;
use strongroom_core::drop::DroppedEscrow;
use strongroom_core::drop::OpenDropError;
use strongroom_core::drop::OpenedDrop;
use strongroom_core::log::Action;
use strongroom_core::log::Checkpoint;
use strongroom_core::log::EventBody;
use strongroom_core::log::EventProof;
use strongroom_core::log::Note;
use strongroom_core::state::Change;
use strongroom_core::state::SenderRecord;
use strongroom_core::state::Source;
use strongroom_core::state::Standing;
use strongroom_core::state::VaultRecord;
use strongroom_core::values::DeviceName;
use strongroom_core::values::LogText;
use strongroom_core::values::SenderId;

use crate::ops::Arriving;
use crate::ops::Error;
use crate::ops::Escrowed;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::ops::ahead::Encryptor;
use crate::ops::arriving::Intake;
use crate::ops::senders::with_senders;
use crate::store::Draft;
use crate::store::Session;

/// A drop that was handed in.
#[derive(Clone, Debug)]
pub struct Dropped {
    /// The drop.
    pub drop: DropFile,
    /// The name of its file.
    pub file: Option<LogText>,
}

/// What became of a drop.
#[derive(Clone, Debug)]
pub enum DropOutcome {
    /// What it brought is held.
    Taken(TakenDrop),
    /// It does not open.
    Rejected(OpenDropError),
    /// The same file was taken in before, in these events.
    Replayed(Vec<u64>),
}

/// A drop that was taken in.
#[derive(Clone, Debug)]
pub struct TakenDrop {
    /// The name of its sender; none where it was made with the public key alone.
    pub sender: Option<LogText>,
    /// Whether a newer one of its sender had been taken in before.
    pub late: bool,
    /// What became of each password that it brought.
    pub escrowed: Vec<Escrowed>,
}

/// Drops that were taken in, and what proves it.
#[derive(Debug)]
pub struct Receipted {
    /// What became of each drop.
    pub outcomes: Vec<DropOutcome>,
    /// For each drop, the proofs of the events that took in what it brought; none where it was rejected.
    pub receipts: Vec<Vec<EventProof>>,
}

impl Unsealed {
    /// Takes in what drops bring, in one commit, and hands out the receipts.
    ///
    /// # Errors
    ///
    /// Fails, with nothing taken in, if what is on their path is not what the log says, if it cannot be recorded, or if
    /// the TPM does not sign.
    pub fn take_drops(&mut self, who: &Who, drops: &[Dropped]) -> Result<Receipted, Error> {
        let trust = self.trust()?;
        let mut draft = self.draft(who)?;
        let (_, machine, object) = self.signers(&draft)?;
        let secret = self.keyring.secret();
        let (key, authorisation) = (
            secret.log_signing_key(self.vault.epoch),
            secret.tpm_signing_authorisation(),
        );
        let mut session = self.store.session(&trust)?;
        session.refusals_due(who.at, &mut draft)?;
        let mut desk = Desk {
            intake: Intake::new(Encryptor::new(&self.keyring, self.vault.vault), &session, who)?,
            senders: session
                .senders()?
                .into_iter()
                .map(|sender| (sender.sender, sender))
                .collect(),
            changed: Vec::new(),
            seen: BTreeMap::new(),
        };
        let outcomes = desk.take_all(&mut session, &mut draft, drops)?;
        if outcomes
            .iter()
            .all(|outcome| matches!(outcome, DropOutcome::Rejected(_)))
        {
            return Ok(Receipted {
                receipts: vec![Vec::new(); outcomes.len()],
                outcomes,
            });
        }
        let mut body = EventBody {
            result: Some(format!("{} drops", outcomes.len())),
            ..EventBody::new(Action::Receipts)
        };
        let renewed = desk.renewed(self.renewed.as_ref().unwrap_or(&self.vault), &mut body);
        draft.event(body);
        let tpm = &mut self.tpm;
        let committed = session.hand_out(draft, &key, |note, checkpoint| {
            let signature = tpm.sign(&object, &authorisation, note.text().as_bytes())?;
            note.add(&machine, &signature);
            Ok::<_, Error>((note.clone(), checkpoint, outcomes))
        })?;
        if renewed.is_some() {
            self.renewed = renewed;
        }
        let (note, checkpoint, outcomes) = self.remember(committed)?.into_subject();
        let receipts = outcomes
            .iter()
            .map(|outcome| self.receipts(outcome, &note, &checkpoint))
            .collect::<Result<_, _>>()?;
        Ok(Receipted { outcomes, receipts })
    }

    fn receipts(
        &mut self,
        outcome: &DropOutcome,
        note: &Note,
        checkpoint: &Checkpoint,
    ) -> Result<Vec<EventProof>, Error> {
        let leaves: Vec<u64> = match outcome {
            DropOutcome::Rejected(_) => Vec::new(),
            DropOutcome::Replayed(leaves) => leaves.clone(),
            DropOutcome::Taken(taken) => taken.escrowed.iter().filter_map(|escrowed| escrowed.leaf).collect(),
        };
        let snapshot = self.store.snapshot()?;
        let proofs = leaves
            .into_iter()
            .map(|leaf| snapshot.prove_event(leaf, note, checkpoint));
        Ok(proofs.collect::<Result<_, _>>()?)
    }
}

/// Where drops are handed in, during one commit.
struct Desk<'k> {
    intake: Intake<'k>,
    senders: BTreeMap<SenderId, SenderRecord>,
    changed: Vec<SenderId>,
    /// The events of the drops of this commit.
    seen: BTreeMap<[u8; 32], Vec<u64>>,
}

impl Desk<'_> {
    /// Takes drops in, in the order of their sequences: so it is no matter in which they lie there.
    fn take_all(
        &mut self,
        session: &mut Session<'_>,
        draft: &mut Draft,
        drops: &[Dropped],
    ) -> Result<Vec<DropOutcome>, Error> {
        let opened: Vec<_> = drops.iter().map(|dropped| self.intake.open(&dropped.drop)).collect();
        let mut order: Vec<_> = drops.iter().zip(opened).enumerate().collect();
        order.sort_by_key(|(_, (_, opened))| opened.as_ref().ok().map(|opened| opened.sequence));
        let mut outcomes = Vec::with_capacity(order.len());
        for (index, (dropped, opened)) in order {
            let outcome = match opened {
                Ok(opened) => self.take(session, draft, dropped, &opened)?,
                Err(error) => DropOutcome::Rejected(error),
            };
            outcomes.push((index, outcome));
        }
        outcomes.sort_by_key(|(index, _)| *index);
        Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
    }

    fn take(
        &mut self,
        session: &mut Session<'_>,
        draft: &mut Draft,
        dropped: &Dropped,
        opened: &OpenedDrop,
    ) -> Result<DropOutcome, Error> {
        let digest = opened.digest;
        if let Some(leaves) = self.seen(session, &digest)? {
            return Ok(DropOutcome::Replayed(leaves));
        }
        let sender = opened.sender.and_then(|id| self.senders.get(&id)).cloned();
        let late = sender
            .as_ref()
            .and_then(|sender| sender.last_sequence)
            .is_some_and(|last| opened.sequence <= last);
        let mut taken = TakenDrop {
            sender: sender.as_ref().map(|sender| sender.name.clone()),
            late,
            escrowed: Vec::new(),
        };
        for escrow in &opened.escrows {
            let arriving = arriving(opened, escrow, sender.as_ref(), late, dropped.file.as_ref());
            let escrowed = self.intake.take(session, draft, &arriving)?;
            taken.escrowed.push(escrowed);
        }
        let leaves = taken.escrowed.iter().filter_map(|escrowed| escrowed.leaf).collect();
        self.seen.insert(*digest.as_bytes(), leaves);
        if let Some(sender) = sender.filter(|sender| sender.revoked_at.is_none() && !late) {
            self.count(sender.sender, opened.sequence);
        }
        Ok(DropOutcome::Taken(taken))
    }

    fn seen(&self, session: &Session<'_>, digest: &Digest) -> Result<Option<Vec<u64>>, Error> {
        if let Some(leaves) = self.seen.get(digest.as_bytes()) {
            return Ok(Some(leaves.clone()));
        }
        let leaves = session.drop_events(digest)?;
        Ok((!leaves.is_empty()).then_some(leaves))
    }

    fn count(&mut self, sender: SenderId, sequence: u64) {
        if let Some(sender) = self.senders.get_mut(&sender) {
            sender.last_sequence = Some(sequence);
            self.changed.push(sender.sender);
        }
    }

    /// Adds what became of the senders to the last event, and gives the vault record that knows of it.
    fn renewed(self, vault: &VaultRecord, body: &mut EventBody) -> Option<VaultRecord> {
        if self.changed.is_empty() {
            return None;
        }
        for sender in &self.changed {
            let record = self.senders.get(sender)?;
            body.changes.push(Change::Sender(Box::new(record.clone())));
        }
        let mut senders: Vec<SenderRecord> = self.senders.into_values().collect();
        let renewed = with_senders(vault, &mut senders);
        body.changes.push(Change::Vault(Box::new(renewed.clone())));
        Some(renewed)
    }
}

/// A password of a drop on its way in. A sender sees the volume when it makes the drop; one that was overtaken, or that
/// nobody here knows, says no more than when that was.
fn arriving<'d>(
    opened: &OpenedDrop,
    escrow: &'d DroppedEscrow,
    sender: Option<&SenderRecord>,
    late: bool,
    file: Option<&LogText>,
) -> Arriving<'d> {
    let confirmed = sender.is_some_and(|sender| sender.may_speak_for(&escrow.device));
    let others = escrow.listed.iter().copied();
    let listed = Arc::new(others.chain([escrow.protector]).collect());
    Arriving {
        device: Some(DeviceName::clone(&escrow.device)),
        naming: escrow.naming.clone(),
        protector: escrow.protector,
        password: &escrow.password,
        source: Source::Drop,
        standing: if confirmed && !late {
            Standing::Seen {
                at: opened.created_at,
                created: escrow.created_at,
            }
        } else {
            Standing::Dated(escrow.created_at.unwrap_or(opened.created_at))
        },
        confirmed,
        listed,
        file: file.cloned(),
        drop: Some(opened.digest),
    }
}
