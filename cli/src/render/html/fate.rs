//! What became of a password that got out, in words.

use serde::Serialize;
use strongroom_core::audit::RevealRow;
use strongroom_core::audit::Rotation;
use strongroom_core::state::HowEnded;
use strongroom_core::values::Time;

use crate::render::html::times::length;

/// How much a reader should mind. Each has a mark of its own beside its colour.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Tone {
    /// As it should be.
    Good,
    /// To be known.
    Plain,
    /// To be looked at.
    Notable,
    /// To be seen to.
    Alarming,
}

/// What became of a password that got out.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Fate {
    tone: Tone,
    word: &'static str,
    /// When it ended, or by when it is to.
    at: Option<Time>,
    /// On whose word or proof.
    by: Option<String>,
    /// How long it is overdue.
    late: Option<String>,
    /// Whether the password was shown to that operator.
    same_person: bool,
}

impl Fate {
    pub(super) fn of(row: &RevealRow, now: Time) -> Self {
        match &row.rotation {
            Rotation::NotNeeded => Self::new(Tone::Plain, "Not needed"),
            Rotation::Owed { rotate_by } => Self::owed(*rotate_by, now),
            Rotation::Ended(ending) => {
                let same_person = row.is_self_ended();
                let (tone, word) = match ending.how {
                    HowEnded::Claimed if same_person => (Tone::Alarming, "Claimed"),
                    HowEnded::Claimed => (Tone::Notable, "Claimed"),
                    HowEnded::Presented => (Tone::Alarming, "Presented"),
                    HowEnded::Proven => (Tone::Good, "Proven"),
                    HowEnded::Waived => (Tone::Plain, "Waived"),
                };
                Self {
                    at: Some(ending.at),
                    by: Some(ending.by.clone()),
                    same_person,
                    ..Self::new(tone, word)
                }
            }
        }
    }

    /// A rotation that is owed.
    pub(super) fn owed(rotate_by: Option<Time>, now: Time) -> Self {
        let late = rotate_by.map_or(0, |rotate_by| now.millis_since(rotate_by));
        let overdue = late > 0;
        let (tone, word) = match overdue {
            true => (Tone::Alarming, "Overdue"),
            false => (Tone::Notable, "Owed"),
        };
        Self {
            at: rotate_by,
            late: overdue.then(|| length(late)),
            ..Self::new(tone, word)
        }
    }

    pub(super) const fn is_overdue(&self) -> bool {
        self.late.is_some()
    }

    const fn new(tone: Tone, word: &'static str) -> Self {
        Self {
            tone,
            word,
            at: None,
            by: None,
            late: None,
            same_person: false,
        }
    }
}

#[cfg(test)]
mod tests;
