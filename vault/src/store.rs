//! The vault folder and its SQLite file.
//!
//! One exclusive lock on the folder covers whatever changes the file or the TPM's anchor; reading the inventory takes
//! none. A [`Session`] is one transaction whose last commit has been proven, up to the anchor, before anything in it is
//! believed.

mod apply;
mod audit;
mod commit;
mod copying;
mod counts;
mod devices;
mod error;
mod export;
mod file;
mod folder;
mod inventory;
mod known;
mod leaves;
mod lock;
mod nodes;
mod passwords;
mod pending;
mod problems;
mod refusals;
mod rows;
mod senders;
mod session;
mod snapshot;
mod staging;

pub use audit::Audit;
pub use audit::Work;
pub use commit::Draft;
pub use commit::HandOut;
pub use commit::Stamp;
pub use counts::Counts;
pub use error::Alarm;
pub use error::StoreError;
pub use export::ExportFolder;
pub use export::Exported;
pub use file::Store;
pub use file::VaultBytes;
pub use folder::Folder;
pub use inventory::DeviceSummary;
pub use inventory::Filter;
pub use inventory::Item;
pub use inventory::Page;
pub use lock::Lock;
pub use pending::Pending;
pub use problems::ParseProblemError;
pub use problems::Problem;
pub use problems::Problems;
pub use refusals::Refusal;
pub use session::Session;
pub use session::Trust;
pub use snapshot::Snapshot;
