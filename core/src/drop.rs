//! Drops: escrows encrypted to the vault, carried as files by whoever has the vault's public key, and by enrolled senders.
//!
//! ```text
//! drop = "strongroom/drop" ‖ 01 ‖ vault id ‖ generation ‖ mode ‖ sender id, in mode_psk ‖ enc ‖ ciphertext
//! enc, ciphertext = Seal<mode>(drop key of the generation, info, aad = "", contents), RFC 9180
//! info = label ‖ version ‖ vault id ‖ generation, each after its length
//! psk  = HKDF[S](label ‖ sender id), psk_id = sender id
//! ```
//!
//! What an agent does without vault and TPM, and what a vault does with what the agent brings, is here; who is enrolled, and
//! what was seen before, the vault knows.

mod contents;
mod drop_file;
mod drop_key;
mod fields;
mod lines;
mod receipt;
mod sender_file;

pub use contents::DropContents;
pub use contents::DroppedEscrow;
pub use contents::ParseContentsError;
pub use drop_file::DropFile;
pub use drop_file::EncryptDropError;
pub use drop_file::MAX_DROP_LEN;
pub use drop_file::OpenDropError;
pub use drop_file::OpenedDrop;
pub use drop_file::ParseDropError;
pub use drop_key::DropKey;
pub use fields::ContentsTooLong;
pub use lines::MAX_KEY_FILE_LEN;
pub use lines::ParseKeyFileError;
pub use receipt::Receipt;
pub use receipt::ReceiptError;
pub use receipt::Wanted;
pub use receipt::check_receipt;
pub use sender_file::SenderFile;

#[cfg(test)]
mod tests;
