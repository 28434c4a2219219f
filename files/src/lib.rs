//! The gate: the only code of the programs that writes, makes, moves or removes anything under a path that a command line
//! names.
//!
//! A path is opened folder by folder, and what is written is written into the folder that was opened, never into a path
//! that is looked up again. So:
//!
//! - Nothing is written into a vault's folder or below it, under whatever path that folder is reached.
//! - No link is followed, except the system's own: a link that root owns, in a folder that root alone can write, as are all
//!   folders above it (such as `/var/run`). A folder that is named itself may not be even that.
//! - A file appears whole, under a name that was free until then. Nothing is replaced except a file whose content the
//!   program has read and knows as its own.
//!
//! `unix` is the gate of Linux; `portable` is the smaller one that agents use on other systems.
#![deny(unsafe_code)]

mod error;
#[cfg(any(not(unix), test))]
#[cfg_attr(unix, expect(unreachable_pub, reason = "it is compiled for its tests alone here"))]
mod portable;
#[cfg(unix)]
mod unix;

pub use error::PathError;
#[cfg(not(unix))]
pub use portable::{KeptFile, OutFile};
#[cfg(unix)]
pub use unix::{
    Entry, Folder, KeptFile, NewFile, OutFile, Seen, VAULT_FILE, VAULT_LOCK, VAULT_NEW, VAULT_PENDING, resolved,
};

/// Who may read a file that is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Readers {
    /// Its owner alone: it is a secret.
    Owner,
    /// Those whom the umask lets, and the group of a folder that passes its group on to its files (setgid).
    Folder,
    /// Every user.
    Everybody,
}
