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
    /// Once these tokens stand under this folder, so does a call somewhere: a rule with the wrong name fails.
    once: (&'static str, &'static str),
}

/// One file calls each constructor.
const RULES: [Rule; 4] = [
    // On the line after COMMIT.
    Rule {
        calls: &["Committed::after_commit("],
        place: "vault/src/store/commit.rs",
        files: 1,
        times: 1,
        once: ("vault/src/", "fn after_commit"),
    },
    // By `Committed::anchor`, after the NV write.
    Rule {
        calls: &["Anchored {", "Anchored(", "Committed {", "Committed("],
        place: "vault/src/receipt.rs",
        files: 1,
        times: usize::MAX,
        once: ("vault/src/", "struct Anchored"),
    },
    // Behind an event that names the envelope.
    Rule {
        calls: &["envelope.decrypt(", ".decrypt_password(", "Envelope::decrypt"],
        place: "vault/src/ops/opening.rs",
        files: 1,
        times: 1,
        once: ("vault/src/ops/", "reveal"),
    },
    // Whatever it is called there: a keyring's copy and an envelope, and nothing else, are decrypted.
    Rule {
        calls: &[".decrypt(", ".decrypt_password(", "::decrypt"],
        place: "vault/src/",
        files: 2,
        times: usize::MAX,
        once: ("vault/src/ops/", "reveal"),
    },
];

fn violations(rule: &Rule, files: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    let mut callers = 0;
    let mut times = 0;
    for file in files {
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
    let (folder, sign) = rule.once;
    let mut candidates = files.iter().filter(|file| file.is_under(folder));
    let due = candidates.any(|file| !occurrences(&tokens(&file.text), &tokens(sign)).is_empty());
    if due && times == 0 {
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
    // What is shipped and can reach a vault; core itself has none to open.
    let files = rust_files(|file| {
        ["vault/src/", "cli/src/", "schema/src/"]
            .iter()
            .any(|folder| file.is_under(folder))
    });
    let found = RULES.iter().flat_map(|rule| violations(rule, &files));
    assert_none(&found.collect::<Vec<_>>());
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
        &["other.rs:1: only", "2 files", "2 calls"],
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
    let open = ("vault/src/ops/opening.rs", "row.envelope.decrypt(keyring, place)");
    let keyring = ("vault/src/ops/unseal.rs", "copy.decrypt(vault)");
    let reveal = ("vault/src/ops/reveal.rs", "pub fn reveal() {}");
    check(2, &[open, keyring, reveal], &[]);
    check(2, &[keyring, reveal], &["nobody calls"]);
    check(
        2,
        &[open, ("cli/src/ui.rs", open.1)],
        &["ui.rs:1: only", "2 files", "2 calls"],
    );
    check(3, &[open, keyring], &[]);
    check(
        3,
        &[open, keyring, ("vault/src/ops/drill.rs", "x.decrypt(y)")],
        &["3 files"],
    );
    check(3, &[("cli/src/ui.rs", "x.decrypt(y)")], &["ui.rs:1: only"]);
}
