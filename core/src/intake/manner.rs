//! How a text is read.

use crate::intake::dates::DateOrder;
use crate::intake::format::Format;

/// The format, and what holds for the whole text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub(super) format: Format,
    /// The order of the parts of a date.
    pub(super) order: Option<DateOrder>,
}

impl From<Format> for Manner {
    fn from(format: Format) -> Self {
        Self { format, order: None }
    }
}
