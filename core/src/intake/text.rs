//! Records of a text of no known form, and of the file that Windows saves: by digits and GUIDs alone.

use crate::intake::candidates::Candidates;
use crate::intake::finder::Seen;
use crate::intake::finder::scan;
use crate::intake::record::Record;
use crate::intake::record::Rejection;
use crate::intake::record::outcome;
use crate::values::ParseRecoveryPasswordError;
use crate::values::ProtectorId;
use crate::values::RecoveryPassword;

/// The records of `text`.
///
/// On a line with passwords and GUIDs they belong to each other: one of each, or each password behind its GUID. A
/// password on a line of its own belongs to the one GUID that stands between the password before it and it; if there
/// are several, no guess is made. Nor is one where the text begins with a password and ends with a GUID: there each
/// GUID may belong to the password before it.
pub(super) fn read(text: &str) -> Vec<Record> {
    let mut reader = Reader::default();
    scan(text, |line, seen| reader.take(line, seen));
    reader.end_line();
    let order_is_unclear = reader.begins_with_password && reader.pending != Candidates::None;
    reader
        .lone
        .into_iter()
        .map(|(line, password, protector, by_line)| {
            let protector = match protector {
                _ if order_is_unclear && !by_line => Err(Rejection::OrderUnclear),
                protector => protector,
            };
            Record::bare(line, outcome(password, protector))
        })
        .collect()
}

type Password = Result<RecoveryPassword, ParseRecoveryPasswordError>;

#[derive(Default)]
struct Reader {
    /// Line, password, protector, and whether they stand on one line.
    lone: Vec<(usize, Password, Result<ProtectorId, Rejection>, bool)>,
    line: usize,
    /// What stands on this line.
    here: Vec<Seen>,
    /// GUIDs since the last password, on lines without one.
    pending: Candidates,
    begins_with_password: bool,
}

impl Reader {
    fn take(&mut self, line: usize, seen: Seen) {
        if line != self.line {
            self.end_line();
            self.line = line;
        }
        self.here.push(seen);
    }

    fn end_line(&mut self) {
        let here = std::mem::take(&mut self.here);
        let passwords = here.iter().filter(|seen| matches!(seen, Seen::Password(_))).count();
        let mut guids = Candidates::None;
        for seen in &here {
            if let Seen::Guid(id) = seen {
                guids.add(*id);
            }
        }
        match (passwords, guids) {
            (0, guids) => self.pending.add_all(guids),
            (_, Candidates::None) => self.take_alone(here),
            _ => self.take_line(here, passwords, guids),
        }
    }

    /// Passwords on a line without a GUID: the first may have the one that stands before.
    fn take_alone(&mut self, here: Vec<Seen>) {
        self.begins_with_password |= self.lone.is_empty() && self.pending == Candidates::None;
        for seen in here {
            if let Seen::Password(password) = seen {
                let protector = one(std::mem::take(&mut self.pending));
                self.lone.push((self.line, password, protector, false));
            }
        }
    }

    /// Passwords and GUIDs on one line.
    fn take_line(&mut self, here: Vec<Seen>, passwords: usize, guids: Candidates) {
        self.pending = Candidates::None;
        let turns = here.iter().enumerate();
        let in_turn = here.len() == 2 * passwords
            && turns
                .into_iter()
                .all(|(at, seen)| matches!(seen, Seen::Guid(_)) == at.is_multiple_of(2));
        let mut last = Candidates::None;
        for seen in here {
            match seen {
                Seen::Guid(id) => last = Candidates::One(id),
                Seen::Password(password) => {
                    let candidates = match (passwords, in_turn) {
                        (1, _) => guids,
                        (_, true) => last,
                        (_, false) => Candidates::Several,
                    };
                    self.lone.push((self.line, password, one(candidates), true));
                }
            }
        }
    }
}

fn one(candidates: Candidates) -> Result<ProtectorId, Rejection> {
    match candidates {
        Candidates::None => Err(Rejection::NoProtector),
        Candidates::One(id) => Ok(id),
        Candidates::Several => Err(Rejection::SeveralProtectors),
    }
}

#[cfg(test)]
mod tests;
