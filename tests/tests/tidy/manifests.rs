//! The manifests: every dependency has a door, every package the house's lints, and core needs no machine.

use std::process::Command;

use crate::tidy::doors::DOORS;
use crate::tidy::workspace::File;
use crate::tidy::workspace::assert_found;
use crate::tidy::workspace::assert_none;
use crate::tidy::workspace::files;
use crate::tidy::workspace::root;

/// What a package's program may not contain, however deep.
const KEPT_OUT: [(&str, &[&str]); 3] = [
    (
        "strongroom-core",
        &[
            "rusqlite",
            "libsqlite3-sys",
            "tss-esapi",
            "tss-esapi-sys",
            "rustix",
            "nix",
            "clap",
        ],
    ),
    (
        "strongroom-drop",
        &[
            "rusqlite",
            "libsqlite3-sys",
            "tss-esapi",
            "tss-esapi-sys",
            "strongroom-vault",
        ],
    ),
    (
        "strongroom-schema",
        &["tss-esapi", "ring", "aes-gcm", "strongroom-core"],
    ),
];

/// The foreign crates that a manifest names, as code names them.
fn dependencies(manifest: &File) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in manifest.text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            inside = section.trim_end_matches(']').ends_with("dependencies");
        } else if inside && !line.starts_with('#') && line.contains('=') {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            found.push(name.trim_matches('"').replace('-', "_"));
        }
    }
    found.retain(|name| !name.starts_with("strongroom_"));
    found
}

fn doorless(manifests: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    for manifest in manifests {
        for name in dependencies(manifest) {
            if !DOORS.iter().any(|(door, _)| *door == name) {
                violations.push(format!("{}: {name} has no door in tidy/doors.rs", manifest.path));
            }
        }
    }
    violations
}

fn without_lints(manifest: &File) -> bool {
    !manifest.text.contains("\n[lints]\nworkspace = true\n")
}

/// Those of `names` that `cargo tree --prefix none` printed.
fn contained<'a>(tree: &str, names: &[&'a str]) -> Vec<&'a str> {
    let packages: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    names.iter().copied().filter(|name| packages.contains(name)).collect()
}

fn manifests() -> Vec<File> {
    let mut manifests = files();
    manifests.retain(|file| file.path.ends_with("Cargo.toml") && !file.is_under("fuzz/"));
    assert!(manifests.len() > 5, "only {} manifests", manifests.len());
    manifests
}

#[test]
fn every_dependency_has_a_door() {
    assert_none(&doorless(&manifests()));
}

#[test]
fn every_door_leads_to_a_dependency() {
    let dependencies: Vec<String> = manifests().iter().flat_map(dependencies).collect();
    for (name, _) in DOORS {
        let builtin = matches!(name, "alloc" | "core" | "std");
        assert!(
            builtin || dependencies.iter().any(|other| other == name),
            "nobody depends on {name}"
        );
    }
}

#[test]
fn every_package_has_the_lints_of_the_house() {
    for manifest in manifests().iter().filter(|manifest| manifest.path != "Cargo.toml") {
        assert!(!without_lints(manifest), "{}: no lints of the workspace", manifest.path);
    }
}

#[test]
fn packages_keep_out_what_they_do_not_need() {
    for (package, names) in KEPT_OUT {
        let output = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--offline",
                "--locked",
                "--edges",
                "normal,build",
                "--prefix",
                "none",
            ])
            .args(["--package", package])
            .current_dir(root())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let tree = String::from_utf8_lossy(&output.stdout);
        assert!(tree.lines().count() > 1, "{package} depends on nothing");
        assert_eq!(contained(&tree, names), [""; 0], "{package} contains");
    }
}

#[test]
fn faults_of_manifests_are_found() {
    let text = "[package]\nname = \"x\"\n\n[dependencies]\nring.workspace = true\n# hyper = 1\ntokio-util = \"1\"\n\n\
                [target.'cfg(unix)'.dev-dependencies]\nlibc = { version = \"1\" }\n";
    let manifest = File::new("x/Cargo.toml", text);
    assert_eq!(dependencies(&manifest), ["ring", "tokio_util", "libc"]);
    assert_found(&doorless(&[manifest]), &["x/Cargo.toml: tokio_util", "libc"]);
    assert!(without_lints(&File::new("x/Cargo.toml", text)));
    assert!(!without_lints(&File::new(
        "x/Cargo.toml",
        "[package]\n\n[lints]\nworkspace = true\n"
    )));
    assert_eq!(contained("a v1\nring v0.17\n", &["ring", "nix"]), ["ring"]);
}
