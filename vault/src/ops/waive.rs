//! `rotation waive`: ends an exposure on record where no newer password can come.

use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::state::Change;
use strongroom_core::state::waive;
use strongroom_core::values::EscrowId;
use strongroom_core::values::LogText;
use strongroom_core::values::WaiveReason;

use crate::ops::Error;
use crate::ops::Recorded;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::ops::recording::about;
use crate::ops::recording::located;

/// An exposure that nothing newer will end.
#[derive(Clone, Debug)]
pub struct WaiveRequest {
    /// The escrow.
    pub escrow: EscrowId,
    /// Why nothing newer can come.
    pub reason: WaiveReason,
    /// In words.
    pub note: LogText,
}

impl Unsealed {
    /// Ends an exposure on somebody's word.
    ///
    /// # Errors
    ///
    /// Fails if there is no such escrow, if it is not exposed, or if it cannot be recorded.
    pub fn waive(&mut self, who: &Who, request: &WaiveRequest) -> Result<Recorded, Error> {
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
            reason: Some(request.reason.to_string()),
            note: Some(request.note.clone()),
            ..about(Action::Waive, &volume, &held)
        };
        let Ok(record) = waive(&held, who.at, &who.operator.to_string()) else {
            drop(session);
            return Err(self.refuse_with(who, event, Error::NotExposed { escrow: held.escrow }));
        };
        let recorded = Recorded {
            volume: volume.naming(),
            record: record.clone(),
            leaf: session.next_leaf(&draft),
        };
        draft.event(EventBody {
            result: Some(record.state.as_str().to_owned()),
            changes: vec![Change::Escrow {
                volume: volume.volume,
                record: Box::new(record),
            }],
            ..event
        });
        let key = self.keyring.secret().log_signing_key(self.vault.epoch);
        let committed = session.commit(draft, &key, recorded)?;
        Ok(self.remember(committed)?.into_subject())
    }
}
