//! What a volume lists beside what is held for it.

use std::collections::BTreeSet;

use crate::values::ProtectorId;

/// A volume's recovery protectors and those that are held, each once and in ascending order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Comparison {
    /// On the volume, and held.
    pub held: Vec<ProtectorId>,
    /// On the volume, and not held: whoever needs that password will not find it.
    pub missing: Vec<ProtectorId>,
    /// Held, and no longer on the volume: rotated away, or of another volume. Old images may still need it.
    pub stale: Vec<ProtectorId>,
}

/// Compares the recovery protectors `on_volume` with those that are `held` for it.
///
/// What is stale is so only if the metadata is [complete](crate::fve::Metadata::complete).
pub fn compare(
    on_volume: impl IntoIterator<Item = ProtectorId>,
    held: impl IntoIterator<Item = ProtectorId>,
) -> Comparison {
    let on_volume: BTreeSet<_> = on_volume.into_iter().collect();
    let held: BTreeSet<_> = held.into_iter().collect();
    Comparison {
        held: on_volume.intersection(&held).copied().collect(),
        missing: on_volume.difference(&held).copied().collect(),
        stale: held.difference(&on_volume).copied().collect(),
    }
}

#[cfg(test)]
mod tests;
