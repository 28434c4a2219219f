//! Which volume a password goes to, in the model.

use std::collections::BTreeSet;

use crate::Arriving;
use crate::states_model::model::Model;

/// A volume, as it is known by its names.
#[derive(Default)]
pub(crate) struct Volume {
    pub(super) device: u8,
    pub(super) id: Option<u8>,
    /// The last one that it was named by comes last.
    pub(super) mounts: Vec<u8>,
    pub(super) removable: Option<bool>,
}

impl Model {
    /// A volume is (device, volume id), else (device, mount point), else (device, unnamed). What nobody vouches for names
    /// none that somebody does, and holds what somebody vouches for under that one's names alone.
    pub(super) fn volume_of(&mut self, arriving: &Arriving) -> usize {
        let (id, mount) = (arriving.id, arriving.mount);
        let known = self.of_device(arriving.device, true);
        if let Some(volume) = self.find(&known, id, mount) {
            if arriving.confirmed {
                self.name(volume, id, mount, arriving.removable);
            }
            return volume;
        }
        let mut claimed = self.of_device(arriving.device, false);
        claimed.retain(|volume| !arriving.confirmed || [None, id].contains(&self.volumes[*volume].id));
        let held = self.find(&claimed, id, mount);
        let volume = held.unwrap_or(self.volumes.len());
        let fresh = Volume {
            device: arriving.device,
            ..Volume::default()
        };
        if held.is_none() {
            self.volumes.push(fresh);
        } else if arriving.confirmed {
            self.volumes[volume] = fresh;
        }
        self.name(volume, id, mount, arriving.removable);
        volume
    }

    /// Those volumes of a device for which somebody vouches, or those for which nobody does.
    pub(super) fn of_device(&self, device: u8, vouched: bool) -> Vec<usize> {
        let vouches = |volume: usize| {
            let mut escrows = self.escrows.iter().map(|escrow| &escrow.seen);
            escrows.any(|seen| seen.volume == volume && !seen.unconfirmed)
        };
        (0..self.volumes.len())
            .filter(|volume| self.volumes[*volume].device == device && vouches(*volume) == vouched)
            .collect()
    }

    pub(super) fn find(&self, among: &[usize], id: Option<u8>, mount: Option<u8>) -> Option<usize> {
        let first = |is: &dyn Fn(&Volume) -> bool| among.iter().copied().find(|volume| is(&self.volumes[*volume]));
        let Some(mount) = mount else {
            return first(&|volume| volume.id == id && (id.is_some() || volume.mounts.is_empty()));
        };
        let at_mount = |volume: &Volume| volume.mounts.contains(&mount);
        let without_id = || first(&|volume| volume.id.is_none() && at_mount(volume));
        let ids: BTreeSet<u8> = among
            .iter()
            .filter(|volume| at_mount(&self.volumes[**volume]))
            .filter_map(|volume| self.volumes[*volume].id)
            .collect();
        match id {
            // A mount-point volume takes the first id named with it, if that mount point never had another.
            Some(_) => first(&|volume| volume.id == id).or_else(|| ids.is_empty().then(without_id)?),
            // A password with a mount point alone goes to that id if it had exactly one.
            None if ids.len() == 1 => first(&|volume| volume.id == ids.first().copied()),
            None => without_id(),
        }
    }

    pub(super) fn name(&mut self, volume: usize, id: Option<u8>, mount: Option<u8>, removable: Option<bool>) {
        let known = &mut self.volumes[volume];
        known.id = known.id.or(id);
        if let Some(mount) = mount {
            known.mounts.retain(|held| *held != mount);
            known.mounts.push(mount);
        }
        known.removable = known.removable.or(removable);
    }
}
