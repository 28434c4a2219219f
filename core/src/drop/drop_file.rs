//! The bytes of a drop, how it is made and how it is opened.

use crate::crypto::Binding;
use crate::crypto::DecryptError;
use crate::crypto::Digest;
use crate::crypto::ENCAPSULATED_LEN;
use crate::crypto::Encapsulated;
use crate::crypto::HpkeMode;
use crate::crypto::Purpose;
use crate::crypto::RandomError;
use crate::crypto::sha256;
use crate::drop::contents::DropContents;
use crate::drop::contents::DroppedEscrow;
use crate::drop::contents::ParseContentsError;
use crate::drop::drop_key::DropKey;
use crate::drop::fields::ContentsTooLong;
use crate::drop::fields::FieldReader;
use crate::drop::sender_file::SenderFile;
use crate::keys::Keyring;
use crate::values::SenderId;
use crate::values::Time;
use crate::values::VaultId;

/// The most bytes of a drop.
pub const MAX_DROP_LEN: usize = 65_536;

/// A drop as it is carried: who it is for and who says to have made it, and what nobody but the vault can read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DropFile {
    vault: VaultId,
    generation: u32,
    sender: Option<SenderId>,
    message: Encapsulated,
}

/// A drop that was opened.
pub struct OpenedDrop {
    /// The sender whose key it was made with; none where it was made with the public key alone, by anybody.
    ///
    /// Whether the sender is enrolled now, and may speak for a device, this does not say.
    pub sender: Option<SenderId>,
    /// Where it stands among the drops of its sender.
    pub sequence: u64,
    /// When it was made, as its sender's clock gave it.
    pub created_at: Time,
    /// What it hands in: one at least.
    pub escrows: Vec<DroppedEscrow>,
    /// SHA-256 of the file, which does not open where a byte of it was changed: by this a replay is known.
    pub digest: Digest,
}

/// A drop cannot be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EncryptDropError {
    /// The sender is not enrolled for a device.
    #[error("the sender's file does not name this device: it may not speak for it")]
    Device,
    /// There is nothing in it.
    #[error("a drop holds one password at least")]
    Empty,
    /// The public key is of one vault, the sender's key of another.
    #[error("the vault's key and the sender's file are of two vaults")]
    OtherVault,
    /// The system gave no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// There is too much in it.
    #[error(transparent)]
    TooLong(#[from] ContentsTooLong),
}

/// The bytes are no drop.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ParseDropError {
    /// They do not begin as a drop does.
    #[error("it does not begin as a drop does")]
    Beginning,
    /// They are of a format that this program does not know.
    #[error("it is a drop of format {version}, which this program does not know")]
    Version {
        /// The format.
        version: u8,
    },
    /// They are too few, or too many.
    #[error("it is cut off, or longer than the 65,536 bytes of a drop")]
    Length,
    /// They are of a mode that a drop has not.
    #[error("it is of a mode that a drop has not")]
    Mode,
}

/// A drop does not open.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OpenDropError {
    /// It opens, and holds something else than escrows.
    #[error(transparent)]
    Contents(#[from] ParseContentsError),
    /// It was changed, or made with another key.
    #[error("it does not open with this vault's keys")]
    Decrypt(#[from] DecryptError),
    /// It is for a generation of keys that there never was.
    #[error("it is for generation {generation} of this vault's keys, which there never was")]
    Generation {
        /// The generation.
        generation: u32,
    },
    /// It is for another vault.
    #[error("it is for another vault: {vault}")]
    OtherVault {
        /// That one.
        vault: VaultId,
    },
}

impl DropFile {
    /// What every drop begins with.
    pub const BEGINNING: &'static [u8] = BEGINNING;

    /// Encrypts `contents` to the vault: as this sender, or as anybody.
    ///
    /// # Errors
    ///
    /// Fails if the two files are of two vaults, the sender may not speak for a device, there is nothing or too much to
    /// encrypt, or where the system has no randomness.
    pub fn encrypt(
        to: &DropKey,
        sender: Option<&SenderFile>,
        contents: &DropContents,
    ) -> Result<Self, EncryptDropError> {
        if contents.escrows.is_empty() {
            return Err(EncryptDropError::Empty);
        }
        if let Some(sender) = sender {
            if sender.key().vault() != to.vault() {
                return Err(EncryptDropError::OtherVault);
            }
            let mut devices = contents.escrows.iter().map(|escrow| &escrow.device);
            if devices.any(|device| !sender.devices().include(device)) {
                return Err(EncryptDropError::Device);
            }
        }
        let (vault, generation) = (to.vault(), to.generation());
        let mode = sender.map_or(HpkeMode::Base, |sender| HpkeMode::Psk {
            key: sender.secret(),
            id: sender.sender().as_bytes(),
        });
        let bytes = contents.to_bytes()?;
        let message = to
            .encryption_key()
            .encrypt(&mode, info(vault, generation).as_bytes(), &bytes)?;
        Ok(Self {
            vault,
            generation,
            sender: sender.map(SenderFile::sender).copied(),
            message,
        })
    }

    /// What the drop says, opened with the vault's keys.
    ///
    /// # Errors
    ///
    /// Fails if it is for another vault, if any byte of it is not as it was made, or if it holds no escrows.
    pub fn open(&self, vault: VaultId, keyring: &Keyring) -> Result<OpenedDrop, OpenDropError> {
        if self.vault != vault {
            return Err(OpenDropError::OtherVault { vault: self.vault });
        }
        let generation = self.generation;
        let key = keyring
            .drop_key(generation)
            .ok_or(OpenDropError::Generation { generation })?;
        let psk = self.sender.map(|sender| keyring.secret().sender_key(sender));
        let mode = match (&psk, &self.sender) {
            (Some(key), Some(sender)) => HpkeMode::Psk {
                key,
                id: sender.as_bytes(),
            },
            _ => HpkeMode::Base,
        };
        let bytes = key.decrypt(&mode, info(vault, generation).as_bytes(), &self.message)?;
        let contents = DropContents::from_bytes(&bytes)?;
        Ok(OpenedDrop {
            sender: self.sender,
            sequence: contents.sequence,
            created_at: contents.created_at,
            escrows: contents.escrows,
            digest: self.digest(),
        })
    }

    /// The drop of these bytes; whether anything in it is right shows when it is opened.
    ///
    /// # Errors
    ///
    /// Fails if they are not of the form of a drop.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ParseDropError> {
        if bytes.len() > MAX_DROP_LEN {
            return Err(ParseDropError::Length);
        }
        let rest = bytes.strip_prefix(BEGINNING).ok_or(ParseDropError::Beginning)?;
        let mut reader = FieldReader::new(rest);
        let [version] = reader.array().ok_or(ParseDropError::Length)?;
        if version != VERSION {
            return Err(ParseDropError::Version { version });
        }
        let vault = VaultId::new(reader.array().ok_or(ParseDropError::Length)?);
        let generation = u32::from_be_bytes(reader.array().ok_or(ParseDropError::Length)?);
        let sender = match reader.array().ok_or(ParseDropError::Length)? {
            [BASE] => None,
            [PSK] => Some(SenderId::new(reader.array().ok_or(ParseDropError::Length)?)),
            _ => return Err(ParseDropError::Mode),
        };
        let key: [u8; ENCAPSULATED_LEN] = reader.array().ok_or(ParseDropError::Length)?;
        Ok(Self {
            vault,
            generation,
            sender,
            message: Encapsulated {
                key,
                ciphertext: reader.rest().to_vec(),
            },
        })
    }

    /// Its bytes, as they are carried.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = BEGINNING.to_vec();
        bytes.push(VERSION);
        bytes.extend_from_slice(self.vault.as_bytes());
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        match &self.sender {
            None => bytes.push(BASE),
            Some(sender) => {
                bytes.push(PSK);
                bytes.extend_from_slice(sender.as_bytes());
            }
        }
        bytes.extend_from_slice(&self.message.key);
        bytes.extend_from_slice(&self.message.ciphertext);
        bytes
    }

    /// SHA-256 of its bytes: by this the vault's log names it.
    pub fn digest(&self) -> Digest {
        sha256(&[&self.to_bytes()])
    }

    /// The vault that it is for.
    pub const fn vault(&self) -> VaultId {
        self.vault
    }

    /// The generation of the vault's keys that it is for.
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// The sender that it says to be of; that it is, is shown by its opening.
    pub const fn sender(&self) -> Option<SenderId> {
        self.sender
    }
}

/// What a drop is bound to beside its keys: everything of its beginning that is in no key.
fn info(vault: VaultId, generation: u32) -> Binding {
    Binding::of(&[
        Purpose::Drop.label(),
        &[VERSION],
        vault.as_bytes(),
        &generation.to_be_bytes(),
    ])
}

/// By which a drop is told from other files.
const BEGINNING: &[u8] = b"strongroom/drop";
const VERSION: u8 = 1;
/// `mode_base` of RFC 9180 section 5.
const BASE: u8 = 0;
/// `mode_psk`.
const PSK: u8 = 1;
