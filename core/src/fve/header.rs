//! The first sector of a BitLocker volume: where its metadata lies.

use crate::fve::fields::Fields;

/// Bytes of the volume header; it is as long where sectors have 4096.
pub(super) const HEADER_LEN: usize = 512;

/// Where a volume's metadata lies, by the first sector.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct VolumeHeader {
    /// How the header is laid out.
    pub layout: Layout,
    /// Whether it is the header of a volume on which only what is written is encrypted ("used space only").
    pub encrypt_on_write: bool,
    /// Bytes of a sector: a power of two from 512 to 4096.
    pub sector_size: u16,
    /// Bytes from the volume's first to each copy of its metadata; Vista's header knows the first alone.
    pub blocks: [Option<u64>; 3],
}

/// How a volume header is laid out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Layout {
    /// Windows Vista: the metadata is given as a cluster.
    Vista,
    /// Windows 7 and later: three offsets behind a GUID.
    Windows7,
    /// BitLocker To Go: the same behind a header of FAT.
    ToGo,
}

/// The sector is no volume header that can be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HeaderError {
    /// Neither BitLocker's signature nor its GUID.
    #[error("this is no BitLocker volume")]
    NotBitLocker,
    /// The signature, but neither the GUID nor the form that Vista wrote.
    #[error("the volume header has BitLocker's signature, and no form that is known")]
    Form,
    /// A size of sectors or of clusters that no volume has.
    #[error("the volume header has an impossible size of sectors or clusters")]
    Geometry,
    /// The cluster of the metadata lies behind the last byte that can be counted.
    #[error("the volume header places the metadata where nothing can lie")]
    Place,
}

impl VolumeHeader {
    /// Whether a sector looks like a BitLocker volume's first: it has the signature or one of the GUIDs.
    pub(super) fn is_in(sector: &[u8; HEADER_LEN]) -> bool {
        has_signature(sector) || recognition(sector).is_some()
    }

    /// The header in a volume's first 512 bytes.
    ///
    /// As Windows does, it is told by its GUID, wherever in the sector that stands; without one it may be Vista's.
    ///
    /// # Errors
    ///
    /// Names what is wrong with it.
    pub fn parse(sector: &[u8; HEADER_LEN]) -> Result<Self, HeaderError> {
        let sector_size = sector_size(sector).ok_or(HeaderError::Geometry);
        if let Some((encrypt_on_write, mut offsets)) = recognition(sector) {
            return Ok(Self {
                layout: if has_signature(sector) {
                    Layout::Windows7
                } else {
                    Layout::ToGo
                },
                encrypt_on_write,
                sector_size: sector_size?,
                blocks: [offsets.u64(), offsets.u64(), offsets.u64()],
            });
        }
        if !has_signature(sector) {
            return Err(HeaderError::NotBitLocker);
        }
        if !sector.starts_with(&VISTA_JUMP) {
            return Err(HeaderError::Form);
        }
        let sector_size = sector_size?;
        Ok(Self {
            layout: Layout::Vista,
            encrypt_on_write: false,
            sector_size,
            blocks: [Some(vista_block(sector, sector_size)?), None, None],
        })
    }
}

fn has_signature(sector: &[u8; HEADER_LEN]) -> bool {
    Fields::at(sector, 3).array() == Some(SIGNATURE)
}

/// Whether the GUID that stands first in the sector is the one of encrypt-on-write, and the offsets behind it. In a
/// sector of any other name it counts only if that is a boot sector: bytes that lie askew are none.
fn recognition(sector: &[u8; HEADER_LEN]) -> Option<(bool, Fields<'_>)> {
    let named = has_signature(sector) || Fields::at(sector, 3).array() == Some(FAT_NAME);
    if !named && !sector.ends_with(&BOOT_MARK) {
        return None;
    }
    let last = HEADER_LEN - RECOGNITION_LEN;
    (0..=last).find_map(|at| {
        let mut fields = Fields::at(sector, at);
        match *fields.array()? {
            NORMAL => Some((false, fields)),
            ENCRYPT_ON_WRITE => Some((true, fields)),
            _ => None,
        }
    })
}

/// Bytes of a sector; 0 stands for 512.
fn sector_size(sector: &[u8; HEADER_LEN]) -> Option<u16> {
    match Fields::at(sector, 0x0b).u16()? {
        0 => Some(512),
        size @ 512..=4096 if size.is_power_of_two() => Some(size),
        _ => None,
    }
}

/// The metadata's offset: its cluster by the sectors of a cluster by the bytes of a sector.
fn vista_block(sector: &[u8; HEADER_LEN], sector_size: u16) -> Result<u64, HeaderError> {
    let [sectors] = *Fields::at(sector, 0x0d).array().ok_or(HeaderError::Geometry)?;
    let cluster = Fields::at(sector, 0x38).u64().ok_or(HeaderError::Geometry)?;
    if !sectors.is_power_of_two() {
        return Err(HeaderError::Geometry);
    }
    let cluster_size = u64::from(sectors) * u64::from(sector_size);
    cluster.checked_mul(cluster_size).ok_or(HeaderError::Place)
}

/// Of a volume header, at byte 3, and of a metadata block, at its beginning.
pub(super) const SIGNATURE: &[u8; 8] = b"-FVE-FS-";
/// What To Go has in its place.
const FAT_NAME: &[u8; 8] = b"MSWIN4.1";
const BOOT_MARK: [u8; 2] = [0x55, 0xaa];
/// A GUID and three offsets.
const RECOGNITION_LEN: usize = 16 + 3 * 8;
const VISTA_JUMP: [u8; 3] = [0xeb, 0x52, 0x90];
/// `4967d63b-2e29-4ad8-8399-f6a339e3d001`, as it stands on disk.
const NORMAL: [u8; 16] = [
    0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a, 0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01,
];
/// `92a84d3b-dd80-4d0e-9e4e-b1e3284eaed8`, likewise.
const ENCRYPT_ON_WRITE: [u8; 16] = [
    0x3b, 0x4d, 0xa8, 0x92, 0x80, 0xdd, 0x0e, 0x4d, 0x9e, 0x4e, 0xb1, 0xe3, 0x28, 0x4e, 0xae, 0xd8,
];

#[cfg(test)]
mod tests;
