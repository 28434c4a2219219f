//! Drops: opened, taken in by the standing of their senders, and receipted.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use strongroom_core::crypto::Digest;
use strongroom_core::drop::DropFile;
use strongroom_core::drop::DroppedEscrow;
use strongroom_core::drop::OpenDropError;
use strongroom_core::drop::OpenedDrop;
use strongroom_core::log::Action;
use strongroom_core::log::Checkpoint;
use strongroom_core::log::DropSender;
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
use strongroom_core::values::MountPoint;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::SenderId;

use crate::ops::Arriving;
use crate::ops::Error;
use crate::ops::Escrowed;
use crate::ops::TooMany;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::ops::ahead::Encryptor;
use crate::ops::arriving::Intake;
use crate::ops::bounds::beyond;
use crate::ops::senders::with_senders;
use crate::store::Draft;
use crate::store::HandOut;
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
    /// Nothing of it is taken in.
    Rejected(RejectedDrop),
    /// The same file was taken in before, in these events.
    Replayed(Vec<u64>),
    /// It is left for the next commit: this one has as much as it should.
    Left,
}

/// Why nothing of a drop is taken in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RejectedDrop {
    /// It does not open.
    Open(OpenDropError),
    /// Nobody vouches for what it brings, and there are too many such already.
    TooMany(TooMany),
}

impl fmt::Display for RejectedDrop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::TooMany(many) => f.write_str(many.why()),
        }
    }
}

/// A drop that was taken in.
#[derive(Clone, Debug)]
pub struct TakenDrop {
    /// The name of its sender; none where it was made with the public key alone.
    pub sender: Option<LogText>,
    /// Whether a newer one of its sender had been taken in before.
    pub late: bool,
    /// What became of each password that was taken in.
    pub escrowed: Vec<Escrowed>,
    /// Those that were not taken in.
    pub refused: Vec<Refused>,
}

/// A password of a drop that was not taken in.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The device.
    pub device: DeviceName,
    /// Where its volume is mounted, as far as the drop says.
    pub mount: Option<MountPoint>,
    /// The protector.
    pub protector: ProtectorId,
    /// Why.
    pub why: TooMany,
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
    /// Takes in what drops bring, in one commit, and hands out the receipts. What is [left](DropOutcome::Left) is for another
    /// commit, between which and this one the vault is to be closed: others wait for it.
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
            changed: BTreeSet::new(),
            seen: BTreeMap::new(),
        };
        let outcomes = desk.take_all(&mut session, &mut draft, drops)?;
        let handled = outcomes.iter().filter(|outcome| !outcome.is_left()).count();
        if !outcomes.iter().any(DropOutcome::is_receipted) {
            return Ok(Receipted {
                receipts: vec![Vec::new(); outcomes.len()],
                outcomes,
            });
        }
        let renewed = desk.renewed(self.renewed.as_ref().unwrap_or(&self.vault), &mut draft);
        let hand_out = HandOut {
            result: Some(format!("{handled} drops")),
            ..HandOut::new(Action::Receipts)
        };
        let tpm = &mut self.tpm;
        let committed = session.hand_out(draft, hand_out, &key, |note, checkpoint| {
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
            DropOutcome::Rejected(_) | DropOutcome::Left => Vec::new(),
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
    changed: BTreeSet<SenderId>,
    /// The events of the drops of this commit.
    seen: BTreeMap<[u8; 32], Vec<u64>>,
}

impl Desk<'_> {
    /// Takes drops in, in the order of their sequences: so it is no matter in which they lie there. Once they have brought as
    /// many passwords as a commit should, the others are left.
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
        let mut passwords = 0;
        for (index, (dropped, opened)) in order {
            let outcome = match opened {
                Ok(_) if passwords >= IN_A_COMMIT => DropOutcome::Left,
                Ok(opened) => {
                    passwords += opened.escrows.len();
                    self.take(session, draft, dropped, &opened)?
                }
                Err(error) => DropOutcome::Rejected(RejectedDrop::Open(error)),
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
            refused: Vec::new(),
        };
        let mut unconfirmed = 0;
        for escrow in &opened.escrows {
            let arriving = arriving(opened, escrow, sender.as_ref(), late, dropped.file.as_ref());
            if !arriving.confirmed {
                if let Some(why) = beyond(session, &arriving, unconfirmed)? {
                    taken.refused.push(Refused::of(escrow, why));
                    continue;
                }
                unconfirmed += 1;
            }
            taken.escrowed.push(self.intake.take(session, draft, &arriving)?);
        }
        if let ([], Some(refused)) = (taken.escrowed.as_slice(), taken.refused.first()) {
            // Nothing of it is on record, so it counts as if it had not come: it can come again.
            return Ok(DropOutcome::Rejected(RejectedDrop::TooMany(refused.why)));
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
            self.changed.insert(sender.sender);
        }
    }

    /// Adds what became of the senders, each once, and gives the vault record that knows of it.
    ///
    /// It goes on from the last event that took a password in, and stands in no event that a receipt proves: receipts lie
    /// open, and for which devices a sender speaks is no other agent's business.
    fn renewed(self, vault: &VaultRecord, draft: &mut Draft) -> Option<VaultRecord> {
        if self.changed.is_empty() {
            return None;
        }
        let mut body = EventBody::new(Action::Continued);
        for sender in &self.changed {
            let record = self.senders.get(sender)?;
            body.changes.push(Change::Sender(Box::new(record.clone())));
        }
        let mut senders: Vec<SenderRecord> = self.senders.into_values().collect();
        let renewed = with_senders(vault, &mut senders);
        body.changes.push(Change::Vault(Box::new(renewed.clone())));
        draft.event(body);
        Some(renewed)
    }
}

impl DropOutcome {
    /// Returns whether the drop is left for another commit.
    pub const fn is_left(&self) -> bool {
        matches!(self, Self::Left)
    }

    const fn is_receipted(&self) -> bool {
        matches!(self, Self::Taken(_) | Self::Replayed(_))
    }
}

impl Refused {
    fn of(escrow: &DroppedEscrow, why: TooMany) -> Self {
        Self {
            device: escrow.device.clone(),
            mount: escrow.naming.mount.clone(),
            protector: escrow.protector,
            why,
        }
    }
}

/// A password of a drop on its way in. A sender sees the volume when it makes the drop; one that was overtaken, or that
/// nobody here knows, says no more than when that was. One that says that it was made before its sender was enrolled was
/// made by a wrong clock, so nothing says that it was overtaken.
fn arriving<'d>(
    opened: &OpenedDrop,
    escrow: &'d DroppedEscrow,
    sender: Option<&SenderRecord>,
    late: bool,
    file: Option<&LogText>,
) -> Arriving<'d> {
    let confirmed = sender.is_some_and(|sender| sender.may_speak_for(&escrow.device));
    let clock_is_wrong = sender.is_some_and(|sender| opened.created_at.plus_seconds(DAY) < sender.enrolled_at);
    let others = escrow.listed.iter().copied();
    let listed = Arc::new(others.chain([escrow.protector]).collect());
    Arriving {
        device: Some(DeviceName::clone(&escrow.device)),
        naming: escrow.naming.clone(),
        protector: escrow.protector,
        password: &escrow.password,
        source: Source::Drop,
        standing: if confirmed && (!late || clock_is_wrong) {
            Standing::Sent {
                at: opened.created_at,
                created: escrow.created_at,
                clock_is_wrong,
            }
        } else {
            Standing::Dated(escrow.created_at.unwrap_or(opened.created_at))
        },
        confirmed,
        listed,
        file: file.cloned(),
        drop: Some(opened.digest),
        sender: sender.map(|sender| DropSender {
            id: sender.sender,
            name: sender.name.clone(),
        }),
    }
}

/// Passwords in one commit of drops. The last drop of it may bring more.
const IN_A_COMMIT: usize = 256;
const DAY: u64 = 24 * 60 * 60;
