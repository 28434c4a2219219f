//! The stretch of a recovery password as a bare loop: 2^20 times SHA-256 over 88 bytes, by each SHA-256 that is at hand.

use ring::digest::SHA256;
use ring::digest::digest;
use sha2::Digest;
use sha2::Sha256;
use sha2::block_api::compress256;

use strongroom_core::crypto::STRETCH_ROUNDS;

/// Each bare loop, by its name.
pub(crate) const LOOPS: [(&str, fn()); 3] = [
    ("ring", by_ring),
    ("sha2", by_sha2),
    ("sha2's bare compression of both blocks", by_compression),
];

fn by_ring() {
    let mut message = [0; 88];
    for _ in 0..STRETCH_ROUNDS {
        let hash = digest(&SHA256, &message);
        message.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
    }
    std::hint::black_box(message);
}

fn by_sha2() {
    let mut message = [0; 88];
    for _ in 0..STRETCH_ROUNDS {
        let hash = Sha256::digest(message);
        message.iter_mut().zip(&hash).for_each(|(to, from)| *to = *from);
    }
    std::hint::black_box(message);
}

fn by_compression() {
    let mut message = [[0; 64]; 2];
    for _ in 0..STRETCH_ROUNDS {
        let mut state = [0; 8];
        compress256(&mut state, &message);
        let [first, _] = &mut message;
        let words = first.as_chunks_mut::<4>().0;
        words
            .iter_mut()
            .zip(state)
            .for_each(|(to, word)| *to = word.to_be_bytes());
    }
    std::hint::black_box(message);
}
