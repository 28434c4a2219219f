//! Between which times.

use serde::Serialize;

use crate::values::Time;

/// The times from `since` on and before `until`; what is not given has no end.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Period {
    /// The first time.
    pub since: Option<Time>,
    /// The first time behind it.
    pub until: Option<Time>,
}

impl Period {
    /// Whether `time` lies in the period.
    pub fn holds(self, time: Time) -> bool {
        self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until)
    }
}
