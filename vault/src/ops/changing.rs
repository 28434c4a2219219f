//! Changes of records, as events carry them.

use strongroom_core::log::EventBody;
use strongroom_core::state::Change;
use strongroom_core::state::Decision;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::VolumeRecord;

use crate::ops::Error;
use crate::store::Session;

/// The event of an escrow that was there and goes to the volume `target` now, where it is not there yet.
pub(super) fn settled(
    session: &Session<'_>,
    event: EventBody,
    (from, held): (&VolumeRecord, &EscrowRecord),
    target: &VolumeRecord,
    decision: &Decision,
) -> Result<EventBody, Error> {
    let mut event = EventBody {
        rule: Some(decision.rule),
        result: Some(decision.state.as_str().to_owned()),
        ..event
    };
    event.changes.extend(naming_change(session, target)?);
    let moves = from.volume != target.volume;
    for record in decision.changed.iter().filter(|record| moves || *record != held) {
        event.changes.push(if moves && record.escrow == held.escrow {
            Change::Moved {
                from: from.volume,
                volume: target.volume,
                record: Box::new(record.clone()),
            }
        } else {
            escrow_change(target, record)
        });
    }
    Ok(event)
}

/// The change that names a volume, where it is new or is named otherwise now.
pub(super) fn naming_change(session: &Session<'_>, volume: &VolumeRecord) -> Result<Option<Change>, Error> {
    Ok((!session.is_named_so(volume)?).then(|| Change::Volume(volume.naming())))
}

pub(super) fn escrow_change(volume: &VolumeRecord, record: &EscrowRecord) -> Change {
    Change::Escrow {
        volume: volume.volume,
        record: Box::new(record.clone()),
    }
}
