//! For how long passwords have been exposed, as a chart of bars.

use serde::Serialize;
use strongroom_core::audit::Exposure;
use strongroom_core::values::Time;

use crate::render::html::fate::Fate;

/// How many passwords have been exposed for how long. All coordinates are in the chart's own units.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Ages {
    width: u64,
    height: u64,
    /// Where bars begin.
    left: u64,
    bars: Vec<AgeBar>,
}

/// The passwords of one age.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
struct AgeBar {
    age: &'static str,
    /// All of them, and those that are overdue.
    number: u64,
    overdue: u64,
    y: u64,
    height: u64,
    /// How long the bar of those is that are not overdue, and that of the others behind it.
    owed_width: u64,
    overdue_width: u64,
}

impl Ages {
    /// The chart of these exposures. `None` where there are none.
    pub(super) fn of(exposures: &[Exposure], now: Time) -> Option<Self> {
        let mut numbers = BANDS.map(|(age, _)| (age, 0_u64, 0_u64));
        for exposure in exposures {
            let began = exposure.exposed_at.unwrap_or(now);
            let days = now.millis_since(began) / DAY;
            let band = BANDS.iter().position(|(_, below)| days < *below);
            if let Some((_, number, overdue)) = band.and_then(|band| numbers.get_mut(band)) {
                *number += 1;
                *overdue += u64::from(Fate::owed(exposure.rotate_by, now).is_overdue());
            }
        }
        let most = numbers
            .iter()
            .map(|(_, number, _)| *number)
            .max()
            .filter(|most| *most > 0)?;
        let bar = |(place, (age, number, overdue)): (u64, (&'static str, u64, u64))| AgeBar {
            age,
            number,
            overdue,
            y: TOP + place * EACH,
            height: THICKNESS,
            owed_width: LONGEST * (number - overdue) / most,
            overdue_width: LONGEST * overdue / most,
        };
        Some(Self {
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            bars: (0..).zip(numbers).map(bar).collect(),
        })
    }
}

/// Ages by days: each band ends before so many.
const BANDS: [(&str, i64); 5] = [
    ("under a day", 1),
    ("1 to 6 days", 7),
    ("7 to 29 days", 30),
    ("30 to 89 days", 90),
    ("90 days or more", i64::MAX),
];
const DAY: i64 = 24 * 60 * 60 * 1000;
const WIDTH: u64 = 4800;
const HEIGHT: u64 = 1900;
const LEFT: u64 = 1400;
const LONGEST: u64 = 2300;
const TOP: u64 = 120;
const EACH: u64 = 350;
const THICKNESS: u64 = 210;

#[cfg(test)]
mod tests;
