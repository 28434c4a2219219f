//! The order in which the passwords of a file are taken in.

use strongroom_core::state::Standing;
use strongroom_core::values::Time;

use crate::ops::Arriving;

/// The order in which passwords of one source are taken in, by their places in `arriving`: by the times of which they
/// speak, those that arrive now after them, and last, as they stand, those of which nobody knows when they were made.
pub fn in_order(arriving: &[Arriving<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..arriving.len()).collect();
    order.sort_by_key(|index| arriving.get(*index).map(|arriving| turn(arriving.standing)));
    order
}

fn turn(standing: Standing) -> (u8, Option<Time>) {
    match standing {
        Standing::Dated(time) | Standing::Live(Some(time)) => (0, Some(time)),
        Standing::Seen { at, created } | Standing::Sent { at, created, .. } => (0, created.or(Some(at))),
        Standing::Live(None) => (1, None),
        Standing::Undated => (2, None),
    }
}
