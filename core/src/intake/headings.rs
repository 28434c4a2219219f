//! The columns of a table, by its heading.

use crate::intake::Column;
use crate::intake::fields::Field;
use crate::intake::names::Named;

/// What the columns of a table are.
#[derive(Clone, Default)]
pub(super) struct Headings {
    columns: Vec<Place>,
    /// Pairs of key protector ID and password that a row has beside what holds for all of it.
    pub(super) pairs: usize,
    /// What each column is called and understood as.
    pub(super) told: Vec<Column>,
}

/// What a column is.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) field: Field,
    /// The pair that it belongs to.
    pub(super) pair: Option<usize>,
}

impl Headings {
    /// Creates the columns of these names.
    pub(super) fn new(named: &[Named], told: Vec<Column>) -> Self {
        let passwords = named.iter().filter(|named| named.field == Field::Password).count();
        let pairs = if passwords > 1 {
            by_group(named).or_else(|| in_turn(named))
        } else {
            None
        };
        let places = named.iter().zip(0..).map(|(named, at)| Place {
            field: named.field,
            pair: pairs
                .as_ref()
                .and_then(|pairs: &Vec<Option<usize>>| pairs.get(at).copied().flatten()),
        });
        let columns: Vec<Place> = places.collect();
        let pairs = columns
            .iter()
            .filter_map(|place| place.pair)
            .max()
            .map_or(0, |last| last + 1);
        Self { columns, pairs, told }
    }

    /// Returns what a column is.
    pub(super) fn place(&self, column: usize) -> Place {
        let unheaded = Place {
            field: Field::Unnamed,
            pair: None,
        };
        self.columns.get(column).copied().unwrap_or(unheaded)
    }

    /// Returns whether a column is known to hold passwords.
    pub(super) fn has_password(&self) -> bool {
        self.columns.iter().any(|place| place.field == Field::Password)
    }

    /// Takes `column` for that of the passwords, for it holds them.
    pub(super) fn learn_password(&mut self, column: usize) {
        let unheaded = self.place(usize::MAX);
        while self.columns.len() <= column {
            self.columns.push(unheaded);
        }
        if let Some(place) = self.columns.get_mut(column) {
            place.field = Field::Password;
        }
        if let Some(told) = self.told.get_mut(column) {
            told.meaning = Field::Password.meaning();
        }
    }
}

/// Pairs of the columns whose names say the same beside what they are, if each has one password and at most one ID.
fn by_group(named: &[Named]) -> Option<Vec<Option<usize>>> {
    let mut groups: Vec<(&str, usize, usize)> = Vec::new();
    let mut pairs = Vec::new();
    for Named { field, group } in named {
        let (password, id) = (
            usize::from(*field == Field::Password),
            usize::from(*field == Field::Protector || *field == Field::Id),
        );
        if password + id == 0 {
            pairs.push(None);
            continue;
        }
        let at = groups
            .iter()
            .position(|(known, ..)| known == group)
            .unwrap_or(groups.len());
        match groups.get_mut(at) {
            Some((_, passwords, ids)) => {
                *passwords += password;
                *ids += id;
            }
            None => groups.push((group, password, id)),
        }
        pairs.push(Some(at));
    }
    let fits = groups.iter().all(|(_, passwords, ids)| *passwords <= 1 && *ids <= 1)
        && groups.iter().filter(|(_, passwords, ids)| passwords + ids == 2).count() * 2 >= groups.len().max(2);
    if !fits {
        return None;
    }
    // What else the names say of one of the groups is its own.
    for (pair, Named { field, group }) in pairs.iter_mut().zip(named) {
        let own = matches!(
            field,
            Field::Created(_) | Field::Mount | Field::ProtectorType | Field::VolumeId | Field::VolumeType
        );
        if own && !group.is_empty() {
            *pair = groups.iter().position(|(known, ..)| known == group);
        }
    }
    Some(pairs)
}

/// Pairs of IDs and passwords that stand in turn: each ID before its password, or each after it.
fn in_turn(named: &[Named]) -> Option<Vec<Option<usize>>> {
    let is_id = |field: Field| matches!(field, Field::Protector | Field::Id);
    let kinds: Vec<bool> = named
        .iter()
        .filter(|named| is_id(named.field) || named.field == Field::Password)
        .map(|named| is_id(named.field))
        .collect();
    let alternate =
        kinds.iter().zip(kinds.iter().skip(1)).all(|(one, next)| one != next) && kinds.len().is_multiple_of(2);
    let mut count = 0;
    let pairs = named.iter().map(|named| {
        let of_pair = is_id(named.field) || named.field == Field::Password;
        count += usize::from(of_pair);
        of_pair.then(|| (count - 1) / 2)
    });
    let pairs = pairs.collect();
    alternate.then_some(pairs)
}
