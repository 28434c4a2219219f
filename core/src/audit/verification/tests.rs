//! Logs that are written here, so that each can be forged by somebody who holds every key.

mod epochs;
mod forgeries;

use super::*;
use crate::crypto::Digest;
use crate::crypto::SigningKey;
use crate::log::Action;
use crate::log::CommitSummary;
use crate::log::Event;
use crate::log::EventBody;
use crate::log::LogKeys;
use crate::log::Origin;
use crate::log::Salt;
use crate::state::Change;
use crate::state::Projection;
use crate::state::VaultRecord;
use crate::state::tests::at;
use crate::state::tests::volume;
use crate::tree::Frontier;
use crate::values::EpochId;
use crate::values::Operator;
use crate::values::Secret;
use data_encoding::HEXLOWER;

/// A log and the vault record at its end.
#[derive(Clone)]
struct Written {
    leaves: Vec<Leaf>,
    records: Projection,
    vault: VaultRecord,
    commits: u64,
}

impl Written {
    /// A log of `events` events of the epoch whose log key is `signing(1)`.
    fn of(events: u64) -> Self {
        let vault = vault(1);
        let mut log = Self {
            leaves: Vec::new(),
            records: Projection::default(),
            vault: vault.clone(),
            commits: 0,
        };
        log.write(EventBody {
            changes: vec![Change::Vault(Box::new(vault)), Change::Volume(volume([]))],
            ..EventBody::new(Action::Init)
        });
        for _ in 1..events {
            log.write(EventBody::new(Action::Outcome));
        }
        log
    }

    fn write(&mut self, body: EventBody) {
        let event = self.event(body);
        self.leaves.push(Leaf::encode(&event).unwrap());
    }

    /// The next event, with the summary that its records come to.
    fn event(&mut self, body: EventBody) -> Event {
        for change in &body.changes {
            self.records.apply(change).unwrap();
            if let Change::Vault(vault) = change {
                self.vault = (**vault).clone();
            }
        }
        self.commits += 1;
        Event {
            version: 1,
            leaf: self.size(),
            time: at(self.size().cast_signed()),
            clock_step: None,
            operator: Operator {
                login: Some("ann".parse().unwrap()),
                effective: "root".parse().unwrap(),
                claimed: None,
            },
            wrong_pins: None,
            body,
            commit: Some(CommitSummary {
                number: self.commits,
                state_root: self.records.root().unwrap(),
                state_size: self.records.size(),
                escrows: self.records.totals().escrows,
                exposed: self.records.totals().exposed,
                tally: None,
                first_of_day: None,
            }),
            salt: Salt::new([7; 16]),
        }
    }

    fn size(&self) -> u64 {
        u64::try_from(self.leaves.len()).unwrap()
    }

    fn root(&self) -> Digest {
        let mut tree = Frontier::default();
        for leaf in &self.leaves {
            tree.append(leaf.hash());
        }
        tree.root()
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            origin: origin(&self.vault),
            size: self.size(),
            root: self.root(),
        }
    }

    /// Its checkpoint, signed by the log key of an epoch.
    fn signed(&self, epoch: u8) -> Note {
        self.checkpoint().sign(&signing(epoch))
    }

    /// The log as it was when it had so many events.
    fn cut(&self, events: usize) -> Self {
        Self {
            leaves: self.leaves[..events].to_vec(),
            ..self.clone()
        }
    }
}

/// A vault record of an epoch.
fn vault(epoch: u8) -> VaultRecord {
    let text = include_str!("../../../vectors/format-v1.txt");
    let record = text.lines().find_map(|line| line.strip_prefix("vault record = "));
    VaultRecord {
        epoch: EpochId::new([epoch; 16]),
        log_key: HEXLOWER.encode(signing(epoch).public_key().as_bytes()),
        ..serde_json::from_str(record.unwrap()).unwrap()
    }
}

fn origin(vault: &VaultRecord) -> Origin {
    Origin {
        vault: vault.vault,
        epoch: vault.epoch,
    }
}

fn signing(epoch: u8) -> SigningKey {
    SigningKey::new(Secret::from_fn(|seed| seed.fill(epoch)))
}

/// The log key of an epoch.
fn key(epoch: u8) -> VerifierKey {
    LogKeys::of(&vault(epoch)).unwrap().log
}

/// Has an auditor look at it.
fn verify(leaves: &[Leaf], note: &Note, keys: &[VerifierKey], since: Option<&Note>) -> Result<Accepted, AuditAlarm> {
    let mut verification = Verification::begin(note.clone(), keys.to_vec(), since.cloned())?;
    for leaf in leaves {
        verification.take(leaf)?;
    }
    verification.finish()
}

#[track_caller]
fn check(result: Result<Accepted, AuditAlarm>, expected: &str) {
    let alarm = result.unwrap_err().to_string();
    assert!(alarm.contains(expected), "{alarm}");
}

#[test]
fn an_honest_log_is_accepted_and_summed_up() {
    let log = Written::of(5);
    for since in [None, Some(log.cut(3).signed(1)), Some(log.signed(1))] {
        let accepted = verify(&log.leaves, &log.signed(1), &[key(1), key(1)], since.as_ref()).unwrap();
        assert_eq!((accepted.checkpoint, accepted.report.events), (log.checkpoint(), 5));
        assert_eq!(accepted.report.operators[0].operator, "ann");
        assert_eq!(accepted.signed_by, [key(1)], "each once");
    }
}

#[test]
fn nodes_are_given_as_they_are_completed() {
    let log = Written::of(4);
    let mut verification = Verification::begin(log.signed(1), vec![key(1)], None).unwrap();
    let completed: Vec<usize> = log
        .leaves
        .iter()
        .map(|leaf| verification.take(leaf).unwrap().nodes.len())
        .collect();
    assert_eq!((verification.size(), completed), (4, vec![1, 2, 1, 3]));
}
