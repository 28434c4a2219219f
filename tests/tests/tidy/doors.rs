//! Each foreign crate has one door: the only folders whose code may name it.

use crate::tidy::paths::paths;
use crate::tidy::rust::tokens;
use crate::tidy::workspace::File;
use crate::tidy::workspace::assert_found;
use crate::tidy::workspace::assert_none;
use crate::tidy::workspace::rust_files;

/// Code that is compiled for tests alone.
const TESTS: &str = "(tests)";

/// Every foreign crate, as code names it, and where that may be. A new dependency is a decision, and is made here.
pub(crate) const DOORS: [(&str, &[&str]); 38] = [
    // What touches secrets
    ("aes_gcm", &["core/src/crypto"]),
    ("ccm", &["core/src/crypto"]),
    ("hkdf", &["core/src/crypto"]),
    ("hmac", &["core/src/crypto"]),
    ("hpke", &["core/src/crypto"]),
    ("sha2", &["core/src/crypto", "benches/src/floor", TESTS]),
    ("ring", &["core/src/crypto", "benches/src/floor", TESTS]),
    ("subtle", &["core/src/crypto", "core/src/values"]),
    ("zeroize", &["core/src/", "vault/src/", "cli/"]),
    // Values and encodings
    ("data_encoding", &["core/src/", "vault/src/ops/", TESTS]),
    ("encoding_rs", &["core/src/intake/encodings"]),
    (
        "jiff",
        &["core/src/values/time.rs", "cli/src/", "cli/audit/src/time.rs"],
    ),
    ("quick_xml", &["core/src/intake/xml"]),
    ("serde", &["core/src/", "vault/src/", "terminal/", "cli/"]),
    ("serde_json", &["core/src/", "terminal/", "cli/", TESTS]),
    (
        "thiserror",
        &["core/src/", "files/src/", "schema/src/", "vault/src/", "cli/"],
    ),
    ("unicode_normalization", &["core/src/values"]),
    ("unicode_properties", &["core/src/values"]),
    // The machine
    ("nix", &["cli/src/"]),
    (
        "rusqlite",
        &["vault/src/store", "schema/src/", "benches/src/floor", TESTS],
    ),
    (
        "rustix",
        &["files/src/unix", "vault/src/", "terminal/src/system", "cli/src/", TESTS],
    ),
    ("tss_esapi", &["vault/src/tpm", "benches/src/floor", TESTS]),
    // The terminal
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/src/"]),
    ("clap_mangen", &["cli/src/"]),
    ("comfy_table", &["cli/src/"]),
    ("csv", &["cli/src/"]),
    ("indicatif", &["cli/audit/src/progress.rs"]),
    ("minijinja", &["cli/src/render/html"]),
    ("qrcodegen_no_heap", &["cli/src/"]),
    // Tests
    ("aes", &[TESTS]),
    ("ct_merkle", &[TESTS]),
    ("proptest", &[TESTS]),
    ("rexpect", &[TESTS]),
    ("tempfile", &["benches/src/", TESTS]),
    // Rust itself
    ("alloc", &[""]),
    ("core", &[""]),
    ("std", &[""]),
];

fn closed_doors(file: &File) -> Vec<String> {
    let own = local_names(&file.text);
    let mut violations = Vec::new();
    for path in paths(&file.text) {
        let (root, line) = (path.root(), path.line);
        let at = format!("{}:{line}: {root}", file.path);
        let open = |place: &&str| file.is_under(place) || (*place == TESTS && file.is_test());
        match DOORS.iter().find(|(name, _)| *name == root) {
            Some((_, places)) if places.iter().any(open) => {}
            Some((_, places)) => violations.push(format!("{at}: its door is {places:?}")),
            None if path.imported && !is_ours(root) && !own.contains(&root) => {
                violations.push(format!("{at}: this crate has no door"));
            }
            None => {}
        }
    }
    violations
}

/// What a `use` may begin with that is no foreign crate: our packages, and a type whose variants it names.
fn is_ours(root: &str) -> bool {
    matches!(root, "crate" | "self" | "super")
        || root.starts_with("strongroom_")
        || root.starts_with(char::is_uppercase)
}

/// The modules and macros that a file declares.
fn local_names(text: &str) -> Vec<&str> {
    let tokens = tokens(text);
    let modules = tokens
        .windows(2)
        .filter(|row| row[0].text == "mod")
        .map(|row| row[1].text);
    let macros = tokens
        .windows(3)
        .filter(|row| row[0].text == "macro_rules")
        .map(|row| row[2].text);
    modules.chain(macros).collect()
}

#[test]
fn foreign_crates_are_named_behind_their_doors_only() {
    // fuzz/ is a workspace of its own.
    let files = rust_files(|file| !file.is_under("fuzz/"));
    assert_none(&files.iter().flat_map(closed_doors).collect::<Vec<_>>());
}

#[test]
fn a_crate_outside_its_door_is_found() {
    let check = |path: &str, text: &str, expected: &[&str]| {
        assert_found(&closed_doors(&File::new(path, text)), expected);
    };
    check("core/src/crypto/aead.rs", "use aes_gcm::Aes256Gcm;", &[]);
    check(
        "core/src/envelope.rs",
        "\nuse aes_gcm::Aes256Gcm;",
        &["envelope.rs:2: aes_gcm: its door"],
    );
    check("vault/src/ops.rs", "fn f() { ring::rand::g() }", &["ring: its door"]);
    check(
        "vault/src/ops.rs",
        "use {std::fmt, rusqlite::Connection};",
        &["rusqlite: its door"],
    );
    check("vault/src/ops.rs", "proptest::bool::ANY", &["proptest: its door"]);
    check("vault/src/ops/tests.rs", "use proptest::bool::ANY;", &[]);
    check("cli/src/ui.rs", "use tokio::net;", &["tokio: this crate has no door"]);
    check(
        "core/src/values/code.rs",
        "macro_rules! codes { () => {} } pub(super) use codes;",
        &[],
    );
    check("cli/src/ui.rs", "extern crate libc;", &["libc: this crate has no door"]);
    check(
        "cli/src/ui.rs",
        "mod row; use row::Row; use Verb::*; use crate::x; x::y()",
        &[],
    );
}
