//! `outcome`: what came of a reveal.

use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::state::Change;
use strongroom_core::state::EscrowRecord;
use strongroom_core::values::EscrowId;
use strongroom_core::values::LogText;

use crate::ops::Error;
use crate::ops::Recorded;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::ops::recording::about;
use crate::ops::recording::located;

/// Whether a password opened its volume, as the caller says.
#[derive(Clone, Debug)]
pub struct OutcomeRequest {
    /// The escrow.
    pub escrow: EscrowId,
    /// Whether it did.
    pub unlocked: bool,
    /// In words.
    pub note: Option<LogText>,
}

impl Unsealed {
    /// Records what came of a reveal; a password that did not unlock is marked `conflict`.
    ///
    /// # Errors
    ///
    /// Fails if there is no such escrow, or if it cannot be recorded.
    pub fn outcome(&mut self, who: &Who, request: &OutcomeRequest) -> Result<Recorded, Error> {
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
        let record = EscrowRecord {
            conflict: held.conflict || !request.unlocked,
            ..held.clone()
        };
        let mut event = EventBody {
            note: request.note.clone(),
            result: Some(if request.unlocked { "unlocked" } else { "did-not-unlock" }.to_owned()),
            ..about(Action::Outcome, &volume, &record)
        };
        if record != held {
            event.changes.push(Change::Escrow {
                volume: volume.volume,
                record: Box::new(record.clone()),
            });
        }
        let recorded = Recorded {
            volume: volume.naming(),
            record,
            leaf: session.next_leaf(&draft),
        };
        draft.event(event);
        let key = self.keyring.secret().log_signing_key(self.vault.epoch);
        let committed = session.commit(draft, &key, recorded)?;
        Ok(self.remember(committed)?.into_subject())
    }
}
