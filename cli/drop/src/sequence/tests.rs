use super::*;

#[test]
fn a_number_is_digits_alone() {
    let check = |text: &str, expected: Option<u64>| assert_eq!(number(text), expected, "{text:?}");
    check("0\n", Some(0));
    check("7", Some(7));
    check("7\r\n", Some(7));
    check("18446744073709551615\n", Some(u64::MAX));
    check("18446744073709551616\n", None);
    check("", None);
    check("+7", None);
    check("07", None);
    check("-7", None);
    check(" 7", None);
    check("7\n8\n", None);
    check("7\0", None);
}

#[test]
fn without_a_file_it_is_the_time() {
    let check = |millis: i64, expected: u64| {
        let now = Time::from_millis(millis).unwrap();
        assert_eq!(next(now, None).unwrap(), expected);
    };
    check(1_795_312_800_000, 1_795_312_800_000);
    check(0, 0);
    check(-1, 0);
}
