//! Key protectors: ways to the volume's master key.

use std::fmt;

use crate::fve::entries::Entries;
use crate::fve::entries::kind;
use crate::fve::fields::Fields;
use crate::fve::fields::text;
use crate::fve::validation::WrappedKey;
use crate::values::LogText;
use crate::values::ProtectorId;
use crate::values::Time;

/// One key protector of a volume.
#[derive(Debug)]
pub struct Protector {
    /// Its ID.
    pub id: ProtectorId,
    /// What opens it.
    pub kind: ProtectorKind,
    /// When it was last changed, where it says so.
    pub changed_at: Option<Time>,
    /// Its name, such as `DiskPassword`; left out where it may not stand in the log.
    pub label: Option<LogText>,
    /// The hint that is shown beside it, likewise.
    pub hint: Option<LogText>,
    /// Of a recovery password's: how the volume's master key is wrapped by it.
    pub(super) recovery: Option<Recovery>,
}

/// What opens a key protector.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ProtectorKind {
    /// Nothing: its key lies beside it. Protection is suspended, or was never switched on.
    ClearKey,
    /// The TPM alone.
    Tpm,
    /// A key in a file (.BEK), on a USB stick for instance.
    StartupKey,
    /// The TPM, and such a file.
    TpmAndStartupKey,
    /// The TPM, and a PIN.
    TpmAndPin,
    /// The TPM, a PIN, and such a file.
    TpmAndPinAndStartupKey,
    /// The 48 digits.
    RecoveryPassword,
    /// A private key, as on a smart card.
    PublicKey,
    /// A passphrase.
    Passphrase,
    /// Something else, by its number.
    Unknown(u16),
}

/// The volume's master key under the key that a recovery password stretches to.
#[derive(Debug)]
pub(super) struct Recovery {
    pub(super) salt: [u8; 16],
    pub(super) master_key: WrappedKey,
}

impl Protector {
    /// Whether a recovery password can be tried on it: it is of that kind, and holds what that takes.
    pub const fn can_be_tried(&self) -> bool {
        self.recovery.is_some()
    }

    /// The protector that such data is; `None` where it is too short for one.
    ///
    /// ```text
    /// GUID | FILETIME | u16 | u16 kind | properties: label, hint, stretch key with its salt, wrapped master key, …
    /// ```
    ///
    /// Of each property the first counts. Those that are not known here are passed over.
    pub(super) fn parse(data: &[u8]) -> Option<Self> {
        let mut fields = Fields::of(data);
        let (id, changed_at) = (fields.guid()?, fields.time()?);
        let (_, number) = (fields.u16()?, fields.u16()?);
        let kind = ProtectorKind::from(number);
        let (mut label, mut hint, mut salt, mut master_key) = (None, None, None, None);
        for property in Entries::of(fields.rest()) {
            match property.kind {
                kind::TEXT => label = label.or_else(|| text(property.data)),
                kind::HINT => hint = hint.or_else(|| text(property.data)),
                kind::STRETCH_KEY => salt = salt.or_else(|| Fields::at(property.data, 4).array().copied()),
                kind::AES_CCM => master_key = master_key.or_else(|| WrappedKey::parse(property.data)),
                _ => {}
            }
        }
        let recovery = salt.zip(master_key).filter(|_| kind == ProtectorKind::RecoveryPassword);
        Some(Self {
            id: ProtectorId::new(id),
            kind,
            changed_at,
            label,
            hint,
            recovery: recovery.map(|(salt, master_key)| Recovery { salt, master_key }),
        })
    }
}

impl From<u16> for ProtectorKind {
    /// The upper byte holds the kind, bit by bit; what the lower one means nobody has said.
    fn from(number: u16) -> Self {
        match number & 0xff00 {
            0x0000 => Self::ClearKey,
            0x0100 => Self::Tpm,
            0x0200 => Self::StartupKey,
            0x0300 => Self::TpmAndStartupKey,
            0x0500 => Self::TpmAndPin,
            0x0700 => Self::TpmAndPinAndStartupKey,
            0x0800 => Self::RecoveryPassword,
            0x1000 => Self::PublicKey,
            0x2000 => Self::Passphrase,
            _ => Self::Unknown(number),
        }
    }
}

impl fmt::Display for ProtectorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClearKey => "clear key",
            Self::Tpm => "TPM",
            Self::StartupKey => "startup key",
            Self::TpmAndStartupKey => "TPM and startup key",
            Self::TpmAndPin => "TPM and PIN",
            Self::TpmAndPinAndStartupKey => "TPM, PIN and startup key",
            Self::RecoveryPassword => "recovery password",
            Self::PublicKey => "public key",
            Self::Passphrase => "passphrase",
            Self::Unknown(number) => return write!(f, "unknown kind {number:#06x}"),
        })
    }
}

#[cfg(test)]
mod tests;
