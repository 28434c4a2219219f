//! The only clock.

use std::time::SystemTime;

use strongroom_core::values::Time;

/// The time now, as the machine's clock gives it; `None` where it stands outside of the years -9999 to 9999.
#[expect(clippy::disallowed_methods, reason = "this is the place that the ban names")]
pub fn now() -> Option<Time> {
    time(SystemTime::now())
}

fn time(now: SystemTime) -> Option<Time> {
    let millis = match now.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).ok()?,
        Err(before) => i64::try_from(before.duration().as_millis()).ok()?.checked_neg()?,
    };
    Time::from_millis(millis)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;
    use std::time::SystemTime;

    use crate::clock::time;

    #[track_caller]
    fn check(seconds: i64, expected: Option<&str>) {
        let span = Duration::from_secs(seconds.unsigned_abs());
        let clock = match seconds < 0 {
            true => SystemTime::UNIX_EPOCH.checked_sub(span),
            false => SystemTime::UNIX_EPOCH.checked_add(span),
        };
        let time = time(clock.unwrap()).map(|time| time.to_string());
        assert_eq!(time.as_deref(), expected);
    }

    #[test]
    fn a_clock_is_read_as_far_as_a_time_can_be_written() {
        check(0, Some("1970-01-01T00:00:00.000Z"));
        check(-1, Some("1969-12-31T23:59:59.000Z"));
        check(978_307_200, Some("2001-01-01T00:00:00.000Z"));
        check(253_402_207_200, Some("9999-12-30T22:00:00.000Z"));
        check(253_402_207_201, None);
        check(-377_705_023_201, Some("-009999-01-02T01:59:59.000Z"));
        check(-377_705_023_202, None);
        check(i64::MAX / 2, None);
    }
}
