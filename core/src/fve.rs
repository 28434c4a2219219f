//! BitLocker's metadata (FVE: full volume encryption), read and never written: which key protectors a volume has, and
//! the proof that a recovery password opens it.
//!
//! ```text
//! image ─locate─▶ Located ─read─▶ Metadata ─prove─▶ Proof
//!                                    └─compare─▶ held, missing, stale
//! ```
//!
//! Only the first sector and the three copies of the metadata are read, never what the volume holds. All of it is
//! foreign: every size is bounded, every offset is checked, nothing is allocated by what a field says, no parser calls
//! itself, and time is linear in what was read (at most 64 KiB for each copy, and 1024 partitions).
//!
//! Source: libyal/libbde, `documentation/BitLocker Drive Encryption (BDE) format.asciidoc`; mbroz/cryptsetup,
//! `lib/bitlk/bitlk.c`; fox-it/dissect.fve, `dissect/fve/bde`; Aorimn/dislocker, `include/dislocker/metadata`.

mod block;
mod comparison;
mod crc32;
mod entries;
mod fields;
mod gpt;
mod header;
mod image;
mod locate;
mod mbr;
mod metadata;
mod method;
mod proof;
mod protector;
mod read;
mod validation;

pub use block::BlockFault;
pub use comparison::Comparison;
pub use comparison::compare;
pub use header::HeaderError;
pub use header::Layout;
pub use header::VolumeHeader;
pub use image::Image;
pub use locate::LocateError;
pub use locate::Located;
pub use locate::Place;
pub use locate::at;
pub use locate::locate;
pub use metadata::Metadata;
pub use method::Conversion;
pub use method::EncryptionMethod;
pub use proof::MetadataProof;
pub use proof::Progress;
pub use proof::Proof;
pub use proof::ROUNDS;
pub use proof::prove;
pub use protector::Protector;
pub use protector::ProtectorKind;
pub use read::BlockCopy;
pub use read::CopyState;
pub use read::ReadError;
pub use read::read;
