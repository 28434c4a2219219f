//! Which volume a password belongs to.

use std::borrow::Borrow;
use std::sync::Arc;

use crate::state::VolumeRecord;
use crate::values::MountPoint;
use crate::values::VolumeId;
use crate::values::VolumeType;

/// What a source says of the volume.
#[derive(Clone, Debug, Default)]
pub struct Naming {
    /// Its identifier.
    pub id: Option<VolumeId>,
    /// Where it was mounted.
    pub mount: Option<MountPoint>,
    /// What kind it is.
    pub kind: Option<VolumeType>,
}

/// Where a password goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Placement {
    /// To the volume at this index of the device's volumes.
    Held(usize),
    /// To a volume that is not there yet.
    New,
}

/// The volume of a device that a password goes to, named as it is then; none where it is not there yet. `volumes` are all
/// volumes of that device.
///
/// What a source without standing says names no volume that somebody vouches for, and a volume that it alone named holds
/// no password of another source but under that source's own names: so it leads nobody astray.
pub fn meant(volumes: &[Arc<VolumeRecord>], naming: &Naming, confirmed: bool) -> Option<Arc<VolumeRecord>> {
    let (known, claimed): (Vec<Arc<VolumeRecord>>, Vec<Arc<VolumeRecord>>) =
        volumes.iter().cloned().partition(|volume| volume.is_vouched_for());
    if let Placement::Held(index) = place(&known, naming) {
        let volume = Arc::clone(known.get(index)?);
        return Some(if confirmed { naming.of(volume) } else { volume });
    }
    let is_same = |volume: &Arc<VolumeRecord>| !confirmed || volume.id.is_none() || volume.id == naming.id;
    let claimed: Vec<Arc<VolumeRecord>> = claimed.into_iter().filter(is_same).collect();
    let Placement::Held(index) = place(&claimed, naming) else {
        return None;
    };
    let volume = Arc::clone(claimed.get(index)?);
    Some(naming.of(if confirmed { Arc::new(volume.nameless()) } else { volume }))
}

/// The volume of a device that is meant. `volumes` are those of that device that count.
///
/// Ids never merge. A volume known by a mount point takes the first id named with it, if that mount point never had
/// another; a password with a mount point alone goes to that id if the mount point had exactly one.
pub fn place<V: Borrow<VolumeRecord>>(volumes: &[V], naming: &Naming) -> Placement {
    let found = match (&naming.id, &naming.mount) {
        (Some(id), mount) => with_id(volumes, *id).or_else(|| without_id_yet(volumes, mount.as_ref()?)),
        (None, Some(mount)) => only_id_at(volumes, mount).or_else(|| without_id(volumes, mount)),
        (None, None) => position(volumes, VolumeRecord::is_unnamed),
    };
    found.map_or(Placement::New, Placement::Held)
}

impl Naming {
    /// What is known of the volume once this was said of it too.
    pub fn applied_to(&self, volume: &VolumeRecord) -> VolumeRecord {
        let mut named = volume.clone();
        named.id = named.id.or(self.id);
        if let Some(mount) = &self.mount {
            // The newest name comes last; a name that comes again moves there.
            named.mounts.retain(|held| held != mount);
            named.mounts.push(
                volume
                    .mounts
                    .iter()
                    .find(|held| *held == mount)
                    .unwrap_or(mount)
                    .clone(),
            );
        }
        if named.mounts.len() > MAX_MOUNTS {
            named.mounts.remove(0);
        }
        if named.kind == VolumeType::Unknown {
            named.kind = self.kind.unwrap_or(VolumeType::Unknown);
        }
        named
    }

    /// The volume once this was said of it too; itself where that says nothing new.
    pub fn of(&self, volume: Arc<VolumeRecord>) -> Arc<VolumeRecord> {
        let named = self.applied_to(&volume.naming());
        if named.is_named_as(&volume) {
            return volume;
        }
        Arc::new(VolumeRecord {
            escrows: volume.escrows.clone(),
            ..named
        })
    }
}

fn with_id<V: Borrow<VolumeRecord>>(volumes: &[V], id: VolumeId) -> Option<usize> {
    position(volumes, |volume| volume.id == Some(id))
}

fn without_id<V: Borrow<VolumeRecord>>(volumes: &[V], mount: &MountPoint) -> Option<usize> {
    position(volumes, |volume| volume.id.is_none() && volume.mounts.contains(mount))
}

/// The volume at a mount point that never had an id.
fn without_id_yet<V: Borrow<VolumeRecord>>(volumes: &[V], mount: &MountPoint) -> Option<usize> {
    if ids_at(volumes, mount).next().is_some() {
        return None;
    }
    without_id(volumes, mount)
}

/// The volume with an id at a mount point that had exactly one.
fn only_id_at<V: Borrow<VolumeRecord>>(volumes: &[V], mount: &MountPoint) -> Option<usize> {
    let mut ids = ids_at(volumes, mount);
    let first = ids.next()?;
    ids.next().is_none().then_some(first)
}

fn ids_at<'v, V: Borrow<VolumeRecord>>(volumes: &'v [V], mount: &'v MountPoint) -> impl Iterator<Item = usize> + 'v {
    let volumes = volumes.iter().map(Borrow::borrow).enumerate();
    volumes
        .filter(move |(_, volume): &(usize, &VolumeRecord)| volume.id.is_some() && volume.mounts.contains(mount))
        .map(|(index, _)| index)
}

fn position<V: Borrow<VolumeRecord>>(volumes: &[V], is_meant: impl Fn(&VolumeRecord) -> bool) -> Option<usize> {
    volumes.iter().position(|volume| is_meant(volume.borrow()))
}

/// Mount points that a volume is remembered by: the newest. A record has to fit into a leaf.
const MAX_MOUNTS: usize = 32;

#[cfg(test)]
mod tests;
