//! Vaults that older programs made, each on a simulator, with two passwords, one revealed: `tests/vaults/schema-1.tar.xz`,
//! and `schema-2.tar.xz`, which also has a sender, a checkpoint that was handed out, and refusals that were only counted.

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

/// The schemas before the newest, and how many events the vault of each has.
const OLDER: [(&str, u64); 2] = [("1", 4), ("2", 15)];
const NEWEST: &str = "3";

/// The vault of this schema, as its program left it.
fn unpacked(version: &str) -> Site {
    unpacked_from(&format!("schema-{version}.tar.xz"))
}

fn unpacked_from(archive: &str) -> Site {
    let site = Site::empty();
    let vault = site.vault();
    std::fs::create_dir(&vault).unwrap();
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("vaults").join(archive);
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
    assert_eq!(schema(site), NEWEST);
    let migrated: Vec<Value> = site.lines(&["audit", "list", "--action", "migrated"]);
    assert_eq!(migrated.len(), 1, "{migrated:?}");
    site.verify();
    let [log_key, tpm_key] = keys(site);
    assert!(tpm_key.starts_with(log_key.split('+').next().unwrap()), "{tpm_key}");
}

#[test]
fn what_only_reads_leaves_it_as_it_is() {
    for (version, events) in OLDER {
        let site = unpacked(version);
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
        let verified = site.verify();
        assert_eq!(verified["events"], events);
        assert_eq!(verified["refusal_counts_verified"], false);
        if version == "1" {
            site.run(&["audit", "key"]).output().ok().says("the TPM has no key yet");
        }
        assert_eq!(schema(&site), version);
    }
}

/// An auditor noted it down.
#[test]
fn the_key_of_its_tpm_stays_as_it_was() {
    let site = unpacked("2");
    let before = keys(&site);
    site.escrow("PC-3", &made(3));
    assert_eq!(keys(&site), before);
    assert_eq!(site.verify()["refusal_counts_verified"], true);
    // What it had counted before is no event: nobody vouches for it.
    let counted = site.lines(&["audit", "list", "--action", "refusals"]);
    assert!(counted.is_empty(), "{counted:?}");
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
    for (version, _) in OLDER {
        for change in first {
            let site = unpacked(version);
            change(&site);
            assert_migrated(&site);
            site.escrow("PC-4", &made(4));
            site.reveal(REVEALED);
            let folder = site.beside("log");
            export(&site, &folder).ok();
            audited(&folder, &keys(&site), &[]).ok();
            assert_migrated(&site);
        }
    }
}

#[test]
fn a_killed_migration_is_whole_or_not_at_all() {
    for (version, _) in OLDER {
        let old = unpacked(version);
        let escrow = |site: &Site| site.escrowing("PC-3", &made(3));
        let points = points_on_a_copy(&old, escrow);
        sweep("migration killed", &points, 12, |point| {
            let site = old.copied();
            let killed = point.signalling("KILL", escrow(&site), &log(&site)).output();
            site.verify();
            assert!([version, NEWEST].contains(&schema(&site).as_str()));
            site.reveal(HELD);
            assert_migrated(&site);
            killed.code == -1
        });
    }
}

#[test]
fn an_older_schema_that_was_edited_is_refused() {
    for (version, _) in OLDER {
        let site = unpacked(version);
        site.sqlite().execute_batch("CREATE TABLE planted (a)").unwrap();
        site.run(&["list"]).output().refused(4, "foreign schema");
    }
}

/// Receipts of many drops of a sender with many devices were no last event of their commit, and no verifier accepted the log.
#[test]
fn a_log_whose_receipts_go_on_is_accepted_by_auditors() {
    let site = unpacked_from("continued-receipts.tar.xz");
    assert_eq!(site.verify()["events"], 12);
    for number in 1..4 {
        site.escrow("PC-1", &made(number));
        site.verify();
    }
    let folder = site.beside("log");
    export(&site, &folder).ok();
    audited(&folder, &keys(&site), &[]).ok();
}
