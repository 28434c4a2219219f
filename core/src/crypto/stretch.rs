//! BitLocker's key stretch, which makes the key of a recovery protector from the recovery password.

use std::ops::ControlFlow;

use sha2::block_api::compress256;
use zeroize::Zeroizing;

use crate::values::RecoveryPassword;
use crate::values::Secret;

/// How often the stretch hashes.
pub const STRETCH_ROUNDS: u32 = 1 << 20;
/// After how many rounds each `progress` is called; a few tenths of a millisecond.
pub const STRETCH_STEP: u32 = 1 << 12;

/// The key that `password` stretches to under the `salt` of a recovery protector; `None` if `progress` broke it off.
///
/// ```text
/// hash = SHA-256(16 bytes of the password)
/// last = 32 zero bytes
/// for count in 0..2^20: last = SHA-256(last ‖ hash ‖ salt ‖ count as u64 little-endian)
/// ```
///
/// `progress` is told how many rounds are done, every [`STRETCH_STEP`] rounds and at the end.
///
/// Each message has 88 bytes, so two blocks of SHA-256 with its padding. They are kept padded and are compressed as they
/// stand: to copy and pad them a million times anew takes a sixth more time.
///
/// Source: libyal/libbde, `documentation/BitLocker Drive Encryption (BDE) format.asciidoc`, section "Stretch key".
pub fn stretch(
    password: &RecoveryPassword,
    salt: &[u8; 16],
    mut progress: impl FnMut(u32) -> ControlFlow<()>,
) -> Option<Secret<32>> {
    let mut rounds = Rounds::new(password, salt);
    let mut done = 0;
    while done < STRETCH_ROUNDS {
        rounds.hash(STRETCH_STEP);
        done += STRETCH_STEP;
        if progress(done).is_break() {
            return None;
        }
    }
    Some(rounds.last())
}

/// The padded message, the state of the hash, and the next count. Wiped on drop.
struct Rounds {
    message: Box<Zeroizing<[[u8; 64]; 2]>>,
    state: Box<Zeroizing<[u32; 8]>>,
    count: u64,
}

impl Rounds {
    fn new(password: &RecoveryPassword, salt: &[u8; 16]) -> Self {
        let mut rounds = Self {
            message: Box::new(Zeroizing::new([[0; 64]; 2])),
            state: Box::new(Zeroizing::new([0; 8])),
            count: 0,
        };
        let Self { message, state, .. } = &mut rounds;
        let [first, second] = &mut ***message;
        // The hash of the password: one block of 16 bytes, the end mark, and the length in bits at its end.
        put(first, 0, password.expose());
        put(first, 16, &[END_MARK]);
        put(first, 56, &(16_u64 * 8).to_be_bytes());
        ***state = INITIAL;
        compress256(state, std::slice::from_ref(first));
        first.fill(0);
        put_words(first.get_mut(32..).unwrap_or_default(), state);
        put(second, 0, salt);
        put(second, 24, &[END_MARK]);
        put(second, 56, &(88_u64 * 8).to_be_bytes());
        rounds
    }

    fn hash(&mut self, times: u32) {
        let Self { message, state, count } = self;
        for _ in 0..times {
            let [_, second] = &mut ***message;
            put(second, 16, &count.to_le_bytes());
            ***state = INITIAL;
            compress256(state, &***message);
            let [first, _] = &mut ***message;
            put_words(first, state);
            *count += 1;
        }
    }

    fn last(&self) -> Secret<32> {
        Secret::from_fn(|last| put_words(last, &self.state))
    }
}

/// Writes `bytes` at `offset` of a block, where they have room.
fn put(block: &mut [u8; 64], offset: usize, bytes: &[u8]) {
    for (byte, of) in block.iter_mut().skip(offset).zip(bytes) {
        *byte = *of;
    }
}

/// Writes a state as SHA-256 gives it, big-endian.
fn put_words(bytes: &mut [u8], state: &[u32; 8]) {
    for (chunk, word) in bytes.as_chunks_mut().0.iter_mut().zip(state) {
        *chunk = word.to_be_bytes();
    }
}

/// What ends the message before its padding.
const END_MARK: u8 = 0x80;
/// The initial state of SHA-256 (FIPS 180-4 section 5.3.3).
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

#[cfg(test)]
mod tests;
