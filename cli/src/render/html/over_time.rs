//! Reveals over time, as a chart of bars.

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use strongroom_core::values::Time;

/// How many there were in each day, week, month or more. All coordinates are in the chart's own units.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct OverTime {
    width: u64,
    height: u64,
    /// What one bar is: a day, a week.
    unit: &'static str,
    bars: Vec<Bar>,
    /// Numbers at the left, with their heights.
    levels: Vec<Label>,
    /// Dates at the bottom.
    dates: Vec<Label>,
    left: u64,
    base: u64,
    /// The highest bar's number, and where it begins.
    most: u64,
    most_from: String,
    first: String,
    last: String,
}

/// One unit of time.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
struct Bar {
    from: String,
    number: u64,
    x: u64,
    y: u64,
    width: u64,
    height: u64,
}

/// A text, and where it stands on its axis.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
struct Label {
    at: u64,
    text: String,
}

/// How long one bar is.
struct Step {
    unit: &'static str,
    /// The first day of the one that holds a date.
    start: fn(Date) -> Option<Date>,
    /// The first day of the next one.
    next: fn(Date) -> Option<Date>,
}

impl OverTime {
    /// The chart of these times, from `since` to `until` and as far as they reach. `None` where there is no time.
    pub(super) fn of(times: &[Time], since: Option<Time>, until: Time) -> Option<Self> {
        let least = times.iter().copied().min()?;
        let greatest = times.iter().copied().max()?;
        let first = since.map_or(least, |since| least.min(since));
        let (step, starts) = starts(date(first), date(greatest.max(until)))?;
        let mut numbers = vec![0; starts.len()];
        for time in times {
            let day = date(*time);
            let behind = starts.partition_point(|start| *start <= day);
            if let Some(number) = numbers.get_mut(behind.saturating_sub(1)) {
                *number += 1;
            }
        }
        Self::drawn(step, &starts, &numbers)
    }

    fn drawn(step: &Step, starts: &[Date], numbers: &[u64]) -> Option<Self> {
        let most = *numbers.iter().max()?;
        let top = ceiling(most);
        let each = PLOT_WIDTH / u64::try_from(starts.len()).ok()?.max(1);
        let width = (each * 3 / 4).clamp(1, WIDEST);
        let bar = |(place, (start, number)): (u64, (&Date, &u64))| {
            let height = PLOT_HEIGHT * number / top;
            Bar {
                from: step.name(*start),
                number: *number,
                x: PLOT_LEFT + each * place + (each - width) / 2,
                y: BASE - height,
                width,
                height,
            }
        };
        let bars: Vec<Bar> = (0..).zip(starts.iter().zip(numbers)).map(bar).collect();
        let highest = bars.iter().find(|bar| bar.number == most)?;
        Some(Self {
            width: WIDTH,
            height: HEIGHT,
            unit: step.unit,
            levels: levels(top),
            dates: dates(&bars),
            left: PLOT_LEFT,
            base: BASE,
            most,
            most_from: highest.from.clone(),
            first: bars.first()?.from.clone(),
            last: bars.last()?.from.clone(),
            bars,
        })
    }
}

impl Step {
    /// What the one that begins on this day is called.
    fn name(&self, start: Date) -> String {
        match self.unit {
            "day" | "week" => start.to_string(),
            "month" => start.strftime("%Y-%m").to_string(),
            _ => start.strftime("%Y").to_string(),
        }
    }

    /// The first days from the one that holds `first` to the one that holds `last`; `None` where they are more than can
    /// be drawn.
    fn starts(&self, first: Date, last: Date) -> Option<Vec<Date>> {
        let mut starts = Vec::new();
        let mut next = (self.start)(first);
        while let Some(start) = next.filter(|start| *start <= last) {
            if starts.len() == MOST_BARS {
                return None;
            }
            starts.push(start);
            next = (self.next)(start);
        }
        (!starts.is_empty()).then_some(starts)
    }
}

/// The shortest step with which all of it can be drawn.
fn starts(first: Date, last: Date) -> Option<(&'static Step, Vec<Date>)> {
    STEPS.iter().find_map(|step| Some((step, step.starts(first, last)?)))
}

/// The day of a time, in UTC.
fn date(time: Time) -> Date {
    TimeZone::UTC.to_datetime(Timestamp::from(time)).date()
}

/// The first day of the `years` years that hold a date.
fn first_of(date: Date, years: i16) -> Option<Date> {
    Date::new(date.year().div_euclid(years) * years, 1, 1).ok()
}

/// The number at which the scale ends: one that people count by, and of which there is a half.
fn ceiling(most: u64) -> u64 {
    let mut unit: u64 = 1;
    loop {
        for steps in [2, 4, 6, 8, 10] {
            let top = unit.saturating_mul(steps);
            if top >= most {
                return top;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

fn levels(top: u64) -> Vec<Label> {
    let level = |number: u64| Label {
        at: BASE - PLOT_HEIGHT * number / top,
        text: number.to_string(),
    };
    [0, top / 2, top].map(level).into()
}

/// Under the first bar and at most three more, at equal distances.
fn dates(bars: &[Bar]) -> Vec<Label> {
    let apart = bars.len().div_ceil(4).max(1);
    let label = |bar: &Bar| Label {
        at: bar.x + bar.width / 2,
        text: bar.from.clone(),
    };
    bars.iter().step_by(apart).map(label).collect()
}

const STEPS: [Step; 7] = [
    Step {
        unit: "day",
        start: Some,
        next: |date| date.tomorrow().ok(),
    },
    Step {
        unit: "week",
        start: |date| {
            let monday = i32::from(date.weekday().to_monday_zero_offset());
            date.checked_sub(monday.days()).ok()
        },
        next: |date| date.checked_add(1.week()).ok(),
    },
    Step {
        unit: "month",
        start: |date| Some(date.first_of_month()),
        next: |date| date.checked_add(1.month()).ok(),
    },
    Step {
        unit: "year",
        start: |date| first_of(date, 1),
        next: |date| date.checked_add(1.year()).ok(),
    },
    Step {
        unit: "ten years",
        start: |date| first_of(date, 10),
        next: |date| date.checked_add(10.years()).ok(),
    },
    Step {
        unit: "hundred years",
        start: |date| first_of(date, 100),
        next: |date| date.checked_add(100.years()).ok(),
    },
    // A clock may say anything; all years that can be written make twenty of these.
    Step {
        unit: "thousand years",
        start: |date| first_of(date, 1000).or(Some(Date::MIN)),
        next: |date| date.checked_add(1000.years()).ok(),
    },
];

const MOST_BARS: usize = 62;
const WIDTH: u64 = 4800;
const HEIGHT: u64 = 1900;
const PLOT_LEFT: u64 = 400;
const PLOT_WIDTH: u64 = 4350;
const PLOT_HEIGHT: u64 = 1450;
const BASE: u64 = 1550;
/// A single bar is not a wall.
const WIDEST: u64 = 320;

#[cfg(test)]
mod tests;
