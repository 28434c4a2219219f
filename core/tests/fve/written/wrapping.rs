//! AES-256-CCM (RFC 3610) from the block cipher up, with nonces of 12 bytes, tags of 16 and no associated data.

use aes::Aes256;
use aes::cipher::BlockCipherEncrypt;
use aes::cipher::KeyInit;

/// What `text` becomes under `key`: `nonce ‖ tag ‖ ciphertext`, as BitLocker has it.
pub(crate) fn wrap(key: &[u8; 32], nonce: [u8; 12], text: &[u8]) -> Vec<u8> {
    let cipher = Aes256::new(key.into());
    let encrypted = |block: [u8; 16]| {
        let mut block = block.into();
        cipher.encrypt_block(&mut block);
        <[u8; 16]>::from(block)
    };
    // Flags, nonce, and a number in three bytes: the length for the tag, a count for the key stream.
    let block = |flags: u8, number: usize| {
        let mut block = [0; 16];
        block[0] = flags;
        block[1..13].copy_from_slice(&nonce);
        let number = u32::try_from(number).unwrap().to_be_bytes();
        block[13..].copy_from_slice(&number[1..]);
        block
    };
    let mut tag = encrypted(block(0x3a, text.len()));
    for chunk in text.chunks(16) {
        mix(&mut tag, chunk);
        tag = encrypted(tag);
    }
    mix(&mut tag, &encrypted(block(0x02, 0)));
    let mut ciphertext = text.to_vec();
    for (chunk, count) in ciphertext.chunks_mut(16).zip(1..) {
        mix(chunk, &encrypted(block(0x02, count)));
    }
    [nonce.as_slice(), &tag, &ciphertext].concat()
}

fn mix(bytes: &mut [u8], with: &[u8]) {
    for (byte, other) in bytes.iter_mut().zip(with) {
        *byte ^= other;
    }
}
