//! The metadata of a volume: its heads, its entries, and what validates them.

use ring::digest::SHA256;
use ring::digest::digest;

use super::Layout;
use super::Volume;
use super::crc32;
use super::on_disk;
use super::wrap;

/// A key protector to be written; what is in it follows from its kind.
#[derive(Clone)]
pub(crate) struct Protector {
    /// In the order of its text.
    pub(crate) id: [u8; 16],
    /// 0x0800 for a recovery password, and so on.
    pub(crate) kind: u16,
    /// What opens it: the 16 bytes of a recovery password, or a passphrase in UTF-16.
    pub(crate) secret: Vec<u8>,
    pub(crate) label: String,
    /// A FILETIME.
    pub(crate) changed: u64,
}

/// The master key that a volume has unless it says another.
pub(crate) const MASTER_KEY: [u8; 32] = *b"the master key of all the tests.";
const CREATED: u64 = 0x01d5_3236_5d42_8a70;
const CLEAR_KEY: [u8; 32] = *b"a key that lies beside its lock.";

/// The metadata and its validation.
pub(crate) fn write(volume: &Volume) -> Vec<u8> {
    let entries = entries(volume);
    let len = 48 + entries.len();
    let mut block = head(volume, 64 + len);
    let size = u32::try_from(len).unwrap().to_le_bytes();
    block.extend([size, 1_u32.to_le_bytes(), 48_u32.to_le_bytes(), size].concat());
    block.extend(on_disk(volume.id));
    block.extend(10_u32.to_le_bytes());
    block.extend([volume.method, volume.method].map(u16::to_le_bytes).concat());
    block.extend(CREATED.to_le_bytes());
    block.extend(entries);
    if volume.layout != Layout::Vista {
        block.resize(block.len().next_multiple_of(16), 0);
    }
    let hash = digest(&SHA256, &block);
    let datum = entry(0, 5, &wrap(&volume.master_key, nonce(9), &key(0x2005, hash.as_ref())));
    let left = u16::try_from(0x1_0000 - block.len()).unwrap_or(88);
    let version = if volume.layout == Layout::Vista { 1_u16 } else { 2 };
    let validation = [left.to_le_bytes(), version.to_le_bytes()].concat();
    let sum = crc32(&block).to_le_bytes();
    [block, validation, sum.to_vec(), datum].concat()
}

fn head(volume: &Volume, len: usize) -> Vec<u8> {
    let (version, size) = match volume.layout {
        Layout::Vista => (1, len),
        Layout::Windows7 | Layout::ToGo => (2_u16, len.div_ceil(16)),
    };
    let numbers = [u16::try_from(size).unwrap(), version, volume.states.0, volume.states.1];
    let mut head = b"-FVE-FS-".to_vec();
    head.extend(numbers.map(u16::to_le_bytes).concat());
    head.extend(volume.size.to_le_bytes());
    head.extend([0, 16_u32].map(u32::to_le_bytes).concat());
    head.extend(volume.blocks.map(u64::to_le_bytes).concat());
    head.extend(volume.first_sectors().to_le_bytes());
    head
}

/// The description, the protectors, the key that the sectors are encrypted with, where the first sectors lie.
fn entries(volume: &Volume) -> Vec<u8> {
    let mut entries = entry(7, 2, &utf_16(&volume.description));
    for protector in &volume.protectors {
        entries.extend(entry(2, 8, &protector.data(volume)));
    }
    let len = match volume.method {
        0x8000 | 0x8001 | 0x8005 => 64,
        0x8002 => 16,
        _ => 32,
    };
    let sectors_key = wrap(&volume.master_key, nonce(8), &key(volume.method, &[0x5a; 64][..len]));
    entries.extend(entry(3, 5, &sectors_key));
    let first_sectors = [volume.first_sectors(), 0x2000].map(u64::to_le_bytes).concat();
    entries.extend(entry(0x0f, 0x0f, &first_sectors));
    if volume.unknown {
        entries.extend(entry(0x66, 0x7777, b"unknown"));
    }
    entries.extend(&volume.more);
    entries
}

impl Protector {
    fn data(&self, volume: &Volume) -> Vec<u8> {
        let mut data = on_disk(self.id).to_vec();
        data.extend(self.changed.to_le_bytes());
        data.extend([0, self.kind].map(u16::to_le_bytes).concat());
        if !self.label.is_empty() {
            data.extend(entry(0, 2, &utf_16(&self.label)));
        }
        let master_key =
            |under: &[u8; 32]| entry(0, 5, &wrap(under, nonce(self.kind), &key(0x2003, &volume.master_key)));
        match self.kind {
            0x0000 => {
                data.extend(entry(0, 1, &[0x2002_u32.to_le_bytes().as_slice(), &CLEAR_KEY].concat()));
                data.extend(master_key(&CLEAR_KEY));
            }
            0x0800 | 0x2000 => {
                let mut salt = *b"salt of a number";
                salt[15] = self.id[15];
                let head = [0x1000_u32.to_le_bytes().as_slice(), &salt].concat();
                // The secret itself, under the master key: so Windows shows it again.
                let secret = wrap(&volume.master_key, nonce(7), &key(0x1000, &self.secret));
                data.extend(entry(0, 3, &[head, entry(0x12, 5, &secret)].concat()));
                data.extend(master_key(&self.stretched(&salt)));
            }
            0x0100 | 0x0500 => data.extend(entry(0, 6, &[0x77; 60])),
            0x0200 => data.extend(entry(0, 4, &[2, 0, 0, 0])),
            0x1000 => {
                for kind in 0x0c..=0x0e {
                    data.extend(entry(0, kind, &[0x88; 70]));
                }
            }
            _ => {}
        }
        // What newer systems put there.
        data.extend(entry(0, 0x15, &[1; 20]));
        if volume.unknown {
            data.extend(entry(0, 0x7777, b"unknown"));
        }
        data
    }

    /// The key that the secret stretches to, by the words of the format.
    fn stretched(&self, salt: &[u8; 16]) -> [u8; 32] {
        let mut hash = digest(&SHA256, &self.secret);
        if self.kind == 0x2000 {
            hash = digest(&SHA256, hash.as_ref());
        }
        let mut block = [0; 88];
        block[32..64].copy_from_slice(hash.as_ref());
        block[64..80].copy_from_slice(salt);
        for count in 0..0x10_0000_u64 {
            block[80..].copy_from_slice(&count.to_le_bytes());
            let last = digest(&SHA256, &block);
            block[..32].copy_from_slice(last.as_ref());
        }
        block[..32].try_into().unwrap()
    }
}

fn entry(role: u16, kind: u16, data: &[u8]) -> Vec<u8> {
    let size = u16::try_from(8 + data.len()).unwrap();
    let head = [size, role, kind, 1].map(u16::to_le_bytes).concat();
    [head, data.to_vec()].concat()
}

/// A key and what it is for, as it stands where it was wrapped.
fn key(purpose: u16, bytes: &[u8]) -> Vec<u8> {
    entry(
        0,
        1,
        &[[purpose, 0].map(u16::to_le_bytes).concat(), bytes.to_vec()].concat(),
    )
}

fn nonce(number: u16) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[..8].copy_from_slice(&CREATED.to_le_bytes());
    nonce[8..10].copy_from_slice(&number.to_le_bytes());
    nonce
}

fn utf_16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().chain([0]);
    units.flat_map(u16::to_le_bytes).collect()
}
