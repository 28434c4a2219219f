//! The SQLite file.

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::OpenFlags;
use rusqlite::OptionalExtension;
use rusqlite::TransactionBehavior;
use rusqlite::config::DbConfig;
use strongroom_core::keys::RefusalKey;
use strongroom_core::state::VaultRecord;
use strongroom_core::state::from_canonical;
use strongroom_core::tree::Frontier;

use crate::store::Alarm;
use crate::store::Folder;
use crate::store::Session;
use crate::store::Snapshot;
use crate::store::StoreError;
use crate::store::Trust;
use crate::store::copying::Copying;
use crate::store::folder::FILE_MODE;

/// The vault file, open.
pub struct Store {
    // Dropped in this order: the connection is the last to close the file.
    copying: Copying,
    connection: Connection,
}

/// The bytes whose hashes stand in the vault record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VaultBytes {
    /// The sealed object.
    pub sealed: Vec<u8>,
    /// The keyring's copy under the root key.
    pub keyring: Vec<u8>,
    /// The keyring's copy under the share key.
    pub keyring_of_shares: Option<Vec<u8>>,
    /// The signing key as its TPM can load it.
    pub signing_key: Option<Vec<u8>>,
}

impl Store {
    /// Makes the file of a new vault beside its place; [`Self::put_in_place`] moves it there.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be made.
    pub fn create(folder: &Folder) -> Result<Self, StoreError> {
        // SQLite would make it readable by others; what it makes beside it gets the file's own mode.
        let path = folder.new_file();
        File::options()
            .write(true)
            .create_new(true)
            .mode(FILE_MODE)
            .open(&path)
            .map_err(|source| StoreError::io(&path, source))?;
        let store = Self::open_path(&path)?;
        store.harden()?;
        // One file until it is in its place: a write-ahead log would have to move with it.
        store.connection.pragma_update(None, "journal_mode", "DELETE")?;
        Ok(store)
    }

    /// Moves a new vault's file into its place, and opens it there.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be closed, moved or opened.
    pub fn put_in_place(self, folder: &Folder) -> Result<Self, StoreError> {
        self.connection.close().map_err(|(_, error)| error)?;
        let (new, file) = (folder.new_file(), folder.file());
        std::fs::rename(&new, &file).map_err(|source| StoreError::io(&new, source))?;
        folder.sync()?;
        Self::open(folder)
    }

    /// Opens the file for changing it.
    ///
    /// # Errors
    ///
    /// Fails if it is no vault, or has another schema than its version says.
    pub fn open(folder: &Folder) -> Result<Self, StoreError> {
        let store = Self::open_existing(folder)?;
        store.connection.pragma_update(None, "journal_mode", "WAL")?;
        store.connection.pragma_update(None, "synchronous", "FULL")?;
        // In KiB: what a commit of ten thousand passwords changes is written once, at its end.
        store.connection.pragma_update(None, "cache_size", -65_536)?;
        Ok(store)
    }

    /// Opens the file for reading it.
    ///
    /// # Errors
    ///
    /// Fails as [`Self::open`] does.
    pub fn open_read_only(folder: &Folder) -> Result<Self, StoreError> {
        // A connection that could not write would leave the write-ahead log behind when it is the last to close.
        let store = Self::open_existing(folder)?;
        store.connection.pragma_update(None, "query_only", true)?;
        Ok(store)
    }

    /// Begins a transaction that may change the file, and proves its last commit before anything in it is believed.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if the proof does.
    pub fn session<'s>(&'s mut self, trust: &'s Trust) -> Result<Session<'s>, StoreError> {
        if let Some(file) = self.connection.path() {
            self.copying.end_if_long(Path::new(file));
        }
        Session::begin(
            self.connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?,
            trust,
        )
    }

    /// From now on no commit copies the write-ahead log into the file: [`Self::copy_beside`] does, and whoever closes it.
    ///
    /// # Errors
    ///
    /// Fails where SQLite does.
    pub fn leave_copying(&self) -> Result<(), StoreError> {
        Ok(self.connection.pragma_update(None, "wal_autocheckpoint", 0)?)
    }

    /// Begins to copy what was committed from the write-ahead log into the file, beside whatever comes next. It was
    /// durable before.
    pub fn copy_beside(&mut self) {
        if let Some(file) = self.connection.path() {
            self.copying.begin(Path::new(file));
        }
    }

    /// Begins the transaction that makes the vault; `refusal_key` authenticates its counts of refusals.
    ///
    /// # Errors
    ///
    /// Fails if the schema cannot be made.
    pub fn first_session<'s>(&'s mut self, refusal_key: &'s RefusalKey) -> Result<Session<'s>, StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        strongroom_schema::migrate(&transaction)?;
        Ok(Session::first(transaction, Frontier::default(), refusal_key))
    }

    /// Begins to read: the file as it is now, whatever others commit meanwhile.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be read.
    pub fn snapshot(&mut self) -> Result<Snapshot<'_>, StoreError> {
        Ok(Snapshot::new(self.connection.transaction()?))
    }

    /// The vault record and its bytes as the file has them. Nothing of it is proven, but that they fit each other.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if they do not.
    pub fn vault(&self) -> Result<(VaultRecord, VaultBytes), StoreError> {
        read_vault(&self.connection)
    }

    /// The version of the file's schema; the next commit migrates an older one than [`strongroom_schema::VERSION`].
    ///
    /// # Errors
    ///
    /// Fails if it cannot be read.
    pub fn schema_version(&self) -> Result<u32, StoreError> {
        Ok(version(&self.connection)?)
    }

    fn open_existing(folder: &Folder) -> Result<Self, StoreError> {
        if !folder.has_vault() {
            return Err(StoreError::NoVault {
                path: folder.path().to_owned(),
            });
        }
        let store = Self::open_path(&folder.file())?;
        store.harden()?;
        store.require_our_schema()?;
        Ok(store)
    }

    fn open_path(path: &Path) -> Result<Self, StoreError> {
        let connection = connect(path)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self {
            copying: Copying::default(),
            connection,
        })
    }

    /// What a file that somebody else wrote could do to us, it cannot do now.
    fn harden(&self) -> Result<(), StoreError> {
        for (config, on) in [
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            // Else a statement on a table with a partial index is planned anew for every value that is bound.
            (DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true),
        ] {
            self.connection.set_db_config(config, on)?;
        }
        self.connection.pragma_update(None, "cell_size_check", true)?;
        self.connection.pragma_update(None, "secure_delete", true)?;
        self.connection.pragma_update(None, "foreign_keys", true)?;
        Ok(())
    }

    fn require_our_schema(&self) -> Result<(), StoreError> {
        let id: i32 = self
            .connection
            .pragma_query_value(None, "application_id", |row| row.get(0))?;
        if id != strongroom_schema::APPLICATION_ID {
            return Err(Alarm::NotAVault.into());
        }
        let found = version(&self.connection)?;
        let known = strongroom_schema::VERSION;
        if found > known {
            return Err(StoreError::NewerSchema { found, known });
        }
        let ours = found > 0 && strongroom_schema::dump(&self.connection)? == strongroom_schema::schema_of(found)?;
        if ours { Ok(()) } else { Err(Alarm::ForeignSchema.into()) }
    }
}

/// Opens a file that is there.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let how = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    Connection::open_with_flags(path, how)
}

/// Returns the version of the file's schema. It is asked for with each of thousands of passwords.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    let mut statement = connection.prepare_cached("PRAGMA user_version")?;
    statement.query_row((), |row| row.get(0))
}

/// The vault row, and that its bytes are those of its record.
pub(super) fn read_vault(connection: &Connection) -> Result<(VaultRecord, VaultBytes), StoreError> {
    let row = connection.query_row(
        "SELECT record, sealed, keyring, keyring_of_shares FROM vault",
        (),
        |row| {
            let bytes = VaultBytes {
                sealed: row.get(1)?,
                keyring: row.get(2)?,
                keyring_of_shares: row.get(3)?,
                signing_key: None,
            };
            Ok((row.get::<_, String>(0)?, bytes))
        },
    );
    let (text, mut bytes) = match row {
        Err(rusqlite::Error::QueryReturnedNoRows) => return Err(Alarm::tampered("there is no vault record").into()),
        Err(error @ rusqlite::Error::SqliteFailure(..)) => return Err(error.into()),
        Err(_) => return Err(Alarm::tampered("the vault record cannot be read").into()),
        Ok(row) => row,
    };
    let record: VaultRecord = from_canonical(text.as_bytes())
        .map_err(|_| Alarm::tampered("the vault record is not one that a vault writes"))?;
    if record.tpm_key.is_some() {
        bytes.signing_key = read_signing_key(connection)?;
    }
    bytes.require(&record)?;
    Ok((record, bytes))
}

/// A file of the first schema has no such table, and no record that speaks of it.
fn read_signing_key(connection: &Connection) -> Result<Option<Vec<u8>>, StoreError> {
    if version(connection)? < FIRST_WITH_SIGNING_KEY {
        return Ok(None);
    }
    let read = connection
        .query_row("SELECT object FROM signing_key", (), |row| row.get(0))
        .optional();
    match read {
        Err(error @ rusqlite::Error::SqliteFailure(..)) => Err(error.into()),
        Err(_) => Err(Alarm::tampered("the signing key cannot be read").into()),
        Ok(object) => Ok(object),
    }
}

impl VaultBytes {
    fn require(&self, record: &VaultRecord) -> Result<(), Alarm> {
        use strongroom_core::crypto::sha256;

        let shares = self.keyring_of_shares.as_ref().map(|bytes| sha256(&[bytes]));
        let signing = self.signing_key.as_ref().map(|bytes| sha256(&[bytes]));
        for (what, same) in [
            ("the sealed object", sha256(&[&self.sealed]) == record.sealed),
            ("the keyring", sha256(&[&self.keyring]) == record.keyring),
            ("the custodians' keyring", shares == record.keyring_of_shares),
            (
                "the TPM's signing key",
                signing == record.tpm_key.as_ref().map(|key| key.object),
            ),
        ] {
            if !same {
                return Err(Alarm::tampered(format!("{what} is not the one of the vault record")));
            }
        }
        Ok(())
    }
}

/// The version of the schema that has a place for the TPM's signing key.
const FIRST_WITH_SIGNING_KEY: u32 = 2;
