//! `escrow`: takes in one recovery password.

use strongroom_core::crypto::random;
use strongroom_core::envelope::Envelope;
use strongroom_core::envelope::Place;
use strongroom_core::keys::Fingerprint;
use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::state::Arrival;
use strongroom_core::state::Change;
use strongroom_core::state::Decision;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Naming;
use strongroom_core::state::Placement;
use strongroom_core::state::Rule;
use strongroom_core::state::Source;
use strongroom_core::state::Standing;
use strongroom_core::state::VolumeRecord;
use strongroom_core::state::arrive;
use strongroom_core::state::place;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Time;
use strongroom_core::values::VolumeType;

use crate::ops::Error;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::ops::recording::about;
use crate::store::Session;

/// A password to be taken in.
pub struct EscrowRequest<'p> {
    /// The device.
    pub device: DeviceName,
    /// The volume, as far as it is named.
    pub naming: Naming,
    /// The protector whose password it is.
    pub protector: ProtectorId,
    /// The password.
    pub password: &'p RecoveryPassword,
    /// When it was made, where somebody knows.
    pub created: Option<Time>,
}

/// What became of it.
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
    /// Takes in one recovery password, by the rules of its volume.
    ///
    /// # Errors
    ///
    /// Fails, with nothing taken in, if what is on its path is not what the log says, or if it cannot be recorded. Where
    /// the TPM then does not remember it, the password is taken in all the same, and whoever opens the vault next
    /// finishes that.
    pub fn escrow(&mut self, who: &Who, request: &EscrowRequest<'_>) -> Result<Escrowed, Error> {
        let trust = self.trust()?;
        let mut draft = self.draft(who)?;
        let mut session = self.store.session(&trust)?;
        session.refusals_due(who.at, &mut draft)?;

        let volume = volume_for(&mut session, request)?;
        let fingerprint = self.keyring.secret().fingerprint(request.password);
        let escrow = EscrowId::new(random()?);
        let envelope = Envelope::encrypt(
            &self.keyring,
            &Place {
                vault: self.vault.vault,
                escrow,
                protector: request.protector,
            },
            request.password,
        )?;
        let twins = Twins::find(&mut session, &volume, &fingerprint)?;
        let by = who.operator.to_string();
        let decision = arrive(
            &volume,
            &Arrival {
                escrow,
                protector: request.protector,
                envelope: envelope.digest(&fingerprint),
                source: Source::Escrow,
                standing: Standing::Live(request.created),
                confirmed: true,
                at: who.at,
                by: &by,
                listed: &[request.protector],
                same_password: &twins.escrows,
                shown: twins.shown.as_ref(),
                grace_seconds: session.vault()?.grace_seconds,
            },
        );

        let event = event(&session, &volume, &decision)?;
        let mut escrowed = Escrowed::of(&volume, &decision)?;
        if event.changes.is_empty() {
            return Ok(escrowed);
        }
        escrowed.leaf = Some(session.next_leaf(&draft));
        draft.event(event);
        if decision.escrow == escrow {
            draft.hold(escrow, envelope, fingerprint);
        }
        let key = self.keyring.secret().log_signing_key(self.vault.epoch);
        let committed = session.commit(&draft, &key, escrowed)?;
        Ok(self.remember(committed)?.into_subject())
    }
}

impl Escrowed {
    fn of(volume: &VolumeRecord, decision: &Decision) -> Result<Self, Error> {
        let changed = decision.changed.iter().find(|record| record.escrow == decision.escrow);
        let record = changed
            .or_else(|| volume.escrow(decision.escrow))
            .ok_or(Error::NoEscrow {
                escrow: decision.escrow,
            })?;
        let superseded = decision.superseded.iter().filter_map(|escrow| volume.escrow(*escrow));
        Ok(Self {
            volume: volume.naming(),
            record: record.clone(),
            rule: decision.rule,
            superseded: superseded.map(|record| record.protector).collect(),
            exposure_ended: decision.exposure_ended,
            leaf: None,
        })
    }
}

/// The escrows that hold the same password, each in a volume that is proven.
struct Twins {
    escrows: Vec<EscrowId>,
    shown: Option<EscrowRecord>,
}

impl Twins {
    fn find(session: &mut Session<'_>, target: &VolumeRecord, fingerprint: &Fingerprint) -> Result<Self, Error> {
        let mut twins = Self {
            escrows: Vec::new(),
            shown: None,
        };
        for (escrow, volume) in session.same_password(target.volume, fingerprint)? {
            let volume = session.volume(volume)?;
            twins.escrows.push(escrow);
            if let Some(record) = volume.escrow(escrow).filter(|record| record.ever_shown()) {
                twins.was_shown(record);
            }
        }
        Ok(twins)
    }

    /// One that is still to be rotated says until when better than one whose exposure has ended; and the password was
    /// last shown when any of them was.
    fn was_shown(&mut self, record: &EscrowRecord) {
        let last = self
            .shown
            .as_ref()
            .and_then(|shown| shown.shown_at)
            .max(record.shown_at);
        if self.shown.is_none() || record.state == EscrowState::Exposed {
            self.shown = Some(record.clone());
        }
        if let Some(shown) = &mut self.shown {
            shown.shown_at = last;
        }
    }
}

/// The volume that is meant, as it is after this naming; its escrows are those before.
fn volume_for(session: &mut Session<'_>, request: &EscrowRequest<'_>) -> Result<VolumeRecord, Error> {
    let volumes = session.volumes_of(&request.device)?;
    let held = match place(&volumes, &request.naming) {
        Placement::Held(index) => volumes.get(index).cloned(),
        Placement::New => None,
    };
    // A device is called as it was first called.
    let device = volumes.first().and_then(|volume| volume.device.clone());
    let volume = match held {
        Some(volume) => volume,
        None => VolumeRecord {
            volume: session.next_volume()?,
            device: Some(device.unwrap_or_else(|| request.device.clone())),
            id: None,
            mounts: Vec::new(),
            kind: VolumeType::Unknown,
            escrows: Vec::new(),
        },
    };
    Ok(request.naming.applied_to(&volume))
}

fn event(session: &Session<'_>, volume: &VolumeRecord, decision: &Decision) -> Result<EventBody, Error> {
    let record = decision
        .changed
        .first()
        .or_else(|| volume.escrow(decision.escrow))
        .ok_or(Error::NoEscrow {
            escrow: decision.escrow,
        })?;
    let mut event = about(Action::Escrow, volume, record);
    event.rule = Some(decision.rule);
    event.result = Some(decision.state.as_str().to_owned());
    if session.naming(volume.volume)?.as_ref() != Some(&volume.naming()) {
        event.changes.push(Change::Volume(volume.naming()));
    }
    event
        .changes
        .extend(decision.changed.iter().map(|record| Change::Escrow {
            volume: volume.volume,
            record: Box::new(record.clone()),
        }));
    Ok(event)
}
