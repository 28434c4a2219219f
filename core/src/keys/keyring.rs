//! The keyring: the vault secret, and one KEK and one drop seed for each generation.

use zeroize::Zeroizing;

use crate::crypto::OpeningKey;
use crate::crypto::Purpose;
use crate::crypto::RandomError;
use crate::crypto::expand;
use crate::crypto::random_secret;
use crate::keys::VaultSecret;
use crate::values::EscrowId;
use crate::values::Secret;

/// Everything that opens escrows and signs for the vault. All generations are kept.
pub struct Keyring {
    secret: VaultSecret,
    generations: Vec<Generation>,
}

/// The key encryption key of one generation; what it wraps are DEKs.
pub struct Kek(Secret<32>);

struct Generation {
    kek: Kek,
    drop_key: OpeningKey,
}

impl Keyring {
    /// A new vault's keyring, with its first generation.
    ///
    /// # Errors
    ///
    /// Fails where the system has no randomness.
    pub fn generate() -> Result<Self, RandomError> {
        Ok(Self {
            secret: VaultSecret::new(random_secret()?),
            generations: vec![Generation::generate()?],
        })
    }

    /// The vault secret.
    pub const fn secret(&self) -> &VaultSecret {
        &self.secret
    }

    /// The newest generation, under which escrows are encrypted; the first is 1.
    pub fn generation(&self) -> u32 {
        u32::try_from(self.generations.len()).unwrap_or(u32::MAX)
    }

    /// The KEK of a generation, if there ever was that generation.
    pub fn kek(&self, generation: u32) -> Option<&Kek> {
        self.find(generation).map(|generation| &generation.kek)
    }

    /// The key that opens the drops of a generation, if there ever was that generation.
    pub fn drop_key(&self, generation: u32) -> Option<&OpeningKey> {
        self.find(generation).map(|generation| &generation.drop_key)
    }

    /// Calls `each` with every secret it holds, where it lies in memory: for keeping that memory out of swap.
    pub fn each_secret(&self, mut each: impl FnMut(&[u8])) {
        each(self.secret.expose().expose());
        for generation in &self.generations {
            each(generation.kek.0.expose());
            each(generation.drop_key.seed().expose());
        }
    }

    fn find(&self, generation: u32) -> Option<&Generation> {
        let index = usize::try_from(generation).ok()?.checked_sub(1)?;
        self.generations.get(index)
    }

    /// `S ‖ count ‖ (KEK ‖ drop seed)…`, the count as 4 big-endian bytes, each key 32 bytes.
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let len = HEAD_LEN.saturating_add(GENERATION_LEN.saturating_mul(self.generations.len()));
        let mut bytes = Zeroizing::new(Vec::with_capacity(len));
        bytes.extend_from_slice(self.secret.expose().expose());
        bytes.extend_from_slice(&self.generation().to_be_bytes());
        for generation in &self.generations {
            bytes.extend_from_slice(generation.kek.0.expose());
            bytes.extend_from_slice(generation.drop_key.seed().expose());
        }
        bytes
    }

    /// What [`Self::to_bytes`] wrote; `None` for anything else.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (secret, rest) = bytes.split_at_checked(32)?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let generations = rest
            .chunks(GENERATION_LEN)
            .map(Generation::from_bytes)
            .collect::<Option<Vec<_>>>()?;
        let keyring = Self {
            secret: VaultSecret::new(Secret::copy_from(secret)?),
            generations,
        };
        let complete = keyring.generation() > 0 && keyring.generation() == u32::from_be_bytes(*count);
        complete.then_some(keyring)
    }
}

impl Kek {
    /// `HKDF-Expand[KEK](wrap label ‖ escrow id)`: the key that wraps the DEK of one escrow and nothing else.
    pub fn wrap_key(&self, escrow: EscrowId) -> Secret<32> {
        expand(&self.0, Purpose::Wrap, escrow.as_bytes())
    }
}

impl Generation {
    fn generate() -> Result<Self, RandomError> {
        Ok(Self {
            kek: Kek(random_secret()?),
            drop_key: OpeningKey::new(random_secret()?),
        })
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (kek, drop_seed) = bytes.split_at_checked(32)?;
        Some(Self {
            kek: Kek(Secret::copy_from(kek)?),
            drop_key: OpeningKey::new(Secret::copy_from(drop_seed)?),
        })
    }
}

const HEAD_LEN: usize = 32 + 4;
const GENERATION_LEN: usize = 64;
