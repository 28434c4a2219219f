//! A time on the command line: a point in time, or a whole day where the machine stands.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use strongroom_core::values::Time;

/// `2026-11-22T02:00:00Z`, the same without an offset in local time, or `2026-11-22`: the local day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Moment {
    begins: Time,
    ends: Time,
}

/// The text names no time.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a time is such as 2026-11-22, 2026-11-22T02:00 (local) or 2026-11-22T02:00:00Z")]
pub(crate) struct ParseMomentError;

impl Moment {
    /// The time, or the beginning of the day.
    pub(crate) const fn begins(self) -> Time {
        self.begins
    }

    /// The first time behind it.
    pub(crate) const fn ends(self) -> Time {
        self.ends
    }

    fn parse(text: &str, zone: &TimeZone) -> Option<Self> {
        let instant = |time: Timestamp| Self {
            begins: time.into(),
            ends: Time::from_millis(Time::from(time).as_millis().saturating_add(1)).unwrap_or_else(|| time.into()),
        };
        if let Ok(time) = text.parse::<Timestamp>() {
            return Some(instant(time));
        }
        let here = |civil: DateTime| civil.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
        // Without a `T` it is a day; jiff would take it for its midnight.
        if text.len() == "2026-11-22".len() {
            let day: Date = text.parse().ok()?;
            let next = day.checked_add(1.day()).ok()?;
            return Some(Self {
                begins: here(day.at(0, 0, 0, 0))?.into(),
                ends: here(next.at(0, 0, 0, 0))?.into(),
            });
        }
        let written = text.contains(['T', 't', ' ']) && !text.contains(['[', 'Z', 'z']);
        let civil: DateTime = text.parse().ok().filter(|_| written)?;
        here(civil).map(instant)
    }
}

impl FromStr for Moment {
    type Err = ParseMomentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text, &TimeZone::system()).ok_or(ParseMomentError)
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use jiff::tz::offset;

    use crate::args::Moment;

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, &str)>) {
        let zone = TimeZone::fixed(offset(2));
        let found = Moment::parse(text, &zone).map(|moment| (moment.begins().to_string(), moment.ends().to_string()));
        assert_eq!(found, expected.map(|(from, to)| (from.to_owned(), to.to_owned())));
    }

    #[test]
    fn a_day_is_local_and_whole() {
        check(
            "2026-11-22",
            Some(("2026-11-21T22:00:00.000Z", "2026-11-22T22:00:00.000Z")),
        );
    }

    #[test]
    fn a_time_is_what_it_says_or_local() {
        check(
            "2026-11-22T02:00:00Z",
            Some(("2026-11-22T02:00:00.000Z", "2026-11-22T02:00:00.001Z")),
        );
        check(
            "2026-11-22T02:00:00+01:00",
            Some(("2026-11-22T01:00:00.000Z", "2026-11-22T01:00:00.001Z")),
        );
        check(
            "2026-11-22T02:00",
            Some(("2026-11-22T00:00:00.000Z", "2026-11-22T00:00:00.001Z")),
        );
    }

    #[test]
    fn anything_else_is_none() {
        for text in ["", "2026", "2026-13-01", "yesterday", "02:00"] {
            check(text, None);
        }
    }
}
