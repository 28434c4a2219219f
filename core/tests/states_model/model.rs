//! The rules of the states, as small as they can be said: of numbers instead of GUIDs, and of seconds.

use std::collections::BTreeSet;

use crate::Arriving;
use crate::Step;
use crate::Told;
use crate::states_model::harness::DAWN;
use crate::states_model::harness::OPERATORS;
use crate::states_model::names::Volume;

/// Everything that the model knows.
#[derive(Default)]
pub(crate) struct Model {
    pub(super) now: i64,
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
    pub(crate) clock: bool,
    pub(crate) created: Option<i64>,
    pub(crate) shown: Option<i64>,
    pub(crate) shown_to: BTreeSet<String>,
    pub(crate) superseded_by: Option<usize>,
    pub(crate) ended: Option<&'static str>,
}

/// What was decided: of each password its rule, escrow, whom it superseded, and whether that ended an exposure.
pub(crate) type Decided = Vec<(String, usize, Vec<usize>, bool)>;

#[derive(Clone)]
pub(super) struct Escrow {
    pub(super) seen: Seen,
    pub(super) arrived: i64,
    pub(super) proven: Option<i64>,
    pub(super) waived: Option<i64>,
}

pub(super) struct Coming {
    volume: usize,
    protector: u8,
    password: u8,
    /// When a live source saw the volume; one that sees it now knows better than all before.
    saw: Option<i64>,
    /// Whether its order is the log's: it is live now, or was sent in its order.
    pub(super) told: Told,
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
            Step::Expose(number) if !self.escrows.is_empty() => {
                self.show(chosen(number), OPERATORS[number % OPERATORS.len()]);
            }
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
                Told::Taken(taken) | Told::Sent(taken) => Some(self.now + taken.min(0)),
                Told::Dated => Some(self.now + made.min(0)),
                Told::Undated => None,
            };
            let (rule, escrow, mut gone, ended) = self.arrives(&Coming {
                volume,
                protector,
                password,
                saw: match arriving.told {
                    Told::Live => Some(i64::MAX),
                    Told::Taken(taken) | Told::Sent(taken) => Some(self.now + taken.min(0)),
                    Told::Dated | Told::Undated => None,
                },
                told: arriving.told,
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
            told: Told::Dated,
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
            let escrow = self.put(coming, None, coming.time, "current", false);
            return ("no-standing", escrow, vec![], false);
        }
        match held {
            Some(held) if !seen(&held).unconfirmed => {
                // A live source brings a superseded one back, if it saw it since that could be known to be gone.
                let made = self.made_beside(held);
                let since = coming
                    .saw
                    .is_some_and(|saw| self.gone_since(held, coming).is_none_or(|gone| gone <= saw));
                let record = &mut self.escrows[held].seen;
                record.created = record.created.or(coming.time);
                if since && record.state == "superseded" {
                    self.becomes(held, "current");
                    let own = matches!(coming.told, Told::Sent(_)).then_some(coming.saw).flatten();
                    self.escrows[held].seen.clock |= own.zip(made).is_some_and(|(own, made)| own < made);
                }
                return ("already-held", held, vec![], false);
            }
            _ => {}
        }
        self.settles(coming, held)
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
        // Where a clock contradicts the order of the log, it is taken as current, and marked.
        let in_order = matches!(coming.told, Told::Live | Told::Sent(_));
        let newest = known.iter().filter_map(|index| self.made(*index)).max();
        let overtaken = time.zip(newest).is_some_and(|(time, newest)| time < newest);
        let wrong = overtaken && matches!(coming.told, Told::Sent(_));
        let older = overtaken && !wrong;
        let is_over = |index: &usize| in_order || seen(index).state == "superseded";
        let unknown = |index: &usize| self.age(*index).is_none() && !(seen(index).clock && is_over(index));
        let doubted = wrong || self.now < DAWN || known.iter().any(unknown);
        let doubted = doubted && time.is_some() && !older;
        // Same protector ID, another password.
        let clashing: Vec<usize> = known
            .iter()
            .copied()
            .filter(|index| seen(index).protector == coming.protector)
            .collect();
        if !clashing.is_empty() {
            let escrow = self.put(coming, held, time, "current", doubted);
            for index in clashing.into_iter().chain([escrow]) {
                self.escrows[index].seen.conflict = true;
            }
            return ("other-password", escrow, vec![], false);
        }
        // Created before the newest dated or live one.
        let own = if older { "superseded" } else { "current" };
        // Same password under another protector ID: the most exposed state.
        let twins = known.iter().filter(|index| seen(index).password == coming.password);
        if let Some(state) = twins.map(|index| seen(index).state).max_by_key(|state| exposure(state)) {
            let state = std::cmp::max_by_key(own, state, |state| exposure(state));
            return (
                "other-protector",
                self.put(coming, held, time, state, doubted),
                vec![],
                false,
            );
        }
        let Some(time) = time else {
            return (
                "undated",
                self.put(coming, held, None, "current", doubted),
                vec![],
                false,
            );
        };
        if older {
            return ("older", self.put(coming, held, Some(time), own, doubted), vec![], false);
        }
        let escrow = self.put(coming, held, Some(time), own, doubted);
        let (gone, ended) = self.gives_way(coming, escrow, time, &others);
        ("newest", escrow, gone, ended)
    }

    /// Older current ones become superseded, and exposed ones end.
    fn gives_way(&mut self, coming: &Coming, escrow: usize, time: i64, others: &[usize]) -> (Vec<usize>, bool) {
        let volume = &self.volumes[coming.volume];
        let unnamed = volume.id.is_none() && volume.mounts.is_empty();
        let exempt = unnamed || (volume.removable == Some(true) && volume.id.is_none());
        let (mut gone, mut ended) = (Vec::new(), false);
        let in_order = matches!(coming.told, Told::Live | Told::Sent(_));
        for index in others {
            let age = self.age(*index);
            let other = &mut self.escrows[*index];
            let listed = coming.saw.is_some() && coming.listed.contains(&other.seen.protector);
            let older = age.map_or(in_order, |age| age <= time);
            let goes = match other.seen.state {
                "current" => !exempt && !listed && older,
                // A showing of the future was before what is live now.
                "exposed" if other.seen.shown > Some(self.now) => !listed && coming.told == Told::Live,
                "exposed" => !listed && time > other.seen.shown.unwrap(),
                _ => false,
            };
            other.seen.clock |= age.is_none() && (goes || in_order);
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
    fn put(
        &mut self,
        coming: &Coming,
        held: Option<usize>,
        time: Option<i64>,
        state: &'static str,
        clock: bool,
    ) -> usize {
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
                    clock: false,
                    created: None,
                    shown: None,
                    shown_to: BTreeSet::new(),
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
        self.escrows[index].seen.clock = clock;
        self.becomes(index, state);
        index
    }

    /// A password ever shown is never `current` anywhere; an exposure ends by a newer password only.
    fn becomes(&mut self, index: usize, state: &'static str) {
        let twin = self.last_shown(self.escrows[index].seen.password);
        let (shown, names) = twin.map(|seen| (seen.shown, seen.shown_to.clone())).unwrap_or_default();
        let seen = &mut self.escrows[index].seen;
        if state == "superseded" {
            if seen.state != "exposed" {
                seen.state = state;
            }
            return;
        }
        (seen.superseded_by, seen.ended) = (None, None);
        if seen.shown.is_none() {
            (seen.shown, seen.shown_to) = (shown, names);
        }
        seen.state = if seen.shown.is_some() { "exposed" } else { "current" };
    }
}

/// The most exposed state of the two (exposed, current, superseded).
fn exposure(state: &str) -> usize {
    ["superseded", "current", "exposed"]
        .iter()
        .position(|other| *other == state)
        .unwrap()
}
