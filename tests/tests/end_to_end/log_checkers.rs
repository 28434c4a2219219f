//! The stored log, its proofs and its checkpoint against three programs that are not ours: crate ct-merkle, Go's
//! sumdb (`tests/checkers/log.go`) and PyPI's pymerkle (`tests/checkers/tree.py`).

use std::fs;

use ct_merkle::RootHash;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use data_encoding::BASE64;
use serde_json::Value;
use serde_json::json;
use sha2::Sha256;

use crate::end_to_end::checkers;
use crate::end_to_end::checkers::python;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;
use crate::end_to_end::stored_log::LOG;

#[test]
fn ct_merkle_finds_the_same_roots_and_proofs() {
    let mut theirs = MemoryBackedTree::<Sha256, &[u8]>::new();
    let mut older = Vec::new();
    for (size, leaf) in (1_u64..).zip(LOG.leaves()) {
        theirs.push(leaf.as_bytes());
        let ours = LOG.root(size);
        assert_eq!(
            ours.as_bytes().as_slice(),
            theirs.root().as_bytes().as_slice(),
            "{size} leaves"
        );
        for index in 0..size {
            let proof: Vec<u8> = LOG
                .inclusion(index, size)
                .iter()
                .flat_map(|hash| *hash.as_bytes())
                .collect();
            let expected = theirs.prove_inclusion(usize::try_from(index).unwrap());
            assert_eq!(proof, expected.as_bytes(), "{index} of {size}");
        }
        let root = RootHash::<Sha256>::new((*ours.as_bytes()).into(), size);
        for (added, before) in (1..).zip(older.iter().rev()) {
            let proof = theirs.prove_consistency(added);
            root.verify_consistency(before, &proof).unwrap();
        }
        older.push(root);
    }
    let (size, root) = LOG.checkpoint();
    assert_eq!(size, LOG.leaves().len().to_string());
    assert_eq!(root, BASE64.encode(theirs.root().as_bytes()));
}

#[test]
fn go_verifies_the_checkpoint_and_every_proof() {
    assert_agrees(go);
    assert_tells_trees_apart(go);

    let checkpoint = LOG.to_json()["checkpoint"].as_str().unwrap().to_owned();
    let (size, _) = LOG.checkpoint();
    let signature = checkpoint.trim_end().rsplit(' ').next().unwrap();
    let other_digit = if &signature[40..41] == "A" { "B" } else { "A" };
    let changed = format!("{}{other_digit}{}", &signature[..40], &signature[41..]);
    let name = checkpoint.lines().next().unwrap();
    for (what, other, words) in [
        (format!("\n{size}\n"), format!("\n1{size}\n"), "invalid signature"),
        (signature.to_owned(), changed, "invalid signature"),
        (format!("{name}\n"), format!("{name}x\n"), "invalid signature"),
        (
            format!(" {name} "),
            format!(" {name}x "),
            "note has no verifiable signatures",
        ),
        (signature.to_owned(), String::new(), "malformed note"),
    ] {
        let forged = json!(checkpoint.replacen(&what, &other, 1));
        assert_refuses(go, &with("/checkpoint", forged), words);
    }
    let other_key = Site::new().run(&["audit", "key"]).output().ok().stdout;
    assert_refuses(
        go,
        &with("/key", json!(other_key.lines().next())),
        "note has no verifiable signatures",
    );

    // Signed, and its tree is right; but it is the checkpoint of another one.
    let mut shorter = LOG.to_json();
    for list in ["leaves", "roots", "inclusion"] {
        shorter[list].as_array_mut().unwrap().pop();
    }
    assert_refuses(go, &shorter, "the checkpoint is");
}

#[test]
fn pymerkle_finds_the_same_roots_and_proofs() {
    assert_agrees(pymerkle);
    assert_tells_trees_apart(pymerkle);
}

/// That a checker finds nothing wrong, and has looked at everything.
#[track_caller]
fn assert_agrees(checker: fn(&Value) -> Output) {
    let leaves = LOG.leaves().len();
    let proofs = leaves * (leaves + 1) / 2;
    let output = checker(&LOG.to_json()).ok();
    assert_eq!(output.stdout, format!("ok: {leaves} leaves, {proofs} proofs\n"));
}

/// That a checker says no where a leaf, a root or a proof is another one.
#[track_caller]
fn assert_tells_trees_apart(checker: fn(&Value) -> Output) {
    let log = LOG.to_json();
    let proofs = &log["inclusion"];
    let other_leaf = log["leaves"][19].clone();
    assert_refuses(checker, &with("/leaves/20", other_leaf), "the root of 21 leaves");
    let other_root = log["roots"][8].clone();
    assert_refuses(checker, &with("/roots/7", other_root), "the root of 7 leaves");
    let other_hash = proofs[19][5][1].clone();
    assert_refuses(
        checker,
        &with("/inclusion/19/5/2", other_hash),
        "the proof of leaf 5 in 19",
    );
    let other_proof = proofs[20][5].clone();
    assert_refuses(
        checker,
        &with("/inclusion/19/5", other_proof),
        "the proof of leaf 5 in 19",
    );
    assert_refuses(checker, &with("/inclusion/19", json!([])), "0 proofs for 19 leaves");
}

/// The log with something else in one place.
#[track_caller]
fn with(place: &str, other: Value) -> Value {
    let mut log = LOG.to_json();
    let there = log.pointer_mut(place).unwrap();
    assert_ne!(*there, other, "{place}");
    *there = other;
    log
}

#[track_caller]
fn assert_refuses(checker: fn(&Value) -> Output, log: &Value, words: &str) {
    checker(log).refused(1, &format!("no: {words}"));
}

fn go(log: &Value) -> Output {
    run(checkers::go("log.go"), log)
}

fn pymerkle(log: &Value) -> Output {
    run(python("tree.py"), log)
}

/// Runs a checker on this log.
fn run(checker: Run, log: &Value) -> Output {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), log.to_string()).unwrap();
    checker.args([file.path()]).output()
}
