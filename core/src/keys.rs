//! The keys, from the root down: root key and share key, keyring, and what is derived from it.

mod root;

pub use root::RootKey;
pub use root::ShareKey;
