use super::*;

#[test]
fn knows_what_is_no_text() {
    assert_eq!(Looks::no_text(b"PK\x03\x04"), Some(Looks::Zip));
    assert_eq!(Looks::no_text(b"\xff\xd8\xff\xe0"), Some(Looks::Image));
    assert_eq!(Looks::no_text(b"SQLite format 3\0"), Some(Looks::Sqlite));
    assert_eq!(Looks::no_text(b"\xff\xfea\0"), None);
    assert_eq!(Looks::no_text(b""), None);
    assert_eq!(Looks::no_text(b"PK"), None);
}

#[test]
fn says_what_a_text_is() {
    assert_eq!(Looks::of(" \n", Format::Text), Looks::Empty);
    assert_eq!(Looks::of("  <!doctype HTML>", Format::Text), Looks::Html);
    assert_eq!(Looks::of("a\u{1}b", Format::Text), Looks::Binary);
    assert_eq!(Looks::of("abc", Format::Text), Looks::Text);
    assert_eq!(Looks::of("a,b", Format::Csv), Looks::Table);
}
