//! `confirm`: gives standing to an escrow whose source had none.

use std::collections::BTreeSet;

use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::state::Arrival;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::Naming;
use strongroom_core::state::Placement;
use strongroom_core::state::Standing;
use strongroom_core::state::VolumeRecord;
use strongroom_core::state::confirm;
use strongroom_core::state::place;
use strongroom_core::values::EscrowId;
use strongroom_core::values::LogText;

use crate::ops::Error;
use crate::ops::Escrowed;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::ops::changing::settled;
use crate::ops::recording::about;
use crate::ops::recording::clock_is_wrong;
use crate::ops::recording::located;
use crate::ops::twins::Twins;
use crate::store::Session;

/// An escrow that somebody vouches for.
#[derive(Clone, Debug)]
pub struct ConfirmRequest {
    /// The escrow.
    pub escrow: EscrowId,
    /// On what ground.
    pub note: LogText,
}

impl Unsealed {
    /// Gives standing to an escrow: what becomes of it is decided now, by its own times.
    ///
    /// # Errors
    ///
    /// Fails if there is no such escrow, if it has standing, or if it cannot be recorded.
    pub fn confirm(&mut self, who: &Who, request: &ConfirmRequest) -> Result<Escrowed, Error> {
        let trust = self.trust()?;
        let mut draft = self.draft(who)?;
        let mut session = self.store.session(&trust)?;
        session.refusals_due(who.at, &mut draft)?;

        let (volume, held) = match located(&mut session, request.escrow) {
            Ok(found) => found,
            Err(error) => {
                drop(session);
                return Err(self.refuse_missing(who, error));
            }
        };
        let event = EventBody {
            note: Some(request.note.clone()),
            ..about(Action::Confirm, &volume, &held)
        };
        if !held.unconfirmed {
            drop(session);
            return Err(self.refuse_with(who, event, Error::HasStanding { escrow: held.escrow }));
        }
        let (_, fingerprint) = session.held(&volume, held.escrow)?;
        let target = target(&mut session, &volume)?;
        let twins = Twins::find(&mut session, &target, &fingerprint, held.protector)?;
        let decision = confirm(
            &target,
            &held,
            &Arrival {
                escrow: held.escrow,
                protector: held.protector,
                envelope: held.envelope,
                source: held.source,
                standing: own_times(&held),
                confirmed: true,
                at: who.at,
                clock_is_wrong: clock_is_wrong(&session, who)?,
                by: &who.operator.to_string(),
                listed: &BTreeSet::new(),
                same_password: &twins.escrows,
                shown: twins.shown.as_ref(),
                grace_seconds: session.vault()?.grace_seconds,
            },
        );
        let mut escrowed = Escrowed::of(&target, &decision)?;
        escrowed.leaf = Some(session.next_leaf(&draft));
        let event = EventBody {
            note: event.note,
            ..about(Action::Confirm, &target, &held)
        };
        draft.event(settled(&session, event, (&volume, &held), &target, &decision)?);
        let key = self.keyring.secret().log_signing_key(self.vault.epoch);
        let committed = session.commit(draft, &key, escrowed)?;
        Ok(self.remember(committed)?.into_subject())
    }
}

/// The volume that it belongs to: one that is known by the same names by now, else the one in which it waits.
fn target(session: &mut Session<'_>, from: &VolumeRecord) -> Result<VolumeRecord, Error> {
    let Some(device) = from.device.as_ref().filter(|_| !from.is_vouched_for()) else {
        return Ok(from.clone());
    };
    let mut known = session.volumes_of(device)?;
    known.retain(|volume| volume.is_vouched_for());
    let naming = Naming {
        id: from.id,
        mount: from.mount().cloned(),
        kind: Some(from.kind),
    };
    let held = match place(&known, &naming) {
        Placement::Held(index) => known.get(index),
        Placement::New => None,
    };
    Ok(held.map_or_else(|| from.clone(), |volume| naming.applied_to(volume)))
}

/// What an escrow's own record can say of time.
pub(super) fn own_times(record: &EscrowRecord) -> Standing {
    record.created_at.map_or(Standing::Undated, Standing::Dated)
}
