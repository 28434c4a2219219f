//! How many passwords are taken in for which nobody vouches: whoever has the public key can make any number of drops.
//!
//! What a volume holds is read and hashed as a whole whenever it changes, and so are the names of a device's volumes. A bound
//! on both keeps that from growing by what strangers hand in.

use strongroom_core::state::VolumeRecord;

use crate::ops::Error;
use crate::ops::arriving::Arriving;
use crate::ops::arriving::volume_of;
use crate::store::Session;

/// Why a password for which nobody vouches is not taken in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TooMany {
    /// The drop has brought as many as a drop can.
    InDrop,
    /// The volume waits for somebody to vouch for as many as it can.
    InVolume,
    /// As many volumes of the device as there can be are named by unconfirmed passwords alone.
    OfDevice,
}

impl TooMany {
    /// Returns the reason, for people.
    pub const fn why(self) -> &'static str {
        match self {
            Self::InDrop => "a drop brings at most 32 passwords for which no enrolled sender speaks",
            Self::InVolume => "its volume already holds 32 unconfirmed passwords",
            Self::OfDevice => "its device already has 32 volumes that only unconfirmed passwords name",
        }
    }
}

/// Returns why a password for which nobody vouches cannot be taken in; `before` is how many of them the same drop has
/// brought.
///
/// Nothing here depends on the password, not even whether the volume holds it already: otherwise a full volume would tell.
pub(super) fn beyond(
    session: &mut Session<'_>,
    arriving: &Arriving<'_>,
    before: usize,
) -> Result<Option<TooMany>, Error> {
    if before >= MOST {
        return Ok(Some(TooMany::InDrop));
    }
    let Some(device) = &arriving.device else {
        return Ok(None);
    };
    let volumes = session.volumes_of(device)?;
    let volume = volume_of(&volumes, arriving);
    let is_unvouched = |volume: &&VolumeRecord| !volume.is_vouched_for();
    Ok(match volume {
        Some(volume) if volume.escrows.unconfirmed() >= MOST => Some(TooMany::InVolume),
        None if volumes.iter().map(AsRef::as_ref).filter(is_unvouched).count() >= MOST => Some(TooMany::OfDevice),
        Some(_) | None => None,
    })
}

/// Passwords of a drop or a volume, and volumes of a device. The reasons say it too.
const MOST: usize = 32;
