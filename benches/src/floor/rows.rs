//! The rows of a vault and nothing else: written by bare SQLite, into the same tables, under the same pragmas.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::OpenFlags;
use rusqlite::params_from_iter;
use rusqlite::types::Value;

/// The rows of one table, and the statement that writes one.
struct Table {
    insert: String,
    rows: Vec<Vec<Value>>,
}

/// All rows of a vault file.
pub(crate) struct Rows(Vec<Table>);

impl Rows {
    /// Reads them.
    pub(crate) fn read(file: &Path) -> Self {
        let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let tables = TABLES.iter().map(|(table, columns)| {
            let mut select = database.prepare(&format!("SELECT {columns} FROM {table}")).unwrap();
            let count = select.column_count();
            let rows = select.query_map((), |row| (0..count).map(|column| row.get(column)).collect());
            let rows = rows.unwrap().map(Result::unwrap).collect();
            let marks = vec!["?"; count].join(", ");
            Table {
                insert: format!("INSERT INTO {table} ({columns}) VALUES ({marks})"),
                rows,
            }
        });
        Self(tables.collect())
    }

    /// Writes them to a new file, in so many transactions, table by table in each.
    pub(crate) fn write(&self, file: &Path, transactions: usize) {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut database = Connection::open_with_flags(file, flags).unwrap();
        for (pragma, value) in [("journal_mode", "WAL"), ("synchronous", "FULL")] {
            database.pragma_update(None, pragma, value).unwrap();
        }
        database.pragma_update(None, "cache_size", -65_536).unwrap();
        for pragma in ["cell_size_check", "secure_delete", "foreign_keys"] {
            database.pragma_update(None, pragma, true).unwrap();
        }
        let making = database.transaction().unwrap();
        strongroom_schema::migrate(&making).unwrap();
        making.commit().unwrap();
        for part in 0..transactions {
            let transaction = database.transaction().unwrap();
            for table in &self.0 {
                let mut insert = transaction.prepare_cached(&table.insert).unwrap();
                let of = table.rows.len().div_ceil(transactions);
                for row in table.rows.iter().skip(part * of).take(of) {
                    insert.execute(params_from_iter(row)).unwrap();
                }
            }
            transaction.commit().unwrap();
        }
    }
}

/// What an import writes, in an order in which each row finds what it refers to.
const TABLES: [(&str, &str); 8] = [
    ("device", "device, name, folded"),
    ("device_search", "rowid, folded"),
    ("volume", "volume, device, id, mounts, type"),
    (
        "escrow",
        "number, escrow, volume, protector, source, escrowed_at, created_at, state, conflict, unconfirmed, exposed_at, \
         exposed_by, shown_at, rotate_by, superseded_at, superseded_by, ended_how, ended_at, ended_by, proven_at, envelope, \
         fingerprint",
    ),
    ("leaf", "leaf, event"),
    ("log_node", "node, hash"),
    ("state_node", "node, hash"),
    ("checkpoint", "number, note, handed_out"),
];
