//! The only clock.

use jiff::Timestamp;
use strongroom_core::values::Time;

/// The time now, as the machine's clock gives it.
#[expect(clippy::disallowed_methods, reason = "this is the place that the ban names")]
pub(crate) fn now() -> Time {
    Timestamp::now().into()
}
