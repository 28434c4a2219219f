//! Counting refusals.
//!
//! The counts are not part of the log until their hour is over. A MAC over all of them and the number of the last commit
//! stands in for it: a row that was added, changed, removed, or copied from another commit is an alarm.

use rusqlite::Connection;
use rusqlite::OptionalExtension;
use strongroom_core::keys::RefusalCount;
use strongroom_core::keys::RefusalKey;
use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::log::Origin;
use strongroom_core::values::LogText;
use strongroom_core::values::Time;

use crate::store::Alarm;
use crate::store::Draft;
use crate::store::Session;
use crate::store::Snapshot;
use crate::store::StoreError;
use crate::store::file::version;

/// What is done about a refusal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// It is an event of its own.
    Event,
    /// It is counted, with others of the same hour.
    Counted,
}

impl Session<'_> {
    /// Counts a refusal of `operator`.
    ///
    /// # Errors
    ///
    /// Fails if the count cannot be read or written.
    pub fn count_refusal(&self, operator: &str, at: Time) -> Result<Refusal, StoreError> {
        let events: Option<u32> = self
            .transaction
            .query_row("SELECT events FROM refusal WHERE operator = ?1", [operator], |row| {
                row.get(0)
            })
            .optional()?;
        let sql = match events {
            None => "INSERT INTO refusal (operator, since, events, waiting) VALUES (?1, ?2, 1, 0)",
            Some(events) if events < EVENTS_AN_HOUR => "UPDATE refusal SET events = events + 1 WHERE operator = ?1",
            Some(_) => "UPDATE refusal SET waiting = waiting + 1 WHERE operator = ?1",
        };
        match events {
            None => self.transaction.execute(sql, (operator, at.as_millis()))?,
            Some(_) => self.transaction.execute(sql, [operator])?,
        };
        Ok(match events {
            Some(events) if events >= EVENTS_AN_HOUR => Refusal::Counted,
            _ => Refusal::Event,
        })
    }

    /// Adds to `draft` the counts whose hour is over, and forgets them with its commit.
    ///
    /// # Errors
    ///
    /// Fails if they cannot be read or forgotten.
    pub fn refusals_due(&self, now: Time, draft: &mut Draft) -> Result<(), StoreError> {
        let over = now.as_millis().saturating_sub(HOUR);
        let mut statement = self
            .transaction
            .prepare_cached("DELETE FROM refusal WHERE since <= ?1 OR since > ?2 RETURNING operator, waiting")?;
        let mut rows = statement.query((over, now.as_millis()))?;
        while let Some(row) = rows.next()? {
            let (operator, waiting): (String, u64) = (row.get(0)?, row.get(1)?);
            let operator: LogText = operator
                .parse()
                .map_err(|_| Alarm::tampered("a count of refusals names no operator"))?;
            if waiting > 0 {
                draft.event(EventBody {
                    result: Some(format!("{waiting} more refusals of {operator}")),
                    ..EventBody::new(Action::Refusals)
                });
            }
        }
        Ok(())
    }

    /// Keeps the counts, without a commit of the log.
    ///
    /// # Errors
    ///
    /// Fails if they cannot be written.
    pub fn keep_counts(self) -> Result<(), StoreError> {
        let (vault, number) = (&self.head()?.vault, self.head()?.summary.number);
        let origin = Origin {
            vault: vault.vault,
            epoch: vault.epoch,
        };
        self.authenticate_counts(&origin, number)?;
        // The anchor does not move: if we die here, the counts are the old ones or the new ones, under the same commit.
        Ok(self.transaction.commit()?)
    }

    /// Writes the MAC of the counts as they are with commit `number`, in the transaction of that commit.
    pub(super) fn authenticate_counts(&self, origin: &Origin, number: u64) -> Result<(), StoreError> {
        let counts = counts(&self.transaction)?;
        let mac = self.refusal_key.mac(origin.vault, origin.epoch, number, &counts);
        self.transaction
            .prepare_cached("INSERT OR REPLACE INTO refusal_mac (id, mac) VALUES (1, ?1)")?
            .execute([mac.as_bytes()])?;
        Ok(())
    }
}

impl Snapshot<'_> {
    /// Verifies the counts of refusals, and returns whether there was a MAC to verify them by: older schemas have none.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if they are not those that were counted since commit `number`.
    pub fn require_counts(&self, key: &RefusalKey, origin: &Origin, number: u64) -> Result<bool, StoreError> {
        require(&self.transaction, key, origin, number)
    }
}

/// Verifies the counts in a file of this schema or a newer one; returns false for an older one, whose rows the migration
/// drops.
pub(super) fn require(
    connection: &Connection,
    key: &RefusalKey,
    origin: &Origin,
    number: u64,
) -> Result<bool, StoreError> {
    if version(connection)? < FIRST_WITH_MAC {
        return Ok(false);
    }
    let counts = counts(connection)?;
    let mac: Option<Vec<u8>> = connection
        .prepare_cached("SELECT mac FROM refusal_mac")?
        .query_row((), |row| row.get(0))
        .optional()?;
    let accepted = mac.is_some_and(|mac| key.accepts(origin.vault, origin.epoch, number, &counts, &mac));
    if accepted {
        return Ok(true);
    }
    Err(Alarm::tampered("the counts of refusals are not those that this vault counted since its last commit").into())
}

/// All counts, in order of operator.
fn counts(connection: &Connection) -> Result<Vec<RefusalCount>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT operator, since, events, waiting FROM refusal ORDER BY operator")?;
    let rows = statement.query_map((), |row| {
        Ok(RefusalCount {
            operator: row.get(0)?,
            since: row.get(1)?,
            events: row.get(2)?,
            waiting: row.get(3)?,
        })
    })?;
    match rows.collect() {
        Err(error @ rusqlite::Error::SqliteFailure(..)) => Err(error.into()),
        Err(_) => Err(Alarm::tampered("a count of refusals is not a number of an operator's refusals").into()),
        Ok(counts) => Ok(counts),
    }
}

/// From the tenth in an hour on, refusals are counted together.
const EVENTS_AN_HOUR: u32 = 9;
const HOUR: i64 = 60 * 60 * 1000;
/// The version of the schema whose counts have a MAC.
const FIRST_WITH_MAC: u32 = 3;
