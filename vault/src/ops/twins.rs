//! The same password, held more than once.

use strongroom_core::keys::Fingerprint;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::VolumeRecord;
use strongroom_core::values::EscrowId;
use strongroom_core::values::ProtectorId;

use crate::ops::Error;
use crate::store::Session;

/// What the other escrows of a password mean for one that arrives, each of them proven.
pub(super) struct Twins {
    /// Those of the volume that it goes to, as far as the rules ask for them.
    pub(super) escrows: Vec<EscrowId>,
    /// The one, of any volume, that says until when the password is to be rotated.
    pub(super) shown: Option<EscrowRecord>,
}

impl Twins {
    pub(super) fn find(
        session: &mut Session<'_>,
        target: &VolumeRecord,
        fingerprint: &Fingerprint,
        protector: ProtectorId,
    ) -> Result<Self, Error> {
        let mut twins = Self {
            escrows: session.same_password_here(target.volume, fingerprint, protector),
            shown: None,
        };
        for record in session.shown(target.volume, fingerprint)? {
            twins.was_shown(&record);
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
