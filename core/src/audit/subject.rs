//! Which password something is about.

use serde::Serialize;

use crate::log::EventBody;
use crate::state::Change;
use crate::state::EscrowRecord;
use crate::state::VolumeRecord;
use crate::values::DeviceName;
use crate::values::EscrowId;
use crate::values::MountPoint;
use crate::values::ProtectorId;
use crate::values::VolumeId;

/// An escrow, and where it belongs; what is unknown is null.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Subject {
    /// The escrow.
    pub escrow_id: Option<EscrowId>,
    /// Its device.
    pub device: Option<DeviceName>,
    /// Where its volume was last mounted.
    pub volume: Option<MountPoint>,
    /// The identifier of its volume.
    pub volume_id: Option<VolumeId>,
    /// Its protector.
    pub protector_id: Option<ProtectorId>,
    /// Whether its source has no standing, as far as what is at hand says.
    pub unconfirmed: bool,
}

impl Subject {
    /// What an event is about.
    pub(super) fn of_event(body: &EventBody) -> Self {
        let records = body.changes.iter().filter_map(|change| match change {
            Change::Escrow { record, .. } | Change::Moved { record, .. } => Some(record),
            Change::Sender(_) | Change::Vault(_) | Change::Volume(_) => None,
        });
        let mut own = records.filter(|record| Some(record.escrow) == body.escrow);
        Self {
            unconfirmed: own.any(|record| record.unconfirmed),
            escrow_id: body.escrow,
            device: body.device.clone(),
            volume: body.volume.clone(),
            volume_id: body.volume_id,
            protector_id: body.protector,
        }
    }

    /// An escrow where it is now.
    pub(super) fn of_record(volume: &VolumeRecord, record: &EscrowRecord) -> Self {
        Self {
            escrow_id: Some(record.escrow),
            device: volume.device.clone(),
            volume: volume.mount().cloned(),
            volume_id: volume.id,
            protector_id: Some(record.protector),
            unconfirmed: record.unconfirmed,
        }
    }
}

#[cfg(test)]
mod tests;
