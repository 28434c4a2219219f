//! Randomness from the system.

use ring::rand::SecureRandom;
use ring::rand::SystemRandom;

use crate::values::Secret;

/// The system gave no randomness.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the system gives no randomness")]
pub struct RandomError;

/// `N` random bytes that are no secret: an identifier, a nonce, a salt.
///
/// # Errors
///
/// Fails where the system has no randomness.
pub fn random<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| RandomError)?;
    Ok(bytes)
}

/// `N` random secret bytes.
///
/// # Errors
///
/// Fails where the system has no randomness.
pub fn random_secret<const N: usize>() -> Result<Secret<N>, RandomError> {
    Secret::try_from_fn(|bytes| SystemRandom::new().fill(bytes).map_err(|_| RandomError))
}
