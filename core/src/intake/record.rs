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
    /// How good the field is that names the device, or that was refused; 0 is best.
    pub(super) device_rank: Option<u8>,
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
    /// What should be one is no whole GUID.
    #[error("key protector ID: it is no whole GUID")]
    UnreadableProtector,
}

/// What was not taken of a record: which field, never what stands there.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Note {
    /// The time of creation is not ISO 8601 to the second, so that it would have to be guessed.
    #[error("the time of creation is no ISO 8601 time, so it counts as undated")]
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
    pub(super) fn bare(line: usize, outcome: Result<Ready, Rejected>) -> Self {
        Self {
            at: Position { line, record: 0 },
            device: None,
            naming: Naming::default(),
            created: None,
            outcome,
            notes: Vec::new(),
            device_rank: None,
        }
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

/// What became of a password and what may be its protector.
pub(super) fn outcome(
    password: Result<RecoveryPassword, ParseRecoveryPasswordError>,
    protector: Result<ProtectorId, Rejection>,
) -> Result<Ready, Rejected> {
    match (password, protector) {
        (Ok(password), Ok(protector)) => Ok(Ready { protector, password }),
        (Err(fault), protector) => Err(Rejected {
            protector: protector.ok(),
            why: Rejection::Password(fault),
        }),
        (Ok(_), Err(why)) => Err(Rejected { protector: None, why }),
    }
}
