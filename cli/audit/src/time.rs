//! Times for people.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use strongroom_core::values::Time;

/// A time where the machine stands, with its offset.
pub fn local(time: Time) -> String {
    let zoned = Timestamp::from(time).to_zoned(TimeZone::system());
    zoned.strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
}
