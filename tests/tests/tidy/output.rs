//! What a program writes passes through one place, which leaves out a password that strayed in.

use crate::tidy::rust::tokens;
use crate::tidy::workspace::File;
use crate::tidy::workspace::assert_found;
use crate::tidy::workspace::assert_none;
use crate::tidy::workspace::rust_files;

/// The only files that may name stdout, stderr or the screen of lines, and why.
const DOORS: [&str; 5] = [
    // Every line passes through `screened` there.
    "terminal/src/output.rs",
    "terminal/src/system/unix.rs",
    "terminal/src/system/other.rs",
    // Its lines are ours: a number of a number.
    "cli/audit/src/progress.rs",
    // The sandboxed twin of the program, in tests.
    "tests/src/",
];

/// By which a program writes to stdout or stderr: by itself, or by having clap do it.
const WRITERS: [&str; 9] = [
    "stdout",
    "stderr",
    "print",
    "println",
    "eprint",
    "eprintln",
    "dbg",
    "parse_from",
    "parse",
];

fn writers(file: &File) -> Vec<String> {
    let is_program = ["cli/", "terminal/", "core/src/", "vault/src/"]
        .iter()
        .any(|folder| file.is_under(folder));
    if !is_program || file.is_test() || DOORS.iter().any(|door| file.is_under(door)) {
        return Vec::new();
    }
    let tokens = tokens(&file.text);
    let mut violations = Vec::new();
    for row in tokens.windows(3) {
        let [before, name, behind] = row else { continue };
        let at = format!("{}:{}: {}", file.path, name.line, name.text);
        let writes = match name.text {
            // `Command::stdout` says where the output of another program goes.
            "stdout" | "stderr" => before.text != "." && behind.text == "(",
            "print" => ["(", "!"].contains(&behind.text),
            // `Parser::parse` prints what is wrong, and ends the program.
            "parse" | "parse_from" => {
                before.text == "::" && behind.text == "(" && file.text.contains("derive(Debug, Parser)")
            }
            other => WRITERS.contains(&other) && behind.text == "!",
        };
        if writes {
            violations.push(at);
        }
    }
    violations
}

#[test]
fn what_is_written_passes_through_one_place() {
    let files = rust_files(|file| !file.is_under("fuzz/"));
    assert_none(&files.iter().flat_map(writers).collect::<Vec<_>>());
}

/// In that place, nothing goes to a stream but what was screened, a secret in its own buffer, or what is nobody's words.
#[test]
fn the_one_place_screens_what_it_writes() {
    let files = rust_files(|file| file.path == "terminal/src/output.rs");
    let text = &files.first().expect("there is an output").text;
    let mut written = 0;
    for function in text.split("\n    pub fn ").skip(1) {
        let name = function.split('(').next().unwrap_or_default();
        let writes = ["self.put(", "self.aside(", "system::write("]
            .iter()
            .any(|call| function.contains(call));
        let is_screened = function.contains("screened");
        let is_nobodys = ["drawing", "bytes", "secret", "clear", "flush"].contains(&name);
        assert!(!writes || is_screened || is_nobodys, "{name}");
        written += usize::from(writes);
    }
    assert!(written > 6, "{written}");
}

#[test]
fn a_second_way_out_is_found() {
    let check = |path: &str, text: &str, expected: &[&str]| assert_found(&writers(&File::new(path, text)), expected);
    check("cli/src/x.rs", "fn f() { io::stdout().flush() }", &["stdout"]);
    check("cli/src/x.rs", "fn f() { std::io::stderr(); }", &["stderr"]);
    check("cli/drop/src/x.rs", "fn f() { error.print() }", &["print"]);
    check("core/src/x.rs", "fn f() { eprintln!(\"x\") }", &["eprintln"]);
    check(
        "cli/drop/src/x.rs",
        "#[derive(Debug, Parser)] struct P; fn f() { P::parse(); }",
        &["parse"],
    );
    check("cli/src/x.rs", "fn f() { io::stdin(); text.parse(); T::parse(x) }", &[]);
    check("terminal/src/output.rs", "fn f() { io::stdout() }", &[]);
}
