//! What every answer says of what it hands out.

use serde::Serialize;
use strongroom_core::crypto::Digest;
use strongroom_vault::ops::HandedOut;

/// The event, and the checkpoint of the log up to and with it.
#[derive(Debug, Serialize)]
pub(super) struct OnRecord {
    leaf: u64,
    origin: String,
    size: u64,
    root: Digest,
}

impl OnRecord {
    pub(super) fn of(handed_out: &HandedOut) -> Self {
        let checkpoint = &handed_out.checkpoint;
        Self {
            leaf: handed_out.leaf,
            origin: checkpoint.origin.to_string(),
            size: checkpoint.size,
            root: checkpoint.root,
        }
    }
}
