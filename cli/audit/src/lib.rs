//! The auditor's side: checks what a vault handed out, on a machine that has neither the vault nor its TPM.
//!
//! Both `strongroom audit verify` and the program `strongroom-audit`, which links no TPM library and no SQLite, are this.

mod answer;
mod args;
mod error;
mod folder;
mod hint;
mod program;
mod progress;
mod proof;
mod time;
mod verify;

pub use answer::Line;
pub use answer::Look;
pub use answer::Verified;
pub use args::HandedOutArgs;
pub use error::Error;
pub use error::Kind;
pub use program::main;
pub use progress::Progress;
pub use time::local;
