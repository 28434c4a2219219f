//! Refusals that reach an unsealed vault are events.

use strongroom_core::log::Action;
use strongroom_core::log::EventBody;

use crate::ops::Error;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::store::Refusal;

impl Unsealed {
    /// Records a refusal; from the tenth of one operator in an hour on it is only counted, and the count becomes an
    /// event when the hour is over, so that nobody wears out the TPM by being refused.
    pub(super) fn refuse(&mut self, who: &Who, body: EventBody) -> Result<(), Error> {
        let trust = self.trust()?;
        let mut draft = self.draft(who)?;
        let session = self.store.session(&trust)?;
        session.refusals_due(who.at, &mut draft)?;
        match session.count_refusal(who.operator.principal().as_str(), who.at)? {
            Refusal::Event => draft.event(body),
            Refusal::Counted if draft.is_empty() => return Ok(session.keep_counts()?),
            Refusal::Counted => {}
        }
        let key = self.keyring.secret().log_signing_key(self.vault.epoch);
        let committed = session.commit(draft, &key, ())?;
        self.remember(committed)?.into_subject();
        Ok(())
    }

    /// Records that `event` was refused for `error`, and gives the error back. Where even that cannot be recorded, that is
    /// the error.
    pub(super) fn refuse_with(&mut self, who: &Who, event: EventBody, error: Error) -> Error {
        let refused = EventBody {
            action: Action::Refused,
            result: Some(error.to_string()),
            ..event
        };
        match self.refuse(who, refused) {
            Ok(()) => error,
            Err(unrecorded) => unrecorded,
        }
    }

    /// Records that something was asked about an escrow that is not there, and gives the error back. Where even that
    /// cannot be recorded, that is the error; what is wrong otherwise is no refusal.
    pub(super) fn refuse_missing(&mut self, who: &Who, error: Error) -> Error {
        let Error::NoEscrow { escrow } = error else {
            return error;
        };
        let body = EventBody {
            escrow: Some(escrow),
            ..EventBody::new(Action::Refused)
        };
        self.refuse_with(who, body, error)
    }
}
