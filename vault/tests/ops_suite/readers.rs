//! Readers in other processes beside a writer: SQLite's locks belong to a process, and closing any descriptor of the file
//! ends them all.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use strongroom_vault::store::Filter;
use strongroom_vault::store::Page;

use crate::fixture::Vault;
use crate::fixture::escrow;
use crate::fixture::who;

/// A reader in a process of its own, in the middle of reading.
fn reader(file: &Path) -> Child {
    let mut reader = Command::new("sqlite3")
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("apt install sqlite3");
    let query = b"BEGIN; SELECT count(*) FROM escrow;\n";
    reader.stdin.as_mut().unwrap().write_all(query).unwrap();
    let mut line = String::new();
    BufReader::new(reader.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(!line.is_empty());
    reader
}

fn ends(mut reader: Child) {
    drop(reader.stdin.take());
    assert!(reader.wait().unwrap().success());
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status();
    assert!(copied.unwrap().success());
}

#[test]
fn what_is_taken_in_after_a_roll_forward_outlives_the_readers_beside_it() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(1), "PC-1", 1);
    open.close().unwrap();
    // The TPM one commit behind the file: what a death between COMMIT and NV write leaves.
    let (tpm, kept) = (vault.path().join("tpm"), vault.path().join("../kept"));
    copy(&tpm, &kept);
    let mut open = vault.open();
    escrow(&mut open, &who(2), "PC-2", 2);
    open.close().unwrap();
    std::fs::remove_dir_all(&tpm).unwrap();
    copy(&kept, &tpm);

    let mut open = vault.open();
    assert!(open.rolled_forward());
    let file = vault.path().join("vault.db");
    ends(reader(&file));
    let pager = reader(&file);
    escrow(&mut open, &who(3), "PC-3", 3);
    open.close().unwrap();
    ends(pager);

    vault.open().close().unwrap();
    let held = vault.inventory().list(&Filter::All, &Page::default()).unwrap();
    assert_eq!(held.items.len(), 3);
    vault.assert_verifies();
}
