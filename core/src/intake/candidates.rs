//! GUIDs that may be the key protector of a password.

use crate::intake::record::Rejection;
use crate::values::ProtectorId;

/// None, one or more different ones.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Candidates {
    #[default]
    None,
    One(ProtectorId),
    Several,
}

impl Candidates {
    /// One more; the same once more is no other.
    pub(super) fn add(&mut self, id: ProtectorId) {
        *self = match *self {
            Self::None => Self::One(id),
            Self::One(held) if held == id => Self::One(held),
            Self::One(_) | Self::Several => Self::Several,
        };
    }

    /// All of these too.
    pub(super) fn add_all(&mut self, others: Self) {
        match others {
            Self::None => {}
            Self::One(id) => self.add(id),
            Self::Several => *self = Self::Several,
        }
    }
}

/// GUIDs of one record, by what makes them the key protector's: the first of these that has any decides.
#[derive(Default)]
pub(super) struct Guids {
    /// A field that names the key protector.
    pub(super) stated: Candidates,
    /// `msFVE-RecoveryGuid`, which says the same.
    pub(super) octets: Candidates,
    /// Such a field that holds no GUID.
    pub(super) unreadable: bool,
    /// The field of the password.
    pub(super) beside: Candidates,
    /// A field `id`.
    pub(super) id: Candidates,
    /// Cells under no heading, and labels in the text of any field.
    pub(super) elsewhere: Candidates,
    /// Whether there are others, under names that are not known to be those of a key protector ID.
    pub(super) others: bool,
}

impl Guids {
    /// Whether a key protector was named, whatever by.
    pub(super) fn are_stated(&self) -> bool {
        self.stated != Candidates::None || self.octets != Candidates::None
    }

    fn none(&self) -> Rejection {
        if self.others {
            Rejection::Unbelieved
        } else {
            Rejection::NoProtector
        }
    }

    /// The key protector, or why there is no telling.
    pub(super) fn protector(&self) -> Result<ProtectorId, Rejection> {
        let mut named = self.stated;
        named.add_all(self.octets);
        if let (Candidates::One(stated), Candidates::One(octets)) = (self.stated, self.octets)
            && stated != octets
        {
            return Err(Rejection::ProtectorsDiffer);
        }
        // A password's own cell is closer than any other field.
        named.add_all(self.beside);
        match named {
            Candidates::None if self.unreadable => Err(Rejection::UnreadableProtector),
            Candidates::None => one(self.id, || one(self.elsewhere, || Err(self.none()))),
            named @ (Candidates::One(_) | Candidates::Several) => one(named, || Err(self.none())),
        }
    }
}

fn one(
    candidates: Candidates,
    otherwise: impl FnOnce() -> Result<ProtectorId, Rejection>,
) -> Result<ProtectorId, Rejection> {
    match candidates {
        Candidates::None => otherwise(),
        Candidates::One(id) => Ok(id),
        Candidates::Several => Err(Rejection::SeveralProtectors),
    }
}
