//! The only clock.

use strongroom_core::values::Time;

/// The time now, as the machine's clock gives it. [`crate::run`] has seen that it can be written; where the clock was
/// moved out of all years since, it is 1970.
pub(crate) fn now() -> Time {
    strongroom_drop::now().unwrap_or(Time::EPOCH)
}
