//! A module uses only what stands above it, and a layer touches only what is its own.

use std::collections::BTreeMap;

use crate::tidy::paths::module_of;
use crate::tidy::paths::resolved_paths;
use crate::tidy::rust::tokens;
use crate::tidy::workspace::File;
use crate::tidy::workspace::assert_found;
use crate::tidy::workspace::assert_none;
use crate::tidy::workspace::exists;
use crate::tidy::workspace::read;
use crate::tidy::workspace::rust_files;

/// What the code under a folder may not name, and why. Its tests may.
const FORBIDDEN: [(&str, &[&str], &str); 5] = [
    (
        "core/src/",
        &[
            "std::fs",
            "std::env",
            "std::net",
            "std::os",
            "std::process",
            "std::thread",
            "SystemTime",
            "Instant",
            "io::stdin",
            "io::stdout",
            "io::stderr",
            "rusqlite",
            "tss_esapi",
        ],
        "core is pure: no files, no clock, no environment, no SQLite, no TPM",
    ),
    (
        "vault/src/",
        &["std::env", "SystemTime::now", "io::stdin", "io::stdout", "io::stderr"],
        "vault has no environment, no wall clock and no terminal",
    ),
    (
        "vault/src/",
        &["crypto::encrypt", "crypto::decrypt", "crypto::derive", "crypto::expand"],
        "what is encrypted and derived is decided in core",
    ),
    (
        "cli/",
        &[
            "rusqlite",
            "tss_esapi",
            "ring",
            "aes_gcm",
            "strongroom_core::keys",
            "strongroom_core::envelope",
            "crypto::encrypt",
            "crypto::decrypt",
            "crypto::derive",
            "crypto::expand",
        ],
        "cli has no SQL, no TPM, no cryptography, and can open nothing",
    ),
    (
        "cli/drop/",
        &["std::os", "rustix", "nix", "libc"],
        "agents run on any system",
    ),
];

/// The packages of ours that the code under a folder may use; the first folder that fits decides.
const PACKAGES: [(&str, &[&str]); 11] = [
    ("core/", &[]),
    ("files/", &[]),
    ("schema/", &[]),
    ("vault/", &["strongroom_core", "strongroom_files", "strongroom_schema"]),
    ("terminal/", &["strongroom_core"]),
    ("cli/audit/src/main.rs", &["strongroom_audit"]),
    ("cli/audit/", &["strongroom_core", "strongroom_terminal"]),
    ("cli/drop/src/main.rs", &["strongroom_drop"]),
    (
        "cli/drop/",
        &["strongroom_core", "strongroom_files", "strongroom_terminal"],
    ),
    ("cli/src/main.rs", &["strongroom_cli"]),
    (
        "cli/",
        &[
            "strongroom_audit",
            "strongroom_core",
            "strongroom_drop",
            "strongroom_files",
            "strongroom_terminal",
            "strongroom_vault",
        ],
    ),
];

/// Modules that do not know each other, wherever they stand.
const STRANGERS: [(&str, &str, &str); 1] = [("vault", "store", "tpm")];

/// The modules of a crate in the order of its `mod` lines.
fn modules(lib: &str) -> Vec<String> {
    let tokens = tokens(lib);
    tokens
        .windows(3)
        .filter(|row| row[0].text == "mod" && row[1].is_name() && row[2].text == ";")
        .map(|row| row[1].text.to_owned())
        .collect()
}

/// What a module takes from one that stands below it in `lib`, or from a stranger.
fn upward_uses(crate_folder: &str, lib: &File, files: &[File]) -> Vec<String> {
    let order = modules(&lib.text);
    let rank = |module: &str| order.iter().position(|other| other == module);
    // A name that the root passes on belongs to the module that it comes from.
    let mut passed_on = BTreeMap::new();
    for path in resolved_paths(lib, crate_folder)
        .into_iter()
        .filter(|path| path.imported)
    {
        let from = path.segments.iter().find(|segment| rank(segment).is_some()).cloned();
        if let (Some(from), Some(name)) = (from, path.segments.last()) {
            passed_on.insert(name.clone(), from);
        }
    }

    let mut violations = Vec::new();
    for file in files {
        let Some(module) = module_of(&file.path, crate_folder).into_iter().next() else {
            continue;
        };
        let Some(own) = rank(&module) else {
            violations.push(format!("{}: no `mod {module};` in {}", file.path, lib.path));
            continue;
        };
        for path in resolved_paths(file, crate_folder) {
            let Some(named) = path.segments.get(1).filter(|_| path.root() == "crate") else {
                continue;
            };
            let used = passed_on.get(named).unwrap_or(named);
            let strangers = STRANGERS.iter().any(|(folder, a, b)| {
                *folder == crate_folder && ((module == *a && used == b) || (module == *b && used == a))
            });
            if strangers || rank(used).is_some_and(|used| used > own) {
                let line = path.line;
                violations.push(format!("{}:{line}: {module} may not use {used}", file.path));
            }
        }
    }
    violations
}

fn forbidden_names(file: &File) -> Vec<String> {
    let mut violations = Vec::new();
    for (folder, names, why) in FORBIDDEN {
        if !file.is_under(folder) || file.is_test() {
            continue;
        }
        for path in crate::tidy::paths::paths(&file.text) {
            for name in names.iter().filter(|name| path.contains(name)) {
                violations.push(format!("{}:{}: {name}: {why}", file.path, path.line));
            }
        }
    }
    violations
}

fn foreign_packages(file: &File) -> Vec<String> {
    let Some((_, allowed)) = PACKAGES.iter().find(|(folder, _)| file.is_under(folder)) else {
        return Vec::new();
    };
    crate::tidy::paths::paths(&file.text)
        .iter()
        .filter(|path| path.root().starts_with("strongroom_") && !allowed.contains(&path.root()))
        .filter(|path| !file.is_test() || !file.is_under(path.root().trim_start_matches("strongroom_")))
        .map(|path| format!("{}:{}: may not use {}", file.path, path.line, path.root()))
        .collect()
}

#[test]
fn modules_use_only_what_stands_above_them() {
    for folder in ["core", "vault"] {
        let lib = read(&format!("{folder}/src/lib.rs"));
        if folder == "vault" && !exists("vault/src/receipt.rs") {
            continue;
        }
        let files = rust_files(|file| file.is_under(&format!("{folder}/src/")) && !file.is_test());
        assert!(files.len() > 1, "{folder} has no modules");
        assert_none(&upward_uses(folder, &lib, &files));
    }
}

#[test]
fn layers_stand_in_the_order_of_the_design() {
    let order = |lib: &str, layers: &[&str]| -> Vec<String> {
        let mut order = modules(&read(lib).text);
        order.retain(|module| layers.contains(&module.as_str()));
        order
    };
    assert_eq!(modules(&read("core/src/lib.rs").text)[..2], ["values", "crypto"]);
    if exists("vault/src/receipt.rs") {
        let layers = order("vault/src/lib.rs", &["receipt", "store", "tpm", "ops"]);
        assert_eq!(layers.first().map(String::as_str), Some("receipt"));
        assert!(!exists("vault/src/ops.rs") || layers.last().map(String::as_str) == Some("ops"));
    }
}

#[test]
fn no_layer_names_what_is_not_its_own() {
    for (folder, ..) in FORBIDDEN {
        let files = rust_files(|file| file.is_under(folder));
        assert_none(&files.iter().flat_map(forbidden_names).collect::<Vec<_>>());
    }
}

#[test]
fn packages_use_only_those_below_them() {
    let files = rust_files(|file| PACKAGES.iter().any(|(folder, _)| file.is_under(folder)));
    assert_none(&files.iter().flat_map(foreign_packages).collect::<Vec<_>>());
}

#[test]
fn a_use_of_a_lower_module_is_found() {
    let lib = File::new(
        "vault/src/lib.rs",
        "mod receipt; mod store; mod tpm; pub mod ops; pub use ops::reveal::Vault;",
    );
    let check = |path: &str, text: &str, expected: &[&str]| {
        assert_found(&upward_uses("vault", &lib, &[File::new(path, text)]), expected);
    };
    check(
        "vault/src/ops/reveal.rs",
        "use crate::store::Store; use crate::tpm::T;",
        &[],
    );
    check(
        "vault/src/store.rs",
        "use crate::receipt::C;\nuse crate::tpm::T;",
        &["store.rs:2: store may not use tpm"],
    );
    check(
        "vault/src/tpm/nv.rs",
        "fn f() { super::super::store::g() }",
        &["tpm may not use store"],
    );
    check(
        "vault/src/store/commit.rs",
        "use crate::{receipt::C, ops::X};",
        &["store may not use ops"],
    );
    check(
        "vault/src/receipt.rs",
        "use crate::Vault;",
        &["receipt may not use ops"],
    );
    check("vault/src/spare.rs", "", &["no `mod spare;`"]);
}

#[test]
fn a_forbidden_name_is_found() {
    let check = |path: &str, text: &str, expected: &[&str]| {
        assert_found(&forbidden_names(&File::new(path, text)), expected);
    };
    check(
        "core/src/log.rs",
        "use std::fmt; // std::fs\nuse std::fs;",
        &["log.rs:2: std::fs"],
    );
    check("core/src/log.rs", "use std::{io, time::Instant};", &["Instant"]);
    check("core/src/log/tests.rs", "use std::fs;", &[]);
    check("vault/src/ops.rs", "std::env::var(\"HOME\")", &["std::env"]);
    check("vault/src/ops.rs", "SystemTime::now()", &["SystemTime::now"]);
    check(
        "vault/src/ops.rs",
        "use strongroom_core::crypto::decrypt;",
        &["crypto::decrypt"],
    );
    check("cli/src/ui.rs", "use ring::rand;", &["ring"]);
    check(
        "cli/src/ui.rs",
        "use strongroom_core::keys::RootKey;",
        &["strongroom_core::keys"],
    );
    check("cli/drop/src/files.rs", "use std::os::unix::fs::symlink;", &["std::os"]);
}

#[test]
fn a_package_from_above_is_found() {
    let check = |path: &str, text: &str, expected: &[&str]| {
        assert_found(&foreign_packages(&File::new(path, text)), expected);
    };
    check(
        "core/src/log.rs",
        "strongroom_vault::x()",
        &["may not use strongroom_vault"],
    );
    check(
        "cli/src/lib.rs",
        "use strongroom_vault::x; use strongroom_schema::y;",
        &["strongroom_schema"],
    );
    check(
        "cli/audit/src/main.rs",
        "use strongroom_vault::x;",
        &["strongroom_vault"],
    );
}
