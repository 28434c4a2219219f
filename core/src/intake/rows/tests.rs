use super::*;

#[track_caller]
fn check(text: &str, expected: &[(usize, &[&str])]) {
    let mut rows = Rows::new(text, 1, ',');
    for (line, expected) in expected {
        let mut cells = Vec::new();
        assert_eq!(rows.line(), *line, "{text}");
        let more = rows.next(|column, cell| {
            assert_eq!(column, cells.len());
            cells.push(cell.to_owned());
        });
        assert_eq!(more, Ok(true), "{text}");
        assert_eq!(cells, *expected, "{text}");
    }
    assert_eq!(rows.next(|_, _| panic!("a cell too many")), Ok(false), "{text}");
}

#[test]
fn parts_cells() {
    check("", &[]);
    check("a,b\nc,d\n", &[(1, &["a", "b"]), (2, &["c", "d"])]);
    check("a,,", &[(1, &["a", "", ""])]);
    check("a\n\nb", &[(1, &["a"]), (2, &[""]), (3, &["b"])]);
    check(",\n", &[(1, &["", ""])]);
}

#[test]
fn unquotes() {
    check("\"a,b\",\"c\nd\"\ne", &[(1, &["a,b", "c\nd"]), (3, &["e"])]);
    check("\"a\"\"b\",\"\"", &[(1, &["a\"b", ""])]);
    check("\"\"\"\"", &[(1, &["\""])]);
    check("\"a\"b \"c,d", &[(1, &["ab \"c", "d"])]);
    check("15\" a,b\"", &[(1, &["15\" a", "b\""])]);
}

#[test]
fn a_quote_that_is_never_closed_is_told() {
    for (text, line) in [("\"", 1), ("\"a\"\"", 1), ("a\n\"b\nc", 2)] {
        let mut rows = Rows::new(text, 1, ',');
        let mut result = Ok(true);
        while result == Ok(true) {
            result = rows.next(|_, _| {});
        }
        assert_eq!(result, Err(RowError::OpenQuote { line }), "{text}");
    }
}
