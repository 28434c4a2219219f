//! The way out of each failure.

use strongroom_core::drop::EncryptDropError;
use strongroom_core::drop::ParseDropError;
use strongroom_core::drop::ParseKeyFileError;
use strongroom_core::drop::ReceiptError;
use strongroom_core::log::EventProofError;
use strongroom_files::PathError;

use crate::Error;

impl Error {
    /// What the person can do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Read { .. } => "see whether the file is there and may be read",
            Self::Path(PathError::Exists { .. }) => "name another file by --out: no drop takes the place of another",
            Self::Path(PathError::Link { .. }) => "name the folder itself, not a link to it",
            Self::Path(PathError::Vault { .. }) => "name a folder outside the vault",
            Self::Path(PathError::NotAFile { .. } | PathError::NotPlain { .. }) => {
                "name a file, or one that is not there yet"
            }
            Self::Path(PathError::Changed { .. }) => "run one `strongroom-drop` at a time with this file",
            Self::Path(PathError::NotAFolder { .. } | PathError::Io { .. }) => {
                "see whether the folder is there, has room, and may be written to"
            }
            Self::KeyFile {
                source: ParseKeyFileError::Checksum | ParseKeyFileError::Line { .. },
                ..
            } => "carry the file here again, whole, or have the vault write it again",
            Self::KeyFile { .. } => "name the file that `strongroom drop key` or `strongroom drop enrol` wrote",
            Self::Drop {
                source: ParseDropError::Length | ParseDropError::Mode,
                ..
            } => "it was changed or cut off on its way: name the one that was handed in",
            Self::Drop { .. } => "name the file that `strongroom-drop seal` wrote",
            Self::ProofText { .. } => "name the receipt that came back from the vault",
            Self::Sequence { .. } => "name another file, or one that is not there yet; the time counts again then",
            Self::Intake { .. } => "look into the file; `strongroom import --help` names what is read",
            Self::Record { .. } => "no drop was made: correct the source, or name the device by --device",
            Self::Encrypt(EncryptDropError::Device) => {
                "have a sender enrolled for this device, or leave out --sender: the vault then holds it as unconfirmed"
            }
            Self::Encrypt(EncryptDropError::OtherVault) => "name the key and the sender's file of one vault",
            Self::Encrypt(EncryptDropError::Empty | EncryptDropError::TooLong(_)) => "make several drops of it",
            Self::Encrypt(EncryptDropError::Random(_)) => "restart the machine",
            Self::Receipt(ReceiptError::Proof(EventProofError::OtherEpoch { .. })) => {
                "the vault has new keys: fetch its key anew, from the vault itself"
            }
            Self::Receipt(_) => {
                "leave the old protector where it is; hand the drop in again, and wait for the receipt of that"
            }
            Self::Unconfirmed => {
                "keep the old protector, and hand the password in by --sender; or add --accept-unconfirmed once its people say that they have confirmed it"
            }
            Self::Superseded => {
                "keep the old protector; set the clock of this machine right, make a new password, and hand that in"
            }
            Self::Clock => "set the clock of this machine, for instance with `timedatectl set-time`",
            Self::NoKey => "name the vault's key by --to, or a sender's file by --sender",
            Self::NoPassword | Self::SeveralPasswords | Self::NotText => {
                "give one recovery password on stdin, alone on its line"
            }
            Self::Password(_) => "`strongroom check` says which digits may be wrong",
            Self::Stdin(_) => "give the recovery password through a pipe or from a file",
            Self::Terminal => "give it on stdin, through a pipe or from a file",
            Self::Stdout(_) | Self::DropOnTerminal | Self::AnswerAndDrop => "name a file by --out",
        }
    }
}
