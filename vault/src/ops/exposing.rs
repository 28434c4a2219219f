//! Marking passwords exposed; `expose`, for those that got out without a reveal.

use strongroom_core::keys::Fingerprint;
use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::state::Change;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Showing;
use strongroom_core::state::VolumeRecord;
use strongroom_core::state::expose;
use strongroom_core::values::EscrowId;
use strongroom_core::values::LogText;

use crate::ops::Error;
use crate::ops::Recorded;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::ops::recording::about;
use crate::ops::recording::located;
use crate::store::Draft;
use crate::store::Session;

/// A password that got out otherwise than by a reveal.
#[derive(Clone, Debug)]
pub struct ExposeRequest {
    /// The escrow.
    pub escrow: EscrowId,
    /// How it got out.
    pub note: LogText,
}

impl Unsealed {
    /// Marks a password exposed, and with it every current escrow of the same password.
    ///
    /// # Errors
    ///
    /// Fails if there is no such escrow, or if it cannot be recorded.
    pub fn expose(&mut self, who: &Who, request: &ExposeRequest) -> Result<Recorded, Error> {
        let trust = self.trust()?;
        let mut draft = self.draft(who)?;
        let mut session = self.store.session(&trust)?;
        session.refusals_due(who.at, &mut draft)?;

        let (volume, record) = match located(&mut session, request.escrow) {
            Ok(found) => found,
            Err(error) => {
                drop(session);
                return Err(self.refuse_missing(who, error));
            }
        };
        let (_, fingerprint) = session.held(&volume, request.escrow)?;
        let leaf = session.next_leaf(&draft);
        let event = EventBody {
            note: Some(request.note.clone()),
            ..about(Action::Expose, &volume, &record)
        };
        let record = exposed(&mut session, &mut draft, who, event, (&volume, &record, &fingerprint))?;
        let recorded = Recorded {
            volume: volume.naming(),
            record,
            leaf,
        };
        let key = self.keyring.secret().log_signing_key(self.vault.epoch);
        let committed = session.commit(draft, &key, recorded)?;
        Ok(self.remember(committed)?.into_subject())
    }
}

/// Adds `event`, by which a password is exposed, and one more for each other escrow of the same password that is not
/// superseded. Gives the record as it is then.
pub(super) fn exposed(
    session: &mut Session<'_>,
    draft: &mut Draft,
    who: &Who,
    mut event: EventBody,
    (volume, record, fingerprint): (&VolumeRecord, &EscrowRecord, &Fingerprint),
) -> Result<EscrowRecord, Error> {
    let showing = Showing {
        at: who.at,
        by: who.operator.to_string(),
        grace_seconds: session.vault()?.grace_seconds,
    };
    let shown = expose(volume, record, &showing);
    event.result = Some(shown.state.as_str().to_owned());
    event.changes.push(change(volume, shown.clone()));
    draft.event(event);
    for (escrow, twin) in session.same_password(volume.volume, fingerprint)? {
        if escrow == record.escrow {
            continue;
        }
        let twin = session.volume(twin)?;
        // One that is exposed already was shown now, too: what was made before this does not end it.
        let held = twin.escrow(escrow).filter(|held| held.state != EscrowState::Superseded);
        if let Some(held) = held {
            let mut event = about(Action::Expose, &twin, held);
            event.result = Some("same-password".to_owned());
            event.changes.push(change(&twin, expose(&twin, held, &showing)));
            draft.event(event);
        }
    }
    Ok(shown)
}

fn change(volume: &VolumeRecord, record: EscrowRecord) -> Change {
    Change::Escrow {
        volume: volume.volume,
        record: Box::new(record),
    }
}
