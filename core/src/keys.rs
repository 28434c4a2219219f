//! The keys, from the root down: root key and share key, keyring, and what is derived from it.
//!
//! ```text
//! root key R (sealed by the TPM) ─┐
//!                                 ├─▶ keyring: vault secret S, and a KEK and a drop seed for each generation
//! share key Q (on the shares) ────┘       S ─▶ log key, anchor authorisation, fingerprint key, …
//!                                         KEK ─▶ wrap key of one escrow ─▶ DEK ─▶ password
//! ```

mod encrypted_keyring;
mod keyring;
mod refusal_key;
mod root;
mod vault_secret;

pub use encrypted_keyring::EncryptedKeyring;
pub use encrypted_keyring::KeyringCopy;
pub use encrypted_keyring::OpenKeyringError;
pub use keyring::Kek;
pub use keyring::Keyring;
pub use refusal_key::RefusalCount;
pub use refusal_key::RefusalKey;
pub use root::RootKey;
pub use root::ShareKey;
pub use vault_secret::Fingerprint;
pub use vault_secret::FingerprintKey;
pub use vault_secret::VaultSecret;

#[cfg(test)]
mod tests;
