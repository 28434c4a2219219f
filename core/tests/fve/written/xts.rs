//! XTS-AES-128 (IEEE 1619) from the block cipher up.

use aes::Aes128;
use aes::cipher::BlockCipherEncrypt;
use aes::cipher::KeyInit;

/// What sector `number` becomes under a key of two halves: for the text, and for the tweak.
pub(crate) fn encrypt(key: &[u8; 32], number: u64, mut sector: Vec<u8>) -> Vec<u8> {
    let encrypted = |half: &[u8], block: [u8; 16]| {
        let mut block = block.into();
        Aes128::new_from_slice(half).unwrap().encrypt_block(&mut block);
        u128::from_le_bytes(block.into())
    };
    let mut tweak = encrypted(&key[16..], u128::from(number).to_le_bytes());
    for block in sector.as_chunks_mut::<16>().0 {
        let text = u128::from_le_bytes(*block) ^ tweak;
        *block = (encrypted(&key[..16], text.to_le_bytes()) ^ tweak).to_le_bytes();
        tweak = (tweak << 1) ^ if tweak >> 127 == 1 { 0x87 } else { 0 };
    }
    sector
}
