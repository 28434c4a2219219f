//! `confirm`: gives standing to an escrow whose source had none.

use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::state::Arrival;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::Standing;
use strongroom_core::state::arrive;
use strongroom_core::values::EscrowId;
use strongroom_core::values::LogText;

use crate::ops::Error;
use crate::ops::Escrowed;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::ops::arriving::escrow_change;
use crate::ops::recording::about;
use crate::ops::recording::located;
use crate::ops::twins::Twins;

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
        let twins = Twins::find(&mut session, &volume, &fingerprint)?;
        let decision = arrive(
            &volume,
            &Arrival {
                escrow: held.escrow,
                protector: held.protector,
                envelope: held.envelope,
                source: held.source,
                standing: own_times(&held),
                confirmed: true,
                at: who.at,
                by: &who.operator.to_string(),
                listed: &[],
                same_password: &twins.escrows,
                shown: twins.shown.as_ref(),
                grace_seconds: session.vault()?.grace_seconds,
            },
        );
        let mut escrowed = Escrowed::of(&volume, &decision)?;
        escrowed.leaf = Some(session.next_leaf(&draft));
        draft.event(EventBody {
            rule: Some(decision.rule),
            result: Some(decision.state.as_str().to_owned()),
            changes: decision
                .changed
                .iter()
                .map(|record| escrow_change(&volume, record))
                .collect(),
            ..event
        });
        let key = self.keyring.secret().log_signing_key(self.vault.epoch);
        let committed = session.commit(&draft, &key, escrowed)?;
        Ok(self.remember(committed)?.into_subject())
    }
}

/// What an escrow's own record can say of time.
pub(super) fn own_times(record: &EscrowRecord) -> Standing {
    record.created_at.map_or(Standing::Undated, Standing::Dated)
}
