//! The documents: their links lead somewhere, and the tests that they name exist.
//!
//! A document names a test as a file and a function, in backticks and outside code blocks:
//! `tests/tests/tidy/documents.rs::links_lead_somewhere`.

use crate::tidy::rust::Token;
use crate::tidy::rust::tokens;
use crate::tidy::workspace::File;
use crate::tidy::workspace::assert_found;
use crate::tidy::workspace::assert_none;
use crate::tidy::workspace::files;

/// The lines outside code blocks, counted from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut code = false;
    text.lines().enumerate().filter_map(move |(at, line)| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        (!code && !fence).then_some((at + 1, line))
    })
}

/// The tests that a document names: line, file, function.
fn named_tests(document: &File) -> Vec<(usize, &str, &str)> {
    let mut named = Vec::new();
    for (line, text) in prose(&document.text) {
        for code in text.split('`').skip(1).step_by(2) {
            if let Some((file, test)) = code.split_once(".rs::") {
                named.push((line, &code[..file.len() + 3], test));
            }
        }
    }
    named
}

fn missing_tests(document: &File, files: &[File]) -> Vec<String> {
    let mut missing = Vec::new();
    for (line, path, test) in named_tests(document) {
        let file = files.iter().find(|file| file.path == path);
        if !file.is_some_and(|file| has_test(&tokens(&file.text), test)) {
            missing.push(format!("{}:{line}: no test {path}::{test}", document.path));
        }
    }
    missing
}

/// Whether there is a `#[test]` with that name, whatever other attributes stand between.
fn has_test(tokens: &[Token<'_>], name: &str) -> bool {
    let declared = |row: &[Token<'_>]| row[0].text == "fn" && row[1].text == name;
    tokens.windows(2).enumerate().any(|(at, row)| {
        let before = &tokens[..at];
        let start = before
            .iter()
            .rposition(|token| matches!(token.text, ";" | "{" | "}"))
            .map_or(0, |at| at + 1);
        let attributes = &before[start..];
        declared(row)
            && attributes
                .windows(4)
                .any(|row| row.iter().map(|token| token.text).eq(["#", "[", "test", "]"]))
    })
}

fn dead_links(document: &File, files: &[File]) -> Vec<String> {
    let mut dead = Vec::new();
    for (line, text) in prose(&document.text) {
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = target
                .split_once('#')
                .map_or((target, None), |(path, anchor)| (path, Some(anchor)));
            let path = if path.is_empty() {
                document.path.clone()
            } else {
                join(&document.path, path)
            };
            let folder = format!("{path}/");
            let found = files.iter().find(|file| file.path == path);
            let lives = match (found, anchor) {
                (Some(file), Some(anchor)) => {
                    prose(&file.text).any(|(_, line)| heading(line).as_deref() == Some(anchor))
                }
                (Some(_), None) => true,
                (None, _) => files.iter().any(|file| file.path.starts_with(&folder)),
            };
            if !lives {
                dead.push(format!("{}:{line}: {target} leads nowhere", document.path));
            }
        }
    }
    dead
}

/// A relative link's path from the workspace's root.
fn join(document: &str, link: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in link.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The anchor of a heading, as it is made from its words.
fn heading(line: &str) -> Option<String> {
    let title = line.strip_prefix('#')?.trim_start_matches('#').trim();
    let kept = title
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    Some(kept.collect::<String>().to_lowercase().replace(' ', "-"))
}

/// The links of messages, such as `docs/operations.md#forked` in a hint, that lead nowhere.
fn dead_hints(code: &File, files: &[File]) -> Vec<String> {
    let mut dead = Vec::new();
    for (at, line) in code.text.lines().enumerate() {
        for rest in line.split("docs/").skip(1) {
            let end = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '#'));
            let target = rest.split(end).next().unwrap_or_default();
            let Some((name, anchor)) = target.split_once(".md#") else {
                continue;
            };
            let path = format!("docs/{name}.md");
            let found = files.iter().find(|file| file.path == path);
            let lives = |file: &File| prose(&file.text).any(|(_, line)| heading(line).as_deref() == Some(anchor));
            if !found.is_some_and(lives) {
                dead.push(format!("{}:{}: {path}#{anchor} leads nowhere", code.path, at + 1));
            }
        }
    }
    dead
}

fn documents(files: &[File]) -> Vec<&File> {
    let documents: Vec<&File> = files.iter().filter(|file| file.path.ends_with(".md")).collect();
    assert!(!documents.is_empty(), "no documents");
    documents
}

#[test]
fn tests_that_documents_name_exist() {
    let files = files();
    let documents = documents(&files);
    let named: usize = documents.iter().map(|document| named_tests(document).len()).sum();
    assert!(named > 0, "no document names a test");
    assert_none(
        &documents
            .iter()
            .flat_map(|document| missing_tests(document, &files))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn links_lead_somewhere() {
    let files = files();
    let documents = documents(&files);
    assert_none(
        &documents
            .iter()
            .flat_map(|document| dead_links(document, &files))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn hints_lead_somewhere() {
    let files = files();
    let code = files.iter().filter(|file| file.path.starts_with("cli/src/"));
    assert_none(&code.flat_map(|file| dead_hints(file, &files)).collect::<Vec<_>>());
}

#[test]
fn a_hint_that_leads_nowhere_is_found() {
    let files = [File::new("docs/a.md", "### rolled-back")];
    let check = |code: &str, expected: &[&str]| {
        assert_found(&dead_hints(&File::new("cli/src/x.rs", code), &files), expected);
    };
    check("see docs/a.md#rolled-back\"", &[]);
    check(
        "\\n see docs/a.md#forked; or docs/b.md#rolled-back",
        &["x.rs:1: docs/a.md#forked", "docs/b.md#rolled-back"],
    );
}

#[test]
fn a_test_that_is_not_there_is_found() {
    let files = [File::new(
        "a/b.rs",
        "#[test]\n#[cfg(unix)]\nfn there() {}\nfn helper() {}",
    )];
    let check = |text: &str, expected: &[&str]| {
        assert_found(&missing_tests(&File::new("README.md", text), &files), expected);
    };
    check("It is so (`a/b.rs::there`).", &[]);
    check(
        "x\n`a/b.rs::gone` and `a/b.rs::helper`",
        &["README.md:2: no test a/b.rs::gone", "helper"],
    );
    check("`a/c.rs::there`", &["a/c.rs::there"]);
    check("```\n`a/c.rs::there`\n```\n", &[]);
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let files = [
        File::new("docs/a.md", "# Rolled back, or not"),
        File::new("LICENSE", ""),
    ];
    let check = |text: &str, expected: &[&str]| {
        assert_found(&dead_links(&File::new("docs/b.md", text), &files), expected);
    };
    check(
        "[a](a.md) [b](../LICENSE) [c](https://x.org/y) [d](../docs/) [e](a.md#rolled-back-or-not)",
        &[],
    );
    check("x\n[a](LICENSE) [b](../docs/a.md)", &["docs/b.md:2: LICENSE"]);
    check("[a](a.md#forked)", &["a.md#forked"]);
}
