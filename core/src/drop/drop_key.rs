//! The vault's public key for drops, as a file.
//!
//! ```text
//! strongroom-drop-key v1
//! origin strongroom/<vault id>/<epoch id>
//! generation 1
//! public-key <base64 of 65 bytes>
//! log-key <verifier key>, one line for each
//! checksum <16 digits>
//! ```

use std::fmt;
use std::str::FromStr;

use crate::crypto::ENCAPSULATED_LEN;
use crate::crypto::EncryptionKey;
use crate::drop::lines::LineReader;
use crate::drop::lines::LineWriter;
use crate::drop::lines::ParseKeyFileError;
use crate::drop::lines::base64;
use crate::drop::lines::same;
use crate::keys::Keyring;
use crate::log::LogKeys;
use crate::log::LogKeysError;
use crate::log::Origin;
use crate::log::VerifierKey;
use crate::state::VaultRecord;
use crate::values::VaultId;

/// All that somebody needs who hands drops in: the key to encrypt them, and the keys that sign the receipts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DropKey {
    origin: Origin,
    generation: u32,
    encryption_key: EncryptionKey,
    /// One at least, all named after the origin.
    log_keys: Vec<VerifierKey>,
}

impl DropKey {
    /// The key of a vault's newest generation.
    ///
    /// # Errors
    ///
    /// Fails if the vault record names a key of the log that is none.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "the keyring holds every generation up to its newest"
    )]
    pub fn of(vault: &VaultRecord, keyring: &Keyring) -> Result<Self, LogKeysError> {
        let keys = LogKeys::of(vault)?;
        let generation = keyring.generation();
        let key = keyring.drop_key(generation).expect("the newest generation");
        Ok(Self {
            origin: Origin {
                vault: vault.vault,
                epoch: vault.epoch,
            },
            generation,
            encryption_key: key.public_key(),
            log_keys: [keys.log].into_iter().chain(keys.tpm).collect(),
        })
    }

    /// The vault.
    pub const fn vault(&self) -> VaultId {
        self.origin.vault
    }

    /// The name under which the vault's log is signed.
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// The generation of the vault's keys; the first is 1.
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// The key that drops are encrypted to.
    pub const fn encryption_key(&self) -> &EncryptionKey {
        &self.encryption_key
    }

    /// The keys that sign receipts, all of them.
    pub fn log_keys(&self) -> &[VerifierKey] {
        &self.log_keys
    }

    pub(super) fn write(&self, lines: &mut LineWriter) {
        lines.value("origin", &self.origin);
        lines.value("generation", &self.generation);
        lines.bytes("public-key", self.encryption_key.as_bytes());
        for key in &self.log_keys {
            lines.value("log-key", key);
        }
    }

    pub(super) fn read(lines: &mut LineReader<'_>) -> Result<Self, ParseKeyFileError> {
        let origin: Origin = lines.value("origin", same)?;
        let generation = lines.value("generation", |text| same(text).filter(|generation| *generation > 0))?;
        let encryption_key = lines.value("public-key", |text| {
            let mut bytes = [0; ENCAPSULATED_LEN];
            base64(text, &mut bytes)?;
            EncryptionKey::from_bytes(&bytes).ok()
        })?;
        let name = origin.to_string();
        let log_keys = lines.values("log-key", |text| {
            same(text).filter(|key: &VerifierKey| key.name() == name)
        })?;
        if log_keys.is_empty() {
            return Err(lines.fault());
        }
        Ok(Self {
            origin,
            generation,
            encryption_key,
            log_keys,
        })
    }
}

impl fmt::Display for DropKey {
    /// The text of the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = LineWriter::new(FORMAT);
        self.write(&mut lines);
        f.write_str(&lines.finish())
    }
}

impl FromStr for DropKey {
    type Err = ParseKeyFileError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut lines = LineReader::new(text, FORMAT)?;
        let key = Self::read(&mut lines)?;
        lines.end()?;
        Ok(key)
    }
}

const FORMAT: &str = "strongroom-drop-key v1";
