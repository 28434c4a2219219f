//! What every verb that changes something has in common: who and when, the events, and the two steps to the anchor.

use std::sync::Arc;

use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::VolumeRecord;
use strongroom_core::values::EscrowId;
use strongroom_core::values::Operator;
use strongroom_core::values::Time;

use crate::ops::Error;
use crate::ops::Unsealed;
use crate::receipt::Anchored;
use crate::receipt::Committed;
use crate::store::Alarm;
use crate::store::Draft;
use crate::store::Session;
use crate::store::Stamp;

/// Who asks, and when.
#[derive(Clone, Debug)]
pub struct Who {
    /// The person, as far as the kernel knows.
    pub operator: Operator,
    /// The time, as the clock gives it.
    pub at: Time,
}

/// An escrow after something was recorded of it.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its volume, without its escrows.
    pub volume: VolumeRecord,
    /// Its record now.
    pub record: EscrowRecord,
    /// The event.
    pub leaf: u64,
}

impl Unsealed {
    /// A commit that brings nothing yet but, to a file of an older schema, its migration.
    pub(super) fn draft(&mut self, who: &Who) -> Result<Draft, Error> {
        let mut draft = Draft::new(Stamp {
            at: who.at,
            operator: who.operator.clone(),
            wrong_pins: self.wrong_pins,
        });
        self.migrate(&mut draft)?;
        Ok(draft)
    }

    /// Moves the anchor on to a commit: from here on the TPM remembers it.
    pub(super) fn remember<E>(&mut self, committed: Committed<E>) -> Result<Anchored<E>, Error> {
        let content = committed.content();
        let authorisation = self.anchor_authorisation();
        let anchored = committed.anchor(&mut self.anchor(&authorisation))?;
        self.anchored = content;
        if let Some(vault) = self.renewed.take() {
            self.vault = vault;
        }
        // They are in this commit's event; the next one is not to tell of them again.
        self.wrong_pins = None;
        Ok(anchored)
    }
}

/// An escrow and its volume, proven.
pub(super) fn located(session: &mut Session<'_>, escrow: EscrowId) -> Result<(Arc<VolumeRecord>, EscrowRecord), Error> {
    let volume = session.volume_of(escrow)?.ok_or(Error::NoEscrow { escrow })?;
    let record = volume
        .escrow(escrow)
        .ok_or_else(|| Alarm::tampered(format!("escrow {escrow} is in no volume")))?
        .clone();
    Ok((volume, record))
}

/// Whether the clock stands more than a day before the vault was made: one of the two is wrong.
pub(super) fn clock_is_wrong(session: &Session<'_>, who: &Who) -> Result<bool, Error> {
    Ok(session.vault()?.created_at > who.at.plus_seconds(DAY))
}

/// An event about an escrow.
pub(super) fn about(action: Action, volume: &VolumeRecord, record: &EscrowRecord) -> EventBody {
    EventBody {
        escrow: Some(record.escrow),
        protector: Some(record.protector),
        device: volume.device.clone(),
        volume: volume.mount().cloned(),
        volume_id: volume.id,
        ..EventBody::new(action)
    }
}

const DAY: u64 = 24 * 60 * 60;
