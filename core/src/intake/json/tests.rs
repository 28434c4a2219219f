use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    let mut told = String::new();
    let result = walk(text, |token| match token {
        Token::Begin(line) => told += &format!("{line}{{"),
        Token::End => told += "}",
        Token::Name(name) => told += &format!("<{name}>"),
        Token::Scalar(value) => told += &format!("({value})"),
    });
    match result {
        Ok(()) => assert_eq!(told, expected, "{text}"),
        Err(error) => assert_eq!(error.to_string(), expected, "{text}"),
    }
}

#[test]
fn tells_what_stands_there() {
    check("", "");
    check("{}", "1{}");
    check("[]", "");
    check(
        r#" {"a":1,"b":"x","c":null,"d":true,"e":[false,-1.5e+3]} "#,
        "1{<a>(1)<b>(x)<c>()<d>(true)<e>(false)(-1.5e+3)}",
    );
    check("[{},\n{\"a\":{}}]", "1{}2{<a>2{}}");
    check("{}\n{} 1", "1{}2{}(1)");
    check(r#""x""#, "(x)");
}

#[test]
fn unescapes() {
    check(r#""\"\\\/\u007b\u00dc""#, "(\"\\/{\u{dc})");
    check(r#""\n\t\r\b\f""#, "(\n\t\r\u{8}\u{c})");
    check(r#""\ud83d\udd11""#, "(\u{1f511})");
    check(r#""\ud83dx""#, "(\u{fffd}x)");
    check(r#""\udd11\ud83d""#, "(\u{fffd}\u{fffd})");
    check(r#""\ud83d\u0041""#, "(\u{fffd}A)");
    check(r#"{"\u0061":1}"#, "1{<a>(1)}");
}

#[test]
fn names_the_line_of_what_is_no_json() {
    for text in [
        "x",
        "nul",
        "tru",
        "+1",
        "'a'",
        "{a:1}",
        "{1:1}",
        "{\"a\",1}",
        "{\"a\":1,}",
        "[1,]",
        "[1 2]",
        "{\"a\":1 \"b\":2}",
        "[}",
        "{]",
        "[{\"a\":]",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\u+123\"",
        "\"\\u12\"",
        "\"a\nb\"",
        "{}]",
        ",",
        ":",
        "[,1]",
        "\u{a0}{}",
    ] {
        check(text, "line 1: this is no JSON");
    }
    check("[\n{},\nx]", "line 3: this is no JSON");
}

#[test]
fn names_the_line_where_it_ends_too_early() {
    for text in [
        "{",
        "[",
        "\"",
        "\"\\\"",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "[1",
        "[1,",
    ] {
        check(text, "line 1: the JSON text ends too early");
    }
}

#[test]
fn goes_no_deeper_than_it_says() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    check(&nested(DEEPEST), "");
    check(
        &nested(DEEPEST + 1),
        "line 1: objects and arrays lie more than 128 deep",
    );
    check(
        &"{\"a\":".repeat(100_000),
        "line 1: objects and arrays lie more than 128 deep",
    );
}
