//! What is new.

use super::*;
use crate::crypto::Digest;

#[test]
fn a_drop_is_fresh_late_or_a_replay() {
    let check = |last: Option<(u64, u8)>, sequence: u64, digest: u8, expected: Freshness| {
        let last_seen = last.map(|(sequence, digest)| LastSeen {
            sequence,
            digest: Digest::new([digest; 32]),
        });
        let found = judge(last_seen, sequence, Digest::new([digest; 32]));
        assert_eq!(found, expected, "{last:?}, {sequence}, {digest}");
    };
    check(None, 0, 1, Freshness::Fresh);
    check(None, u64::MAX, 1, Freshness::Fresh);
    check(Some((5, 1)), 6, 2, Freshness::Fresh);
    check(Some((5, 1)), 5, 1, Freshness::Replay);
    check(Some((5, 1)), 5, 2, Freshness::Late);
    check(Some((5, 1)), 4, 2, Freshness::Late);
    check(Some((5, 1)), 0, 2, Freshness::Late);
    check(Some((u64::MAX, 1)), u64::MAX, 2, Freshness::Late);
}
