//! How a volume is encrypted, and how far.

use std::fmt;

/// How a volume's sectors are encrypted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EncryptionMethod {
    /// Not at all: it is decrypted.
    None,
    /// AES-CBC with a key of 128 bits, and the Elephant diffuser.
    AesCbc128Diffuser,
    /// AES-CBC with a key of 256 bits, and the Elephant diffuser.
    AesCbc256Diffuser,
    /// AES-CBC with a key of 128 bits.
    AesCbc128,
    /// AES-CBC with a key of 256 bits.
    AesCbc256,
    /// XTS-AES-128.
    AesXts128,
    /// XTS-AES-256.
    AesXts256,
    /// Something else, by its number.
    Unknown(u16),
}

/// How far a volume is encrypted, and where that is heading.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Conversion {
    /// It is not encrypted.
    Decrypted,
    /// It is being encrypted.
    Encrypting,
    /// It is being decrypted.
    Decrypting,
    /// It is encrypted as it is written to ("used space only"); on Vista, encryption or decryption is paused.
    EncryptOnWrite,
    /// It is encrypted.
    Encrypted,
    /// It was being encrypted, and that has been interrupted.
    EncryptionPaused,
    /// It was being decrypted, and that has been interrupted.
    DecryptionPaused,
    /// Something else, by its numbers.
    Unknown {
        /// What it is.
        state: u16,
        /// What it is to become.
        next: u16,
    },
}

impl Conversion {
    /// What the two states of a metadata block mean.
    pub(super) const fn of(state: u16, next: u16) -> Self {
        match (state, next) {
            (DECRYPTED, _) => Self::Decrypted,
            (SWITCHING, ENCRYPTED) => Self::Encrypting,
            (SWITCHING, DECRYPTED) => Self::Decrypting,
            (ENCRYPT_ON_WRITE, _) => Self::EncryptOnWrite,
            (ENCRYPTED, _) => Self::Encrypted,
            (PAUSED, ENCRYPTED) => Self::EncryptionPaused,
            (PAUSED, DECRYPTED) => Self::DecryptionPaused,
            _ => Self::Unknown { state, next },
        }
    }
}

impl From<u16> for EncryptionMethod {
    fn from(number: u16) -> Self {
        match number {
            0 => Self::None,
            0x8000 => Self::AesCbc128Diffuser,
            0x8001 => Self::AesCbc256Diffuser,
            0x8002 => Self::AesCbc128,
            0x8003 => Self::AesCbc256,
            0x8004 => Self::AesXts128,
            0x8005 => Self::AesXts256,
            _ => Self::Unknown(number),
        }
    }
}

impl fmt::Display for EncryptionMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::AesCbc128Diffuser => "AES-CBC 128-bit with diffuser",
            Self::AesCbc256Diffuser => "AES-CBC 256-bit with diffuser",
            Self::AesCbc128 => "AES-CBC 128-bit",
            Self::AesCbc256 => "AES-CBC 256-bit",
            Self::AesXts128 => "AES-XTS 128-bit",
            Self::AesXts256 => "AES-XTS 256-bit",
            Self::Unknown(number) => return write!(f, "unknown method {number:#06x}"),
        })
    }
}

impl fmt::Display for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Decrypted => "decrypted",
            Self::Encrypting => "being encrypted",
            Self::Decrypting => "being decrypted",
            Self::EncryptOnWrite => "encrypted as it is written to",
            Self::Encrypted => "encrypted",
            Self::EncryptionPaused => "encryption paused",
            Self::DecryptionPaused => "decryption paused",
            Self::Unknown { state, next } => return write!(f, "unknown state {state}, to become {next}"),
        })
    }
}

const DECRYPTED: u16 = 1;
const SWITCHING: u16 = 2;
const ENCRYPT_ON_WRITE: u16 = 3;
const ENCRYPTED: u16 = 4;
const PAUSED: u16 = 5;

#[cfg(test)]
mod tests;
