//! What a volume's metadata says.

use crate::crypto::Digest;
use crate::fve::block::Block;
use crate::fve::entries::Entries;
use crate::fve::entries::Entry;
use crate::fve::entries::kind;
use crate::fve::entries::role;
use crate::fve::fields::text;
use crate::fve::header::VolumeHeader;
use crate::fve::method::Conversion;
use crate::fve::method::EncryptionMethod;
use crate::fve::protector::Protector;
use crate::fve::read::BlockCopy;
use crate::fve::validation::WrappedKey;
use crate::values::LogText;
use crate::values::ProtectorId;
use crate::values::Time;
use crate::values::VolumeId;

/// A volume's metadata, from the first copy whose checksum is right.
#[derive(Debug)]
pub struct Metadata {
    /// What the first sector says.
    pub header: VolumeHeader,
    /// The copies that the volume header, or on Vista the first copy, knows of: what became of each.
    pub copies: Vec<BlockCopy>,
    /// Bytes of the copy that was taken, as far as its checksum covers it.
    pub len: usize,
    /// Of the format: 1 on Vista, 2 after it.
    pub version: u16,
    /// The volume's ID.
    pub volume: VolumeId,
    /// How it is encrypted.
    pub method: EncryptionMethod,
    /// How far it is encrypted.
    pub conversion: Conversion,
    /// `COMPUTER DRIVE DATE` in the language of the computer, for people; left out where it may not stand in the log.
    pub description: Option<LogText>,
    /// When the volume was encrypted first, where it says so.
    pub created_at: Option<Time>,
    /// Its key protectors, in their order.
    pub protectors: Vec<Protector>,
    /// Whether every entry could be read; where not, there may be more protectors.
    pub complete: bool,
    pub(super) hash: Option<WrappedKey>,
    pub(super) digest: Digest,
}

impl Metadata {
    pub(super) fn of(header: VolumeHeader, copies: Vec<BlockCopy>, block: Block<'_>) -> Self {
        let mut metadata = Self {
            header,
            copies,
            len: block.len,
            version: block.version,
            volume: block.volume,
            method: block.method.into(),
            conversion: Conversion::of(block.state, block.next_state),
            description: None,
            created_at: block.created_at,
            protectors: Vec::new(),
            complete: true,
            hash: block.validation.hash,
            digest: block.digest,
        };
        let mut entries = Entries::of(block.entries);
        for entry in &mut entries {
            metadata.take(entry);
        }
        metadata.complete &= !entries.broken();
        metadata
    }

    fn take(&mut self, entry: Entry<'_>) {
        match (entry.role, entry.kind) {
            (role::PROTECTOR, kind::PROTECTOR) => match Protector::parse(entry.data) {
                Some(protector) => self.protectors.push(protector),
                None => self.complete = false,
            },
            (role::DESCRIPTION, kind::TEXT) => {
                self.description = self.description.take().or_else(|| text(entry.data));
            }
            _ => {}
        }
    }

    /// The IDs of its recovery passwords' protectors, in their order.
    pub fn recovery_protectors(&self) -> impl Iterator<Item = ProtectorId> {
        let recovery = |protector: &&Protector| protector.kind == crate::fve::ProtectorKind::RecoveryPassword;
        self.protectors.iter().filter(recovery).map(|protector| protector.id)
    }

    /// Whether whoever reads the volume can open it: a key lies beside its lock.
    pub fn has_clear_key(&self) -> bool {
        let mut protectors = self.protectors.iter();
        protectors.any(|protector| protector.kind == crate::fve::ProtectorKind::ClearKey)
    }
}
