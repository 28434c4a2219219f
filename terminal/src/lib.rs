//! What the programs share with people: the one way to stdout and stderr, how a failure ends a program, and what is done
//! before anything else.
//!
//! The programs differ in what they can open; what reaches a terminal passes through here in all of them. Only `system`
//! knows what runs it.
#![deny(unsafe_code)]

mod system;

mod arguments;

mod output;

mod program;

pub use arguments::Arguments;
pub use output::Look;
pub use output::Output;
pub use program::Refusal;
pub use program::ended;
pub use program::guarded;
#[cfg(unix)]
pub use system::Descriptor;
pub use system::harden;
