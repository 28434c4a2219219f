//! The gate on Unix systems: folders are opened, and names are looked up in open folders alone.

mod folder;
mod kept_file;
mod new_file;
mod out_file;
mod seen;
mod vault;
mod walk;

#[cfg(test)]
mod tests;

pub use folder::Folder;
pub use kept_file::KeptFile;
pub use new_file::NewFile;
pub use out_file::OutFile;
pub use seen::{Entry, Seen};
pub use vault::{VAULT_FILE, VAULT_LOCK, VAULT_NEW, VAULT_PENDING};
pub use walk::resolved;
