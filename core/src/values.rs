//! Values that are right by construction: there is no other way to make one than through its checks.

mod identifier;
mod secret;
mod time;

pub use identifier::EpochId;
pub use identifier::EscrowId;
pub use identifier::ParseIdentifierError;
pub use identifier::VaultId;
pub use secret::Secret;
pub use time::ParseTimeError;
pub use time::Time;
