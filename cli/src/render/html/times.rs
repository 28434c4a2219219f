//! Times and lengths of time for people.

use strongroom_core::values::Time;

use crate::render::text;

/// A time in UTC: `2026-11-22 02:00:00`.
pub(super) fn utc(time: Time) -> String {
    let time = time.to_string();
    format!("{} {}", date(&time), clock(&time))
}

/// The date of a time that is written as in the log.
pub(super) fn date(time: &str) -> &str {
    time.split('T').next().unwrap_or_default()
}

/// What the clock showed at such a time, to the second.
pub(super) fn clock(time: &str) -> &str {
    let clock = time.split('T').nth(1).unwrap_or_default();
    clock.split('.').next().unwrap_or_default()
}

/// A length of time in its largest unit, rounded down.
pub(super) fn length(millis: i64) -> String {
    let seconds = millis.unsigned_abs() / 1000;
    let (length, unit) = UNITS
        .into_iter()
        .find(|(length, _)| seconds >= *length)
        .unwrap_or((1, "second"));
    text::number(seconds / length, unit)
}

const UNITS: [(u64, &str); 3] = [(24 * 60 * 60, "day"), (60 * 60, "hour"), (60, "minute")];

#[cfg(test)]
mod tests {
    use strongroom_core::values::Time;

    use crate::render::html::times::length;
    use crate::render::html::times::utc;

    #[test]
    fn times_are_to_the_second() {
        assert_eq!(
            utc(Time::from_millis(1_785_542_400_999).unwrap()),
            "2026-08-01 00:00:00"
        );
        assert_eq!(utc(Time::from_millis(-1).unwrap()), "1969-12-31 23:59:59");
    }

    #[test]
    fn lengths_are_rounded_down() {
        #[track_caller]
        fn check(seconds: i64, expected: &str) {
            assert_eq!(length(seconds * 1000), expected);
            assert_eq!(length(seconds * -1000), expected);
        }
        check(0, "0 seconds");
        check(1, "1 second");
        check(59, "59 seconds");
        check(60, "1 minute");
        check(3599, "59 minutes");
        check(3600, "1 hour");
        check(86_399, "23 hours");
        check(86_400, "1 day");
        check(10 * 86_400 - 1, "9 days");
        assert_eq!(length(i64::MIN), "106751991167 days");
    }
}
