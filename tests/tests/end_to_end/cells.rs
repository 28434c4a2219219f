//! Edits of a vault file that nobody lists by hand: every cell changed, every row deleted, doubled, or swapped with the
//! next, in whatever tables there are.

use std::fmt;

use rusqlite::Connection;
use rusqlite::params_from_iter;
use rusqlite::types::Value;

use crate::end_to_end::full_vault::columns;
use crate::end_to_end::full_vault::rows;
use crate::end_to_end::full_vault::tables;

/// What is done to a whole row.
pub(crate) const DELETED: &str = "deleted";
/// The same row once more, under another key.
pub(crate) const DOUBLED: &str = "doubled";
/// Two rows under each other's keys.
pub(crate) const SWAPPED: &str = "swapped with the next";

/// One edit of one table.
pub(crate) struct Edit {
    pub(crate) table: String,
    /// The row, before.
    pub(crate) row: Vec<Value>,
    /// The column, where it is one cell that changes.
    pub(crate) column: Option<String>,
    pub(crate) what: &'static str,
    statements: Vec<(String, Vec<Value>)>,
}

impl Edit {
    /// All edits of all cells and rows.
    pub(crate) fn all(connection: &Connection) -> Vec<Self> {
        let mut edits = Vec::new();
        for name in tables(connection) {
            let table = Table::read(connection, name);
            for (at, row) in table.rows.iter().enumerate() {
                for column in 0..table.columns.len() {
                    edits.extend(others(&row[column]).into_iter().map(|(what, value)| Self {
                        column: Some(table.columns[column].clone()),
                        ..table.edit(row, what, vec![table.update(row, &[(column, value)])])
                    }));
                }
                edits.push(table.edit(row, DELETED, vec![table.delete(row)]));
                edits.push(table.edit(row, DOUBLED, vec![table.double(row)]));
                if let Some(next) = table.rows.get(at + 1) {
                    edits.push(table.edit(row, SWAPPED, table.swap(row, next)));
                }
            }
        }
        edits
    }

    /// Makes it.
    pub(crate) fn make(&self, connection: &Connection) -> rusqlite::Result<()> {
        for (sql, parameters) in &self.statements {
            let changed = connection.execute(sql, params_from_iter(parameters))?;
            assert_eq!(changed, 1, "{self}: {sql}");
        }
        Ok(())
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row: String = format!("{:?}", self.row).chars().take(60).collect();
        let column = self.column.as_deref().unwrap_or("row");
        write!(f, "{}: {column} {} in {row}", self.table, self.what)
    }
}

struct Table {
    name: String,
    columns: Vec<String>,
    /// Where the columns of its key are.
    key: Vec<usize>,
    rows: Vec<Vec<Value>>,
}

impl Table {
    fn read(connection: &Connection, name: String) -> Self {
        let all = columns(connection, &name, false);
        let key = columns(connection, &name, true);
        let key: Vec<usize> = key
            .iter()
            .filter_map(|column| all.iter().position(|name| name == column))
            .collect();
        assert!(!key.is_empty(), "{name} has no key");
        let rows = rows(connection, &name);
        assert!(!rows.is_empty(), "{name} is empty");
        Self {
            name,
            columns: all,
            key,
            rows,
        }
    }

    fn edit(&self, row: &[Value], what: &'static str, statements: Vec<(String, Vec<Value>)>) -> Edit {
        Edit {
            table: self.name.clone(),
            row: row.to_vec(),
            column: None,
            what,
            statements,
        }
    }

    fn update(&self, row: &[Value], set: &[(usize, Value)]) -> (String, Vec<Value>) {
        let columns: Vec<_> = set
            .iter()
            .map(|(column, _)| format!("{} = ?", self.columns[*column]))
            .collect();
        let sql = format!("UPDATE {} SET {} WHERE {}", self.name, columns.join(", "), self.found());
        let mut parameters: Vec<_> = set.iter().map(|(_, value)| value.clone()).collect();
        parameters.extend(self.key_of(row));
        (sql, parameters)
    }

    fn delete(&self, row: &[Value]) -> (String, Vec<Value>) {
        (
            format!("DELETE FROM {} WHERE {}", self.name, self.found()),
            self.key_of(row),
        )
    }

    /// The same row once more, under another key, and other in whatever else must be unique.
    fn double(&self, row: &[Value]) -> (String, Vec<Value>) {
        let unique = ["escrow", "folded"];
        let marks = vec!["?"; row.len()].join(", ");
        let other = |(column, value): (usize, &Value)| {
            let is_other = self.key.contains(&column) || unique.contains(&self.columns[column].as_str());
            if is_other { far_from(value) } else { value.clone() }
        };
        let row = row.iter().enumerate().map(other).collect();
        (format!("INSERT INTO {} VALUES ({marks})", self.name), row)
    }

    /// By their keys, over a third one that nobody has.
    fn swap(&self, row: &[Value], next: &[Value]) -> Vec<(String, Vec<Value>)> {
        let mut nobody = row.to_vec();
        for column in &self.key {
            nobody[*column] = far_from(&row[*column]);
        }
        let move_key = |from: &[Value], to: &[Value]| {
            let set: Vec<_> = self.key.iter().map(|column| (*column, to[*column].clone())).collect();
            self.update(from, &set)
        };
        vec![move_key(row, &nobody), move_key(next, row), move_key(&nobody, next)]
    }

    fn found(&self) -> String {
        let conditions: Vec<_> = self
            .key
            .iter()
            .map(|column| format!("{} IS ?", self.columns[*column]))
            .collect();
        conditions.join(" AND ")
    }

    fn key_of(&self, row: &[Value]) -> Vec<Value> {
        self.key.iter().map(|column| row[*column].clone()).collect()
    }
}

/// What may stand in the place of a value: near it, far from it, of another kind, and nothing.
fn others(value: &Value) -> Vec<(&'static str, Value)> {
    let mut others = match value {
        Value::Null => vec![
            ("a number", Value::Integer(1_700_000_000_000)),
            ("a text", Value::Text("claimed".to_owned())),
            ("bytes", Value::Blob(vec![7; 16])),
        ],
        Value::Integer(number) => vec![
            ("one up", Value::Integer(number.wrapping_add(1))),
            ("one down", Value::Integer(number.wrapping_sub(1))),
            ("a text", Value::Text(format!("{number}x"))),
        ],
        Value::Real(number) => vec![("one up", Value::Real(number + 1.0))],
        Value::Text(text) => vec![
            ("one character", Value::Text(one_character_changed(text))),
            ("a space more", Value::Text(format!("{text} "))),
            ("empty", Value::Text(String::new())),
            ("bytes", Value::Blob(text.clone().into_bytes())),
        ],
        Value::Blob(bytes) => vec![
            ("one bit", Value::Blob(one_bit_changed(bytes))),
            ("one byte less", Value::Blob(bytes.iter().copied().skip(1).collect())),
            ("a number", Value::Integer(7)),
            ("a text", Value::Text("nonsense".to_owned())),
        ],
    };
    if *value != Value::Null {
        others.push(("far off", far_from(value)));
        others.push(("nothing", Value::Null));
    }
    others.retain(|(_, other)| other != value);
    others
}

/// Another value of the same kind, one that no vault has.
fn far_from(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Integer(number) => Value::Integer(number + 1_000_000_007),
        Value::Real(number) => Value::Real(number + 1e9),
        Value::Text(text) => Value::Text(format!("far from {text}")),
        Value::Blob(bytes) => Value::Blob(bytes.iter().map(|byte| !byte).collect()),
    }
}

fn one_character_changed(text: &str) -> String {
    let middle = text.chars().count() / 2;
    let other = |character| if character == '7' { '8' } else { '7' };
    let characters = text.chars().enumerate();
    characters
        .map(|(at, character)| if at == middle { other(character) } else { character })
        .collect()
}

fn one_bit_changed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    bytes
}
