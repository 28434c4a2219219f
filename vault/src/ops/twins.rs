//! The same password, held more than once.

use strongroom_core::keys::Fingerprint;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::VolumeRecord;
use strongroom_core::values::EscrowId;

use crate::ops::Error;
use crate::store::Session;

/// The escrows that hold the same password, each in a volume that is proven.
pub(super) struct Twins {
    pub(super) escrows: Vec<EscrowId>,
    pub(super) shown: Option<EscrowRecord>,
}

impl Twins {
    pub(super) fn find(
        session: &mut Session<'_>,
        target: &VolumeRecord,
        fingerprint: &Fingerprint,
    ) -> Result<Self, Error> {
        let mut twins = Self {
            escrows: Vec::new(),
            shown: None,
        };
        for (escrow, volume) in session.same_password(target.volume, fingerprint)? {
            let volume = session.volume(volume)?;
            twins.escrows.push(escrow);
            if let Some(record) = volume.escrow(escrow).filter(|record| record.ever_shown()) {
                twins.was_shown(record);
            }
        }
        Ok(twins)
    }

    /// One that is still to be rotated says until when better than one whose exposure has ended; and the password was
    /// last shown when any of them was.
    fn was_shown(&mut self, record: &EscrowRecord) {
        let last = self
            .shown
            .as_ref()
            .and_then(|shown| shown.shown_at)
            .max(record.shown_at);
        let before = self.shown.take();
        let (mut shown, other) = match before {
            Some(before) if record.state != EscrowState::Exposed => (before, Some(record.clone())),
            before => (record.clone(), before),
        };
        if let Some(other) = other {
            shown.remember_shown_as(&other);
        }
        shown.shown_at = last;
        self.shown = Some(shown);
    }
}
