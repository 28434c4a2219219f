//! Every byte of keys, envelopes, leaves, hashes, checkpoints and vault record flipped: `audit verify` names it.

use std::fmt;

use rusqlite::Connection;

use crate::end_to_end::full_vault::LaxFile;
use crate::end_to_end::full_vault::full_vault;
use crate::end_to_end::sweep::sweep;
use crate::end_to_end::tampered_cells::first_wrong;

/// What holds bytes that are hashed, signed or encrypted, the column by which its rows are told apart, and how
/// `audit verify` may call it.
const HOLDERS: [(&str, &str, &str, &[&str]); 8] = [
    ("vault", "sealed", "id", &["the sealed object"]),
    ("vault", "keyring", "id", &["the keyring"]),
    (
        "vault",
        "record",
        "id",
        &["vault record", "sealed object", "keyring", "checkpoint"],
    ),
    ("escrow", "envelope", "number", &["escrow"]),
    ("leaf", "event", "leaf", &["leaf", "log tree"]),
    ("log_node", "hash", "node", &["log tree"]),
    ("state_node", "hash", "node", &["state tree"]),
    ("checkpoint", "note", "number", &["checkpoint", "signed"]),
];

/// One byte of one row.
struct Flip {
    holder: usize,
    row: i64,
    at: usize,
}

impl Flip {
    fn all(connection: &Connection) -> Vec<Self> {
        let mut flips = Vec::new();
        for (holder, (table, column, key, _)) in HOLDERS.iter().enumerate() {
            let sql = format!("SELECT {key}, length(CAST({column} AS BLOB)) FROM {table} ORDER BY {key}");
            let mut statement = connection.prepare(&sql).unwrap();
            let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            let before = flips.len();
            for (row, length) in rows.map(Result::unwrap) {
                flips.extend((0..length).map(|at| Self { holder, row, at }));
            }
            assert!(flips.len() > before, "{table}.{column} is empty");
        }
        flips
    }

    /// The lowest bit, which leaves text a text.
    fn make(&self, connection: &Connection) -> rusqlite::Result<()> {
        let (table, column, key, _) = HOLDERS[self.holder];
        let cell = format!("FROM {table} WHERE {key} = ?1");
        let (kind, mut bytes): (String, Vec<u8>) = connection.query_row(
            &format!("SELECT typeof({column}), CAST({column} AS BLOB) {cell}"),
            [self.row],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        bytes[self.at] ^= 1;
        let put = format!("UPDATE {table} SET {column} = CAST(?2 AS {kind}) WHERE {key} = ?1");
        assert_eq!(connection.execute(&put, (self.row, bytes))?, 1);
        Ok(())
    }
}

impl fmt::Display for Flip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (table, column, key, _) = HOLDERS[self.holder];
        write!(f, "byte {} of {column} in {table}, {key} {}", self.at, self.row)
    }
}

#[test]
fn a_flipped_byte_is_named_by_verify() {
    let site = full_vault();
    let flips = Flip::all(&site.sqlite());
    let file = LaxFile::of(&site);
    assert!(file.edit(&site, |_| Ok(())));
    assert_eq!(first_wrong(&site.vault()), None);
    sweep("a flipped byte", &flips, 47, |flip| {
        assert!(file.edit(&site, |connection| flip.make(connection)));
        let (.., words) = HOLDERS[flip.holder];
        let wrong = first_wrong(&site.vault()).unwrap_or_default();
        assert!(words.iter().any(|word| wrong.contains(word)), "{flip}: {wrong:?}");
        true
    });
}
