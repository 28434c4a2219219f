//! What a reader makes of one recovery password.

use std::fmt;

use crate::state::Naming;
use crate::values::DeviceName;
use crate::values::ParseRecoveryPasswordError;
use crate::values::ProtectorId;
use crate::values::RecoveryPassword;
use crate::values::TextError;
use crate::values::Time;

/// One recovery password of the input, taken or not.
pub struct Record {
    /// Where it stands.
    pub at: Position,
    /// Whose it is. Without one it is unassigned.
    pub device: Option<DeviceName>,
    /// What is said of the volume.
    pub naming: Naming,
    /// When it was made, where that is said.
    pub created: Option<Time>,
    /// The password with its protector, or why it is not taken.
    pub outcome: Result<Ready, Rejected>,
    /// What was said of it and not taken; it is taken without.
    pub notes: Vec<Note>,
    /// The GUIDs beside it that are not known to be its key protector's, where it is rejected for want of one.
    pub unbelieved: Vec<ProtectorId>,
    /// How good the field is that names the device, or that was refused; 0 is best.
    pub(super) device_rank: Option<u8>,
    /// The password, while its key protector may still be named by what it lies in.
    pub(super) pending: Option<RecoveryPassword>,
}

/// A recovery password whose key protector is known.
pub struct Ready {
    /// Its key protector.
    pub protector: ProtectorId,
    /// The recovery password.
    pub password: RecoveryPassword,
}

/// A recovery password that is not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rejected {
    /// Its key protector, where that is not what is in doubt.
    pub protector: Option<ProtectorId>,
    /// Why.
    pub why: Rejection,
}

/// A place in the input. Shown as `record 3, line 12`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Position {
    /// The line on which the record begins, from 1, in the decoded text; of a text without records the password's.
    /// CR LF, CR and LF end a line.
    pub line: usize,
    /// Its number among the records that were read, from 1: JSON is often one line.
    pub record: usize,
}

/// Why a recovery password is not taken: which field, never what stands there.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Rejection {
    /// The object's `msFVE-RecoveryGuid` is another than the GUID in its name.
    #[error("key protector ID: msFVE-RecoveryGuid and the name of the object differ")]
    ProtectorsDiffer,
    /// No GUID belongs to it.
    #[error("key protector ID: there is none")]
    NoProtector,
    /// There is a key protector ID, but no password.
    #[error("recovery password: there is none, only its key protector ID")]
    NoPassword,
    /// GUIDs may stand before their passwords or after them.
    #[error("key protector ID: it may be the one before or the one after the recovery password")]
    OrderUnclear,
    /// What should be one is spoilt.
    #[error("recovery password: {0}")]
    Password(#[source] ParseRecoveryPasswordError),
    /// There are several in one record.
    #[error("recovery password: there are several in one record")]
    SeveralPasswords,
    /// More than one GUID may belong to it.
    #[error("key protector ID: there are several, and no telling which")]
    SeveralProtectors,
    /// GUIDs are there, and none is called a key protector ID.
    #[error("key protector ID: there is none; the GUIDs beside the recovery password are not called one")]
    Unbelieved,
    /// What should be one is no whole GUID.
    #[error("key protector ID: it is no whole GUID")]
    UnreadableProtector,
}

/// What was not taken of a record: which field, never what stands there.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Note {
    /// The time of creation would have to be guessed.
    #[error("the time of creation is no time that can be read without guessing, so it counts as undated")]
    DateUnclear,
    /// The name of the device may not stand in the log.
    #[error("device name: {0}; it is left unassigned")]
    DeviceRefused(#[source] TextError),
    /// The name of the device has a character that could not be decoded.
    #[error("device name: it holds a character that could not be decoded; it is left unassigned")]
    DeviceUndecoded,
    /// Several names of devices, or cells that stand under no heading.
    #[error("device name: there is no telling which; it is left unassigned")]
    DeviceUnclear,
    /// The mount point is none.
    #[error("mount point: it is none that Windows writes, and is left out")]
    MountRefused,
    /// The volume's identifier is no GUID.
    #[error("volume ID: it is no GUID, and is left out")]
    VolumeIdRefused,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {}, line {}", self.record, self.line)
    }
}

impl Record {
    /// A record of a text that says nothing but this.
    pub(super) fn bare(line: usize, (outcome, pending): Outcome) -> Self {
        Self {
            at: Position { line, record: 0 },
            device: None,
            naming: Naming::default(),
            created: None,
            outcome,
            notes: Vec::new(),
            unbelieved: Vec::new(),
            device_rank: None,
            pending,
        }
    }

    /// Returns whose the password is, if its source is also said to be of the device `said`.
    ///
    /// A device that the source names is preferred. If it names one that cannot be told or taken, the password is
    /// nobody's: another device would be a guess. A mere name, of what is not said, counts if nothing else is known.
    pub fn owner<'r>(&'r self, said: Option<&'r DeviceName>) -> Option<&'r DeviceName> {
        if self.notes.iter().any(|note| note.is_of_device()) {
            return None;
        }
        let named = self.device.as_ref();
        match self.device_rank {
            Some(MERE_NAME) => said.or(named),
            _ => named.or(said),
        }
    }

    /// Ends the search for what belongs to it. A volume has no GUID of its own that is its key protector's.
    pub(super) fn settle(&mut self) {
        self.pending = None;
        let protector = match &self.outcome {
            Ok(ready) => Some(ready.protector),
            Err(rejected) => rejected.protector,
        };
        self.naming.id = self
            .naming
            .id
            .filter(|id| protector.is_none_or(|protector| protector.as_bytes() != id.as_bytes()));
    }

    /// Returns the GUIDs that stand in it, as bytes in the order of their text.
    pub(super) fn guids(&self) -> impl Iterator<Item = [u8; 16]> + '_ {
        let protector = match &self.outcome {
            Ok(ready) => Some(ready.protector),
            Err(rejected) => rejected.protector,
        };
        let volume = self.naming.id.map(|id| *id.as_bytes());
        let beside = protector.into_iter().chain(self.unbelieved.iter().copied());
        let device = self
            .device
            .iter()
            .filter_map(|device| device.as_str().parse::<ProtectorId>().ok());
        beside.chain(device).map(|id| *id.as_bytes()).chain(volume)
    }

    /// Takes `protector` for a password whose key protector was not named. Returns whether it was one.
    pub(super) fn adopt(&mut self, protector: ProtectorId) -> bool {
        let Some(password) = self.pending.take() else {
            return false;
        };
        self.outcome = Ok(Ready { protector, password });
        self.unbelieved = Vec::new();
        true
    }

    /// Whether there is a password in it, also a spoilt one.
    pub(super) fn holds_password(&self) -> bool {
        !matches!(
            self.outcome,
            Err(Rejected {
                why: Rejection::NoPassword,
                ..
            })
        )
    }
}

impl Note {
    /// Whether it says that a device was named and is not known.
    pub const fn is_of_device(self) -> bool {
        matches!(
            self,
            Self::DeviceRefused(_) | Self::DeviceUndecoded | Self::DeviceUnclear
        )
    }
}

/// What became of a password, and the password itself while its key protector may still be found.
pub(super) type Outcome = (Result<Ready, Rejected>, Option<RecoveryPassword>);

/// What became of a password and what may be its protector.
pub(super) fn outcome(
    password: Result<RecoveryPassword, ParseRecoveryPasswordError>,
    protector: Result<ProtectorId, Rejection>,
) -> Outcome {
    match (password, protector) {
        (Ok(password), Ok(protector)) => (Ok(Ready { protector, password }), None),
        (Err(fault), protector) => {
            let why = Rejection::Password(fault);
            let protector = protector.ok();
            (Err(Rejected { protector, why }), None)
        }
        (Ok(password), Err(why)) => {
            let is_open = matches!(why, Rejection::NoProtector | Rejection::Unbelieved);
            (Err(Rejected { protector: None, why }), is_open.then_some(password))
        }
    }
}

/// The rank of a name that may be a device's or anything else's.
pub(super) const MERE_NAME: u8 = 7;
