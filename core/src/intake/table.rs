//! Records of a table of separated values: what a column holds is known by its heading, or else by its content.

use crate::intake::Column;
use crate::intake::draft::Draft;
use crate::intake::fields::{Field, clean};
use crate::intake::finder::{Seen, scan};
use crate::intake::format::Format;
use crate::intake::headings::Headings;
use crate::intake::manner::Manner;
use crate::intake::names::{Named, Names};
use crate::intake::objects;
use crate::intake::record::Record;
use crate::intake::rows::{RowError, Rows};
use crate::values::{ProtectorId, RecoveryPassword};

/// A text seen as a table.
pub(super) struct Table<'t> {
    rows: Rows<'t>,
    /// What the heading says of each column; empty where there is no heading.
    headings: Headings,
    format: Format,
}

impl<'t> Table<'t> {
    /// Returns `text` as the table that it is with one of the separators `,`, `;`, tab and `|`, if it is one.
    ///
    /// It is one where one of the first rows names a password and something else that is known here; or where the first
    /// row has as many cells as one that follows, at least two, and that has a password alone in a cell; or where the
    /// first row itself has that. Of several separators that would do, the one that knows most columns is taken.
    /// A line `sep=;` or `#TYPE …` before the table is left out.
    pub(super) fn find(text: &'t str, names: &Names) -> Option<Self> {
        let (text, line, told) = without_preamble(text);
        let seen = SEPARATORS
            .into_iter()
            .filter(|separator| told.is_none_or(|told| told == *separator))
            .filter_map(|separator| seen_as(Rows::new(text, line, separator), names));
        // The first of equals, where `max_by_key` would take the last.
        let (_, table) = seen.fold(None, |best: Option<(usize, Self)>, (score, table)| match best {
            Some((held, best)) if held >= score => Some((held, best)),
            _ => Some((score, table)),
        })?;
        Some(table)
    }

    /// Returns `text` as a table, whether or not it looks like one.
    pub(super) fn forced(text: &'t str, names: &Names) -> Self {
        let (rest, line, told) = without_preamble(text);
        Self::find(text, names).unwrap_or_else(|| Self {
            rows: Rows::new(rest, line, told.unwrap_or(',')),
            headings: Headings::default(),
            format: Format::Csv,
        })
    }

    /// Returns what its heading shows it to be.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Returns its records, and what its columns are understood as.
    ///
    /// # Errors
    ///
    /// A quote is never closed.
    pub(super) fn read(mut self, manner: Manner, names: &Names) -> Result<(Vec<Record>, Vec<Column>), RowError> {
        if !self.headings.has_password()
            && let Some(column) = column_of_passwords(self.rows.clone())?
        {
            self.headings.learn_password(column);
        }
        let told = self.headings.told.clone();
        let mut records = Vec::new();
        loop {
            let before = self.rows.clone();
            let mut row = Row::new(manner, &self.headings, self.rows.line());
            let more = self.rows.next(|column, cell| row.put(&self.headings, column, cell))?;
            if !more {
                return Ok((records, told));
            }
            if !row.has_password() {
                // Tables are appended to each other, with their headings.
                if let Some(headings) = heading_again(before.clone(), names) {
                    self.headings = headings;
                    continue;
                }
                // Groups of a password in cells of their own are in none of the cells.
                row.main.put(Field::Other, before.until(&self.rows));
            }
            row.finish(&mut records);
        }
    }
}

/// A row in the making.
struct Row {
    main: Draft,
    pairs: Vec<Draft>,
    nested: Vec<Record>,
}

impl Row {
    fn new(manner: Manner, headings: &Headings, line: usize) -> Self {
        Self {
            main: Draft::new(manner, line),
            pairs: (0..headings.pairs).map(|_| Draft::new(manner, line)).collect(),
            nested: Vec::new(),
        }
    }

    fn put(&mut self, headings: &Headings, column: usize, cell: &str) {
        let place = headings.place(column);
        match (
            nested_objects(cell),
            place.pair.and_then(|pair| self.pairs.get_mut(pair)),
        ) {
            (Some(mut found), _) => self.nested.append(&mut found),
            (None, Some(draft)) => draft.put(place.field, cell),
            (None, None) => self.main.put(place.field, cell),
        }
    }

    fn has_password(&self) -> bool {
        !self.nested.is_empty() || self.main.has_password() || self.pairs.iter().any(Draft::has_password)
    }

    fn finish(self, records: &mut Vec<Record>) {
        let line = self.main.line();
        let first = records.len();
        for mut record in self.nested {
            record.at.line = line;
            records.push(record);
        }
        for draft in self.pairs {
            draft.finish(records);
        }
        let within = records.len();
        let context = self.main.finish(records);
        let (before, _) = records.split_at_mut(within);
        context.apply_all(before.get_mut(first..).unwrap_or_default());
    }
}

/// The one column in which passwords stand alone.
fn column_of_passwords(mut rows: Rows<'_>) -> Result<Option<usize>, RowError> {
    let mut columns = Vec::new();
    loop {
        let more = rows.next(|column, cell| {
            let is_new = columns.len() < 2 && !columns.contains(&column);
            if is_new && cell.len() >= SHORTEST && RecoveryPassword::parse(clean(cell)).is_ok() {
                columns.push(column);
            }
        })?;
        if !more || columns.len() > 1 {
            return Ok(match columns.as_slice() {
                [column] => Some(*column),
                _ => None,
            });
        }
    }
}

/// The heading that the next row is, if it is one.
fn heading_again(mut rows: Rows<'_>, names: &Names) -> Option<Headings> {
    let first = First::of(&mut rows, names)?;
    first.is_heading().then(|| first.headings())
}

/// The passwords of a cell that holds JSON: scripts put whole answers into one.
fn nested_objects(cell: &str) -> Option<Vec<Record>> {
    let cell = clean(cell);
    if !cell.starts_with(['{', '[']) {
        return None;
    }
    let records = objects::read(cell, Format::Graph.into(), &Names::default()).ok()?;
    records.iter().any(Record::holds_password).then_some(records)
}

/// What stands behind lines that are no rows, its first line, and the separator if one of those lines says it.
fn without_preamble(text: &str) -> (&str, usize, Option<char>) {
    let (mut rest, mut line, mut separator) = (text, 1, None);
    while let Some((first, after)) = rest.split_once('\n') {
        let told = first.strip_prefix("sep=").map(|told| clean(told).chars().next());
        if let Some(told) = told {
            separator = told.filter(|told| SEPARATORS.contains(told)).or(Some('\t'));
        } else if !first.starts_with("#TYPE") && !clean(first).is_empty() {
            break;
        }
        (rest, line) = (after, line + 1);
    }
    (rest, line, separator)
}

/// The table that these rows are, and how much is known of it.
fn seen_as<'t>(rows: Rows<'t>, names: &Names) -> Option<(usize, Table<'t>)> {
    let mut behind = rows.clone();
    let heading = First::of(&mut behind, names)?;
    if heading.password || heading.guid {
        let table = Table {
            rows,
            headings: Headings::default(),
            format: Format::Csv,
        };
        let score = usize::from(heading.password) + usize::from(heading.guid);
        return (heading.cells > 1 && heading.password && heading.alone).then_some((score, table));
    }
    let cells = heading.cells;
    let mut following = behind.clone();
    let mut fits = false;
    for _ in 0..MOST_TITLES {
        let before = following.clone();
        let Some(next) = First::of(&mut following, names) else {
            break;
        };
        fits |= next.cells == cells && (next.alone || heading.known() > 1 && holds_password(before.until(&following)));
    }
    if heading.is_heading() || cells > 1 && fits {
        return Some((heading.score(), heading.table(behind)));
    }
    // A report has titles above its table.
    for _ in 0..MOST_TITLES {
        let heading = First::of(&mut behind, names)?;
        if heading.password || heading.guid {
            return None;
        }
        if heading.is_heading() {
            return Some((heading.score(), heading.table(behind)));
        }
    }
    None
}

fn holds_password(row: &str) -> bool {
    let mut holds = false;
    scan(row, |_, seen| holds |= matches!(seen, Seen::Password(_)));
    holds
}

/// A row at the beginning.
struct First {
    cells: usize,
    named: Vec<Named>,
    told: Vec<Column>,
    /// Names that only one kind of table has.
    directory: bool,
    mbam: bool,
    /// A password stands in it, spoilt or not; and alone in its cell.
    password: bool,
    alone: bool,
    /// A GUID stands alone in its cell.
    guid: bool,
}

impl First {
    fn of(rows: &mut Rows<'_>, names: &Names) -> Option<Self> {
        let mut first = Self {
            cells: 0,
            named: Vec::new(),
            told: Vec::new(),
            directory: false,
            mbam: false,
            password: false,
            alone: false,
            guid: false,
        };
        let read = rows.next(|_, cell| first.look_at(cell, names));
        read.ok().filter(|more| *more)?;
        Some(first)
    }

    fn look_at(&mut self, cell: &str, names: &Names) {
        self.cells += 1;
        let name = clean(cell);
        self.alone |= RecoveryPassword::parse(name).is_ok();
        self.guid |= name.parse::<ProtectorId>().is_ok();
        scan(cell, |_, seen| self.password |= matches!(seen, Seen::Password(_)));
        if self.named.len() < MOST_COLUMNS {
            let named = match name {
                "" => names.column(self.cells, "").or_unnamed(),
                name => names.column(self.cells, name),
            };
            self.told.push(Column::new(self.cells, name, named.field));
            self.named.push(named);
        }
        let begins = |start: &str| {
            name.get(..start.len())
                .is_some_and(|name| name.eq_ignore_ascii_case(start))
        };
        self.directory |= begins("msFVE-") || begins("DistinguishedName");
        self.mbam |= begins("LastUpdateTime") || begins("Disclosed");
    }

    fn known(&self) -> usize {
        let unknown = |field| matches!(field, Field::Other | Field::Unnamed);
        self.named.iter().filter(|named| !unknown(named.field)).count()
    }

    fn names_password(&self) -> bool {
        self.named.iter().any(|named| named.field == Field::Password)
    }

    /// Whether it is a heading by its names alone.
    fn is_heading(&self) -> bool {
        !self.password && !self.guid && self.cells > 1 && self.names_password() && self.known() > 1
    }

    fn score(&self) -> usize {
        10 + 10 * self.known() + 5 * usize::from(self.names_password())
    }

    fn headings(self) -> Headings {
        Headings::new(&self.named, self.told)
    }

    fn table(self, rows: Rows<'_>) -> Table<'_> {
        Table {
            rows,
            format: self.format(),
            headings: self.headings(),
        }
    }

    fn format(&self) -> Format {
        match (self.directory, self.mbam) {
            (true, _) => Format::AdTable,
            (false, true) => Format::Mbam,
            (false, false) => Format::Csv,
        }
    }
}

/// The bytes of a password.
const SHORTEST: usize = 48;
/// Rows that may stand above the heading.
const MOST_TITLES: usize = 32;
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];
/// Headings that are looked at; cells beyond are of unknown names.
const MOST_COLUMNS: usize = 1024;
