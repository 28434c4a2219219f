//! Records of tables in columns, with a line of hyphens under their headings: PowerShell's `Format-Table`, DSInternals.

use crate::intake::draft::Draft;
use crate::intake::fields::Field;
use crate::intake::fields::field;
use crate::intake::format::Format;
use crate::intake::record::Note;
use crate::intake::record::Record;

/// The records of the tables of `text`. A table ends with an empty line.
///
/// A column begins where its hyphens do. Where a cell reaches into the next column, the line is read by its content.
pub(super) fn read(text: &str) -> Vec<Record> {
    let mut records = Vec::new();
    let mut columns: Vec<(usize, Field)> = Vec::new();
    let mut before = "";
    for (line, number) in text.split('\n').zip(1..) {
        if let Some(starts) = underlines(line) {
            columns = cells(before, &starts).map_or(Vec::new(), |names| {
                starts.iter().copied().zip(names.into_iter().map(field)).collect()
            });
        } else if line.trim().is_empty() {
            columns.clear();
        } else if columns.is_empty() {
            put_content(line, number, &mut records, false);
        } else {
            let starts: Vec<usize> = columns.iter().map(|(start, _)| *start).collect();
            match cells(line, &starts) {
                None => put_content(line, number, &mut records, true),
                Some(cells) => {
                    let mut draft = Draft::new(Format::PowerShellTable, number);
                    for ((_, field), cell) in columns.iter().zip(cells) {
                        draft.put(*field, cell);
                    }
                    draft.finish(&mut records);
                }
            }
        }
        before = line;
    }
    records
}

/// Whether there is such a table: a line of hyphens under a line with a name that is known here.
pub(super) fn has_table(text: &str) -> bool {
    let mut before = "";
    text.split('\n').any(|line| {
        let names = underlines(line).and_then(|starts| cells(before, &starts));
        before = line;
        names.is_some_and(|names| names.into_iter().map(field).any(|field| field == Field::Password))
    })
}

/// A line of a table whose columns cannot be told, or of none.
fn put_content(line: &str, number: usize, records: &mut Vec<Record>, of_table: bool) {
    let mut draft = Draft::new(Format::PowerShellTable, number);
    draft.believe_content();
    draft.put(Field::Other, line);
    if of_table {
        draft.note(Note::DeviceUnclear);
    }
    draft.finish(records);
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
    Some(cells)
}

/// A line of hyphens has as many as a console is wide.
const LONGEST_LINE: usize = 4096;

#[cfg(test)]
mod tests;
