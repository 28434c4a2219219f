//! `reveal`: shows a recovery password, after recording that it will.

use std::sync::Arc;

use strongroom_core::crypto::Digest;
use strongroom_core::envelope::Place;
use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::VolumeRecord;
use strongroom_core::values::LogText;
use strongroom_core::values::Reason;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::VaultId;

use crate::ops::Error;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::ops::exposing::exposed;
use crate::ops::opening;
use crate::ops::recording::about;
use crate::ops::recording::located;
use crate::store::Item;

/// A password that somebody asks for.
#[derive(Clone, Debug)]
pub struct RevealRequest {
    /// The escrow and its volume as the person was shown them.
    pub asked: Item,
    /// Why.
    pub reason: Reason,
    /// In words.
    pub note: Option<LogText>,
    /// The ticket.
    pub ticket: Option<LogText>,
    /// Who called.
    pub caller: Option<LogText>,
}

/// A password that was on record as shown before it was opened.
pub struct Revealed {
    /// The password.
    pub password: RecoveryPassword,
    /// The volume, without its escrows.
    pub volume: VolumeRecord,
    /// The escrow, exposed.
    pub record: EscrowRecord,
    /// The event.
    pub leaf: u64,
}

impl Unsealed {
    /// Shows a recovery password, after recording that it will.
    ///
    /// # Errors
    ///
    /// Fails, and shows nothing, if the event cannot be recorded or anchored, or if what was asked about is no longer
    /// what is there.
    pub fn reveal(&mut self, who: &Who, request: &RevealRequest) -> Result<Revealed, Error> {
        let trust = self.trust()?;
        let mut draft = self.draft(who)?;
        let mut session = self.store.session(&trust)?;
        session.refusals_due(who.at, &mut draft)?;

        let asked = &request.asked;
        let escrow = asked.record.escrow;
        let found = located(&mut session, escrow);
        let unchanged = |(volume, record): &(Arc<VolumeRecord>, EscrowRecord)| {
            volume.naming() == asked.volume && *record == asked.record
        };
        let (volume, record) = match found {
            Ok(found) if unchanged(&found) => found,
            Ok(_) => {
                drop(session);
                return Err(self.deny(who, request, Error::Changed { escrow }));
            }
            Err(error @ Error::NoEscrow { .. }) => {
                drop(session);
                return Err(self.deny(who, request, error));
            }
            Err(error) => return Err(error),
        };
        let (envelope, fingerprint) = session.held(&volume, escrow)?;
        let leaf = session.next_leaf(&draft);
        let event = event(about(Action::Reveal, &volume, &record), request);
        let shown = exposed(&mut session, &mut draft, who, event, (&volume, &record, &fingerprint))?;
        let revealing = Revealing {
            vault: self.vault.vault,
            volume: volume.naming(),
            record: shown,
            leaf,
        };

        let key = self.keyring.secret().log_signing_key(self.vault.epoch);
        let committed = session.commit(draft, &key, revealing)?;
        let anchored = self.remember(committed)?;
        let (revealing, password) = opening::open(anchored, &self.keyring, &envelope, &fingerprint)?;
        Ok(Revealed {
            password,
            volume: revealing.volume,
            record: revealing.record,
            leaf: revealing.leaf,
        })
    }

    /// Records that a reveal was refused, and gives the reason back. Where even that cannot be recorded, that is the
    /// error.
    fn deny(&mut self, who: &Who, request: &RevealRequest, error: Error) -> Error {
        let asked = &request.asked;
        let mut body = event(about(Action::RevealDenied, &asked.volume, &asked.record), request);
        body.result = Some(error.to_string());
        match self.refuse(who, body) {
            Ok(()) => error,
            Err(unrecorded) => unrecorded,
        }
    }
}

/// A reveal that is about to be on record.
struct Revealing {
    vault: VaultId,
    volume: VolumeRecord,
    record: EscrowRecord,
    leaf: u64,
}

impl opening::Names for Revealing {
    fn place(&self) -> Place {
        Place {
            vault: self.vault,
            escrow: self.record.escrow,
            protector: self.record.protector,
        }
    }

    fn envelope(&self) -> Digest {
        self.record.envelope
    }
}

fn event(body: EventBody, request: &RevealRequest) -> EventBody {
    EventBody {
        reason: Some(request.reason.to_string()),
        note: request.note.clone(),
        ticket: request.ticket.clone(),
        caller: request.caller.clone(),
        ..body
    }
}
