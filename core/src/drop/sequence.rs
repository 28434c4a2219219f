//! Whether a drop is new.

use crate::crypto::Digest;

/// The drop of a sender that has the greatest sequence of those that were taken in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LastSeen {
    /// Its sequence.
    pub sequence: u64,
    /// SHA-256 of its file.
    pub digest: Digest,
}

/// How a drop stands to those of its sender before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Freshness {
    /// It is the newest word of its sender.
    Fresh,
    /// A newer one was there before: what it says of its volumes was so then, and may not be so now.
    Late,
    /// It is the last one, once more.
    Replay,
}

/// How a drop stands to the last one of its sender.
///
/// - The same file is a replay.
/// - Else a greater sequence, or the first drop of its sender, is fresh.
/// - Else it is late: overtaken on its way, sent again from before the last one, or made by a sender that counted twice.
///
/// A file that was changed does not open, so no replay looks like another drop. A drop that names no sender has no
/// sequence to stand in: whether it was there before, the log says, which names each drop that was taken in by its digest.
pub fn judge(last_seen: Option<LastSeen>, sequence: u64, digest: Digest) -> Freshness {
    match last_seen {
        Some(last) if last.digest == digest => Freshness::Replay,
        Some(last) if sequence <= last.sequence => Freshness::Late,
        _ => Freshness::Fresh,
    }
}
