use super::*;

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

#[test]
fn what_is_between_two_times_has_a_sign() {
    let (one, later) = (time("2026-11-22T02:00:00.000Z"), time("2026-11-22T02:00:01.250Z"));
    assert_eq!(later.millis_since(one), 1250);
    assert_eq!(one.millis_since(later), -1250);
    assert_eq!(one.millis_since(one), 0);
}

#[test]
fn seconds_are_added_up_to_the_last_time_there_is() {
    let one = time("2026-11-22T02:00:00.000Z");
    assert_eq!(one.plus_seconds(86_400), time("2026-11-23T02:00:00.000Z"));
    let last = one.plus_seconds(u64::MAX);
    assert_eq!(last.to_string().parse(), Ok(last), "it can be written");
    assert_eq!(last.plus_seconds(1), last);
}
