//! Records of tables in columns, with a line of hyphens under their headings: PowerShell's `Format-Table`, DSInternals.

use zeroize::Zeroizing;

use crate::intake::Column;
use crate::intake::draft::Draft;
use crate::intake::fields::Field;
use crate::intake::finder::{Seen, scan};
use crate::intake::listing;
use crate::intake::manner::Manner;
use crate::intake::names::Names;
use crate::intake::record::{Note, Record};

/// Returns the records of the tables of `text`, and what the columns of the first are understood as. A table ends with an
/// empty line.
///
/// A column begins where its hyphens do. Where a cell reaches into the next column, the line is read by its content. A
/// line goes on from the one before if that is incomplete or its first column is empty, and if no whole password and no
/// whole GUID stands in it. A table of the columns `Name` and `Value` is a list of names.
pub(super) fn read(text: &str, manner: Manner, names: &Names) -> (Vec<Record>, Vec<Column>) {
    let mut reader = Reader {
        manner,
        records: Vec::new(),
        columns: Vec::new(),
        list: None,
        row: None,
        told: Vec::new(),
    };
    let mut before = "";
    for (line, number) in text.split('\n').zip(1..) {
        if let Some(starts) = underlines(line) {
            reader.begin(before, &starts, names);
        } else if line.trim().is_empty() {
            reader.end();
        } else {
            reader.put(line, number, names);
        }
        before = line;
    }
    reader.end();
    (reader.records, reader.told)
}

/// Returns whether there is such a table: a line of hyphens under a line with a name that is known here, or under `Name`
/// and `Value` with such a name in a row.
pub(super) fn has_table(text: &str, names: &Names) -> bool {
    let mut before = "";
    let mut in_list = None;
    text.split('\n').any(|line| {
        let starts = underlines(line);
        let headings = starts.as_ref().and_then(|starts| cells(before, starts));
        before = line;
        if line.trim().is_empty() {
            in_list = None;
        }
        if let Some(headings) = &headings
            && is_list(headings)
        {
            in_list = starts;
            return false;
        }
        let of_list = in_list.as_ref().and_then(|starts| cells(line, starts));
        let is_password = |name: &str| names.named(name).field == Field::Password;
        of_list.is_some_and(|row| row.first().is_some_and(|name| is_password(name)))
            || headings.is_some_and(|headings| headings.into_iter().any(is_password))
    })
}

/// Whether a table has a name and a value in each row.
fn is_list(headings: &[&str]) -> bool {
    matches!(headings, [name, value] if matches!(*name, "Name" | "Key" | "Property") && *value == "Value")
}

struct Reader {
    manner: Manner,
    records: Vec<Record>,
    columns: Vec<(usize, Field)>,
    /// The rows of a table of names and values.
    list: Option<listing::Reader>,
    row: Option<Row>,
    told: Vec<Column>,
}

/// A row, and the cells of the lines that go on from it.
struct Row {
    line: usize,
    cells: Vec<Zeroizing<String>>,
}

impl Reader {
    /// A table begins under these headings.
    fn begin(&mut self, headings: &str, starts: &[usize], names: &Names) {
        self.end();
        let headings = cells(headings, starts).unwrap_or_default();
        if is_list(&headings) {
            self.list = Some(listing::Reader::new(self.manner));
        }
        let named = headings
            .iter()
            .zip(1..)
            .map(|(name, number)| names.column(number, name).field);
        self.columns = starts.iter().copied().zip(named).collect();
        if self.told.is_empty() {
            let told = headings.iter().zip(&self.columns).zip(1..);
            self.told = told
                .map(|((name, (_, field)), number)| Column::new(number, name, *field))
                .collect();
        }
    }

    /// The table ends.
    fn end(&mut self) {
        self.end_row();
        if let Some(list) = self.list.take() {
            self.records.extend(list.into_records());
        }
        self.columns.clear();
    }

    fn end_row(&mut self) {
        let Some(row) = self.row.take() else { return };
        let mut draft = Draft::new(self.manner, row.line);
        for ((_, field), cell) in self.columns.iter().zip(&row.cells) {
            draft.put(*field, cell);
        }
        draft.finish(&mut self.records);
    }

    fn put(&mut self, line: &str, number: usize, names: &Names) {
        if self.columns.is_empty() {
            return self.put_content(line, number, false);
        }
        let starts: Vec<usize> = self.columns.iter().map(|(start, _)| *start).collect();
        let Some(cells) = cells(line, &starts) else {
            self.end_row();
            return self.put_content(line, number, true);
        };
        if let (Some(list), [name, value]) = (&mut self.list, cells.as_slice()) {
            return list.put(number, names.named(name).field, value);
        }
        if let Some(row) = self
            .row
            .as_mut()
            .filter(|row| row.is_continued_by(&cells, &self.columns))
        {
            for (held, cell) in row.cells.iter_mut().zip(cells) {
                *held = joined(held, cell);
            }
            return;
        }
        self.end_row();
        self.row = Some(Row {
            line: number,
            cells: cells.into_iter().map(|cell| Zeroizing::new(cell.to_owned())).collect(),
        });
    }

    /// A line of a table whose columns cannot be told, or of none.
    fn put_content(&mut self, line: &str, number: usize, of_table: bool) {
        let mut draft = Draft::new(self.manner, number);
        // In a table that names no key protector ID, its GUIDs are something else's.
        let is_named =
            |(_, field): &(usize, Field)| matches!(field, Field::Protector | Field::Id | Field::RecoveryGuid);
        let is_other = of_table && !self.columns.iter().any(is_named);
        draft.put(if is_other { Field::Other } else { Field::Unnamed }, line);
        if of_table {
            draft.note(Note::DeviceUnclear);
        }
        draft.finish(&mut self.records);
    }
}

impl Row {
    /// Whether these cells go on from this row.
    fn is_continued_by(&self, cells: &[&str], columns: &[(usize, Field)]) -> bool {
        let whole = |cell: &str| {
            let mut is_whole = false;
            scan(cell, |_, seen| {
                is_whole |= matches!(seen, Seen::Guid(_) | Seen::Password(Ok(_)))
            });
            is_whole
        };
        let mut fields = columns.iter().map(|(_, field)| *field).zip(&self.cells);
        let is_incomplete = fields.any(|(field, held)| {
            matches!(field, Field::Password | Field::Protector) && !held.is_empty() && !whole(held)
        });
        let has_gap = cells.first().is_some_and(|first| first.is_empty());
        let is_heading = cells
            .iter()
            .zip(&self.cells)
            .any(|(cell, held)| !cell.is_empty() && held.is_empty());
        !is_heading && (is_incomplete || has_gap) && !cells.iter().any(|cell| whole(cell))
    }
}

/// Two pieces of a cell. PowerShell breaks cells anywhere, and puts nothing in between.
fn joined(held: &str, cell: &str) -> Zeroizing<String> {
    let mut whole = Zeroizing::new(String::with_capacity(held.len() + cell.len()));
    whole.push_str(held);
    whole.push_str(cell);
    whole
}

/// Where the runs of hyphens begin, in characters, if the line has two or more and nothing else.
fn underlines(line: &str) -> Option<Vec<usize>> {
    let line = line.trim_end();
    if !line.contains("--") || line.len() > LONGEST_LINE || !line.bytes().all(|byte| b"- ".contains(&byte)) {
        return None;
    }
    let bytes = line.as_bytes();
    let before = std::iter::once(&b' ').chain(bytes);
    let starts = before
        .zip(bytes)
        .enumerate()
        .filter(|(_, (before, byte))| **before == b' ' && **byte == b'-');
    let starts: Vec<usize> = starts.map(|(at, _)| at).collect();
    (starts.len() > 1).then_some(starts)
}

/// The cells of a line whose columns begin at these characters. `None` where a cell reaches into the next.
fn cells<'t>(line: &'t str, starts: &[usize]) -> Option<Vec<&'t str>> {
    let mut cells = Vec::with_capacity(starts.len());
    let mut starts = starts.iter().copied().peekable();
    starts.next()?;
    let (mut begin, mut before) = (0, ' ');
    for (count, (at, character)) in line.char_indices().enumerate() {
        if starts.next_if_eq(&count).is_some() {
            if before != ' ' {
                return None;
            }
            cells.push(line.get(begin..at)?.trim());
            begin = at;
        }
        before = character;
    }
    cells.push(line.get(begin..)?.trim());
    cells.resize(cells.len() + starts.count(), "");
    Some(cells)
}

/// A line of hyphens has as many as a console is wide.
const LONGEST_LINE: usize = 4096;

#[cfg(test)]
mod tests;
