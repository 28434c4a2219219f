//! Records of a text of no known form, and of the file that Windows saves: by digits and GUIDs, and by what a label says
//! that a GUID is.

use crate::intake::candidates::Candidates;
use crate::intake::finder::{Guid, Seen, scan};
use crate::intake::labels::{self, Label};
use crate::intake::lines::Lines;
use crate::intake::record::{Record, Rejection, outcome};
use crate::values::{ParseRecoveryPasswordError, ProtectorId, RecoveryPassword};

/// Returns the records of `text`.
///
/// A GUID counts if it has no label, or that of a key protector ID; in one place, one with that label is preferred. On a
/// line with passwords and GUIDs they belong to each other: one of each, or each password behind its GUID. If the text has
/// one of each, they belong together, and so they do if each paragraph with any has one of each. Otherwise a password on a
/// line of its own belongs to the one GUID that stands between the password before it and it; if there are several, no
/// guess is made. Nor is one where the text begins with a password and ends with a GUID: there each GUID may belong to
/// the password before it.
pub(super) fn read(text: &str) -> Vec<Record> {
    let mut reader = Reader::new(text);
    scan(text, |line, seen| reader.take(line, seen));
    reader.end_line();
    let order_is_unclear = reader.begins_with_password && reader.pending.one() != Candidates::None;
    let paragraphs = reader.paragraphs;
    let is_paired = |paragraph: &Paragraph| match paragraph.passwords {
        0 => paragraph.guids.one() == Candidates::None,
        1 => matches!(paragraph.guids.one(), Candidates::One(_)),
        _ => false,
    };
    let all_are_paired = paragraphs.iter().all(is_paired);
    let whole = paragraphs.iter().fold(Guids::default(), |mut whole, paragraph| {
        whole.add_all(paragraph.guids);
        whole
    });
    let is_one = reader.lone.len() == 1;
    let mut records = Vec::with_capacity(reader.lone.len());
    for lone in reader.lone {
        let of_paragraph = paragraphs.get(lone.paragraph).map(|paragraph| paragraph.guids.one());
        let protector = match (lone.protector, of_paragraph, whole.one()) {
            (protector, ..) if lone.by_line => protector,
            (_, _, Candidates::One(id)) if is_one => Ok(id),
            (_, Some(Candidates::One(id)), _) if all_are_paired => Ok(id),
            _ if order_is_unclear => Err(Rejection::OrderUnclear),
            (Err(Rejection::NoProtector), ..) if !lone.unbelieved.is_empty() => Err(Rejection::Unbelieved),
            (protector, ..) => protector,
        };
        let mut record = Record::bare(lone.line, outcome(lone.password, protector));
        if protector.is_err() {
            record.unbelieved = lone.unbelieved;
        }
        records.push(record);
    }
    records
}

type Password = Result<RecoveryPassword, ParseRecoveryPasswordError>;

/// A password, with what stands before it or on its line.
struct Lone {
    line: usize,
    paragraph: usize,
    password: Password,
    protector: Result<ProtectorId, Rejection>,
    by_line: bool,
    unbelieved: Vec<ProtectorId>,
}

/// GUIDs of one place.
#[derive(Clone, Copy, Default)]
struct Guids {
    /// Those that are called a key protector ID.
    called: Candidates,
    /// Those that are called nothing.
    plain: Candidates,
}

impl Guids {
    fn add(&mut self, label: Label, id: ProtectorId) {
        match label {
            Label::Protector => self.called.add(id),
            Label::Unlabelled | Label::Id => self.plain.add(id),
            Label::Other => {}
        }
    }

    fn add_all(&mut self, others: Self) {
        self.called.add_all(others.called);
        self.plain.add_all(others.plain);
    }

    fn one(self) -> Candidates {
        match self.called {
            Candidates::None => self.plain,
            called @ (Candidates::One(_) | Candidates::Several) => called,
        }
    }
}

/// Lines without an empty one between them.
#[derive(Clone, Copy, Default)]
struct Paragraph {
    passwords: usize,
    guids: Guids,
}

struct Reader<'t> {
    lines: Lines<'t>,
    lone: Vec<Lone>,
    paragraphs: Vec<Paragraph>,
    /// What stands on this line.
    here: Vec<Here>,
    /// GUIDs since the last password, on lines without one.
    pending: Guids,
    unbelieved: Vec<ProtectorId>,
    begins_with_password: bool,
}

enum Here {
    Guid(Label, ProtectorId),
    Password(Password),
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            lines: Lines::new(text),
            lone: Vec::new(),
            paragraphs: Vec::new(),
            here: Vec::new(),
            pending: Guids::default(),
            unbelieved: Vec::new(),
            begins_with_password: false,
        }
    }

    fn take(&mut self, line: usize, seen: Seen<'_>) {
        if line != self.lines.number() {
            self.end_line();
            self.lines.advance(line);
        }
        self.here.push(match seen {
            Seen::Guid(guid) => Here::Guid(self.label(&guid), guid.id),
            Seen::Password(password) => Here::Password(password),
        });
    }

    /// What is said of a GUID: on its line, or on the line above if it stands there alone.
    fn label(&self, guid: &Guid<'_>) -> Label {
        let above = self.lines.above();
        match guid.label() {
            // Windows 7 prints the first half of the ID, and then all of it.
            Label::Other if guid.is_parted && ends_with_half(above, guid.id) => Label::Protector,
            Label::Unlabelled if guid.is_alone() => labels::above(above),
            label @ (Label::Unlabelled | Label::Protector | Label::Id | Label::Other) => label,
        }
    }

    fn end_line(&mut self) {
        let here = std::mem::take(&mut self.here);
        let passwords = here.iter().filter(|seen| matches!(seen, Here::Password(_))).count();
        let mut guids = Guids::default();
        for seen in &here {
            if let Here::Guid(label, id) = seen {
                guids.add(*label, *id);
                if *label == Label::Other && self.unbelieved.len() < MOST_UNBELIEVED {
                    self.unbelieved.push(*id);
                }
            }
        }
        if here.is_empty() {
            return;
        }
        let paragraph = self.lines.paragraph();
        self.paragraphs
            .resize(self.paragraphs.len().max(paragraph + 1), Paragraph::default());
        if let Some(paragraph) = self.paragraphs.get_mut(paragraph) {
            paragraph.passwords += passwords;
            paragraph.guids.add_all(guids);
        }
        match (passwords, guids.one()) {
            (0, _) => self.pending.add_all(guids),
            (_, Candidates::None) => self.take_alone(here),
            (_, guids) => self.take_line(here, passwords, guids),
        }
    }

    /// Passwords on a line without a GUID: the first may have the one that stands before.
    fn take_alone(&mut self, here: Vec<Here>) {
        self.begins_with_password |= self.lone.is_empty() && self.pending.one() == Candidates::None;
        for seen in here {
            if let Here::Password(password) = seen {
                let protector = one(std::mem::take(&mut self.pending).one());
                self.push(password, protector, false);
            }
        }
    }

    /// Passwords and GUIDs on one line.
    fn take_line(&mut self, here: Vec<Here>, passwords: usize, guids: Candidates) {
        self.pending = Guids::default();
        let believed = |seen: &&Here| !matches!(seen, Here::Guid(Label::Other, _));
        let turns = here.iter().filter(believed);
        let in_turn = turns.clone().count() == 2 * passwords
            && turns
                .zip(0_usize..)
                .all(|(seen, at)| matches!(seen, Here::Guid(..)) == at.is_multiple_of(2));
        let mut last = Candidates::None;
        for seen in here {
            match seen {
                Here::Guid(Label::Other, _) => {}
                Here::Guid(_, id) => last = Candidates::One(id),
                Here::Password(password) => {
                    let candidates = match (passwords, in_turn) {
                        (1, _) => guids,
                        (_, true) => last,
                        (_, false) => Candidates::Several,
                    };
                    self.push(password, one(candidates), true);
                }
            }
        }
    }

    fn push(&mut self, password: Password, protector: Result<ProtectorId, Rejection>, by_line: bool) {
        self.lone.push(Lone {
            line: self.lines.number(),
            paragraph: self.lines.paragraph(),
            password,
            protector,
            by_line,
            unbelieved: std::mem::take(&mut self.unbelieved),
        });
    }
}

/// Whether `line` ends with the first 16 characters of `id`.
fn ends_with_half(line: &str, id: ProtectorId) -> bool {
    let id = id.to_string();
    let half = id.get(..16).unwrap_or_default();
    let line = line.trim_end();
    let at = line.len().checked_sub(half.len());
    at.and_then(|at| line.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case(half))
}

fn one(candidates: Candidates) -> Result<ProtectorId, Rejection> {
    match candidates {
        Candidates::None => Err(Rejection::NoProtector),
        Candidates::One(id) => Ok(id),
        Candidates::Several => Err(Rejection::SeveralProtectors),
    }
}

/// GUIDs that are told of a password.
const MOST_UNBELIEVED: usize = 4;

#[cfg(test)]
mod tests;
