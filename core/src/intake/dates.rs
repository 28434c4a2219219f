//! Times as the formats write them.

mod local;

use std::str::FromStr;

use crate::values::Time;

pub(super) use local::order_of;

/// The order of day, month and year in a date of numbers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DateOrder {
    /// 31/12/2024
    DayMonthYear,
    /// 12/31/2024
    MonthDayYear,
    /// 2024/12/31
    YearMonthDay,
}

/// The name is none of `dmy`, `mdy` and `ymd`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a date format is dmy, mdy or ymd")]
pub struct ParseDateOrderError;

impl FromStr for DateOrder {
    type Err = ParseDateOrderError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "dmy" => Ok(Self::DayMonthYear),
            "mdy" => Ok(Self::MonthDayYear),
            "ymd" => Ok(Self::YearMonthDay),
            _ => Err(ParseDateOrderError),
        }
    }
}

/// Returns the time that `text` says; `None` if it would have to be guessed.
///
/// - ISO 8601, with `T` or a space, with an offset or `Z`. Without either it is UTC, as MBAM writes it.
/// - Generalized time, as directories write it: `20231010180000.0Z`.
/// - `/Date(1696932000000)/`, as Windows PowerShell writes it into JSON: milliseconds since 1970.
/// - A date of numbers as the languages of Windows write it, with a time of 12 or 24 hours: if the year is not first,
///   `order` has to tell which is the month, or a number above 12.
///
/// A date without a time is not one: what came first on that day would be a guess.
pub(super) fn time(text: &str, order: Option<DateOrder>) -> Option<Time> {
    let text = text.trim();
    // Longer is no time, and nothing of a password is to be copied here.
    if text.len() > LONGEST {
        return None;
    }
    if let Some(millis) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        return Time::from_millis(millis.parse().ok()?);
    }
    let (date, clock) = text.split_at_checked(10).unwrap_or((text, ""));
    if !is_iso_date(date) {
        return generalized(text).or_else(|| local::time(text, order));
    }
    let clock = clock.strip_prefix(['T', 't', ' '])?;
    let zoned = clock.contains(['Z', 'z', '+', '-']);
    format!("{date}T{}{}", clock.replace(' ', ""), if zoned { "" } else { "Z" })
        .parse()
        .ok()
}

fn is_iso_date(date: &str) -> bool {
    let hyphen = |at: usize| matches!(at, 4 | 7);
    date.len() == 10
        && date.bytes().enumerate().all(|(at, byte)| {
            if hyphen(at) {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        })
}

/// `YYYYMMDDHHMMSS[.f]` with `Z` or an offset (RFC 4517, section 3.3.13).
fn generalized(text: &str) -> Option<Time> {
    let (digits, rest) = text.split_at_checked(14)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let zone = rest.trim_start_matches(|character: char| character == '.' || character.is_ascii_digit());
    let zone = match zone.split_at_checked(3) {
        _ if zone == "Z" => zone.to_owned(),
        Some((hours, minutes)) if zone.starts_with(['+', '-']) && minutes.len() == 2 => format!("{hours}:{minutes}"),
        _ => return None,
    };
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let (year, month, day) = (part(0, 4), part(4, 6), part(6, 8));
    let (hour, minute, second) = (part(8, 10), part(10, 12), part(12, 14));
    format!("{year}-{month}-{day}T{hour}:{minute}:{second}{zone}")
        .parse()
        .ok()
}

/// `2023-10-10T10:00:00.000000000+01:00` is 35 characters.
const LONGEST: usize = 48;

#[cfg(test)]
mod tests;
