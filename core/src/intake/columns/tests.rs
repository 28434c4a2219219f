use super::*;

#[test]
fn finds_where_columns_begin() {
    assert_eq!(underlines("---- --"), Some(vec![0, 5]));
    assert_eq!(underlines("  ----   --  "), Some(vec![2, 9]));
    assert_eq!(underlines("----"), None);
    assert_eq!(underlines("-- x--"), None);
    assert_eq!(underlines("- ---"), Some(vec![0, 2]));
    assert_eq!(underlines("- -"), None);
    assert_eq!(underlines(""), None);
}

#[track_caller]
fn check(line: &str, expected: Option<&[&str]>) {
    assert_eq!(cells(line, &[0, 4]).as_deref(), expected, "{line}");
}

#[test]
fn parts_by_columns() {
    check("abc def", Some(&["abc", "def"]));
    check("a   d e f", Some(&["a", "d e f"]));
    check("\u{fc}\u{fc}  d", Some(&["\u{fc}\u{fc}", "d"]));
    check("a", Some(&["a", ""]));
    check("", Some(&["", ""]));
    check("abcdef", None);
}

#[test]
fn knows_a_table_by_its_heading() {
    assert!(has_table(
        "-- --\nA  RecoveryPassword\n-- ----------------",
        &Names::default()
    ));
    assert!(!has_table(
        "A RecoveryPassword\n\n-- ----------------",
        &Names::default()
    ));
    assert!(!has_table("A B\n-- --", &Names::default()));
    assert!(has_table(
        "Name              Value\n----              -----\nRecoveryPassword  1",
        &Names::default()
    ));
    assert!(!has_table("Name  Value\n----  -----\nPATH  1", &Names::default()));
    assert!(!has_table("-- --", &Names::default()));
}
