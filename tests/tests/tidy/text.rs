//! What no file says, how long a file is, and who may be `unsafe`.

use crate::tidy::rust::occurrences;
use crate::tidy::rust::tokens;
use crate::tidy::workspace::File;
use crate::tidy::workspace::assert_found;
use crate::tidy::workspace::assert_none;
use crate::tidy::workspace::exists;
use crate::tidy::workspace::files;
use crate::tidy::workspace::rust_files;

/// A longer file holds two ideas.
const LINES: usize = 400;

/// Code that says: not now.
const UNFINISHED: [&str; 5] = ["todo!", "unimplemented!", "#[ignore", "dbg!", "allow(dead_code"];

/// Words that say the same; in two halves, for this file is looked at too.
const MARKS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];

/// Paths of one machine, and names of tools: the project speaks of itself alone. In two halves, as above.
const ALIEN: [&str; 5] = [
    concat!("/wo", "rk/"),
    concat!("clau", "de"),
    concat!("anth", "ropic"),
    concat!("copi", "lot"),
    concat!("chat", "gpt"),
];

/// The files with `unsafe` in them; each such line has its reason beside it (clippy sees to that).
const UNSAFE: [&str; 5] = [
    // The environment, before anything else runs: libtss2 reads it.
    "cli/src/hardening.rs",
    // In tests only: SQLite calls a VFS by plain pointers.
    "tests/src/faulty_disk.rs",
    // Locking the keyring's pages: the system call takes an address.
    "vault/src/ops/locking.rs",
    // What tss-esapi has no safe call for: the dictionary attack limits.
    "vault/src/tpm/esys.rs",
    // Between fork and exec: the simulator dies with its parent.
    "vault/src/tpm/simulator.rs",
];

/// The roots of the crates, and the least that each says of `unsafe`.
const ROOTS: [(&str, &str); 4] = [
    ("core/src/lib.rs", "#![forbid(unsafe_code)]"),
    ("schema/src/lib.rs", "#![forbid(unsafe_code)]"),
    ("vault/src/lib.rs", "#![deny(unsafe_code)]"),
    ("cli/src/lib.rs", "#![deny(unsafe_code)]"),
];

fn rust_faults(file: &File) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = file.text.lines().count();
    if lines > LINES {
        faults.push(format!("{}: {lines} lines: it holds two ideas", file.path));
    }
    if file.path.ends_with("/mod.rs") {
        faults.push(format!("{}: a module's file bears its name", file.path));
    }
    let tokens_of_file = tokens(&file.text);
    for needle in UNFINISHED {
        for line in occurrences(&tokens_of_file, &tokens(needle)) {
            faults.push(format!("{}:{line}: {needle}", file.path));
        }
    }
    if !UNSAFE.contains(&file.path.as_str()) {
        for line in occurrences(&tokens_of_file, &tokens("unsafe")) {
            faults.push(format!(
                "{}:{line}: unsafe, and not in the list of tidy/text.rs",
                file.path
            ));
        }
    }
    faults
}

fn marks(file: &File) -> Vec<String> {
    let mut faults = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        let mut words = line.split(|c: char| !c.is_alphanumeric());
        if let Some(mark) = words.find(|word| MARKS.contains(word)) {
            faults.push(format!("{}:{}: {mark}", file.path, at + 1));
        }
    }
    faults
}

fn alien_names(file: &File) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = file.text.lines().chain([file.path.as_str()]).enumerate();
    for (at, line) in lines {
        let line = line.to_lowercase();
        for name in ALIEN.iter().filter(|name| line.contains(*name)) {
            faults.push(format!("{}:{}: {name}", file.path, at + 1));
        }
    }
    faults
}

/// A vector without its source proves nothing. JSON, which has no comments, has it in a file beside it.
fn sourceless_vectors(files: &[File]) -> (usize, Vec<String>) {
    let vectors = files
        .iter()
        .filter(|file| file.path.contains("/vectors/") && !file.path.ends_with(".rs"));
    let mut looked = 0;
    let mut faults = Vec::new();
    for file in vectors {
        looked += 1;
        let beside = format!("{}.source", file.path);
        let source = files.iter().find(|other| other.path == beside).unwrap_or(file);
        if !source.text.starts_with("# Source: ") {
            faults.push(format!("{}: its first line is not `# Source: …`", source.path));
        }
    }
    (looked, faults)
}

#[test]
fn rust_files_are_short_finished_and_safe() {
    let files = rust_files(|_| true);
    assert_none(&files.iter().flat_map(rust_faults).collect::<Vec<_>>());
    for path in UNSAFE {
        let listed = files.iter().find(|file| file.path == path);
        let used = listed.is_some_and(|file| !occurrences(&tokens(&file.text), &tokens("unsafe")).is_empty());
        assert!(
            used || !exists("vault/src/tpm.rs"),
            "{path} is listed as unsafe, and is not"
        );
    }
}

#[test]
fn crates_say_what_they_think_of_unsafe() {
    for (path, attribute) in ROOTS {
        let root = rust_files(|file| file.path == path).remove(0);
        assert!(
            !occurrences(&tokens(&root.text), &tokens(attribute)).is_empty(),
            "{path} lacks {attribute}"
        );
    }
}

#[test]
fn nothing_is_marked_for_later() {
    let files = files();
    let written = |file: &&File| !file.is_under("fuzz/corpus/");
    let mut looked = 0;
    let faults: Vec<String> = files
        .iter()
        .filter(written)
        .inspect(|_| looked += 1)
        .flat_map(marks)
        .collect();
    assert!(looked > 10, "only {looked} files");
    assert_none(&faults);
}

#[test]
fn the_project_speaks_of_itself_alone() {
    let files = files();
    assert!(files.len() > 10, "only {} files", files.len());
    assert_none(&files.iter().flat_map(alien_names).collect::<Vec<_>>());
}

#[test]
fn vectors_name_their_source() {
    let (looked, faults) = sourceless_vectors(&files());
    assert!(looked > 0 || !exists("docs/format.md"), "the format has no vectors");
    assert_none(&faults);
}

#[test]
fn faults_of_rust_files_are_found() {
    let check = |path: &str, text: &str, expected: &[&str]| {
        assert_found(&rust_faults(&File::new(path, text)), expected);
    };
    check("a.rs", &"\n".repeat(LINES), &[]);
    check("a.rs", &"\n".repeat(LINES + 1), &["401 lines"]);
    check("a/mod.rs", "", &["bears its name"]);
    check("a.rs", "todo!()", &["a.rs:1: todo!"]);
    check("a.rs", "\nunimplemented!(\"x\")", &["a.rs:2: unimplemented!"]);
    check("a.rs", "#[ignore = \"slow\"] fn f() {}", &["#[ignore"]);
    check(
        "a.rs",
        "dbg!(x); #[allow(dead_code, reason = \"\")]",
        &["dbg!", "allow(dead_code"],
    );
    check("a.rs", "// unsafe\nunsafe { f() }", &["a.rs:2: unsafe"]);
    check("a.rs", "#![forbid(unsafe_code)]", &[]);
}

#[test]
fn marks_and_alien_names_are_found() {
    let file = File::new("a.md", &format!("x\n# {}: later\n", MARKS[0]));
    assert_found(&marks(&file), &["a.md:2"]);
    assert_found(&marks(&File::new("a.sh", &format!("mktemp {}", "X".repeat(6)))), &[]);
    let file = File::new(
        "a.md",
        &format!("ok\nsee {}x and {}", ALIEN[0], ALIEN[1].to_uppercase()),
    );
    assert_found(&alien_names(&file), &["a.md:2", "a.md:2"]);
    let file = File::new(&format!("{}.md", ALIEN[1]), "");
    assert_found(&alien_names(&file), &["md:1"]);
}

#[test]
fn a_vector_without_source_is_found() {
    let check = |files: &[(&str, &str)], expected: &[&str]| {
        let files: Vec<File> = files.iter().map(|(path, text)| File::new(path, text)).collect();
        assert_found(&sourceless_vectors(&files).1, expected);
    };
    check(&[("core/src/crypto/vectors/gcm.txt", "# Source: NIST\nx")], &[]);
    check(
        &[("core/src/crypto/vectors/gcm.txt", "x\n# Source: NIST")],
        &["gcm.txt"],
    );
    check(&[("core/vectors/a.json", "{}")], &["a.json: its first line"]);
    check(
        &[
            ("core/vectors/a.json", "{}"),
            ("core/vectors/a.json.source", "# Source: x"),
        ],
        &[],
    );
}
