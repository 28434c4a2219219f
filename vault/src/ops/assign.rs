//! `assign`: gives an escrow that came without a device its place.

use std::collections::BTreeSet;
use std::sync::Arc;

use strongroom_core::log::Action;
use strongroom_core::state::Arrival;
use strongroom_core::state::Naming;
use strongroom_core::state::VolumeRecord;
use strongroom_core::state::assign;
use strongroom_core::state::meant;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;

use crate::ops::Error;
use crate::ops::Escrowed;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::ops::arriving::name_of;
use crate::ops::changing::settled;
use crate::ops::confirm::own_times;
use crate::ops::recording::about;
use crate::ops::recording::clock_is_wrong;
use crate::ops::recording::located;
use crate::ops::twins::Twins;
use crate::store::Session;

/// Where an escrow belongs.
#[derive(Clone, Debug)]
pub struct AssignRequest {
    /// The escrow.
    pub escrow: EscrowId,
    /// Its device.
    pub device: DeviceName,
    /// Its volume, as far as it is named.
    pub naming: Naming,
}

impl Unsealed {
    /// Gives an escrow its place; what becomes of it there is decided by its own times. Nothing is encrypted anew.
    ///
    /// # Errors
    ///
    /// Fails if there is no such escrow, if it has a device, or if it cannot be recorded.
    pub fn assign(&mut self, who: &Who, request: &AssignRequest) -> Result<Escrowed, Error> {
        let trust = self.trust()?;
        let mut draft = self.draft(who)?;
        let mut session = self.store.session(&trust)?;
        session.refusals_due(who.at, &mut draft)?;

        let (from, held) = match located(&mut session, request.escrow) {
            Ok(found) => found,
            Err(error) => {
                drop(session);
                return Err(self.refuse_missing(who, error));
            }
        };
        if let Some(device) = from.device.clone() {
            drop(session);
            let event = about(Action::Assign, &from, &held);
            return Err(self.refuse_with(
                who,
                event,
                Error::HasDevice {
                    escrow: held.escrow,
                    device,
                },
            ));
        }
        let (_, fingerprint) = session.held(&from, held.escrow)?;
        let target = target(&mut session, &from, request)?;
        let twins = Twins::find(&mut session, &target, &fingerprint, held.protector)?;
        let decision = assign(
            &target,
            &held,
            &Arrival {
                escrow: held.escrow,
                protector: held.protector,
                envelope: held.envelope,
                source: held.source,
                standing: own_times(&held),
                confirmed: !held.unconfirmed,
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
        let event = about(Action::Assign, &target, &held);
        draft.event(settled(&session, event, (&from, &held), &target, &decision)?);
        let key = self.keyring.secret().log_signing_key(self.vault.epoch);
        let committed = session.commit(draft, &key, escrowed)?;
        Ok(self.remember(committed)?.into_subject())
    }
}

/// The volume that is meant. Where it is not there yet, the escrow's own volume becomes it; its escrows are those that
/// it holds beside the one that comes.
fn target(session: &mut Session<'_>, from: &VolumeRecord, request: &AssignRequest) -> Result<Arc<VolumeRecord>, Error> {
    let naming = Naming {
        id: request.naming.id.or(from.id),
        mount: request.naming.mount.clone().or_else(|| from.mount().cloned()),
        kind: request.naming.kind.or(Some(from.kind)),
    };
    let volumes = session.volumes_of(&request.device)?;
    Ok(meant(&volumes, &naming, true).unwrap_or_else(|| {
        naming.of(Arc::new(VolumeRecord {
            device: Some(name_of(&volumes, &request.device)),
            ..from.naming()
        }))
    }))
}
