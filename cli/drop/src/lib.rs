//! The agents' side: encrypts recovery passwords to a vault, and checks its receipts, on a machine that has neither the vault
//! nor a TPM, of whatever system.

mod answer;
mod clock;
mod error;
mod files;
mod hint;
mod key;
mod program;
mod receipt;
mod seal;
mod sequence;
mod stdin;

pub use answer::Answer;
pub use clock::now;
pub use error::Error;
pub use error::Kind;
pub use key::KeyArgs;
pub use program::main;
pub use receipt::ReceiptArgs;
pub use seal::SealArgs;
pub use seal::Sealed;
