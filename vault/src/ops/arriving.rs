//! Taking passwords in: what arrives, where it goes, and what becomes of it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;

use strongroom_core::crypto::Digest;
use strongroom_core::drop::DropFile;
use strongroom_core::drop::OpenDropError;
use strongroom_core::drop::OpenedDrop;
use strongroom_core::keys::Fingerprint;
use strongroom_core::log::Action;
use strongroom_core::log::DropSender;
use strongroom_core::log::EventBody;
use strongroom_core::state::Arrival;
use strongroom_core::state::Decision;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::Escrows;
use strongroom_core::state::Naming;
use strongroom_core::state::Rule;
use strongroom_core::state::Source;
use strongroom_core::state::Standing;
use strongroom_core::state::VolumeRecord;
use strongroom_core::state::arrive;
use strongroom_core::state::meant;
use strongroom_core::values::DeviceName;
use strongroom_core::values::LogText;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::VolumeType;

use crate::ops::Error;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::ops::ahead::Ahead;
use crate::ops::ahead::Encrypted;
use crate::ops::ahead::Encryptor;
use crate::ops::changing::escrow_change;
use crate::ops::changing::naming_change;
use crate::ops::recording::about;
use crate::ops::recording::clock_is_wrong;
use crate::ops::twins::Twins;
use crate::store::Draft;
use crate::store::Session;

/// A password on its way in, and what its source says.
pub struct Arriving<'p> {
    /// The device, where it is known.
    pub device: Option<DeviceName>,
    /// The volume, as far as it is named.
    pub naming: Naming,
    /// The protector whose password it is.
    pub protector: ProtectorId,
    /// The password.
    pub password: &'p RecoveryPassword,
    /// How it came.
    pub source: Source,
    /// What its source can say of time.
    pub standing: Standing,
    /// Whether its source is known.
    pub confirmed: bool,
    /// The protectors of the same volume that the same live source lists.
    pub listed: Arc<BTreeSet<ProtectorId>>,
    /// The file that it came in, by its name alone.
    pub file: Option<LogText>,
    /// The drop that brought it: that it came is on record then, even where it brings nothing new.
    pub drop: Option<Digest>,
    /// The sender of the drop, where the vault knows it.
    pub sender: Option<DropSender>,
}

/// What became of a password that was taken in.
#[derive(Clone, Debug)]
pub struct Escrowed {
    /// The volume, without its escrows.
    pub volume: VolumeRecord,
    /// The escrow that holds the password now.
    pub record: EscrowRecord,
    /// The rule that decided.
    pub rule: Rule,
    /// The protectors whose passwords it superseded.
    pub superseded: Vec<ProtectorId>,
    /// Whether it ended an exposure, on the word of whoever escrowed it.
    pub exposure_ended: bool,
    /// The event; none where nothing was new.
    pub leaf: Option<u64>,
}

impl Unsealed {
    /// Takes passwords in, one after the other, by the rules of their volumes, in one commit; `done` is told of each.
    ///
    /// # Errors
    ///
    /// Fails, with nothing taken in, if what is on their path is not what the log says, or if it cannot be recorded.
    /// Where the TPM then does not remember it, they are taken in all the same, and whoever opens the vault next finishes
    /// that.
    pub fn take_in(
        &mut self,
        who: &Who,
        arriving: &[&Arriving<'_>],
        mut done: impl FnMut(),
    ) -> Result<Vec<Escrowed>, Error> {
        let trust = self.trust()?;
        let mut draft = self.draft(who)?;
        let is_much = arriving.len() >= MANY;
        if is_much {
            self.store.leave_copying()?;
        }
        let mut session = self.store.session(&trust)?;
        session.refusals_due(who.at, &mut draft)?;
        let intake = Intake::new(Encryptor::new(&self.keyring, self.vault.vault), &session, who)?;
        let taken = intake.take_all(&mut session, &mut draft, arriving, &mut done)?;
        if taken.iter().all(|escrowed| escrowed.leaf.is_none()) {
            return Ok(taken);
        }
        let key = self.keyring.secret().log_signing_key(self.vault.epoch);
        let committed = session.commit(draft, &key, taken)?;
        if is_much {
            self.store.copy_beside();
        }
        Ok(self.remember(committed)?.into_subject())
    }
}

/// What all the passwords of one commit have in common.
pub(super) struct Intake<'k> {
    encryptor: Encryptor<'k>,
    who: &'k Who,
    by: String,
    clock_is_wrong: bool,
    grace_seconds: u64,
}

impl<'k> Intake<'k> {
    pub(super) fn new(encryptor: Encryptor<'k>, session: &Session<'_>, who: &'k Who) -> Result<Self, Error> {
        Ok(Self {
            encryptor,
            who,
            by: who.operator.to_string(),
            clock_is_wrong: clock_is_wrong(session, who)?,
            grace_seconds: session.vault()?.grace_seconds,
        })
    }

    /// What a drop says.
    pub(super) fn open(&self, drop: &DropFile) -> Result<OpenedDrop, OpenDropError> {
        drop.open(self.encryptor.vault, self.encryptor.keyring)
    }

    /// Takes passwords in, one after the other.
    fn take_all(
        &self,
        session: &mut Session<'_>,
        draft: &mut Draft,
        arriving: &[&Arriving<'_>],
        done: &mut impl FnMut(),
    ) -> Result<Vec<Escrowed>, Error> {
        self.each(arriving, |one, encrypted| {
            let taken = self.put(session, draft, one, encrypted);
            done();
            taken
        })
    }

    /// Calls `take` with each password, encrypted, in their order.
    pub(super) fn each<T>(
        &self,
        arriving: &[&Arriving<'_>],
        mut take: impl FnMut(&Arriving<'_>, Encrypted) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        thread::scope(|scope| {
            let all = arriving.iter().zip(Ahead::new(scope, &self.encryptor, arriving));
            all.map(|(one, encrypted)| take(one, encrypted?)).collect()
        })
    }

    /// Takes one password in: what comes after it in the same session finds it there.
    pub(super) fn take(
        &self,
        session: &mut Session<'_>,
        draft: &mut Draft,
        arriving: &Arriving<'_>,
    ) -> Result<Escrowed, Error> {
        self.put(session, draft, arriving, self.encryptor.encrypt(arriving)?)
    }

    /// Who ends an exposure by this password: the sender of the drop, where the vault knows one. But where an operator takes
    /// the drop in who was shown a password of this volume, the end is theirs, so that it is marked as one's own.
    fn by<'b>(&'b self, volume: &VolumeRecord, arriving: &Arriving<'_>) -> Cow<'b, str> {
        let mut exposed = volume.escrows.exposed();
        match &arriving.sender {
            Some(sender) if !exposed.any(|held| held.may_have_been_shown_to(&self.by)) => {
                Cow::Owned(format!("sender {}", sender.name))
            }
            Some(_) | None => Cow::Borrowed(&self.by),
        }
    }

    pub(super) fn put(
        &self,
        session: &mut Session<'_>,
        draft: &mut Draft,
        arriving: &Arriving<'_>,
        encrypted: Encrypted,
    ) -> Result<Escrowed, Error> {
        let Encrypted {
            escrow,
            envelope,
            fingerprint,
            digest,
        } = encrypted;
        let volume = volume_for(session, arriving, &fingerprint)?;
        let twins = Twins::find(session, &volume, &fingerprint, arriving.protector)?;
        let by = self.by(&volume, arriving);
        let decision = arrive(
            &volume,
            &Arrival {
                escrow,
                protector: arriving.protector,
                envelope: digest,
                source: arriving.source,
                standing: arriving.standing,
                confirmed: arriving.confirmed,
                at: self.who.at,
                clock_is_wrong: self.clock_is_wrong,
                by: &by,
                listed: &arriving.listed,
                same_password: &twins.escrows,
                shown: twins.shown.as_ref(),
                grace_seconds: self.grace_seconds,
            },
        );
        let mut event = event(session, &volume, &decision)?;
        event.file.clone_from(&arriving.file);
        event.drop = arriving.drop;
        event.sender.clone_from(&arriving.sender);
        let mut escrowed = Escrowed::of(&volume, &decision)?;
        let mut continued = None;
        if !arriving.confirmed {
            // The maker of a drop gets this leaf with its receipt. It may not tell whether the password is a held one: what
            // became of it, such as exposed with its twin, stands in the event after.
            event.result = Some(UNCONFIRMED.to_owned());
            continued = Some(EventBody {
                changes: std::mem::take(&mut event.changes),
                ..EventBody::new(Action::Continued)
            });
        }
        if event.changes.is_empty() && continued.is_none() && arriving.drop.is_some() {
            // A receipt says of the escrow what it is.
            event.changes.push(escrow_change(&volume, &escrowed.record));
        }
        if event.changes.is_empty() && continued.is_none() {
            return Ok(escrowed);
        }
        escrowed.leaf = Some(session.next_leaf(draft));
        draft.event(event);
        if let Some(continued) = continued {
            draft.event(continued);
        }
        if decision.escrow == escrow {
            draft.hold(escrow, envelope, fingerprint);
        }
        // So that what comes into the volume does not come into a copy of it.
        drop(volume);
        session.stage(draft)?;
        Ok(escrowed)
    }
}

impl Escrowed {
    pub(super) fn of(volume: &VolumeRecord, decision: &Decision) -> Result<Self, Error> {
        let superseded = decision.superseded.iter().filter_map(|escrow| volume.escrow(*escrow));
        Ok(Self {
            volume: volume.naming(),
            record: decided(volume, decision)?.clone(),
            rule: decision.rule,
            superseded: superseded.map(|record| record.protector).collect(),
            exposure_ended: decision.exposure_ended,
            leaf: None,
        })
    }
}

/// The volume that is meant, as it is after this naming; its escrows are those before.
///
/// A password without a device goes where the same password of the same protector is held, wherever that is: to read a
/// file again changes nothing, also where its passwords were assigned since. What nobody vouches for does not say whose it
/// is. Else it is a volume of its own.
pub(super) fn volume_for(
    session: &mut Session<'_>,
    arriving: &Arriving<'_>,
    fingerprint: &Fingerprint,
) -> Result<Arc<VolumeRecord>, Error> {
    let Some(device) = &arriving.device else {
        return match held_somewhere(session, arriving, fingerprint)? {
            Some(volume) => Ok(volume),
            None => Ok(arriving.naming.of(new_volume(session, None))),
        };
    };
    let volumes = session.volumes_of(device)?;
    let held = volume_of(&volumes, arriving);
    Ok(held.unwrap_or_else(|| arriving.naming.of(new_volume(session, Some(name_of(&volumes, device))))))
}

/// The volume of the device, of which these are all, that is meant; none where it is not there yet.
pub(super) fn volume_of(volumes: &[Arc<VolumeRecord>], arriving: &Arriving<'_>) -> Option<Arc<VolumeRecord>> {
    meant(volumes, &arriving.naming, arriving.confirmed)
}

fn held_somewhere(
    session: &mut Session<'_>,
    arriving: &Arriving<'_>,
    fingerprint: &Fingerprint,
) -> Result<Option<Arc<VolumeRecord>>, Error> {
    let held = session.held_anywhere(arriving.protector, fingerprint, arriving.confirmed)?;
    let Some((escrow, volume)) = held else {
        return Ok(None);
    };
    let volume = session.volume(volume)?;
    let is_meant =
        |held: &EscrowRecord| held.protector == arriving.protector && (!held.unconfirmed || !arriving.confirmed);
    Ok(volume.escrow(escrow).is_some_and(is_meant).then_some(volume))
}

fn new_volume(session: &Session<'_>, device: Option<DeviceName>) -> Arc<VolumeRecord> {
    Arc::new(VolumeRecord {
        volume: session.next_volume(),
        device,
        id: None,
        mounts: Vec::new(),
        kind: VolumeType::Unknown,
        master_key: None,
        escrows: Escrows::default(),
    })
}

/// A device is called as it was first called.
pub(super) fn name_of(volumes: &[Arc<VolumeRecord>], device: &DeviceName) -> DeviceName {
    let first = volumes.first().and_then(|volume| volume.device.clone());
    first.unwrap_or_else(|| device.clone())
}

fn event(session: &Session<'_>, volume: &VolumeRecord, decision: &Decision) -> Result<EventBody, Error> {
    let mut event = EventBody {
        rule: Some(decision.rule),
        result: Some(decision.state.as_str().to_owned()),
        ..about(Action::Escrow, volume, decided(volume, decision)?)
    };
    event.changes.reserve_exact(decision.changed.len().saturating_add(1));
    event.changes.extend(naming_change(session, volume)?);
    let changed = decision.changed.iter();
    event
        .changes
        .extend(changed.map(|record| escrow_change(volume, record)));
    Ok(event)
}

/// The record of the escrow that a decision is about, as it is then.
fn decided<'a>(volume: &'a VolumeRecord, decision: &'a Decision) -> Result<&'a EscrowRecord, Error> {
    let changed = decision.changed.iter().find(|record| record.escrow == decision.escrow);
    changed
        .or_else(|| volume.escrow(decision.escrow))
        .ok_or(Error::NoEscrow {
            escrow: decision.escrow,
        })
}

/// The result of an arrival that nobody vouches for.
const UNCONFIRMED: &str = "unconfirmed";
/// Passwords that leave much to be copied.
const MANY: usize = 1000;
