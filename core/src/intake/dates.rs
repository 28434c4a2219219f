//! Times as the formats write them.

use crate::values::Time;

/// The time that `text` says; `None` where it would have to be guessed.
///
/// - ISO 8601 to the second, with `T` or a space, with an offset or `Z`. Without either it is UTC, as MBAM writes it.
/// - Generalized time, as directories write it: `20231010180000.0Z`.
/// - `/Date(1696932000000)/`, as Windows PowerShell writes it into JSON: milliseconds since 1970.
///
/// A date without a time is none: what came first on that day would be a guess. Nor is `10/11/2023`, which is two days.
pub(super) fn time(text: &str) -> Option<Time> {
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
        return generalized(text);
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
const LONGEST: usize = 40;

#[cfg(test)]
mod tests;
