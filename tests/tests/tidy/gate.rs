//! What visibility cannot say: the programs write through the gate of `files/`, and by no other way.

use crate::tidy::rust::occurrences;
use crate::tidy::rust::tokens;
use crate::tidy::workspace::File;
use crate::tidy::workspace::assert_found;
use crate::tidy::workspace::assert_none;
use crate::tidy::workspace::rust_files;

/// Whatever writes, makes, moves or removes something under a path.
const WRITES: [&str; 42] = [
    "fs::write",
    "fs::copy",
    "fs::rename",
    "fs::remove_file",
    "fs::remove_dir",
    "fs::remove_dir_all",
    "fs::create_dir",
    "fs::create_dir_all",
    "fs::hard_link",
    "fs::set_permissions",
    "fs::symlink",
    "unix::fs::chown",
    "DirBuilder",
    "File::create",
    "File::create_new",
    "File::options",
    ".append(true)",
    ".create(true)",
    ".create_new(true)",
    ".truncate(true)",
    ".write(true)",
    ".set_len(",
    ".set_permissions(",
    "OFlags::CREATE",
    "OFlags::WRONLY",
    "OFlags::RDWR",
    "OFlags::TRUNC",
    "OFlags::APPEND",
    "OFlags::TMPFILE",
    "renameat(",
    "renameat_with(",
    "fs::unlink",
    "unlinkat(",
    "fs::rmdir",
    "fs::mkdir",
    "mkdirat(",
    "linkat(",
    "symlinkat(",
    "mknodat(",
    "chmodat(",
    "fchmod(",
    "generate_to(",
];

/// Where else some of these stand, and why: none of these paths comes from a command line, except the vault's folder
/// itself, which `vault/src/store/folder.rs` opens.
const EXCEPTIONS: [(&str, &[&str], &str); 7] = [
    (
        "vault/src/store/folder.rs",
        &["fs::remove_file", "fs::remove_dir_all"],
        "an interrupted init's files in the vault's own folder",
    ),
    (
        "vault/src/store/file.rs",
        &["File::options", ".write(true)", ".create_new(true)", "fs::rename"],
        "the vault file of an init",
    ),
    (
        "vault/src/store/lock.rs",
        &[".write(true)", ".create(true)"],
        "the lock of the vault's own folder",
    ),
    (
        "vault/src/store/pending.rs",
        &[
            ".write(true)",
            ".create(true)",
            ".truncate(true)",
            "fs::rename",
            "fs::remove_file",
        ],
        "an init's note in the vault's own folder",
    ),
    (
        "vault/src/tpm/simulator.rs",
        &["DirBuilder", "fs::set_permissions"],
        "the simulator's folder in the vault's own",
    ),
    (
        "vault/src/tpm/tcti.rs",
        &[".write(true)"],
        "the TPM's device, which is there already",
    ),
    ("cli/src/ui/terminal.rs", &[".write(true)"], "/dev/tty"),
];

fn violations(file: &File) -> Vec<String> {
    if file.is_under("files/src/") || file.is_test() {
        return Vec::new();
    }
    let allowed = EXCEPTIONS.iter().find(|(path, ..)| file.path == *path);
    let allowed = allowed.map(|(_, calls, _)| *calls).unwrap_or_default();
    let tokens_of_file = tokens(&file.text);
    let calls = WRITES.iter().filter(|call| !allowed.contains(call));
    calls
        .flat_map(|call| {
            let lines = occurrences(&tokens_of_file, &tokens(call));
            lines
                .into_iter()
                .map(move |line| format!("{}:{line}: {call}: the gate in files/ writes", file.path))
        })
        .collect()
}

/// An exception that nothing needs any more.
fn spare(files: &[File]) -> Vec<String> {
    let mut spare = Vec::new();
    for (path, calls, _) in EXCEPTIONS {
        let file = files.iter().find(|file| file.path == path);
        let tokens_of_file = file.map(|file| tokens(&file.text)).unwrap_or_default();
        let unused = calls
            .iter()
            .filter(|call| occurrences(&tokens_of_file, &tokens(call)).is_empty());
        spare.extend(unused.map(|call| format!("{path} needs no exception for {call}")));
    }
    spare
}

#[test]
fn the_programs_write_through_the_gate_alone() {
    let files = rust_files(|file| {
        ["core/src/", "files/src/", "vault/src/", "cli/"]
            .iter()
            .any(|folder| file.is_under(folder))
    });
    assert_none(&files.iter().flat_map(violations).collect::<Vec<_>>());
    assert_none(&spare(&files));
}

#[test]
fn a_write_past_the_gate_is_found() {
    let check = |path: &str, text: &str, expected: &[&str]| {
        assert_found(&violations(&File::new(path, text)), expected);
    };
    check("cli/src/ui.rs", "std::fs::write(path, text)", &["ui.rs:1: fs::write"]);
    check(
        "cli/src/ui.rs",
        "\nOpenOptions::new().read(true).write(true)",
        &["ui.rs:2: .write(true)"],
    );
    check("cli/src/ui.rs", "OpenOptions::new().read(true)", &[]);
    check(
        "cli/drop/src/files.rs",
        "File::create_new(path)?",
        &["File::create_new"],
    );
    check(
        "cli/src/command/generate.rs",
        "clap_mangen::generate_to(c, d)",
        &["generate_to("],
    );
    check(
        "vault/src/store/export.rs",
        "rustix::fs::mkdirat(a, b, c)",
        &["mkdirat("],
    );
    check("vault/src/store/lock.rs", "o.write(true).create(true)", &[]);
    check("vault/src/store/lock.rs", "o.truncate(true)", &[".truncate(true)"]);
    check("files/src/unix/folder.rs", "renameat(a, b, c, d)", &[]);
    check("cli/src/ui/tests.rs", "fs::write(a, b)", &[]);
}
