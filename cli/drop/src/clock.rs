//! The only clock.

use std::time::SystemTime;

use strongroom_core::values::Time;

/// The time now, as the machine's clock gives it: 1970 where that stands before, or behind the year 9999.
#[expect(clippy::disallowed_methods, reason = "this is the place that the ban names")]
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.map(|since| since.as_millis()).unwrap_or_default();
    i64::try_from(millis)
        .ok()
        .and_then(Time::from_millis)
        .unwrap_or(Time::EPOCH)
}
