use super::*;
use crate::render::html::tests::sample::day;

/// The unit, the first and the last bar, and the numbers that are not 0, of reveals on these days.
#[track_caller]
fn check(days: &[i64], since: Option<i64>, until: i64, expected: (&str, &str, &str), numbers: &[u64]) {
    let times: Vec<Time> = days.iter().map(|at| day(*at, 12, 0)).collect();
    let chart = OverTime::of(&times, since.map(|since| day(since, 0, 0)), day(until, 0, 0)).unwrap();
    assert_eq!((chart.unit, chart.first.as_str(), chart.last.as_str()), expected);
    let some: Vec<u64> = chart
        .bars
        .iter()
        .map(|bar| bar.number)
        .filter(|number| *number > 0)
        .collect();
    assert_eq!(some, numbers);
    assert_eq!(some.iter().sum::<u64>(), u64::try_from(days.len()).unwrap());
    let mut right = PLOT_LEFT;
    for bar in &chart.bars {
        assert!(
            bar.x >= right && bar.y + bar.height == BASE && bar.height <= PLOT_HEIGHT,
            "{bar:?}"
        );
        right = bar.x + bar.width;
    }
    assert!(right <= WIDTH && chart.dates.len() <= 4 && !chart.dates.is_empty());
}

#[test]
fn no_reveals_make_no_chart() {
    assert_eq!(OverTime::of(&[], Some(day(0, 0, 0)), day(9, 0, 0)), None);
}

#[test]
fn the_longer_the_time_the_longer_is_a_bar() {
    check(&[0], None, 0, ("day", "2026-08-01", "2026-08-01"), &[1]);
    check(&[3, 3, 5], Some(0), 61, ("day", "2026-08-01", "2026-10-01"), &[2, 1]);
    check(&[3, 3, 10], Some(0), 62, ("week", "2026-07-27", "2026-09-28"), &[2, 1]);
    check(&[0, 1, 400], None, 420, ("week", "2026-07-27", "2027-09-20"), &[2, 1]);
    check(
        &[0, 1, 30, 31, 800],
        None,
        800,
        ("month", "2026-08", "2028-10"),
        &[3, 1, 1],
    );
    check(&[0, 364, 4000], None, 4000, ("year", "2026", "2037"), &[1, 1, 1]);
}

#[test]
fn every_reveal_is_on_it_whatever_the_clock_said() {
    check(
        &[-10, 2, 20],
        Some(0),
        10,
        ("day", "2026-07-22", "2026-08-21"),
        &[1, 1, 1],
    );
    check(&[0, -20_000], None, 0, ("year", "1971", "2026"), &[1, 1]);
    check(&[0, -100_000], None, 0, ("ten years", "1750", "2020"), &[1, 1]);
    check(&[0, 1_000_000], None, 0, ("hundred years", "2000", "4700"), &[1, 1]);
    let (least, greatest) = (Timestamp::MIN.into(), Timestamp::MAX.into());
    let chart = OverTime::of(&[least, greatest], None, greatest).unwrap();
    assert_eq!(chart.unit, "thousand years");
    assert_eq!(chart.bars.iter().map(|bar| bar.number).sum::<u64>(), 2);
}

#[test]
fn the_scale_ends_at_a_number_of_which_there_is_a_half() {
    for (most, top) in [
        (1, 2),
        (2, 2),
        (3, 4),
        (7, 8),
        (9, 10),
        (11, 20),
        (61, 80),
        (999, 1000),
        (1001, 2000),
    ] {
        assert_eq!(ceiling(most), top, "{most}");
    }
    assert_eq!(ceiling(u64::MAX), u64::MAX);
}
