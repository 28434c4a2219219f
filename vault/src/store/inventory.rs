//! Reading the inventory: never a password, never the TPM, and no whole table where an index serves.

use rusqlite::Connection;
use rusqlite::OptionalExtension;
use rusqlite::Row;
use rusqlite::ToSql;
use rusqlite::types::ValueRef;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::VolumeRecord;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_core::values::KeyIdPrefix;
use strongroom_core::values::Time;
use strongroom_core::values::VolumeId;

use crate::store::Alarm;
use crate::store::Problem;
use crate::store::Problems;
use crate::store::Snapshot;
use crate::store::StoreError;
use crate::store::devices;
use crate::store::problems;
use crate::store::rows;

/// One escrow and its volume, as the rows have them.
#[derive(Clone, Debug)]
pub struct Item {
    /// The volume, without its escrows.
    pub volume: VolumeRecord,
    /// The escrow.
    pub record: EscrowRecord,
    /// What is not well with it, where that was asked.
    pub problems: Vec<Problem>,
}

/// One device and how many of its escrows are in which state.
#[derive(Clone, Debug)]
pub struct DeviceSummary {
    /// The device, as first given.
    pub device: String,
    /// How many volumes it has.
    pub volumes: u64,
    /// How many passwords are held and not shown.
    pub current: u64,
    /// How many are to be rotated.
    pub exposed: u64,
    /// When the last one was taken in.
    pub last_escrow_at: Option<Time>,
}

/// Which escrows.
#[derive(Clone, Debug)]
pub enum Filter {
    /// All of them.
    All,
    /// Those of one device.
    Device(DeviceName),
    /// Those of devices whose name holds this text, without case; three characters or more.
    DeviceText(String),
    /// Those of devices whose name holds this text, and those whose protector ID begins so.
    DeviceTextOrProtector(String, KeyIdPrefix<4>),
    /// Those whose protector ID begins so.
    Protector(KeyIdPrefix<4>),
    /// Those of volumes with this identifier.
    VolumeId(VolumeId),
    /// One.
    Escrow(EscrowId),
    /// Those to be rotated, the most overdue first.
    ToRotate,
    /// Those whose exposure ended on somebody's word alone: claims and waivers.
    Claimed,
}

/// Which of them.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// In this state only.
    pub state: Option<EscrowState>,
    /// Never proven to open their volume only.
    pub unproven: bool,
    /// With one of these problems only.
    pub problems: Option<Problems>,
    /// Behind this escrow only.
    pub after: Option<EscrowId>,
    /// In a list that is ordered by a time: behind the row of this time and number only.
    pub behind: Option<(Option<Time>, u64)>,
    /// At most so many.
    pub limit: Option<u64>,
}

impl Filter {
    /// Returns the column of the time by which its list is ordered.
    const fn time(&self) -> Option<&'static str> {
        match self {
            Self::ToRotate => Some("rotate_by"),
            Self::Claimed => Some("ended_at"),
            Self::All
            | Self::Device(_)
            | Self::DeviceText(_)
            | Self::DeviceTextOrProtector(..)
            | Self::Protector(_)
            | Self::VolumeId(_)
            | Self::Escrow(_) => None,
        }
    }
}

impl Snapshot<'_> {
    /// Returns whether there is a device of this name.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be read.
    pub fn has_device(&self, name: &DeviceName) -> Result<bool, StoreError> {
        let mut statement = self
            .transaction
            .prepare_cached("SELECT 1 FROM device WHERE folded = ?1")?;
        Ok(statement.exists([name.folded()])?)
    }

    /// Returns the number of an escrow in the order of arrival.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be read.
    pub fn number(&self, escrow: EscrowId) -> Result<Option<u64>, StoreError> {
        let mut statement = self
            .transaction
            .prepare_cached("SELECT number FROM escrow WHERE escrow = ?1")?;
        Ok(statement.query_row([escrow.as_bytes()], |row| row.get(0)).optional()?)
    }

    /// Calls `each` with the escrows that are asked for, in order of arrival if the filter says no other.
    ///
    /// # Errors
    ///
    /// Fails if they cannot be read, and where `each` does.
    pub fn items<E: From<StoreError>>(
        &self,
        filter: &Filter,
        page: &Page,
        mut each: impl FnMut(Item) -> Result<(), E>,
    ) -> Result<(), E> {
        let query = Query::of(&self.transaction, filter, page)?;
        let mut statement = self.transaction.prepare_cached(&query.sql).map_err(StoreError::from)?;
        let parameters: Vec<&dyn ToSql> = query.parameters.iter().map(|value| &**value).collect();
        let mut rows = statement.query(parameters.as_slice()).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            each(item(row)?)?;
        }
        Ok(())
    }

    /// All of [`Self::items`], where they are known to be few.
    ///
    /// # Errors
    ///
    /// Fails if they cannot be read.
    pub fn all_items(&self, filter: &Filter, page: &Page) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        self.items(filter, page, |item| {
            items.push(item);
            Ok::<_, StoreError>(())
        })?;
        Ok(items)
    }

    /// Returns whether all of these escrows hold the same password, by the file's own word.
    ///
    /// # Errors
    ///
    /// Fails if they cannot be read.
    pub fn hold_same_password(&self, escrows: &[EscrowId]) -> Result<bool, StoreError> {
        let mut statement = self
            .transaction
            .prepare_cached("SELECT fingerprint FROM escrow WHERE escrow = ?1")?;
        let mut first: Option<Vec<u8>> = None;
        for escrow in escrows {
            let fingerprint: Vec<u8> = statement.query_row([escrow.as_bytes()], |row| row.get(0))?;
            if first.get_or_insert_with(|| fingerprint.clone()) != &fingerprint {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The devices whose name holds `text` (any, for none), by name; behind `after`, and at most `limit` of them.
    ///
    /// # Errors
    ///
    /// Fails if they cannot be read.
    pub fn devices(
        &self,
        text: Option<&str>,
        after: Option<&DeviceName>,
        limit: Option<u64>,
    ) -> Result<Vec<DeviceSummary>, StoreError> {
        let folded = devices::folded(&self.transaction, text.unwrap_or_default())?;
        let behind = match after {
            Some(after) => devices::place(&self.transaction, after)?,
            None => None,
        };
        // No name is empty.
        let (after_folded, after_name) = behind.unwrap_or_default();
        let limit = limit.and_then(|limit| i64::try_from(limit).ok()).unwrap_or(-1);
        let mut statement = self.transaction.prepare_cached(DEVICES)?;
        let rows = statement.query_map((folded, after_folded, after_name, limit), |row| {
            Ok(DeviceSummary {
                device: row.get(0)?,
                volumes: row.get(1)?,
                current: row.get(2)?,
                exposed: row.get(3)?,
                last_escrow_at: row.get::<_, Option<i64>>(4)?.and_then(Time::from_millis),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The plan by which SQLite would answer, line by line: a test looks for scans in it.
    ///
    /// # Errors
    ///
    /// Fails if the query cannot be prepared.
    pub fn plan(&self, filter: &Filter, page: &Page) -> Result<Vec<String>, StoreError> {
        let query = Query::of(&self.transaction, filter, page)?;
        let mut statement = self.transaction.prepare(&format!("EXPLAIN QUERY PLAN {}", query.sql))?;
        let parameters: Vec<&dyn ToSql> = query.parameters.iter().map(|value| &**value).collect();
        let rows = statement.query_map(parameters.as_slice(), |row| row.get(3))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

struct Query {
    sql: String,
    parameters: Vec<Box<dyn ToSql>>,
}

impl Query {
    fn of(connection: &Connection, filter: &Filter, page: &Page) -> Result<Self, StoreError> {
        let columns = rows::Columns::of(connection)?;
        let mut query = Self {
            sql: format!("SELECT {}, {}", columns.escrow, columns.volume),
            parameters: Vec::new(),
        };
        if let Some(problems) = &page.problems {
            query.condition(&format!(", {}", problems::COLUMN), problems.silent_since.as_millis());
        }
        query.sql.push_str(FROM);
        query.matches(connection, filter)?;
        query.narrow(filter, page);
        query.sql.push_str(&match filter.time() {
            Some(column) => format!(" ORDER BY {column}, number"),
            None => " ORDER BY number".to_owned(),
        });
        if let Some(limit) = page.limit {
            query.sql.push_str(" LIMIT ");
            // SQLite's numbers end there; and so many rows there are not.
            query.sql.push_str(&limit.min(i64::MAX.cast_unsigned()).to_string());
        }
        Ok(query)
    }

    fn matches(&mut self, connection: &Connection, filter: &Filter) -> Result<(), StoreError> {
        match filter {
            Filter::All => self.sql.push_str("TRUE"),
            Filter::Device(name) => self.condition(OF_DEVICE, devices::meant(connection, name)?),
            Filter::DeviceText(text) => self.device_text(connection, text)?,
            Filter::DeviceTextOrProtector(text, prefix) => {
                self.sql.push('(');
                self.device_text(connection, text)?;
                self.sql.push_str(" OR ");
                self.protector(prefix);
                self.sql.push(')');
            }
            Filter::Protector(prefix) => self.protector(prefix),
            Filter::VolumeId(id) => self.condition("volume.id = ?", *id.as_bytes()),
            Filter::Escrow(escrow) => self.condition("escrow.escrow = ?", *escrow.as_bytes()),
            Filter::ToRotate => self.sql.push_str("state = 'exposed'"),
            Filter::Claimed => self
                .sql
                .push_str("ended_how IN ('claimed', 'presented', 'waived') AND ended_at IS NOT NULL"),
        }
        Ok(())
    }

    fn device_text(&mut self, connection: &Connection, text: &str) -> Result<(), StoreError> {
        // As it stands, as a phrase of FTS5.
        let phrase = devices::folded(connection, text)?.replace('"', "\"\"");
        self.condition(OF_DEVICES_FOUND, format!("\"{phrase}\""));
        Ok(())
    }

    fn protector(&mut self, prefix: &KeyIdPrefix<4>) {
        let (lowest, highest) = prefix.range();
        self.condition("protector BETWEEN ?", lowest);
        self.condition(" AND ?", highest);
    }

    fn narrow(&mut self, filter: &Filter, page: &Page) {
        if let Some(state) = page.state {
            self.condition(" AND state = ?", state.as_str());
        }
        if page.unproven {
            self.sql.push_str(" AND proven_at IS NULL");
        }
        if let Some(problems) = &page.problems {
            self.condition(" AND problems & ? <> 0", problems.mask());
        }
        if let Some(after) = page.after {
            let number = " AND number > (SELECT number FROM escrow AS before WHERE before.escrow = ?)";
            self.condition(number, *after.as_bytes());
        }
        if let Some(behind) = page.behind {
            self.behind(filter, behind);
        }
    }

    /// Begins behind a row of a list that is ordered by a time: by the index, whatever stands before it.
    fn behind(&mut self, filter: &Filter, (time, number): (Option<Time>, u64)) {
        let column = filter.time().unwrap_or("escrowed_at");
        match time {
            Some(time) => {
                self.condition(&format!(" AND {column} >= ? AND ({column} > "), time.as_millis());
                self.condition("? OR number > ", time.as_millis());
                self.condition("?)", number);
            }
            // Those without a time come first.
            None => self.condition(&format!(" AND ({column} IS NOT NULL OR number > ?)"), number),
        }
    }

    fn condition(&mut self, sql: &str, parameter: impl ToSql + 'static) {
        self.sql.push_str(sql);
        self.parameters.push(Box::new(parameter));
    }
}

fn item(row: &Row<'_>) -> Result<Item, StoreError> {
    let record = rows::escrow(row)?.record;
    if row.get_ref(rows::ESCROW_COLUMN_COUNT)? == ValueRef::Null {
        return Err(Alarm::tampered(format!("the volume of escrow {} is missing", record.escrow)).into());
    }
    let problems = match row.get("problems") {
        Ok(bits) => Problem::of(bits),
        Err(_) => Vec::new(),
    };
    Ok(Item {
        record,
        volume: rows::read_naming(row, rows::ESCROW_COLUMN_COUNT)?,
        problems,
    })
}

const FROM: &str =
    " FROM escrow LEFT JOIN volume ON volume.volume = escrow.volume LEFT JOIN device USING (device) WHERE ";
const OF_DEVICE: &str = "escrow.volume IN (SELECT volume FROM volume WHERE device = ?)";
const OF_DEVICES_FOUND: &str = "escrow.volume IN (SELECT volume FROM volume WHERE device IN \
     (SELECT rowid FROM device_search WHERE folded MATCH ?))";
const DEVICES: &str = "SELECT device.name, count(DISTINCT volume.volume), \
     count(escrow.number) FILTER (WHERE state = 'current'), count(escrow.number) FILTER (WHERE state = 'exposed'), \
     max(escrowed_at) FROM (SELECT device, name, folded FROM device \
        WHERE (instr(folded, ?1) > 0 OR ?1 = '') AND (folded, name) > (?2, ?3) ORDER BY folded, name LIMIT ?4) AS device \
      LEFT JOIN volume USING (device) LEFT JOIN escrow ON escrow.volume = volume.volume \
      GROUP BY device.device ORDER BY device.folded, device.name";
