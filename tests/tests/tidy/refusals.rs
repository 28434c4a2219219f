//! Every refusal is on a page of `tests/transcripts`, in text and in JSON, or in the list there that says why not.

use serde_json::Value;

use crate::tidy::rust::call_literals;
use crate::tidy::rust::literals;
use crate::tidy::workspace::File;
use crate::tidy::workspace::assert_found;
use crate::tidy::workspace::assert_none;
use crate::tidy::workspace::files;
use crate::tidy::workspace::read;

/// What the pages show of errors or of hints.
#[derive(Default)]
struct Shown {
    text: Vec<String>,
    json: Vec<String>,
}

impl Shown {
    /// Of the pages among these files, by the mark in text and the field in JSON.
    fn on(files: &[File], name: &str) -> Self {
        let mut shown = Self::default();
        let pages = files.iter().filter(|file| file.is_under("tests/transcripts/"));
        for line in pages.flat_map(|page| page.text.lines()) {
            let Some(said) = line.strip_prefix("! ") else { continue };
            if let Some(text) = said.strip_prefix(&format!("{name}: ")) {
                shown.text.push(text.to_owned());
            }
            let object: Option<Value> = serde_json::from_str(said).ok();
            if let Some(text) = object.as_ref().and_then(|object| object[name].as_str()) {
                shown.json.push(text.to_owned());
            }
        }
        shown
    }

    /// Where the words of this literal are missing, what stands for its arguments left out.
    fn lacks(&self, literal: &str) -> Option<&'static str> {
        let words = fixed_words(literal);
        let shows = |lines: &[String]| lines.iter().any(|line| holds(line, &words));
        match (shows(&self.text), shows(&self.json)) {
            (true, true) => None,
            (true, false) => Some("not in JSON"),
            (false, true) => Some("not in text"),
            (false, false) => Some("on no page"),
        }
    }
}

/// The pieces of a format string between its arguments.
fn fixed_words(literal: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let mut chars = literal.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.peek() == Some(&c) => word.extend(chars.next()),
            '{' => {
                chars.by_ref().find(|c| *c == '}');
                words.push(std::mem::take(&mut word));
            }
            _ => word.push(c),
        }
    }
    words.push(word);
    words
}

/// Whether the words stand in the line, in this order.
fn holds(line: &str, words: &[String]) -> bool {
    let mut rest = Some(line);
    for word in words {
        rest = rest
            .and_then(|rest| rest.split_once(word.as_str()))
            .map(|(_, rest)| rest);
    }
    rest.is_some()
}

/// The texts of errors: in `#[error(…)]`, and what a usage failure says first.
fn errors(file: &File) -> Vec<String> {
    let attributes = file.text.split("#[error(").skip(1).flat_map(call_literals).flatten();
    let texts = attributes.chain(usage_failures(file, 0));
    texts.filter(|text| says_something(text)).collect()
}

/// The texts of hints: of the table of them, and what a usage failure says second.
fn hints(file: &File) -> Vec<String> {
    let table = if HINTS.contains(&file.path.as_str()) {
        literals(&file.text)
    } else {
        Vec::new()
    };
    let texts = table.into_iter().chain(usage_failures(file, 1));
    texts.filter(|text| says_something(text)).collect()
}

fn usage_failures(file: &File, argument: usize) -> impl Iterator<Item = String> {
    let calls = file.text.split("Failure::usage(").skip(1).map(call_literals);
    calls.flat_map(move |arguments| arguments.into_iter().nth(argument).unwrap_or_default())
}

fn says_something(text: &str) -> bool {
    fixed_words(text).iter().any(|word| word.contains(char::is_alphabetic))
}

fn is_source(file: &&File) -> bool {
    let code = [
        "cli/src/",
        "cli/audit/src/",
        "cli/drop/src/",
        "vault/src/",
        "core/src/",
        "files/src/",
    ];
    code.iter().any(|folder| file.is_under(folder)) && file.path.ends_with(".rs") && !file.is_test()
}

/// What is neither shown nor listed, and what is listed and need not be.
fn missing(texts: &[(String, String)], shown: &Shown, listed: &[Unseen]) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, text) in texts {
        let is_listed = listed.iter().any(|unseen| unseen.means(path, text));
        match shown.lacks(text) {
            Some(lack) if !is_listed => faults.push(format!("{path}: {lack}: {text}")),
            _ => {}
        }
    }
    for unseen in listed {
        let mut meant = texts.iter().filter(|(path, text)| unseen.means(path, text));
        if !meant.any(|(_, text)| shown.lacks(text).is_some()) {
            faults.push(format!(
                "{}: listed as unseen, and is not: {}",
                unseen.path, unseen.text
            ));
        }
    }
    faults
}

fn texts_of(files: &[File], of: impl Fn(&File) -> Vec<String>) -> Vec<(String, String)> {
    let sources = files.iter().filter(is_source);
    let texts: Vec<(String, String)> = sources
        .flat_map(|file| of(file).into_iter().map(|text| (file.path.clone(), text)))
        .collect();
    assert!(texts.len() > 40, "only {} texts", texts.len());
    texts
}

/// A text that no page shows: a row of a table in the pages' README.
struct Unseen<'a> {
    /// Of all the texts of its file, where this is [`ALL`].
    text: &'a str,
    path: &'a str,
}

impl Unseen<'_> {
    fn means(&self, path: &str, text: &str) -> bool {
        self.path == path && [ALL, text].contains(&self.text)
    }
}

/// The rows below a heading. What stands there names its reason, and a test or `none`; that the test exists is seen to
/// where documents are.
fn unseen<'a>(readme: &'a str, heading: &str) -> Vec<Unseen<'a>> {
    let section = readme.split_once(heading).map_or("", |(_, rest)| rest);
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .skip(1);
    let row = |row: &'a str| {
        let cells: Vec<&str> = row.split(" | ").collect();
        let [text, path, why, test] = cells[..] else {
            panic!("{row} has not four cells");
        };
        assert!(!why.is_empty() && (test == "none" || test.contains("::")), "{row}");
        Unseen { text, path }
    };
    rows.map(row).collect()
}

#[track_caller]
fn assert_shown(name: &str, of: impl Fn(&File) -> Vec<String>, heading: &str) {
    let files = files();
    let readme = read("tests/transcripts/README.md").text;
    assert_none(&missing(
        &texts_of(&files, of),
        &Shown::on(&files, name),
        &unseen(&readme, heading),
    ));
}

#[test]
fn every_error_is_on_a_page() {
    assert_shown("error", errors, "\n## Errors on no page\n");
}

#[test]
fn every_hint_is_on_a_page() {
    assert_shown("hint", hints, "\n## Hints on no page\n");
}

#[test]
fn a_refusal_on_no_page_is_found() {
    let source = |text: &str| File::new("cli/src/x.rs", text);
    let file = source("#[error(\"there is no {what} in {}, {{or}}\", x(y))]\nA,\n#[error(transparent)]\nB");
    assert_eq!(errors(&file), ["there is no {what} in {}, {{or}}"]);
    let file = source("Failure::usage(f(\"no\"), \"give \\\n   one\"); \"other\"");
    assert_eq!(
        (errors(&file), hints(&file)),
        (vec!["no".to_owned()], vec!["give one".to_owned()])
    );

    let page = "! error: there is no cat in the house, {or}\n! {\"error\":\"there is no dog\"}\n! hint: a\n";
    let shown = Shown::on(&[File::new("tests/transcripts/a.md", page)], "error");
    let check = |text: &str, listed: &[Unseen], expected: &[&str]| {
        assert_found(
            &missing(&[("x.rs".to_owned(), text.to_owned())], &shown, listed),
            expected,
        );
    };
    let readme =
        "x\n## A\n\n| what | where | why | test |\n|---|---|---|---|\n| the end | x.rs | so | none |\n\n## B\n";
    check("there is no {what} in {}, {{or}}", &[], &["x.rs: not in JSON"]);
    check("there is no {} dog", &[], &["x.rs: on no page"]);
    check("there is no dog", &[], &["x.rs: not in text"]);
    check("there is no", &[], &[]);
    check("the end", &unseen(readme, "\n## A\n"), &[]);
    check("there is no", &unseen(readme, "\n## A\n"), &["listed as unseen"]);
}

const ALL: &str = "all of it";
const HINTS: [&str; 3] = ["cli/src/hint.rs", "cli/audit/src/hint.rs", "cli/drop/src/hint.rs"];
