//! A copy of the keyring as it lies in the file.

use crate::crypto::Binding;
use crate::crypto::DecryptError;
use crate::crypto::NONCE_LEN;
use crate::crypto::Nonce;
use crate::crypto::Purpose;
use crate::crypto::RandomError;
use crate::crypto::decrypt;
use crate::crypto::derive;
use crate::crypto::encrypt;
use crate::keys::Keyring;
use crate::keys::RootKey;
use crate::keys::ShareKey;
use crate::values::Secret;
use crate::values::VaultId;

/// `version ‖ nonce ‖ AES-256-GCM[HKDF(R or Q)](nonce, keyring)`: 1, 12, and 36 + 64 × generations + 16 bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EncryptedKeyring(Vec<u8>);

/// Which key a copy of the keyring is encrypted under.
pub enum KeyringCopy<'k> {
    /// Under the root key, which the TPM unseals.
    Root(&'k RootKey),
    /// Under the share key, which the custodians hold.
    Shares(&'k ShareKey),
}

/// The copy of the keyring does not open.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OpenKeyringError {
    /// Its first byte is a format that this program does not know.
    #[error("the keyring has format {version}, which this program does not know")]
    Version {
        /// The first byte.
        version: u8,
    },
    /// Another key, another vault, the other copy, or changed bytes.
    #[error("the keyring does not open with this key")]
    Decrypt(#[from] DecryptError),
}

impl EncryptedKeyring {
    /// A fresh copy of `keyring` for `vault`.
    ///
    /// # Errors
    ///
    /// Fails where the system has no randomness.
    pub fn encrypt(keyring: &Keyring, vault: VaultId, copy: &KeyringCopy<'_>) -> Result<Self, RandomError> {
        let nonce = Nonce::random()?;
        let ciphertext = encrypt(&copy.key(), &nonce, &keyring.to_bytes(), copy.binding(vault).as_bytes());
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(nonce.as_bytes());
        bytes.extend_from_slice(&ciphertext);
        Ok(Self(bytes))
    }

    /// The keyring.
    ///
    /// # Errors
    ///
    /// Fails if the bytes are of another format, or if anything about them differs from what was encrypted.
    pub fn decrypt(&self, vault: VaultId, copy: &KeyringCopy<'_>) -> Result<Keyring, OpenKeyringError> {
        let (&version, rest) = self.0.split_first().ok_or(DecryptError)?;
        if version != VERSION {
            return Err(OpenKeyringError::Version { version });
        }
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LEN>().ok_or(DecryptError)?;
        let plaintext = decrypt(
            &copy.key(),
            &Nonce::kept(*nonce),
            ciphertext,
            copy.binding(vault).as_bytes(),
        )?;
        Ok(Keyring::from_bytes(&plaintext).ok_or(DecryptError)?)
    }

    /// The copy that was kept as these bytes.
    pub const fn kept(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl KeyringCopy<'_> {
    fn key(&self) -> Secret<32> {
        let (key, name) = match self {
            Self::Root(root) => (root.secret(), self.name()),
            Self::Shares(share) => (share.secret(), self.name()),
        };
        derive(key, Purpose::Keyring, name)
    }

    fn binding(&self, vault: VaultId) -> Binding {
        Binding::of(&[&[VERSION], vault.as_bytes(), self.name()])
    }

    const fn name(&self) -> &'static [u8] {
        match self {
            Self::Root(_) => b"root",
            Self::Shares(_) => b"shares",
        }
    }
}

const VERSION: u8 = 1;
