use strongroom_core::audit::Subject;

use super::*;
use crate::render::html::tests::sample::day;

/// The numbers of each band, of passwords exposed on these days and to be rotated a day later; seen on day 100.
#[track_caller]
fn check(days: &[i64], expected: [(u64, u64); 5]) {
    let exposures: Vec<Exposure> = days
        .iter()
        .map(|at| Exposure {
            subject: Subject::default(),
            exposed_at: Some(day(*at, 0, 0)),
            exposed_by: None,
            rotate_by: Some(day(at + 1, 0, 0)),
        })
        .collect();
    let ages = Ages::of(&exposures, day(100, 0, 0)).unwrap();
    let numbers: Vec<_> = ages.bars.iter().map(|bar| (bar.number, bar.overdue)).collect();
    assert_eq!(numbers, expected);
    for bar in &ages.bars {
        let length = bar.owed_width + bar.overdue_width;
        assert!(length <= LONGEST && (length == 0) == (bar.number == 0), "{bar:?}");
        assert!(bar.y + bar.height <= HEIGHT);
    }
    assert!(
        ages.bars
            .iter()
            .any(|bar| bar.owed_width + bar.overdue_width + 1 >= LONGEST)
    );
}

#[test]
fn nothing_exposed_makes_no_chart() {
    assert_eq!(Ages::of(&[], day(0, 0, 0)), None);
}

#[test]
fn each_age_has_its_band() {
    check(&[100], [(1, 0), (0, 0), (0, 0), (0, 0), (0, 0)]);
    check(&[99], [(0, 0), (1, 0), (0, 0), (0, 0), (0, 0)]);
    check(&[98, 94], [(0, 0), (2, 2), (0, 0), (0, 0), (0, 0)]);
    check(&[93, 71], [(0, 0), (0, 0), (2, 2), (0, 0), (0, 0)]);
    check(&[70, 11], [(0, 0), (0, 0), (0, 0), (2, 2), (0, 0)]);
    check(&[10, -5000], [(0, 0), (0, 0), (0, 0), (0, 0), (2, 2)]);
    // What a wrong clock dates into the future has no age.
    check(&[101, 100, 99, 50], [(2, 0), (1, 0), (0, 0), (1, 1), (0, 0)]);
}
