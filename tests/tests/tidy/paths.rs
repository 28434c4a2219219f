//! The paths that Rust source names: `a::b::c` in code, and every branch of a `use`.

use crate::tidy::rust::Token;
use crate::tidy::rust::tokens;
use crate::tidy::workspace::File;

/// One path. What `use` renames or globs is the path up to there.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Path {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
    pub(crate) imported: bool,
}

impl Path {
    pub(crate) fn root(&self) -> &str {
        &self.segments[0]
    }

    /// Whether the segments of `needle` stand in it, side by side.
    pub(crate) fn contains(&self, needle: &str) -> bool {
        let needle: Vec<&str> = needle.split("::").collect();
        self.segments.windows(needle.len()).any(|window| window == needle)
    }
}

pub(crate) fn paths(text: &str) -> Vec<Path> {
    let tokens = tokens(text);
    let mut paths = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let next = tokens.get(at + 1).map(|next| next.text);
        if token.text == "use" && next != Some("<") {
            at = branches(&tokens, at + 1, &[], &mut paths);
        } else if token.text == "extern" && next == Some("crate") {
            at = branches(&tokens, at + 2, &[], &mut paths);
        } else if token.is_name() {
            let (segments, after) = segments(&tokens, at);
            if segments.len() > 1 {
                paths.push(Path {
                    segments,
                    line: token.line,
                    imported: false,
                });
            }
            at = after;
        } else {
            at += 1;
        }
    }
    paths
}

/// The paths of a file of `crate_folder`, with `self` and `super` spelled out from `crate`.
pub(crate) fn resolved_paths(file: &File, crate_folder: &str) -> Vec<Path> {
    let module = module_of(&file.path, crate_folder);
    let mut paths = paths(&file.text);
    for path in &mut paths {
        let supers = path.segments.iter().take_while(|segment| *segment == "super").count();
        let from = if path.root() == "self" {
            Some((module.len(), 1))
        } else if supers > 0 {
            Some((module.len().saturating_sub(supers), supers))
        } else {
            None
        };
        if let Some((keep, skip)) = from {
            let here = module.iter().take(keep).cloned();
            let rest = path.segments.iter().skip(skip).cloned();
            path.segments = ["crate".to_owned()].into_iter().chain(here).chain(rest).collect();
        }
    }
    paths
}

/// `core/src/log/tree.rs` is `[log, tree]`, `core/src/lib.rs` is `[]`.
pub(crate) fn module_of(path: &str, crate_folder: &str) -> Vec<String> {
    let inner = path
        .strip_prefix(crate_folder)
        .and_then(|path| path.strip_prefix("/src/"))
        .and_then(|path| path.strip_suffix(".rs"))
        .unwrap_or_else(|| panic!("{path} is no source of {crate_folder}"));
    if inner == "lib" || inner == "main" {
        return Vec::new();
    }
    inner.split('/').map(str::to_owned).collect()
}

/// One branch of a `use` and those under it, from `at`; the place after it.
fn branches(tokens: &[Token<'_>], at: usize, before: &[String], paths: &mut Vec<Path>) -> usize {
    let mut segments = before.to_vec();
    let mut at = at;
    let line = tokens.get(at).map_or(0, |token| token.line);
    while let Some(token) = tokens.get(at) {
        match token.text {
            "::" | "*" => at += 1,
            "as" => at += 2,
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.text != "}") {
                    at = branches(tokens, at, &segments, paths);
                    at += usize::from(tokens.get(at).is_some_and(|token| token.text == ","));
                }
                return at + 1;
            }
            _ if token.is_name() => {
                segments.push(token.text.to_owned());
                at += 1;
            }
            _ => break,
        }
    }
    paths.push(Path {
        segments,
        line,
        imported: true,
    });
    at.max(1)
}

fn segments(tokens: &[Token<'_>], start: usize) -> (Vec<String>, usize) {
    let mut segments = vec![tokens[start].text.to_owned()];
    let mut at = start + 1;
    while let (Some(separator), Some(name)) = (tokens.get(at), tokens.get(at + 1)) {
        if separator.text != "::" || !name.is_name() {
            break;
        }
        segments.push(name.text.to_owned());
        at += 2;
    }
    (segments, at)
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let found: Vec<String> = paths(text).iter().map(|path| path.segments.join("::")).collect();
    assert_eq!(found, expected);
}

#[test]
fn every_branch_of_a_use_is_a_path() {
    check("use a::b;", &["a::b"]);
    check(
        "pub use a::{b, c::{d, self}, e as f}; use g::*;",
        &["a::b", "a::c::d", "a::c::self", "a::e", "g"],
    );
    check("use ::ring::rand; extern crate ring;", &["ring::rand", "ring"]);
    check(
        "fn f() -> impl Sized + use<'a> { std::fs::read(x) }",
        &["std::fs::read"],
    );
}

#[test]
fn paths_in_code_are_found() {
    check("let x = ring::rand::fill::<u8>(y) + z;", &["ring::rand::fill"]);
    check(
        "#[derive(thiserror::Error)] struct S; $crate::a::b!()",
        &["thiserror::Error", "crate::a::b"],
    );
    check("a.b(c)", &[]);
}

#[test]
fn super_and_self_are_spelled_out() {
    let file = File::new(
        "core/src/log/tree.rs",
        "use super::x; use super::super::store::Y; use self::z;",
    );
    let found: Vec<String> = resolved_paths(&file, "core")
        .iter()
        .map(|path| path.segments.join("::"))
        .collect();
    assert_eq!(found, ["crate::log::x", "crate::store::Y", "crate::log::tree::z"]);
}
