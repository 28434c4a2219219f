//! The rules of the states, as small as they can be said: of numbers instead of GUIDs, and of seconds.

use std::collections::BTreeSet;

use crate::Arriving;
use crate::Step;
use crate::Told;
use crate::states_model::names::Volume;

/// Everything that the model knows.
#[derive(Default)]
pub(crate) struct Model {
    now: i64,
    pub(super) volumes: Vec<Volume>,
    pub(super) escrows: Vec<Escrow>,
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

#[derive(Clone)]
pub(super) struct Escrow {
    pub(super) seen: Seen,
    arrived: i64,
    proven: Option<i64>,
    waived: Option<i64>,
}

struct Coming {
    volume: usize,
    protector: u8,
    password: u8,
    /// When a live source saw the volume; one that sees it now knows better than all before.
    saw: Option<i64>,
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
                return vec![self.confirm(chosen(number))];
            }
            Step::Expose(number) if !self.escrows.is_empty() => self.show(chosen(number)),
            Step::Prove(number) if !self.escrows.is_empty() => {
                self.escrows[chosen(number)].proven = Some(self.now);
            }
            // It ends an exposure on record.
            Step::Waive(number) if !self.escrows.is_empty() => {
                let escrow = &mut self.escrows[chosen(number)];
                if escrow.seen.state == "exposed" {
                    (escrow.seen.state, escrow.seen.ended) = ("superseded", Some("waived"));
                    escrow.waived = Some(self.now);
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
                saw: match arriving.told {
                    Told::Live => Some(i64::MAX),
                    Told::Taken(taken) => Some(self.now + taken.min(0)),
                    Told::Dated | Told::Undated => None,
                },
                time,
                confirmed: arriving.confirmed,
                listed: listed.clone(),
            });
            gone.sort_unstable();
            decided.push((rule.to_owned(), escrow, gone, ended));
        }
        decided
    }

    /// It is judged where its volume is known by now, by its own time.
    fn confirm(&mut self, escrow: usize) -> (String, usize, Vec<usize>, bool) {
        let home = self.escrows[escrow].seen.volume;
        let (id, mount) = (self.volumes[home].id, self.volumes[home].mounts.last().copied());
        let known = self.of_device(self.volumes[home].device, true);
        if let Some(volume) = self.find(&known, id, mount).filter(|_| !known.contains(&home)) {
            self.name(volume, id, mount, self.volumes[home].removable);
            self.escrows[escrow].seen.volume = volume;
        }
        let held = self.escrows[escrow].seen.clone();
        let same = |other: &Escrow| {
            let seen = &other.seen;
            !seen.unconfirmed
                && (seen.volume, seen.protector, seen.password) == (held.volume, held.protector, held.password)
        };
        if let Some(other) = self.escrows.iter().position(same) {
            let seen = &mut self.escrows[escrow].seen;
            seen.unconfirmed = false;
            if seen.state == "current" {
                (seen.state, seen.superseded_by) = ("superseded", Some(other));
            }
            return ("already-held".to_owned(), escrow, vec![], false);
        }
        let coming = Coming {
            volume: held.volume,
            protector: held.protector,
            password: held.password,
            saw: None,
            time: held.created.map(|time| time.min(self.now)),
            confirmed: true,
            listed: vec![],
        };
        let (rule, escrow, mut gone, ended) = self.settles(&coming, Some(escrow));
        gone.sort_unstable();
        (rule.to_owned(), escrow, gone, ended)
    }

    /// What an arriving password becomes; the first rule that fits.
    fn arrives(&mut self, coming: &Coming) -> (&'static str, usize, Vec<usize>, bool) {
        let all: Vec<usize> = (0..self.escrows.len())
            .filter(|index| self.escrows[*index].seen.volume == coming.volume)
            .collect();
        let seen = |index: &usize| &self.escrows[*index].seen;
        let same = |index: &usize| seen(index).protector == coming.protector && seen(index).password == coming.password;
        let mut held = all.iter().copied().filter(same);
        let vouched = held.clone().find(|index| !seen(index).unconfirmed);
        let held = vouched.or_else(|| held.next());
        if !coming.confirmed {
            // Nobody unknown is told what is held.
            let escrow = self.put(coming, None, coming.time, "current");
            return ("no-standing", escrow, vec![], false);
        }
        match held {
            Some(held) if !seen(&held).unconfirmed => {
                // A live source brings a superseded one back, if it saw it since that could be known to be gone.
                let since = coming
                    .saw
                    .is_some_and(|saw| self.gone_since(held).is_none_or(|gone| gone <= saw));
                let record = &mut self.escrows[held].seen;
                record.created = record.created.or(coming.time);
                if since && record.state == "superseded" {
                    self.becomes(held, "current");
                }
                return ("already-held", held, vec![], false);
            }
            _ => {}
        }
        self.settles(coming, held)
    }

    /// When something newer was made in its volume, its exposure was waived, or its successor was proven: the last of these.
    fn gone_since(&self, held: usize) -> Option<i64> {
        let escrow = &self.escrows[held];
        let others = self.escrows.iter().enumerate().filter(|(index, _)| *index != held);
        let beside = others.filter(|(_, other)| other.seen.volume == escrow.seen.volume && !other.seen.unconfirmed);
        let made = beside.filter_map(|(_, other)| other.seen.created);
        let waived = escrow.waived.filter(|_| escrow.seen.ended == Some("waived"));
        let proven = escrow
            .seen
            .superseded_by
            .and_then(|successor| self.escrows[successor].proven);
        made.chain(waived).chain(proven).max()
    }

    /// The rules from the third on; `held` nobody vouched for until now.
    fn settles(&mut self, coming: &Coming, held: Option<usize>) -> (&'static str, usize, Vec<usize>, bool) {
        let seen = |index: &usize| &self.escrows[*index].seen;
        let time = coming.time;
        let others: Vec<usize> = (0..self.escrows.len())
            .filter(|index| seen(index).volume == coming.volume && Some(*index) != held)
            .collect();
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
        let unnamed = volume.id.is_none() && volume.mounts.is_empty();
        let exempt = unnamed || (volume.removable == Some(true) && volume.id.is_none());
        let (mut gone, mut ended) = (Vec::new(), false);
        for index in others {
            let other = &mut self.escrows[*index];
            let listed = coming.saw.is_some() && coming.listed.contains(&other.seen.protector);
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
                proven: None,
                waived: None,
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
            let buried = successor.is_some_and(|successor| self.escrows[successor].proven.is_some());
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
