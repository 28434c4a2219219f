//! Records of a table of separated values: what a column holds is known by its heading, or else by its content.

use crate::intake::draft::Draft;
use crate::intake::fields::Field;
use crate::intake::fields::clean;
use crate::intake::fields::field;
use crate::intake::finder::Seen;
use crate::intake::finder::scan;
use crate::intake::format::Format;
use crate::intake::objects;
use crate::intake::record::Record;
use crate::intake::rows::RowError;
use crate::intake::rows::Rows;
use crate::values::ProtectorId;
use crate::values::RecoveryPassword;

/// A text seen as a table.
pub(super) struct Table<'t> {
    rows: Rows<'t>,
    /// What the heading says of each column; empty where there is no heading.
    columns: Vec<Field>,
    format: Format,
}

impl<'t> Table<'t> {
    /// `text` as the table that it is with one of the separators `,`, `;`, tab and `|`, if it is one.
    ///
    /// It is one where the first row names a password and something else that is known here; or where the first two
    /// rows have as many cells, at least two, and the second has a password alone in a cell; or where the first row
    /// itself has that. Of several separators that would do, the one that knows most columns is taken.
    /// A line `sep=;` or `#TYPE …` before the table is left out.
    pub(super) fn find(text: &'t str) -> Option<Self> {
        let (text, line, told) = without_preamble(text);
        let seen = SEPARATORS
            .into_iter()
            .filter(|separator| told.is_none_or(|told| told == *separator))
            .filter_map(|separator| seen_as(Rows::new(text, line, separator)));
        // The first of equals, where `max_by_key` would take the last.
        let (_, table) = seen.fold(None, |best: Option<(usize, Self)>, (score, table)| match best {
            Some((held, best)) if held >= score => Some((held, best)),
            _ => Some((score, table)),
        })?;
        Some(table)
    }

    /// `text` as a table, whether or not it looks like one.
    pub(super) fn forced(text: &'t str) -> Self {
        let (rest, line, told) = without_preamble(text);
        Self::find(text).unwrap_or_else(|| Self {
            rows: Rows::new(rest, line, told.unwrap_or(',')),
            columns: Vec::new(),
            format: Format::Csv,
        })
    }

    /// What its heading shows it to be.
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Its records.
    ///
    /// # Errors
    ///
    /// A quote is never closed.
    pub(super) fn read(mut self, format: Format) -> Result<Vec<Record>, RowError> {
        let mut records = Vec::new();
        loop {
            let mut draft = Draft::new(format, self.rows.line());
            let mut nested = Vec::new();
            let columns = &self.columns;
            let more = self.rows.next(|column, cell| {
                let field = columns.get(column).copied().unwrap_or(Field::Other);
                match nested_objects(cell) {
                    Some(mut found) => nested.append(&mut found),
                    None => draft.put(field, cell),
                }
            })?;
            if !more {
                return Ok(records);
            }
            let line = draft.line();
            let context = draft.finish(&mut records);
            for mut record in nested {
                record.at.line = line;
                context.apply(&mut record);
                records.push(record);
            }
        }
    }
}

/// The passwords of a cell that holds JSON: scripts put whole answers into one.
fn nested_objects(cell: &str) -> Option<Vec<Record>> {
    let cell = clean(cell);
    if !cell.starts_with(['{', '[']) {
        return None;
    }
    let records = objects::read(cell, Format::Graph).ok()?;
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
fn seen_as(rows: Rows<'_>) -> Option<(usize, Table<'_>)> {
    let mut behind = rows.clone();
    let heading = First::of(&mut behind)?;
    if heading.password || heading.guid {
        let table = Table {
            rows,
            columns: Vec::new(),
            format: Format::Csv,
        };
        let score = usize::from(heading.password) + usize::from(heading.guid);
        return (heading.cells > 1 && heading.password && heading.alone).then_some((score, table));
    }
    let known = heading.columns.iter().filter(|field| **field != Field::Other).count();
    let names_password = heading.columns.contains(&Field::Password);
    let second = First::of(&mut behind.clone());
    let fits = second.is_some_and(|second| second.cells == heading.cells && (second.alone || names_password));
    let table = Table {
        rows: behind,
        format: heading.format(),
        columns: heading.columns,
    };
    (heading.cells > 1 && (fits || names_password && known > 1))
        .then_some((10 + 10 * known + 5 * usize::from(names_password), table))
}

/// A row at the beginning.
struct First {
    cells: usize,
    columns: Vec<Field>,
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
    fn of(rows: &mut Rows<'_>) -> Option<Self> {
        let mut first = Self {
            cells: 0,
            columns: Vec::new(),
            directory: false,
            mbam: false,
            password: false,
            alone: false,
            guid: false,
        };
        let read = rows.next(|_, cell| first.look_at(cell));
        read.ok().filter(|more| *more)?;
        Some(first)
    }

    fn look_at(&mut self, cell: &str) {
        self.cells += 1;
        let name = clean(cell);
        self.alone |= RecoveryPassword::parse(name).is_ok();
        self.guid |= name.parse::<ProtectorId>().is_ok();
        scan(cell, |_, seen| self.password |= matches!(seen, Seen::Password(_)));
        if self.columns.len() < MOST_COLUMNS {
            self.columns.push(field(name));
        }
        let begins = |start: &str| {
            name.get(..start.len())
                .is_some_and(|name| name.eq_ignore_ascii_case(start))
        };
        self.directory |= begins("msFVE-") || begins("DistinguishedName");
        self.mbam |= begins("LastUpdateTime") || begins("Disclosed");
    }

    fn format(&self) -> Format {
        match (self.directory, self.mbam) {
            (true, _) => Format::AdTable,
            (false, true) => Format::Mbam,
            (false, false) => Format::Csv,
        }
    }
}

const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];
/// Headings that are looked at; cells beyond are of unknown names.
const MOST_COLUMNS: usize = 1024;
