//! The time of creation, of one field or of several.

use crate::intake::dates::{self, DateOrder};
use crate::intake::fields::clean;
use crate::values::Time;

/// What the fields of a record say of its time.
#[derive(Default)]
pub(super) struct Clock {
    /// The time by the best field, and its rank.
    best: Option<(u8, Time)>,
    date: Option<String>,
    time_of_day: Option<String>,
    offset: Option<String>,
    /// A field held what is no time.
    unclear: bool,
}

impl Clock {
    /// A whole time; the lower the rank, the better.
    pub(super) fn put(&mut self, rank: u8, time: Option<Time>) {
        match (time, self.best) {
            (None, _) => self.unclear = true,
            (Some(_), Some((held, _))) if held <= rank => {}
            (Some(time), _) => self.best = Some((rank, time)),
        }
    }

    /// A date, or a whole time.
    pub(super) fn put_date(&mut self, value: &str) {
        self.date = self.part(value);
    }

    pub(super) fn put_time_of_day(&mut self, value: &str) {
        self.time_of_day = self.part(value);
    }

    pub(super) fn put_offset(&mut self, value: &str) {
        self.offset = self.part(value);
    }

    pub(super) fn is_set(&self) -> bool {
        self.best.is_some()
    }

    /// The time: of a field that holds all of it, else of its parts.
    pub(super) fn time(&mut self, order: Option<DateOrder>) -> Option<Time> {
        if let (None, Some(date)) = (self.best, self.date.take()) {
            let whole = match (self.time_of_day.take(), self.offset.take()) {
                (Some(time), offset) => format!("{date} {time}{}", offset.unwrap_or_default()),
                (None, _) => date,
            };
            self.put(PARTS, dates::time(&whole, order));
        }
        self.best.map(|(_, time)| time)
    }

    /// Whether something was said that is no time, and nothing that is one.
    pub(super) fn is_unclear(&self) -> bool {
        self.unclear && self.best.is_none()
    }

    /// A part of a time is short; a longer text is none.
    fn part(&mut self, value: &str) -> Option<String> {
        let value = clean(value);
        let fits = value.len() <= LONGEST;
        self.unclear |= !fits;
        fits.then(|| value.to_owned())
    }
}

/// The rank of a time that was put together.
const PARTS: u8 = 9;
/// `2023-10-10T10:00:00.000+01:00` is 29 characters.
const LONGEST: usize = 32;
