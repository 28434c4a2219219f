use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(
        time(text, None).map(|time| time.to_string()).as_deref(),
        Some(expected),
        "{text}"
    );
}

#[test]
fn reads_times() {
    check("2023-10-10T10:00:00-08:00", "2023-10-10T18:00:00.000Z");
    check("2020-06-15T13:45:30.1234567Z", "2020-06-15T13:45:30.123Z");
    check(" 2020-06-15t13:45:30z ", "2020-06-15T13:45:30.000Z");
    check("2023-10-10 10:00:00 +05:30", "2023-10-10T04:30:00.000Z");
    check("20231010180000.0Z", "2023-10-10T18:00:00.000Z");
    check("20231010180000Z", "2023-10-10T18:00:00.000Z");
    check("20231010180000+0100", "2023-10-10T17:00:00.000Z");
    check("/Date(1696932000000)/", "2023-10-10T10:00:00.000Z");
}

/// MBAM writes UTC, and no zone.
#[test]
fn without_a_zone_it_is_utc() {
    check("2023-10-10 10:00:00.000", "2023-10-10T10:00:00.000Z");
    check("2023-10-10T10:00:00", "2023-10-10T10:00:00.000Z");
}

#[test]
fn guesses_none() {
    for text in [
        "",
        "10/11/2023",
        "10/11/2023 10:00:00",
        "10.11.2023 10:00",
        "2023-10-10",
        "2023-13-10T10:00:00Z",
        "2023-10-10T10:00:00 PM",
        "20231010",
        "20231010180000",
        "20231010180000.0Y",
        "20231010180000+01",
        "/Date(x)/",
        "/Date(99999999999999999999)/",
        "yesterday",
        "2023\u{fffd}10-10T10:00:00Z",
        "2023-10-10T10:00:00Z and much more text behind it",
    ] {
        assert_eq!(time(text, None), None, "{text}");
    }
}

/// A number above 12 in one date tells what the others are.
#[test]
fn the_order_of_dates_is_told_by_one() {
    use DateOrder::{DayMonthYear, MonthDayYear, YearMonthDay};
    for (text, order) in [
        ("3/4/2024 and 25/12/2023", Some(DayMonthYear)),
        ("3/4/2024 and 12/25/2023", Some(MonthDayYear)),
        ("25.12.2023", Some(DayMonthYear)),
        ("2024/01/10", Some(YearMonthDay)),
        ("3/4/2024", None),
        ("25/12/2023 and 12/25/2023", None),
        ("13-12-2023-1", Some(DayMonthYear)),
        ("1.2.3.4", None),
    ] {
        assert_eq!(order_of(text), order, "{text}");
    }
}

#[test]
fn local_times_are_read_in_their_order() {
    for (text, order, expected) in [
        (
            "3/4/2024 9:12:33 AM",
            Some(DateOrder::MonthDayYear),
            Some("2024-03-04T09:12:33.000Z"),
        ),
        (
            "3/4/2024 9:12:33 AM",
            Some(DateOrder::DayMonthYear),
            Some("2024-04-03T09:12:33.000Z"),
        ),
        ("3/4/2024 9:12:33 AM", None, None),
        ("25.12.2023, 18:00", None, Some("2023-12-25T18:00:00.000Z")),
        (
            "2024/01/10 \u{5348}\u{5f8c} 6:00:00",
            None,
            Some("2024-01-10T18:00:00.000Z"),
        ),
        ("12/25/2023 12:00:00 AM", None, Some("2023-12-25T00:00:00.000Z")),
        ("12/25/2023 13:00:00 PM", None, None),
        ("25/12/2023", None, None),
        ("31/31/2023 1:00:00", None, None),
    ] {
        assert_eq!(
            time(text, order).map(|time| time.to_string()).as_deref(),
            expected,
            "{text}"
        );
    }
}
