//! Showing a password, and ending an exposure where nothing newer can come.

use crate::state::Ending;
use crate::state::EscrowRecord;
use crate::state::EscrowState;
use crate::state::HowEnded;
use crate::state::VolumeRecord;
use crate::values::Time;

/// That a password got out: by a reveal, a print, an export, or on paper.
#[derive(Clone, Debug)]
pub struct Showing {
    /// When.
    pub at: Time,
    /// Who asked for it.
    pub by: String,
    /// For how long it may stay exposed, in seconds.
    pub grace_seconds: u64,
}

/// An exposure cannot be waived.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the password is not exposed")]
pub struct WaiveError;

/// The record after the password was shown.
///
/// A superseded one is exposed anew, since it may still be the one on the volume, unless its successor was proven to
/// open the volume. An exposure that goes on keeps its beginning and its due date. Everyone to whom it was ever shown is
/// remembered.
pub fn expose(volume: &VolumeRecord, record: &EscrowRecord, showing: &Showing) -> EscrowRecord {
    let mut shown = record.clone();
    shown.remember_shown_to(&showing.by);
    shown.shown_at = record.shown_at.max(Some(showing.at));
    if record.state == EscrowState::Exposed || buried(volume, record) {
        return shown;
    }
    let before = shown.exposed_by.replace(showing.by.clone());
    shown.shown_to.retain(|name| *name != showing.by);
    if let Some(before) = before {
        shown.remember_shown_to(&before);
    }
    EscrowRecord {
        state: EscrowState::Exposed,
        exposed_at: Some(showing.at),
        rotate_by: Some(showing.at.plus_seconds(showing.grace_seconds)),
        superseded_at: None,
        superseded_by: None,
        ended: None,
        ..shown
    }
}

/// The record after its exposure was ended on somebody's word.
///
/// # Errors
///
/// Fails if it is not exposed.
pub fn waive(record: &EscrowRecord, at: Time, by: &str) -> Result<EscrowRecord, WaiveError> {
    if record.state != EscrowState::Exposed {
        return Err(WaiveError);
    }
    Ok(EscrowRecord {
        state: EscrowState::Superseded,
        superseded_at: Some(at),
        ended: Some(Ending {
            how: HowEnded::Waived,
            at,
            by: by.to_owned(),
        }),
        ..record.clone()
    })
}

/// Whether something newer is proven to open the volume.
fn buried(volume: &VolumeRecord, record: &EscrowRecord) -> bool {
    record.state == EscrowState::Superseded
        && record
            .superseded_by
            .and_then(|successor| volume.escrow(successor))
            .is_some_and(|successor| successor.proven_at.is_some())
}

#[cfg(test)]
mod tests;
