//! The rules of the states, as small as they can be said: of numbers instead of GUIDs, and of seconds.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::Arriving;
use crate::Step;
use crate::Told;

/// Everything that the model knows.
#[derive(Default)]
pub(crate) struct Model {
    now: i64,
    devices: BTreeMap<u8, Device>,
    volumes: Vec<Volume>,
    escrows: Vec<Escrow>,
}

/// What of an escrow both sides must agree on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Seen {
    pub(crate) volume: usize,
    pub(crate) protector: u8,
    pub(crate) password: u8,
    pub(crate) state: &'static str,
    pub(crate) conflict: bool,
    pub(crate) unconfirmed: bool,
    pub(crate) created: Option<i64>,
    pub(crate) shown: Option<i64>,
    pub(crate) superseded_by: Option<usize>,
    pub(crate) ended: Option<&'static str>,
}

/// What was decided: of each password its rule, escrow, whom it superseded, and whether that ended an exposure.
pub(crate) type Decided = Vec<(String, usize, Vec<usize>, bool)>;

#[derive(Default)]
struct Device {
    by_id: BTreeMap<u8, usize>,
    by_mount: BTreeMap<u8, usize>,
    unnamed: Option<usize>,
    ids_at: BTreeMap<u8, BTreeSet<u8>>,
}

#[derive(Default)]
struct Volume {
    removable: Option<bool>,
    has_id: bool,
    has_mount: bool,
}

#[derive(Clone)]
struct Escrow {
    seen: Seen,
    arrived: i64,
    proven: bool,
}

struct Coming {
    volume: usize,
    protector: u8,
    password: u8,
    live: bool,
    time: Option<i64>,
    confirmed: bool,
    listed: Vec<u8>,
}

impl Model {
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.escrows.iter().map(|escrow| escrow.seen.clone()).collect()
    }

    pub(crate) fn step(&mut self, step: &Step) -> Decided {
        let count = self.escrows.len().max(1);
        let chosen = |number: &usize| number % count;
        match step {
            Step::Clock(seconds) => self.now += seconds,
            Step::Arrive(arriving) => return self.take_in(arriving),
            Step::Confirm(number) if self.escrows.get(chosen(number)).is_some_and(|e| e.seen.unconfirmed) => {
                let held = self.escrows[chosen(number)].seen.clone();
                let (rule, escrow, mut gone, ended) = self.arrives(&Coming {
                    volume: held.volume,
                    protector: held.protector,
                    password: held.password,
                    live: false,
                    time: held.created.map(|time| time.min(self.now)),
                    confirmed: true,
                    listed: vec![],
                });
                gone.sort_unstable();
                return vec![(rule.to_owned(), escrow, gone, ended)];
            }
            Step::Expose(number) if !self.escrows.is_empty() => self.show(chosen(number)),
            Step::Prove(number) if !self.escrows.is_empty() => self.escrows[chosen(number)].proven = true,
            // It ends an exposure on record.
            Step::Waive(number) if !self.escrows.is_empty() => {
                let seen = &mut self.escrows[chosen(number)].seen;
                if seen.state == "exposed" {
                    (seen.state, seen.ended) = ("superseded", Some("waived"));
                }
            }
            Step::Confirm(_) | Step::Expose(_) | Step::Prove(_) | Step::Waive(_) => {}
        }
        Vec::new()
    }

    fn take_in(&mut self, arriving: &Arriving) -> Decided {
        let volume = self.volume_of(arriving);
        let mut passwords = arriving.passwords.clone();
        if arriving.told == Told::Dated {
            // Taken in its order.
            passwords.sort_by_key(|(.., made)| *made);
        }
        let listed: Vec<u8> = passwords.iter().map(|(protector, ..)| *protector).collect();
        let mut decided = Vec::new();
        for (protector, password, made) in passwords {
            // A time in the future counts as arrival.
            let time = match arriving.told {
                Told::Live => Some(self.now),
                Told::Taken(taken) => Some(self.now + taken.min(0)),
                Told::Dated => Some(self.now + made.min(0)),
                Told::Undated => None,
            };
            let (rule, escrow, mut gone, ended) = self.arrives(&Coming {
                volume,
                protector,
                password,
                live: matches!(arriving.told, Told::Live | Told::Taken(_)),
                time,
                confirmed: arriving.confirmed,
                listed: listed.clone(),
            });
            gone.sort_unstable();
            decided.push((rule.to_owned(), escrow, gone, ended));
        }
        decided
    }

    /// A volume is (device, volume id), else (device, mount point), else (device, unnamed).
    fn volume_of(&mut self, arriving: &Arriving) -> usize {
        let device = self.devices.entry(arriving.device).or_default();
        let next = self.volumes.len();
        let volume = match (arriving.id, arriving.mount) {
            (Some(id), mount) => {
                // A mount-point volume takes the first id named with it, if that mount point never had another.
                let had_none = |mount: &u8| device.ids_at.get(mount).is_none_or(BTreeSet::is_empty);
                let takes = mount.filter(had_none).filter(|_| !device.by_id.contains_key(&id));
                let taken = takes.and_then(|mount| device.by_mount.remove(&mount));
                device.ids_at.entry(mount.unwrap_or(u8::MAX)).or_default().insert(id);
                *device.by_id.entry(id).or_insert(taken.unwrap_or(next))
            }
            // A password with a mount point alone goes to that id if it had exactly one.
            (None, Some(mount)) => match device.ids_at.get(&mount) {
                Some(ids) if ids.len() == 1 => device.by_id[ids.first().unwrap()],
                _ => *device.by_mount.entry(mount).or_insert(next),
            },
            (None, None) => *device.unnamed.get_or_insert(next),
        };
        if volume == next {
            self.volumes.push(Volume::default());
        }
        let known = &mut self.volumes[volume];
        known.has_id |= arriving.id.is_some();
        known.has_mount |= arriving.mount.is_some();
        known.removable = known.removable.or(arriving.removable);
        volume
    }

    /// What an arriving password becomes; the first rule that fits.
    fn arrives(&mut self, coming: &Coming) -> (&'static str, usize, Vec<usize>, bool) {
        let all: Vec<usize> = (0..self.escrows.len())
            .filter(|index| self.escrows[*index].seen.volume == coming.volume)
            .collect();
        let seen = |index: &usize| &self.escrows[*index].seen;
        let held = all
            .iter()
            .copied()
            .find(|index| seen(index).protector == coming.protector && seen(index).password == coming.password);
        match held {
            // Nobody unknown brings anything new of what is held.
            Some(held) if !coming.confirmed => return ("already-held", held, vec![], false),
            None if !coming.confirmed => {
                let escrow = self.put(coming, None, coming.time, "current");
                return ("no-standing", escrow, vec![], false);
            }
            Some(held) if !seen(&held).unconfirmed => {
                let record = &mut self.escrows[held].seen;
                record.created = record.created.or(coming.time);
                // A live source brings a superseded one back.
                if coming.live && record.state == "superseded" {
                    self.becomes(held, "current");
                }
                return ("already-held", held, vec![], false);
            }
            _ => {}
        }
        let time = coming.time.or_else(|| seen(&held?).created);
        let others: Vec<usize> = all.into_iter().filter(|index| Some(*index) != held).collect();
        let known: Vec<usize> = others
            .iter()
            .copied()
            .filter(|index| !seen(index).unconfirmed)
            .collect();
        // Same protector ID, another password.
        let clashing: Vec<usize> = known
            .iter()
            .copied()
            .filter(|index| seen(index).protector == coming.protector)
            .collect();
        if !clashing.is_empty() {
            let escrow = self.put(coming, held, time, "current");
            for index in clashing.into_iter().chain([escrow]) {
                self.escrows[index].seen.conflict = true;
            }
            return ("other-password", escrow, vec![], false);
        }
        // Created before the newest dated or live one.
        let newest = known.iter().filter_map(|index| seen(index).created).max();
        let older = time.zip(newest).is_some_and(|(time, newest)| time < newest);
        let own = if older { "superseded" } else { "current" };
        // Same password under another protector ID: the most exposed state.
        let twins = known.iter().filter(|index| seen(index).password == coming.password);
        if let Some(state) = twins.map(|index| seen(index).state).max_by_key(|state| exposure(state)) {
            let state = std::cmp::max_by_key(own, state, |state| exposure(state));
            return ("other-protector", self.put(coming, held, time, state), vec![], false);
        }
        let Some(time) = time else {
            return ("undated", self.put(coming, held, None, "current"), vec![], false);
        };
        if older {
            return ("older", self.put(coming, held, Some(time), own), vec![], false);
        }
        let escrow = self.put(coming, held, Some(time), own);
        let (gone, ended) = self.gives_way(coming, escrow, time, &others);
        ("newest", escrow, gone, ended)
    }

    /// Older current ones become superseded, and exposed ones end.
    fn gives_way(&mut self, coming: &Coming, escrow: usize, time: i64, others: &[usize]) -> (Vec<usize>, bool) {
        let volume = &self.volumes[coming.volume];
        let unnamed = !volume.has_id && !volume.has_mount;
        let exempt = unnamed || (volume.removable == Some(true) && !volume.has_id);
        let (mut gone, mut ended) = (Vec::new(), false);
        for index in others {
            let other = &mut self.escrows[*index];
            let listed = coming.live && coming.listed.contains(&other.seen.protector);
            let older = other.seen.created.unwrap_or(other.arrived) <= time;
            let goes = match other.seen.state {
                "current" => !exempt && !listed && older,
                "exposed" => !listed && time > other.seen.shown.unwrap(),
                _ => false,
            };
            if goes {
                if other.seen.state == "exposed" {
                    other.seen.ended = Some("claimed");
                    ended = true;
                }
                other.seen.state = "superseded";
                other.seen.superseded_by = Some(escrow);
                gone.push(*index);
            }
        }
        (gone, ended)
    }

    /// The escrow that arrives or, where it is held unconfirmed, has been there, in this state.
    fn put(&mut self, coming: &Coming, held: Option<usize>, time: Option<i64>, state: &'static str) -> usize {
        let index = held.unwrap_or(self.escrows.len());
        if held.is_none() {
            self.escrows.push(Escrow {
                seen: Seen {
                    volume: coming.volume,
                    protector: coming.protector,
                    password: coming.password,
                    state: "",
                    conflict: false,
                    unconfirmed: !coming.confirmed,
                    created: None,
                    shown: None,
                    superseded_by: None,
                    ended: None,
                },
                arrived: self.now,
                proven: false,
            });
        }
        self.escrows[index].seen.unconfirmed = !coming.confirmed;
        self.escrows[index].seen.created = time;
        self.becomes(index, state);
        index
    }

    /// A password ever shown is never `current` anywhere; an exposure ends by a newer password only.
    fn becomes(&mut self, index: usize, state: &'static str) {
        let shown = self.last_shown(self.escrows[index].seen.password);
        let seen = &mut self.escrows[index].seen;
        if state == "superseded" {
            if seen.state != "exposed" {
                seen.state = state;
            }
            return;
        }
        (seen.superseded_by, seen.ended) = (None, None);
        seen.shown = seen.shown.or(shown);
        seen.state = if seen.shown.is_some() { "exposed" } else { "current" };
    }

    /// A reveal exposes every current escrow with its fingerprint.
    fn show(&mut self, index: usize) {
        let password = self.escrows[index].seen.password;
        let twins = (0..self.escrows.len()).filter(|other| {
            let other = &self.escrows[*other].seen;
            other.password == password && other.state == "current"
        });
        let shown: BTreeSet<usize> = twins.chain([index]).collect();
        for index in shown {
            let successor = self.escrows[index].seen.superseded_by;
            let buried = successor.is_some_and(|successor| self.escrows[successor].proven);
            let seen = &mut self.escrows[index].seen;
            seen.shown = seen.shown.max(Some(self.now));
            // A superseded one whose successor was never proven is exposed anew.
            if seen.state != "superseded" || !buried {
                seen.state = "exposed";
                (seen.superseded_by, seen.ended) = (None, None);
            }
        }
    }

    fn last_shown(&self, password: u8) -> Option<i64> {
        let same = self.escrows.iter().filter(|escrow| escrow.seen.password == password);
        same.filter_map(|escrow| escrow.seen.shown).max()
    }
}

/// The most exposed state of the two (exposed, current, superseded).
fn exposure(state: &str) -> usize {
    ["superseded", "current", "exposed"]
        .iter()
        .position(|other| *other == state)
        .unwrap()
}
