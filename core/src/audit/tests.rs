//! Logs for the tests of this folder's files.

use crate::crypto::Digest;
use crate::log::Action;
use crate::log::CommitSummary;
use crate::log::Event;
use crate::log::EventBody;
use crate::log::Leaf;
use crate::log::Replay;
use crate::log::Replayed;
use crate::log::Salt;
use crate::state::Change;
use crate::state::EscrowRecord;
use crate::state::Projection;
use crate::state::VaultRecord;
use crate::state::VolumeRecord;
use crate::state::tests::at;
use crate::state::tests::volume;
use crate::values::Operator;

/// A log that is written and replayed at once; each event is a commit, and the first makes the vault and `C:` of PC-1.
pub(crate) struct Story {
    writer: Projection,
    replay: Replay,
    commits: u64,
    pub(crate) told: Vec<(Replayed, Digest)>,
}

impl Story {
    pub(crate) fn new() -> Self {
        let mut story = Self {
            writer: Projection::default(),
            replay: Replay::default(),
            commits: 0,
            told: Vec::new(),
        };
        let changes = vec![vault(), Change::Volume(volume([]))];
        story.tell(
            "root",
            0,
            EventBody {
                changes,
                ..EventBody::new(Action::Init)
            },
        );
        story
    }

    /// An event by `login` at `seconds`.
    pub(crate) fn tell(&mut self, login: &str, seconds: i64, body: EventBody) {
        self.tell_with(login, seconds, body, |_| {});
    }

    /// The same, after `change`.
    pub(crate) fn tell_with(&mut self, login: &str, seconds: i64, body: EventBody, change: impl FnOnce(&mut Event)) {
        for change in &body.changes {
            self.writer.apply(change).unwrap();
        }
        self.commits += 1;
        let commit = CommitSummary {
            number: self.commits,
            state_root: self.writer.root().unwrap(),
            state_size: self.writer.size(),
            escrows: self.writer.totals().escrows,
            exposed: self.writer.totals().exposed,
            tally: None,
            first_of_day: None,
        };
        let mut event = Event {
            version: 1,
            leaf: self.replay.size(),
            time: at(seconds),
            clock_step: None,
            operator: Operator {
                login: Some(login.parse().unwrap()),
                effective: "root".parse().unwrap(),
                claimed: None,
            },
            wrong_pins: None,
            body,
            commit: Some(commit),
            salt: Salt::new([1; 16]),
        };
        change(&mut event);
        let replayed = self.replay.next(&Leaf::encode(&event).unwrap()).unwrap();
        self.told.push((replayed, self.replay.root()));
    }

    pub(crate) fn projection(&self) -> &Projection {
        self.replay.projection()
    }
}

/// An event about an escrow of `C:` of PC-1, which it leaves like this.
pub(crate) fn about(action: Action, record: &EscrowRecord) -> EventBody {
    EventBody {
        escrow: Some(record.escrow),
        protector: Some(record.protector),
        device: volume([]).device,
        volume: volume([]).mount().cloned(),
        changes: vec![Change::Escrow {
            volume: 1,
            record: Box::new(record.clone()),
        }],
        ..EventBody::new(action)
    }
}

/// A second volume, named by its device alone.
pub(crate) fn other_volume() -> Change {
    Change::Volume(VolumeRecord {
        volume: 2,
        device: Some("PC-2".parse().unwrap()),
        mounts: Vec::new(),
        ..volume([])
    })
}

fn vault() -> Change {
    let text = include_str!("../../vectors/format-v1.txt");
    let record = text
        .lines()
        .find_map(|line| line.strip_prefix("vault record = "))
        .unwrap();
    Change::Vault(Box::new(serde_json::from_str::<VaultRecord>(record).unwrap()))
}
