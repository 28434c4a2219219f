//! Rust as a row of tokens: enough to see names and calls, and not to see comments and strings.

/// An identifier, a number, `::`, or one other character.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    /// Counted from 1.
    pub(crate) line: usize,
}

impl Token<'_> {
    pub(crate) fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut line = 1;
    for (piece, kept) in pieces(text) {
        if kept {
            tokens.push(Token { text: piece, line });
        }
        line += piece.matches('\n').count();
    }
    tokens
}

/// All of a text in pieces, and which of them are tokens; the others are comments, strings and blanks.
fn pieces(text: &str) -> Vec<(&str, bool)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (len, kept) = measure(rest, first);
        let (piece, after) = rest.split_at(len);
        pieces.push((piece, kept));
        rest = after;
    }
    pieces
}

/// What a string literal says; none where the piece is something else.
fn unquoted(piece: &str) -> Option<String> {
    if let Some(raw) = piece.strip_prefix('r').filter(|_| string(piece).is_some()) {
        let body = raw.trim_matches('#');
        return body.strip_prefix('"')?.strip_suffix('"').map(str::to_owned);
    }
    let mut body = piece.strip_prefix('"')?.strip_suffix('"')?.chars();
    let mut said = String::new();
    while let Some(c) = body.next() {
        match (c, body.clone().next()) {
            ('\\', Some('\n')) => body = body.as_str().trim_start().chars(),
            ('\\', Some('n')) => {
                said.push('\n');
                body.next();
            }
            ('\\', Some(escaped)) => {
                said.push(escaped);
                body.next();
            }
            _ => said.push(c),
        }
    }
    Some(said)
}

/// The string literals of a text, as the program has them.
pub(crate) fn literals(text: &str) -> Vec<String> {
    pieces(text)
        .into_iter()
        .filter_map(|(piece, _)| unquoted(piece))
        .collect()
}

/// Those of each argument of a call, from behind its opening bracket on.
pub(crate) fn call_literals(text: &str) -> Vec<Vec<String>> {
    let mut arguments = vec![Vec::new()];
    let mut depth = 1;
    for (piece, _) in pieces(text) {
        match piece {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            "," if depth == 1 => arguments.push(Vec::new()),
            _ => arguments.last_mut().expect("never empty").extend(unquoted(piece)),
        }
        if depth == 0 {
            break;
        }
    }
    arguments
}

/// Where the row `needle` stands in `tokens`: the lines.
pub(crate) fn occurrences(tokens: &[Token<'_>], needle: &[Token<'_>]) -> Vec<usize> {
    tokens
        .windows(needle.len())
        .filter(|window| window.iter().zip(needle).all(|(a, b)| a.text == b.text))
        .map(|window| window[0].line)
        .collect()
}

/// Bytes of what `rest` begins with, and whether it is a token.
fn measure(rest: &str, first: char) -> (usize, bool) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), false);
    }
    if rest.starts_with("/*") {
        return (block_comment(rest), false);
    }
    if let Some(len) = string(rest) {
        return (len, false);
    }
    if first.is_alphanumeric() || first == '_' {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        return (end.unwrap_or(rest.len()), true);
    }
    match first {
        '\'' => (quote(rest), false),
        ':' if rest.starts_with("::") => (2, true),
        _ => (first.len_utf8(), !first.is_whitespace()),
    }
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(next) = rest.get(at..).filter(|next| !next.is_empty()) {
        if next.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if next.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += next.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Bytes of a string literal of any kind: `"…"`, `b"…"`, `c"…"`, `r#"…"#`, `br#"…"#`.
fn string(rest: &str) -> Option<usize> {
    let prefix = rest.find(|c: char| !matches!(c, 'b' | 'c' | 'r'))?;
    let (letters, after) = rest.split_at(prefix);
    if letters.len() > 2 {
        return None;
    }
    let hashes = after.find(|c: char| c != '#')?;
    let body = after.get(hashes..)?.strip_prefix('"')?;
    let start = prefix + hashes + 1;
    if letters.ends_with('r') {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(body.find(&end).map_or(rest.len(), |at| start + at + end.len()));
    }
    if hashes > 0 {
        return None;
    }
    Some(start + escaped(body, '"'))
}

/// Bytes of a character literal, or of the `'` of a lifetime.
fn quote(rest: &str) -> usize {
    let mut chars = rest.chars().skip(1);
    match (chars.next(), chars.next()) {
        (Some('\\'), _) => 1 + escaped(&rest[1..], '\''),
        (Some(c), Some('\'')) => 2 + c.len_utf8(),
        _ => 1,
    }
}

/// Bytes up to and with the `end` that no backslash escapes.
fn escaped(body: &str, end: char) -> usize {
    let mut skip = false;
    for (at, c) in body.char_indices() {
        if !skip && c == end {
            return at + c.len_utf8();
        }
        skip = !skip && c == '\\';
    }
    body.len()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let texts: Vec<&str> = tokens(text).iter().map(|token| token.text).collect();
    assert_eq!(texts, expected);
}

#[test]
fn names_and_punctuation_are_tokens() {
    check("use ring::rand;", &["use", "ring", "::", "rand", ";"]);
    check("b.f(1_u8)", &["b", ".", "f", "(", "1_u8", ")"]);
}

#[test]
fn comments_and_strings_are_not() {
    check("a // std::fs\nb", &["a", "b"]);
    check("a /* x /* y */ std::fs */ b", &["a", "b"]);
    check(r#"a "std::fs \" unsafe" b"#, &["a", "b"]);
    check("a r#\"std::fs \" unsafe\"# b br\"\\\" c", &["a", "b", "c"]);
    check(r"a '\'' b '\\' c '}' d", &["a", "b", "c", "d"]);
    check("&'static str", &["&", "static", "str"]);
    check("crate::b", &["crate", "::", "b"]);
}

#[test]
fn lines_count_from_one_and_through_strings() {
    let lines: Vec<usize> = tokens("a\n\"x\ny\"\nb").iter().map(|token| token.line).collect();
    assert_eq!(lines, [1, 4]);
}

#[test]
fn literals_are_read_as_the_program_has_them() {
    assert_eq!(
        literals("a \"b \\\" \\\\ c\" // \"d\"\n\"e \\\n   f\""),
        ["b \" \\ c", "e f"]
    );
    assert_eq!(literals(r##"r"a\b" 'c' r#""d""#"##), [r"a\b", "\"d\""]);
    let call = call_literals("f(\"a)\", \"b\"), [c], \"d\") + \"e\"");
    assert_eq!(call, [&["a)", "b"][..], &[], &["d"]]);
}
