//! Replays the corpora of the fuzz targets on stable: what a fuzzer once found stays found.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

// Not a dependency: that would bring libFuzzer, and with it a C++ compiler, into every build of the tests.
#[expect(unreachable_pub, reason = "in its own package it is a library")]
#[path = "../../fuzz/src/lib.rs"]
mod targets;

#[test]
fn every_corpus_replays() {
    for (name, target) in targets::TARGETS {
        let files = entries(&fuzz().join("corpus").join(name));
        assert!(!files.is_empty(), "fuzz/corpus/{name} holds nothing to replay");
        for file in &files {
            // Shown by the test runner if the target fails on it.
            println!("{name}: {}", file.display());
            target(&fs::read(file).unwrap());
        }
        println!("{name}: {} inputs replayed", files.len());
    }
}

#[test]
fn no_target_is_forgotten() {
    let known: BTreeSet<_> = targets::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let named = |folder: &str| -> BTreeSet<_> {
        let names = entries(&fuzz().join(folder)).into_iter();
        names
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect()
    };
    assert_eq!(named("corpus"), known, "a folder for each target");
    assert_eq!(named("fuzz_targets"), known, "a program for each target");
}

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

#[expect(clippy::unwrap_used, reason = "a folder that cannot be read fails the test")]
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    entries
}
