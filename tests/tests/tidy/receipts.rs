//! What visibility cannot say across two crates: who makes a receipt, and who opens an envelope.

use crate::tidy::rust::occurrences;
use crate::tidy::rust::tokens;
use crate::tidy::workspace::File;
use crate::tidy::workspace::assert_found;
use crate::tidy::workspace::assert_none;
use crate::tidy::workspace::rust_files;

struct Rule {
    /// Any of these, as tokens.
    calls: &'static [&'static str],
    /// Where they may stand: files whose path begins so.
    place: &'static str,
    /// In how many files at most.
    files: usize,
    /// How often at most.
    times: usize,
    /// What declares the called: once this stands somewhere, so does a call.
    declared: &'static str,
}

/// DESIGN: one file calls each constructor.
const RULES: [Rule; 3] = [
    // On the line after COMMIT.
    Rule {
        calls: &["Committed::after_commit("],
        place: "vault/src/store/",
        files: 1,
        times: 1,
        declared: "fn after_commit",
    },
    // By `Committed::anchor`, after the NV write.
    Rule {
        calls: &["Anchored {", "Anchored(", "Committed {", "Committed("],
        place: "vault/src/receipt.rs",
        files: 1,
        times: usize::MAX,
        declared: "struct Anchored",
    },
    // Behind an event that names the envelope.
    Rule {
        calls: &[".decrypt_password(", "Envelope::decrypt", "envelope::open("],
        place: "vault/src/ops/",
        files: 1,
        times: 1,
        declared: "fn decrypt_password",
    },
];

fn violations(rule: &Rule, files: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    let mut callers = 0;
    let mut times = 0;
    for file in files.iter().filter(|file| !file.is_under("core/")) {
        let tokens_of_file = tokens(&file.text);
        let mut lines: Vec<usize> = Vec::new();
        for call in rule.calls {
            lines.extend(occurrences(&tokens_of_file, &tokens(call)));
        }
        callers += usize::from(!lines.is_empty());
        times += lines.len();
        if !file.is_under(rule.place) {
            let stray = lines
                .iter()
                .map(|line| format!("{}:{line}: only {} may", file.path, rule.place));
            violations.extend(stray);
        }
    }
    let name = rule.calls[0];
    let declared = files
        .iter()
        .any(|file| !occurrences(&tokens(&file.text), &tokens(rule.declared)).is_empty());
    if declared && times == 0 {
        violations.push(format!("nobody calls {name}: this rule looks for the wrong name"));
    }
    if callers > rule.files {
        violations.push(format!("{callers} files call {name}"));
    }
    if times > rule.times {
        violations.push(format!("{times} calls of {name}"));
    }
    violations
}

#[test]
fn receipts_are_made_and_envelopes_opened_in_one_place() {
    // Not this folder, which names them all.
    let files = rust_files(|file| !file.is_under("tests/tests/tidy"));
    assert_none(
        &RULES
            .iter()
            .flat_map(|rule| violations(rule, &files))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_receipt_made_elsewhere_is_found() {
    #[track_caller]
    fn check(rule: usize, files: &[(&str, &str)], expected: &[&str]) {
        let files: Vec<File> = files.iter().map(|(path, text)| File::new(path, text)).collect();
        assert_found(&violations(&RULES[rule], &files), expected);
    }
    let commit = ("vault/src/store/commit.rs", "Committed::after_commit(event)");
    let receipt = (
        "vault/src/receipt.rs",
        "struct Anchored<E>(E); fn after_commit() { Anchored(e) }",
    );
    check(0, &[commit, receipt], &[]);
    check(0, &[receipt], &["nobody calls"]);
    check(
        0,
        &[commit, ("vault/src/ops/reveal.rs", commit.1)],
        &["reveal.rs:1: only", "2 files", "2 calls"],
    );
    check(
        0,
        &[commit, ("vault/src/store/other.rs", commit.1)],
        &["2 files", "2 calls"],
    );
    check(
        0,
        &[(
            "vault/src/store/commit.rs",
            "Committed::after_commit(a); Committed::after_commit(b)",
        )],
        &["2 calls"],
    );
    check(1, &[receipt], &[]);
    check(
        1,
        &[receipt, ("vault/src/ops/reveal.rs", "let e = Anchored { event };")],
        &["reveal.rs:1", "2 files"],
    );
    check(
        1,
        &[receipt, ("vault/src/ops/reveal.rs", "fn f(e: Anchored<Reveal>) {}")],
        &[],
    );
    let open = ("vault/src/ops/open.rs", "envelope.decrypt_password(k)");
    let declared = ("core/src/envelope.rs", "fn decrypt_password() {}");
    check(2, &[open, declared], &[]);
    check(2, &[declared], &["nobody calls"]);
    check(
        2,
        &[open, ("cli/src/ui.rs", open.1)],
        &["ui.rs:1: only", "2 files", "2 calls"],
    );
}
