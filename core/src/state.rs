//! Escrows and their states: records, and the rules by which they change.
//!
//! A record is what the state tree hashes. The rules are pure: from records and an arrival, a showing or a waiver they
//! make changed records. An event carries those, and whoever replays the log needs no rules.

mod arrive;
mod canonical;
mod change;
mod escrow;
mod escrows;
mod expose;
mod placement;
mod projection;
mod prove;
mod recalled;
mod sender;
mod tally;
mod vault_record;
mod volume;
mod volumes;

pub use arrive::Arrival;
pub use arrive::Decision;
pub use arrive::Rule;
pub use arrive::Standing;
pub use arrive::arrive;
pub use arrive::assign;
pub use arrive::confirm;
pub use canonical::CanonicalError;
pub use canonical::canonical;
pub use canonical::canonical_len;
pub use canonical::first_difference;
pub use canonical::from_canonical;
pub use change::Change;
pub use escrow::Age;
pub use escrow::Ending;
pub use escrow::EscrowRecord;
pub use escrow::EscrowState;
pub use escrow::HowEnded;
pub use escrow::Presentation;
pub use escrow::Source;
pub use escrows::Escrows;
#[cfg(test)]
pub(crate) use escrows::READ;
pub use expose::Showing;
pub use expose::WaiveError;
pub use expose::expose;
pub use expose::waive;
pub use placement::Naming;
pub use placement::Placement;
pub use placement::meant;
pub use placement::place;
pub use projection::ApplyError;
pub use projection::Projection;
pub use prove::Opened;
pub use prove::Presented;
pub use prove::Proof;
pub use prove::prove;
pub use recalled::Place;
pub use recalled::RecalledVolumes;
pub use sender::SenderRecord;
pub use sender::senders_digest;
pub use tally::Counted;
pub use tally::Tally;
pub use tally::Totals;
pub use vault_record::AnchorRecord;
pub use vault_record::TpmKeyRecord;
pub use vault_record::TpmRecord;
pub use vault_record::VaultRecord;
pub use volume::MasterKeyRecord;
pub use volume::VolumeRecord;
pub use volumes::MemoryVolumes;
pub use volumes::Volumes;

#[cfg(test)]
pub(crate) mod tests;
