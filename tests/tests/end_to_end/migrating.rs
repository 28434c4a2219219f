//! A vault that an older program made: `tests/vaults/schema-1.tar.xz`, on a simulator, with two passwords, one revealed.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::end_to_end::auditors::audited;
use crate::end_to_end::auditors::export;
use crate::end_to_end::auditors::keys;
use crate::end_to_end::calls::log;
use crate::end_to_end::calls::points_on_a_copy;
use crate::end_to_end::passwords::made;
use crate::end_to_end::site::Site;
use crate::end_to_end::sqlite_shell::ask;
use crate::end_to_end::sweep::sweep;

/// The protector whose password was revealed.
const REVEALED: &str = "11111111-2222-3333-4444-555555555555";
/// And the other one.
const HELD: &str = "aaaaaaaa-2222-3333-4444-555555555555";

/// The vault as its program left it.
fn unpacked() -> Site {
    let site = Site::empty();
    let vault = site.vault();
    std::fs::create_dir(&vault).unwrap();
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("vaults/schema-1.tar.xz");
    let unpacked = Command::new("tar")
        .args(["--no-same-owner", "-xJf"])
        .args([&archive, Path::new("-C"), &vault])
        .output()
        .unwrap();
    assert!(unpacked.status.success(), "{unpacked:?}; apt install xz-utils");
    site
}

fn schema(site: &Site) -> String {
    ask(&site.file(), "PRAGMA user_version").trim().to_owned()
}

#[track_caller]
fn assert_migrated(site: &Site) {
    assert_eq!(schema(site), "3");
    let migrated: Vec<Value> = site.lines(&["audit", "list", "--action", "migrated"]);
    assert_eq!(migrated.len(), 1, "{migrated:?}");
    site.verify();
    let [log_key, tpm_key] = keys(site);
    assert!(tpm_key.starts_with(log_key.split('+').next().unwrap()), "{tpm_key}");
}

#[test]
fn what_only_reads_leaves_it_as_it_is() {
    let site = unpacked();
    for look in [
        &["list"] as &[&str],
        &["show", "PC-1"],
        &["rotation", "list"],
        &["audit", "list"],
        &["audit", "key"],
        &["status"],
    ] {
        site.run(look).output().ok();
    }
    assert_eq!(site.verify()["events"], 4);
    site.run(&["audit", "key"]).output().ok().says("the TPM has no key yet");
    assert_eq!(schema(&site), "1");
}

#[test]
fn the_first_command_that_changes_it_migrates_it() {
    let out = |site: &Site| site.beside("out").display().to_string();
    let first: [&dyn Fn(&Site); 6] = [
        &|site| drop(site.escrow("PC-3", &made(3))),
        &|site| drop(site.reveal(HELD)),
        &|site| drop(site.json(&["expose", HELD, "--note", "on paper"])),
        &|site| drop(site.json(&["outcome", REVEALED, "unlocked"])),
        &|site| drop(site.json(&["audit", "checkpoint", "--out", &out(site)])),
        // What is refused is on record too.
        &|site| {
            drop(
                site.run(&["rotation", "waive", HELD, "--reason", "moved", "--note", "x"])
                    .output()
                    .code(1),
            )
        },
    ];
    for change in first {
        let site = unpacked();
        change(&site);
        assert_migrated(&site);
        change(&unpacked());
        site.escrow("PC-4", &made(4));
        site.reveal(REVEALED);
        let folder = site.beside("log");
        export(&site, &folder).ok();
        audited(&folder, &keys(&site), &[]).ok();
        assert_migrated(&site);
    }
}

#[test]
fn a_killed_migration_is_whole_or_not_at_all() {
    let old = unpacked();
    let escrow = |site: &Site| site.escrowing("PC-3", &made(3));
    let points = points_on_a_copy(&old, escrow);
    sweep("migration killed", &points, 12, |point| {
        let site = old.copied();
        let killed = point.signalling("KILL", escrow(&site), &log(&site)).output();
        site.verify();
        assert!(["1", "3"].contains(&schema(&site).as_str()));
        site.reveal(HELD);
        assert_migrated(&site);
        killed.code == -1
    });
}

#[test]
fn an_older_schema_that_was_edited_is_refused() {
    let site = unpacked();
    site.sqlite().execute_batch("CREATE TABLE planted (a)").unwrap();
    site.run(&["list"]).output().refused(4, "foreign schema");
}
