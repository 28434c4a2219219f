//! BitLocker volumes that nobody has, written from the format alone: the code under test has no part in them.
//!
//! The tests of the whole program include this file too, and hand what it writes to other programs.

#[path = "written/crc32.rs"]
mod crc32;
#[path = "written/disk.rs"]
mod disk;
#[path = "written/metadata.rs"]
mod metadata;
#[path = "written/sparse.rs"]
mod sparse;
#[path = "written/wrapping.rs"]
mod wrapping;
#[path = "written/xts.rs"]
mod xts;

pub(crate) use crc32::crc32;
pub(crate) use disk::Table;
pub(crate) use disk::disk;
pub(crate) use metadata::Protector;
pub(crate) use sparse::Sparse;
pub(crate) use wrapping::wrap;

/// How the first sector is laid out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Layout {
    Vista,
    Windows7,
    ToGo,
}

/// A volume to be written.
#[derive(Clone)]
pub(crate) struct Volume {
    pub(crate) layout: Layout,
    pub(crate) encrypt_on_write: bool,
    /// As the first sector has it: 0 stands for 512.
    pub(crate) sector_size: u16,
    pub(crate) method: u16,
    /// What it is, and what it is to become.
    pub(crate) states: (u16, u16),
    /// In the order of its text.
    pub(crate) id: [u8; 16],
    pub(crate) description: String,
    pub(crate) protectors: Vec<Protector>,
    /// Whether there are properties and entries of kinds that nobody knows.
    pub(crate) unknown: bool,
    pub(crate) master_key: [u8; 32],
    /// Entries as they are, put behind all others.
    pub(crate) more: Vec<u8>,
    /// Where its metadata lies.
    pub(crate) blocks: [u64; 3],
    pub(crate) size: u64,
}

impl Default for Volume {
    fn default() -> Self {
        Self {
            layout: Layout::Windows7,
            encrypt_on_write: false,
            sector_size: 512,
            method: 0x8004,
            states: (4, 4),
            id: *b"volume-id-number",
            description: "DESKTOP-1 C: 7/4/2019".to_owned(),
            protectors: Vec::new(),
            unknown: true,
            master_key: metadata::MASTER_KEY,
            more: Vec::new(),
            blocks: [0x0010_0000, 0x0020_0000, 0x0030_0000],
            size: 0x0080_0000,
        }
    }
}

impl Volume {
    /// The volume, as far as it is not zeros: its first sector, three times its metadata, and the first sector of the
    /// file system on it, encrypted, where the method is XTS-AES-128.
    pub(crate) fn write(&self) -> Sparse {
        let metadata = metadata::write(self);
        let mut extents = vec![(0, self.first_sector())];
        extents.extend(self.blocks.iter().map(|offset| (*offset, metadata.clone())));
        if self.method == 0x8004 {
            let offset = self.first_sectors();
            let sector = xts::encrypt(&[0x5a; 32], offset / 512, self.file_system());
            extents.push((offset, sector));
        }
        Sparse {
            size: self.size,
            extents,
        }
    }

    /// Where the first sectors of the file system lie.
    fn first_sectors(&self) -> u64 {
        self.blocks[0] + 0x1_0000
    }

    fn file_system(&self) -> Vec<u8> {
        let mut sector = vec![0; 512];
        sector[..11].copy_from_slice(b"\xeb\x52\x90NTFS    ");
        sector[11..13].copy_from_slice(&self.sector_size.max(512).to_le_bytes());
        sector[13] = 8;
        sector[0x28..0x30].copy_from_slice(&(self.size / u64::from(self.sector_size.max(512))).to_le_bytes());
        sector[510..].copy_from_slice(&[0x55, 0xaa]);
        sector
    }

    fn first_sector(&self) -> Vec<u8> {
        let mut sector = vec![0; 512];
        let (jump, name, guid_at): (&[u8], &[u8], usize) = match self.layout {
            Layout::Vista => (&[0xeb, 0x52, 0x90], b"-FVE-FS-", 0),
            Layout::Windows7 => (&[0xeb, 0x58, 0x90], b"-FVE-FS-", 0xa0),
            Layout::ToGo => (&[0xeb, 0x58, 0x90], b"MSWIN4.1", 0x1a8),
        };
        sector[..3].copy_from_slice(jump);
        sector[3..11].copy_from_slice(name);
        sector[11..13].copy_from_slice(&self.sector_size.to_le_bytes());
        sector[13] = 8;
        sector[21] = 0xf8;
        if self.layout == Layout::Vista {
            let sector_size = u64::from(self.sector_size.max(512));
            sector[0x28..0x30].copy_from_slice(&(self.size / sector_size).to_le_bytes());
            sector[0x38..0x40].copy_from_slice(&(self.blocks[0] / sector_size / 8).to_le_bytes());
        } else {
            let guid = if self.encrypt_on_write {
                ENCRYPT_ON_WRITE
            } else {
                NORMAL
            };
            sector[guid_at..guid_at + 16].copy_from_slice(&on_disk(guid));
            for (at, offset) in (guid_at + 16..).step_by(8).zip(self.blocks) {
                sector[at..at + 8].copy_from_slice(&offset.to_le_bytes());
            }
        }
        sector[510..].copy_from_slice(&[0x55, 0xaa]);
        sector
    }
}

/// A GUID as it lies on disk, of one in the order of its text.
pub(crate) fn on_disk(mut guid: [u8; 16]) -> [u8; 16] {
    guid[..4].reverse();
    guid[4..6].reverse();
    guid[6..8].reverse();
    guid
}

/// 4967d63b-2e29-4ad8-8399-f6a339e3d001
const NORMAL: [u8; 16] = 0x4967_d63b_2e29_4ad8_8399_f6a3_39e3_d001_u128.to_be_bytes();
/// 92a84d3b-dd80-4d0e-9e4e-b1e3284eaed8
const ENCRYPT_ON_WRITE: [u8; 16] = 0x92a8_4d3b_dd80_4d0e_9e4e_b1e3_284e_aed8_u128.to_be_bytes();
