//! Passwords encrypted before it is their turn: where they are many, beside the thread that takes them in.

use std::slice::Chunks;
use std::thread::Scope;
use std::vec::IntoIter;

use strongroom_core::crypto::Digest;
use strongroom_core::crypto::RandomError;
use strongroom_core::crypto::random;
use strongroom_core::crypto::random_secret;
use strongroom_core::envelope::Envelope;
use strongroom_core::envelope::Place;
use strongroom_core::keys::Fingerprint;
use strongroom_core::keys::FingerprintKey;
use strongroom_core::keys::Keyring;
use strongroom_core::values::EscrowId;
use strongroom_core::values::VaultId;

use crate::beside::Beside;
use crate::ops::Arriving;

/// A password, encrypted for the escrow that it will be, unless it is held already.
pub(super) struct Encrypted {
    pub(super) escrow: EscrowId,
    pub(super) envelope: Envelope,
    pub(super) fingerprint: Fingerprint,
    /// `SHA-256(envelope ‖ fingerprint)`.
    pub(super) digest: Digest,
}

/// Encrypts passwords for a vault.
pub(super) struct Encryptor<'k> {
    pub(super) keyring: &'k Keyring,
    pub(super) vault: VaultId,
    fingerprints: FingerprintKey,
}

/// Passwords in their order, some of them encrypted ahead.
pub(super) struct Ahead<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    encryptor: &'scope Encryptor<'scope>,
    parts: Chunks<'scope, &'scope Arriving<'scope>>,
    begun: Option<Beside<'scope, Result<Vec<Encrypted>, RandomError>>>,
    ready: IntoIter<Encrypted>,
}

impl<'k> Encryptor<'k> {
    pub(super) fn new(keyring: &'k Keyring, vault: VaultId) -> Self {
        Self {
            keyring,
            vault,
            fingerprints: keyring.secret().fingerprint_key(),
        }
    }

    /// An encryptor whose fingerprints equal none that is stored.
    pub(super) fn of_a_rehearsal(keyring: &'k Keyring, vault: VaultId) -> Result<Self, RandomError> {
        Ok(Self {
            keyring,
            vault,
            fingerprints: FingerprintKey::new(random_secret()?),
        })
    }

    pub(super) fn encrypt(&self, arriving: &Arriving<'_>) -> Result<Encrypted, RandomError> {
        let escrow = EscrowId::new(random()?);
        let place = Place {
            vault: self.vault,
            escrow,
            protector: arriving.protector,
        };
        let envelope = Envelope::encrypt(self.keyring, &place, arriving.password)?;
        let fingerprint = self.fingerprints.fingerprint(arriving.password);
        let digest = envelope.digest(&fingerprint);
        Ok(Encrypted {
            escrow,
            envelope,
            fingerprint,
            digest,
        })
    }

    fn encrypt_all(&self, part: &[&Arriving<'_>]) -> Result<Vec<Encrypted>, RandomError> {
        part.iter().map(|one| self.encrypt(one)).collect()
    }
}

impl<'scope, 'env> Ahead<'scope, 'env> {
    pub(super) fn new(
        scope: &'scope Scope<'scope, 'env>,
        encryptor: &'scope Encryptor<'scope>,
        arriving: &'scope [&'scope Arriving<'scope>],
    ) -> Self {
        Self {
            scope,
            encryptor,
            parts: arriving.chunks(PART),
            begun: None,
            ready: Vec::new().into_iter(),
        }
    }
}

impl Iterator for Ahead<'_, '_> {
    type Item = Result<Encrypted, RandomError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.len() == 0 {
            let encryptor = self.encryptor;
            let ready = match self.begun.take() {
                Some(begun) => begun.end(),
                None => encryptor.encrypt_all(self.parts.next()?),
            };
            let next = self.parts.next();
            self.begun = next.map(|part| Beside::begin(self.scope, true, move || encryptor.encrypt_all(part)));
            match ready {
                Ok(ready) => self.ready = ready.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
        self.ready.next().map(Ok)
    }
}

/// Passwords for which a thread is worth its while.
const PART: usize = 500;
