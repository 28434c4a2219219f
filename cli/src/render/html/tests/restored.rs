//! A log that was restored from a backup; no verb does it yet.

use strongroom_core::crypto::sha256;
use strongroom_core::log::Action;
use strongroom_core::log::EpochStart;
use strongroom_core::log::EpochStatement;
use strongroom_core::log::EventBody;

/// The first event of a later epoch, of which three commits are missing.
pub(crate) fn restored(note: &str) -> EventBody {
    let statement = EpochStatement {
        old_origin: "strongroom/a/b".to_owned(),
        size: 7,
        root: sha256(&[]),
        anchor: None,
        missing_commits: Some(3),
        log_key: String::new(),
        tpm_key: None,
    };
    let start = EpochStart {
        statement,
        signed_by_old: String::new(),
        signed_by_new: String::new(),
    };
    EventBody {
        epoch: Some(Box::new(start)),
        note: Some(note.parse().unwrap()),
        ..EventBody::new(Action::Restore)
    }
}
