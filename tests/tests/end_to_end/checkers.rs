//! The log and its checkpoint, checked by programs that are not ours: ct-merkle, pymerkle, Go's sumdb, Debian's sqlite3.
//!
//! They need `./dev test`, which installs the Python packages of tests/checkers, Go and its module library, and sqlite3.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use data_encoding::BASE64;
use data_encoding::HEXLOWER_PERMISSIVE;
use serde_json::Value;
use serde_json::json;
use strongroom_core::crypto::Digest;
use strongroom_core::tree::Node;
use strongroom_core::tree::Nodes;
use strongroom_core::tree::inclusion_proof;

use crate::end_to_end::passwords::made;
use crate::end_to_end::run::PROGRAM;
use crate::end_to_end::site::Site;

/// A vault with a log of no round size.
fn site() -> Site {
    let site = Site::new();
    for number in 0..12 {
        site.escrow(&format!("LAB-{number:02}"), &made(number));
    }
    for number in 0..9 {
        site.reveal(&made(number).protector);
    }
    let waive = ["rotation", "waive", made(1).key_id(), "--reason", "volume-erased"].map(str::to_owned);
    site.run(&waive.each_ref().map(String::as_str))
        .args(["--note", "reinstalled"])
        .output()
        .ok();
    site
}

/// Runs Debian's sqlite3 on the vault file.
#[track_caller]
pub(crate) fn sqlite3(site: &Site, sql: &str) -> String {
    let output = Command::new("sqlite3")
        .args(["-batch", "-bail", "-readonly"])
        .arg(site.file())
        .arg(sql)
        .output()
        .unwrap_or_else(|err| panic!("sqlite3: {err}; apt install sqlite3"));
    assert!(output.status.success(), "{sql}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The log as sqlite3 reads it, with the proofs that we make from the stored hashes.
fn log(site: &Site) -> Value {
    let leaves = sqlite3(site, "SELECT hex(CAST(event AS BLOB)) FROM leaf ORDER BY leaf");
    let leaves: Vec<&str> = leaves.lines().collect();
    let nodes = StoredNodes::read(site);
    let size = u64::try_from(leaves.len()).unwrap();
    let proof = |index| {
        let proof = inclusion_proof(&nodes, index, size).unwrap();
        proof.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let note = sqlite3(site, "SELECT note FROM checkpoint ORDER BY number DESC LIMIT 1");
    let note = note.strip_suffix('\n').unwrap();
    json!({
        "leaves": leaves,
        "root": note.lines().nth(2),
        "note": note,
        "proofs": (0..size).map(proof).collect::<Vec<_>>(),
    })
}

/// The log's tree as it is stored.
struct StoredNodes(BTreeMap<u64, Digest>);

impl StoredNodes {
    fn read(site: &Site) -> Self {
        let rows = sqlite3(site, "SELECT node, hex(hash) FROM log_node");
        let row = |row: &str| {
            let (node, hash) = row.split_once('|').unwrap();
            (node.parse().unwrap(), Digest::new(bytes(hash).try_into().unwrap()))
        };
        Self(rows.lines().map(row).collect())
    }
}

impl Nodes for StoredNodes {
    type Error = Infallible;

    fn node(&self, node: Node) -> Result<Option<Digest>, Infallible> {
        Ok(self.0.get(&node.number()).copied())
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).unwrap()
}

#[test]
fn sqlite3_finds_the_file_sound() {
    let site = site();
    assert_eq!(sqlite3(&site, "PRAGMA integrity_check"), "ok\n");
    assert_eq!(sqlite3(&site, "PRAGMA foreign_key_check"), "");
    let schema = sqlite3(
        &site,
        "SELECT group_concat(sql || ';', char(10, 10)) FROM (SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name)",
    );
    assert_eq!(schema.trim_end(), strongroom_schema::SCHEMA.trim_end());
}

#[test]
fn ct_merkle_comes_to_the_same_root_and_proofs() {
    let log = log(&site());
    let mut tree = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
    let leaves = log["leaves"].as_array().unwrap();
    assert!(!leaves.len().is_power_of_two() && leaves.len() > 20);
    for leaf in leaves {
        tree.push(bytes(leaf.as_str().unwrap()));
    }
    assert_eq!(BASE64.encode(tree.root().as_bytes()), log["root"].as_str().unwrap());
    for (index, proof) in log["proofs"].as_array().unwrap().iter().enumerate() {
        let ours: Vec<u8> = proof
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|hash| bytes(hash.as_str().unwrap()))
            .collect();
        assert_eq!(tree.prove_inclusion(index).as_bytes(), ours, "leaf {index}");
    }
}

/// A checker of ours that said yes to everything would prove nothing.
const LIES: [(&str, &str); 3] = [
    ("leaves", "another root"),
    ("proofs", "proof"),
    ("root", "another root"),
];

/// The log with one thing in it changed.
fn changed(log: &Value, what: &str) -> Value {
    let mut log = log.clone();
    let place = match what {
        "root" => &mut log["root"],
        "leaves" => &mut log["leaves"][7],
        _ => &mut log["proofs"][7][1],
    };
    let text = place.as_str().unwrap();
    let (last, rest) = (text.chars().next().unwrap(), &text[1..]);
    *place = Value::from(format!("{}{rest}", if last == '1' { '2' } else { '1' }));
    log
}

#[test]
fn pymerkle_comes_to_the_same_root_and_proofs() {
    let log = log(&site());
    let python = target().join("checkers/python/bin/python");
    let check = |log: &Value| {
        let mut command = Command::new(&python);
        command.arg(checker("tree.py"));
        judgement(command, log)
    };
    assert_eq!(check(&log), Ok(log["leaves"].as_array().unwrap().len()));
    for (what, words) in LIES {
        let refused = check(&changed(&log, what)).unwrap_err();
        assert!(refused.contains(words), "{what}: {refused}");
    }
}

#[test]
fn go_verifies_the_checkpoint_and_all_that_hangs_on_it() {
    let site = site();
    let log = log(&site);
    let build = tempfile::tempdir().unwrap();
    let program = build.path().join("checkpoint");
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&program)
        .arg(checker("checkpoint.go"))
        // Debian's packages, and nothing from a network.
        .envs([("GO111MODULE", "off"), ("GOPATH", "/usr/share/gocode"), ("GOFLAGS", "")])
        .env("GOCACHE", target().join("checkers/go-cache"))
        .output()
        .unwrap_or_else(|err| panic!("go: {err}; apt install golang-go golang-golang-x-mod-dev"));
    assert!(built.status.success(), "apt install golang-golang-x-mod-dev: {built:?}");
    let check = |vkey: &str, log: &Value| {
        let mut command = Command::new(&program);
        command.arg(vkey);
        judgement(command, log)
    };
    let keys = site.run(&["audit", "key"]).output().ok().stdout;
    let key = keys.lines().next().unwrap();
    assert_eq!(check(key, &log), Ok(log["leaves"].as_array().unwrap().len()));

    for (what, words) in [LIES[0], LIES[1]] {
        let refused = check(key, &changed(&log, what)).unwrap_err();
        assert!(
            refused.contains(words) || refused.contains("leaf 7"),
            "{what}: {refused}"
        );
    }
    let note = log["note"].as_str().unwrap();
    for forged in [note.replace("\n23\n", "\n22\n"), note.replace("\n\n", "\nmore\n\n")] {
        assert_ne!(forged, note);
        let mut log = log.clone();
        log["note"] = Value::from(forged);
        assert!(check(key, &log).is_err());
    }
    // Another vault's key, and this vault's name with another vault's key.
    let other = Site::new().run(&["audit", "key"]).output().ok().stdout;
    assert!(check(other.lines().next().unwrap(), &log).is_err());
}

/// What a checker says: how many leaves it has checked, or what is wrong.
#[track_caller]
fn judgement(mut command: Command, log: &Value) -> Result<usize, String> {
    use std::io::Write;

    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|err| panic!("{command:?}: {err}; ./dev test installs it"));
    child
        .stdin
        .take()
        .unwrap()
        .write_all(log.to_string().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout).unwrap().trim().parse().unwrap());
    }
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(1) && !words.contains("Traceback"),
        "{words}"
    );
    Err(words)
}

fn checker(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("checkers").join(name)
}

/// Cargo's target folder: that of the program under test.
fn target() -> PathBuf {
    Path::new(PROGRAM).ancestors().nth(2).unwrap().to_owned()
}
