//! The real functions, called as a vault calls them.

use std::collections::BTreeSet;
use std::sync::Arc;

use strongroom_core::crypto::Digest;
use strongroom_core::state::Arrival;
use strongroom_core::state::Change;
use strongroom_core::state::Decision;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Escrows;
use strongroom_core::state::Naming;
use strongroom_core::state::Placement;
use strongroom_core::state::Projection;
use strongroom_core::state::Showing;
use strongroom_core::state::Source;
use strongroom_core::state::Standing;
use strongroom_core::state::VolumeRecord;
use strongroom_core::state::arrive;
use strongroom_core::state::confirm;
use strongroom_core::state::expose;
use strongroom_core::state::meant;
use strongroom_core::state::place;
use strongroom_core::state::waive;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::Time;
use strongroom_core::values::VolumeId;
use strongroom_core::values::VolumeType;

use crate::Arriving;
use crate::Step;
use crate::Told;
use crate::states_model::model::Decided;
use crate::states_model::model::Seen;

pub(super) const GRACE: u64 = 50;
/// Before this the vault was not made, so a clock that says so is wrong.
pub(super) const DAWN: i64 = -1000;
/// Who is shown passwords, in turn.
pub(super) const OPERATORS: [&str; 3] = ["carl", "dora", "emil"];

/// A projection, every change that made it, and the password of each escrow, in order of arrival.
#[derive(Default)]
pub(crate) struct Harness {
    now: i64,
    pub(super) projection: Projection,
    pub(super) changes: Vec<Change>,
    pub(super) passwords: Vec<u8>,
    /// The records as they were before the last step.
    pub(super) before: Vec<(u64, EscrowRecord)>,
}

impl Harness {
    pub(crate) fn step(&mut self, step: &Step) -> Decided {
        self.before = self.records();
        let chosen = |number: usize| self.before.get(number % self.passwords.len().max(1)).cloned();
        match step {
            Step::Clock(seconds) => self.now += seconds,
            Step::Arrive(arriving) => return self.take_in(arriving),
            Step::Confirm(number) => {
                if let Some((volume, record)) = chosen(*number).filter(|(_, record)| record.unconfirmed) {
                    return vec![self.confirm(volume, &record)];
                }
            }
            Step::Expose(number) => {
                if let Some((_, record)) = chosen(*number) {
                    self.show(record.escrow, OPERATORS[number % OPERATORS.len()]);
                }
            }
            Step::Prove(number) => {
                if let Some((volume, record)) = chosen(*number) {
                    let proven_at = Some(at(self.now));
                    self.put(volume, EscrowRecord { proven_at, ..record });
                }
            }
            Step::Waive(number) => {
                if let Some((volume, record)) = chosen(*number) {
                    let waived = waive(&record, at(self.now), "ann");
                    assert_eq!(waived.is_ok(), record.state == EscrowState::Exposed);
                    if let Ok(waived) = waived {
                        self.put(volume, waived);
                    }
                }
            }
        }
        Vec::new()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        let records = self.records();
        let seen = records.iter().map(|(volume, record)| Seen {
            volume: usize::try_from(*volume - 1).unwrap(),
            protector: record.protector.as_bytes()[0],
            password: self.passwords[index(record.escrow)],
            state: record.state.as_str(),
            conflict: record.conflict,
            unconfirmed: record.unconfirmed,
            clock: record.clock,
            shown_to: record.operators_shown_to().map(str::to_owned).collect(),
            created: record.created_at.map(seconds),
            shown: record.shown_at.map(seconds),
            superseded_by: record.superseded_by.map(index),
            ended: record.ended.as_ref().map(|ended| ended.how.as_str()),
        });
        seen.collect()
    }

    fn take_in(&mut self, arriving: &Arriving) -> Decided {
        let volume = self.volume_of(arriving);
        let mut passwords = arriving.passwords.clone();
        if arriving.told == Told::Dated {
            passwords.sort_by_key(|(.., made)| *made);
        }
        let listed: BTreeSet<_> = passwords.iter().map(|(protector, ..)| guid(*protector)).collect();
        let mut decided = Vec::new();
        for (protector, password, made) in passwords {
            let standing = match arriving.told {
                Told::Live => Standing::Live(None),
                Told::Sent(at_its) => Standing::Sent {
                    at: at(self.now + at_its),
                    created: None,
                    clock_is_wrong: false,
                },
                Told::Taken(taken) => Standing::Seen {
                    at: at(self.now + taken),
                    created: None,
                },
                Told::Dated => Standing::Dated(at(self.now + made)),
                Told::Undated => Standing::Undated,
            };
            decided.push(self.arrive(volume, guid(protector), password, standing, arriving.confirmed, &listed));
        }
        decided
    }

    fn volume_of(&mut self, arriving: &Arriving) -> u64 {
        let name = format!("{}-{}", if arriving.other_case { "pc" } else { "PC" }, arriving.device);
        let name: DeviceName = name.parse().unwrap();
        let naming = Naming {
            id: arriving.id.map(|id| VolumeId::new([id; 16])),
            mount: arriving
                .mount
                .map(|mount| ["C:", "D:"][usize::from(mount)].parse().unwrap()),
            kind: arriving
                .removable
                .map(|yes| if yes { VolumeType::Removable } else { VolumeType::Fixed }),
        };
        let volumes = self.projection.volumes();
        let own: Vec<Arc<VolumeRecord>> = volumes
            .iter()
            .filter(|v| v.device.as_ref() == Some(&name))
            .cloned()
            .map(Arc::new)
            .collect();
        let fresh = || {
            let device = own.first().map_or(Some(name), |volume| volume.device.clone());
            naming.of(Arc::new(VolumeRecord {
                volume: u64::try_from(volumes.len() + 1).unwrap(),
                device,
                id: None,
                mounts: vec![],
                kind: VolumeType::Unknown,
                master_key: None,
                escrows: Escrows::default(),
            }))
        };
        let volume = meant(&own, &naming, arriving.confirmed).unwrap_or_else(fresh);
        self.apply(Change::Volume(volume.naming()));
        assert_eq!(
            self.volume(volume.volume).escrows,
            volume.escrows,
            "a name leaves the escrows"
        );
        volume.volume
    }

    fn arrive(
        &mut self,
        volume: u64,
        protector: ProtectorId,
        password: u8,
        standing: Standing,
        confirmed: bool,
        listed: &BTreeSet<ProtectorId>,
    ) -> (String, usize, Vec<usize>, bool) {
        let next = u8::try_from(self.passwords.len()).unwrap();
        let decision = self.decided(password, |same, shown| {
            arrive(
                self.volume(volume),
                &Arrival {
                    escrow: EscrowId::new([next; 16]),
                    protector,
                    envelope: Digest::new([next; 32]),
                    source: Source::Import,
                    standing,
                    confirmed,
                    at: at(self.now),
                    clock_is_wrong: self.now < DAWN,
                    by: "bob",
                    listed,
                    same_password: same,
                    shown,
                    grace_seconds: GRACE,
                },
            )
        });
        self.check_decision(volume, &decision);
        if index(decision.escrow) == self.passwords.len() {
            self.passwords.push(password);
        }
        for record in &decision.changed {
            self.put(volume, record.clone());
        }
        told(&decision)
    }

    /// As the vault does: in the volume that is known by the same names by now, if there is one.
    fn confirm(&mut self, from: u64, record: &EscrowRecord) -> (String, usize, Vec<usize>, bool) {
        let home = self.volume(from).clone();
        let mut known = self.projection.volumes().to_vec();
        known.retain(|volume| volume.device == home.device && volume.is_vouched_for());
        let naming = Naming {
            id: home.id,
            mount: home.mount().cloned(),
            kind: Some(home.kind),
        };
        let target = match place(&known, &naming) {
            Placement::Held(index) if !home.is_vouched_for() => naming.applied_to(&known[index]),
            Placement::Held(_) | Placement::New => home,
        };
        let decision = self.decided(self.passwords[index(record.escrow)], |same, shown| {
            confirm(
                &target,
                record,
                &Arrival {
                    escrow: record.escrow,
                    protector: record.protector,
                    envelope: record.envelope,
                    source: record.source,
                    standing: record.created_at.map_or(Standing::Undated, Standing::Dated),
                    confirmed: true,
                    at: at(self.now),
                    clock_is_wrong: self.now < DAWN,
                    by: "bob",
                    listed: &BTreeSet::new(),
                    same_password: same,
                    shown,
                    grace_seconds: GRACE,
                },
            )
        });
        self.apply(Change::Volume(target.naming()));
        for changed in &decision.changed {
            if changed.escrow == record.escrow && target.volume != from {
                self.apply(Change::Moved {
                    from,
                    volume: target.volume,
                    record: Box::new(changed.clone()),
                });
            } else {
                self.put(target.volume, changed.clone());
            }
        }
        told(&decision)
    }

    /// What is decided of a password, given the escrows that hold the same and the one that was shown last.
    fn decided(&self, password: u8, decide: impl FnOnce(&[EscrowId], Option<&EscrowRecord>) -> Decision) -> Decision {
        let records = self.records();
        let same = |record: &&EscrowRecord| self.passwords[index(record.escrow)] == password;
        let same: Vec<&EscrowRecord> = records.iter().map(|(_, record)| record).filter(same).collect();
        let shown = same.iter().copied().filter(|record| record.ever_shown());
        let shown = shown.max_by_key(|record| record.shown_at);
        decide(&same.iter().map(|record| record.escrow).collect::<Vec<_>>(), shown)
    }

    fn check_decision(&self, volume: u64, decision: &Decision) {
        for record in &decision.changed {
            assert_ne!(
                self.volume(volume).escrow(record.escrow),
                Some(record),
                "a change changes something"
            );
        }
        if let Some(first) = decision.changed.first() {
            assert_eq!((first.escrow, first.state), (decision.escrow, decision.state));
        }
    }

    fn show(&mut self, escrow: EscrowId, by: &str) {
        let showing = Showing {
            at: at(self.now),
            by: by.to_owned(),
            grace_seconds: GRACE,
        };
        for (volume, record) in self.records() {
            let same = self.passwords[index(record.escrow)] == self.passwords[index(escrow)];
            if record.escrow == escrow || (same && record.state == EscrowState::Current) {
                let shown = expose(self.volume(volume), &record, &showing);
                self.put(volume, shown);
            }
        }
    }

    pub(super) fn volume(&self, volume: u64) -> &VolumeRecord {
        &self.projection.volumes()[usize::try_from(volume - 1).unwrap()]
    }

    /// Every record with its volume, in order of arrival.
    pub(super) fn records(&self) -> Vec<(u64, EscrowRecord)> {
        let volumes = self.projection.volumes().iter();
        let mut records: Vec<_> = volumes
            .flat_map(|volume| volume.escrows.iter().map(|record| (volume.volume, record.clone())))
            .collect();
        records.sort_by_key(|(_, record)| index(record.escrow));
        records
    }

    fn put(&mut self, volume: u64, record: EscrowRecord) {
        self.apply(Change::Escrow {
            volume,
            record: Box::new(record),
        });
    }

    fn apply(&mut self, change: Change) {
        self.projection.apply(&change).unwrap();
        self.changes.push(change);
    }
}

fn told(decision: &Decision) -> (String, usize, Vec<usize>, bool) {
    let rule = serde_json::to_value(decision.rule)
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned();
    let mut gone: Vec<usize> = decision.superseded.iter().copied().map(index).collect();
    gone.sort_unstable();
    (rule, index(decision.escrow), gone, decision.exposure_ended)
}

fn at(seconds: i64) -> Time {
    Time::from_millis(seconds * 1000).unwrap()
}

fn seconds(time: Time) -> i64 {
    time.as_millis() / 1000
}

fn guid(number: u8) -> ProtectorId {
    ProtectorId::new([number; 16])
}

pub(super) fn index(escrow: EscrowId) -> usize {
    usize::from(escrow.as_bytes()[0])
}
