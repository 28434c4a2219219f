//! What holds for every record within an object.

use crate::intake::candidates::Candidates;
use crate::intake::record::{Note, Record};
use crate::state::Naming;
use crate::values::{DeviceName, Time, VolumeType};

/// What was said of the device and the volume.
#[derive(Clone, Default)]
pub(super) struct Context {
    /// The device, by the best of the fields that name one, and its rank.
    pub(super) device: Option<(u8, Result<DeviceName, Note>)>,
    pub(super) naming: Naming,
    /// The key protector that was named, and when its password was made.
    pub(super) protector: Candidates,
    pub(super) created: Option<Time>,
}

impl Context {
    /// Fills in what a record does not say itself, or says by a lesser field.
    pub(super) fn apply(&self, record: &mut Record) {
        if let Some((rank, read)) = &self.device
            && record.device_rank.is_none_or(|held| *rank < held)
        {
            record
                .notes
                .retain(|note| record.device_rank.is_none() || !note.is_of_device());
            record.device_rank = Some(*rank);
            record.device = None;
            match read {
                // A record of which it is unclear what is its device has none.
                Ok(_) if record.notes.iter().any(|note| note.is_of_device()) => {}
                Ok(name) => record.device = Some(name.clone()),
                Err(note) => record.notes.push(*note),
            }
        }
        let naming = &mut record.naming;
        naming.id = naming.id.or(self.naming.id);
        naming.kind = naming.kind.or(self.naming.kind);
        if naming.mount.is_none() {
            naming.mount.clone_from(&self.naming.mount);
        }
    }

    /// Fills in what none of `records` says itself, or each says by a lesser field. The key protector is that of the one
    /// password among them, if that has none: of several there is no telling.
    pub(super) fn apply_all(&self, records: &mut [Record]) {
        if let Candidates::One(protector) = self.protector
            && let [record] = records
            && record.adopt(protector)
        {
            record.created = record.created.or(self.created);
        }
        for record in records {
            self.apply(record);
        }
    }

    /// A name of the device; of two different ones of the same rank there is no telling which.
    pub(super) fn put_device(&mut self, rank: u8, read: Result<DeviceName, Note>) {
        match &self.device {
            Some((held, _)) if *held < rank => {}
            Some((held, kept)) if *held == rank => {
                if *kept != read {
                    self.device = Some((rank, Err(Note::DeviceUnclear)));
                }
            }
            _ => self.device = Some((rank, read)),
        }
    }

    pub(super) fn put_type(&mut self, kind: Option<VolumeType>) {
        self.naming.kind = self.naming.kind.or(kind);
    }
}
