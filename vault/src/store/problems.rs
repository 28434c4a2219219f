//! What is not well with an escrow: the report on their quality.

use std::fmt;
use std::str::FromStr;

use strongroom_core::values::Time;

/// Something that is not well with an escrow.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Problem {
    /// Two passwords claim its protector, or it did not unlock.
    Conflict,
    /// Its source has no standing.
    Unconfirmed,
    /// It has no device.
    Unassigned,
    /// The same password is held for another device.
    SamePassword,
    /// The same protector ID is held for another device.
    SameProtector,
    /// Its volume has another current one.
    SeveralCurrent,
    /// It is current or exposed, and was never proven to open its volume.
    NeverProven,
    /// For its device nothing that somebody vouches for was taken in for a long time.
    Silent,
}

/// The word is no problem.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no such problem")]
pub struct ParseProblemError;

/// Which problems are looked for.
#[derive(Clone, Debug)]
pub struct Problems {
    /// Any of these.
    pub any_of: Vec<Problem>,
    /// A device is silent for which nothing was taken in since then.
    pub silent_since: Time,
}

impl Problem {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Conflict,
        Self::Unconfirmed,
        Self::Unassigned,
        Self::SamePassword,
        Self::SameProtector,
        Self::SeveralCurrent,
        Self::NeverProven,
        Self::Silent,
    ];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::NeverProven => "never-proven",
            Self::SamePassword => "same-password",
            Self::SameProtector => "same-protector",
            Self::SeveralCurrent => "several-current",
            Self::Silent => "silent",
            Self::Unassigned => "unassigned",
            Self::Unconfirmed => "unconfirmed",
        }
    }

    /// Its bit in [`COLUMN`].
    const fn bit(self) -> i64 {
        match self {
            Self::Conflict => 1,
            Self::Unconfirmed => 2,
            Self::Unassigned => 4,
            Self::SamePassword => 8,
            Self::SameProtector => 16,
            Self::SeveralCurrent => 32,
            Self::NeverProven => 64,
            Self::Silent => 128,
        }
    }

    /// Those whose bits are set.
    pub(super) fn of(bits: i64) -> Vec<Self> {
        Self::ALL
            .into_iter()
            .filter(|problem| bits & problem.bit() != 0)
            .collect()
    }
}

impl Problems {
    /// The bits of those that are looked for.
    pub(super) fn mask(&self) -> i64 {
        self.any_of.iter().fold(0, |mask, problem| mask | problem.bit())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Problem {
    type Err = ParseProblemError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|problem| problem.as_str() == word);
        known.ok_or(ParseProblemError)
    }
}

/// The problems of an escrow as bits, in a query of escrows, their volumes and devices. Its parameter is the time since
/// which a device is silent.
pub(super) const COLUMN: &str = "(conflict + 2 * unconfirmed + 4 * (volume.device IS NULL) \
     + 8 * EXISTS (SELECT 1 FROM escrow AS twin JOIN volume AS there ON there.volume = twin.volume \
       WHERE twin.fingerprint = escrow.fingerprint AND there.device IS NOT volume.device) \
     + 16 * EXISTS (SELECT 1 FROM escrow AS twin JOIN volume AS there ON there.volume = twin.volume \
       WHERE twin.protector = escrow.protector AND there.device IS NOT volume.device) \
     + 32 * (state = 'current' AND EXISTS (SELECT 1 FROM escrow AS other WHERE other.volume = escrow.volume \
       AND other.state = 'current' AND other.number <> escrow.number)) \
     + 64 * (state <> 'superseded' AND proven_at IS NULL) \
     + 128 * (state <> 'superseded' AND NOT unconfirmed AND volume.device IS NOT NULL \
       AND NOT EXISTS (SELECT 1 FROM escrow AS later JOIN volume AS there ON there.volume = later.volume \
       WHERE there.device = volume.device AND NOT later.unconfirmed AND later.escrowed_at >= ?))) AS problems";

#[cfg(test)]
mod tests;
