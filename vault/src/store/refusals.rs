//! Counting refusals.

use rusqlite::OptionalExtension;
use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::values::LogText;
use strongroom_core::values::Time;

use crate::store::Alarm;
use crate::store::Draft;
use crate::store::Session;
use crate::store::StoreError;

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
            // It goes into the log, and the row is no part of what the log says: whoever writes the file could write it.
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
        Ok(self.transaction.commit()?)
    }
}

/// From the tenth in an hour on, refusals are counted together.
const EVENTS_AN_HOUR: u32 = 9;
const HOUR: i64 = 60 * 60 * 1000;
