//! What no file, no other answer and no other process may hold: the digits of a password, the PIN, and every key.

use std::fs;
use std::path::Path;

use crate::end_to_end::calls::log;
use crate::end_to_end::calls::points_on_a_copy;
use crate::end_to_end::coverage::verbs;
use crate::end_to_end::handed_in::csv;
use crate::end_to_end::handed_in::enrol;
use crate::end_to_end::handed_in::image;
use crate::end_to_end::handed_in::import_spool;
use crate::end_to_end::handed_in::key_file;
use crate::end_to_end::handed_in::make_spool;
use crate::end_to_end::handed_in::seal;
use crate::end_to_end::handed_in::sender_file;
use crate::end_to_end::handed_in::spool;
use crate::end_to_end::handed_in::write_volume;
use crate::end_to_end::leak_search::Secrets;
use crate::end_to_end::passwords::Made;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::DROP_PROGRAM;
use crate::end_to_end::run::Run;
use crate::end_to_end::searched::Searched;
use crate::end_to_end::site::Site;
use crate::end_to_end::sweep::sweep_sample;

/// Every verb, as people and as scripts call it. `audit verify` and `status` come with and without the TPM.
const LOOKS: [&[&str]; 21] = [
    &["find", "lab"],
    &["show", "LAB-01"],
    &["list"],
    &["list", "--problems"],
    &["devices"],
    &["rotation", "list"],
    &["rotation", "list", "--claimed"],
    &["audit", "list"],
    &["audit", "events", "--format", "jsonl"],
    &["audit", "events", "--format", "csv"],
    &["audit", "events", "--format", "cef"],
    &["audit", "events", "--format", "syslog"],
    &["audit", "key"],
    &["audit", "checkpoint"],
    &["audit", "prove", "1"],
    &["audit", "verify"],
    &["audit", "verify", "--no-tpm"],
    &["status"],
    &["status", "--no-tpm"],
    &["help", "reveal"],
    &["--version"],
];

#[test]
fn a_lifecycle_leaves_nothing_behind() {
    let passwords: Vec<Made> = (1..=4).map(made).collect();
    let searched = Searched::new(&passwords);
    let site = &searched.site;
    let [first, second, third, spoilt] = &passwords[..] else {
        unreachable!()
    };
    let quiet = |run: Run, code: i32| drop(searched.quiet(run, code));

    quiet(site.run(&["init", "--tpm", "simulator", "--pin"]), 0);
    let first_file = site.keep_file();
    quiet(site.escrowing("LAB-01", first), 0);
    quiet(site.escrowing("LAB-01", first), 0);
    quiet(site.escrowing("DESK-02", second), 0);
    quiet(site.escrowing("DESK-02", spoilt).stdin(spoilt.with_a_slip_in(3)), 1);
    quiet(
        site.escrowing("DESK-02", spoilt)
            .stdin(format!("{0}\n{0}\n", spoilt.text)),
        1,
    );
    quiet(Run::new(["check"]).stdin(first.text.as_str()), 0);
    for json in [&[] as &[&str], &["--json"]] {
        for look in LOOKS {
            quiet(site.run(&[json, look].concat()), 0);
        }
        quiet(site.run(&[json, &["status", "--check"]].concat()), 1);
        let shown = site.run(&[json, &["reveal", first.key_id()]].concat());
        let shown = searched.run(shown.args(["--reason", "tpm-reset", "--yes"])).ok();
        assert!(shown.stdout.contains(first.groups()[3]), "{shown:?}");
    }
    let stick = site.beside("stick").display().to_string();
    quiet(site.run(&["audit", "export", &stick]), 0);
    let page = site.beside("report.html").display().to_string();
    quiet(site.run(&["audit", "report", "--out", &page]), 0);
    let outcome = ["outcome", first.key_id(), "did-not-unlock", "--note", "typed twice"];
    quiet(site.run(&outcome), 0);
    quiet(site.escrowing("LAB-01", third), 0);
    quiet(site.run(&["expose", second.key_id(), "--note", "on paper"]), 0);
    let waive = ["rotation", "waive", second.key_id(), "--reason", "volume-erased"];
    quiet(site.run(&waive).args(["--note", "reinstalled"]), 0);
    let reveal = ["reveal", first.key_id(), "--reason", "forensic", "--yes"];
    quiet(site.bare(&reveal).stdin("wrong-pin"), 5);
    quiet(site.run(&["init", "--tpm", "simulator", "--pin"]), 1);
    quiet(site.bare(&["init", "--clean"]), 1);

    // Alarms, and then the right file again.
    let newest = site.keep_file();
    site.put_back(&first_file);
    quiet(site.escrowing("LAB-01", third), 4);
    site.put_back(&newest);
    site.sqlite()
        .execute_batch("UPDATE escrow SET envelope = randomblob(109)")
        .unwrap();
    quiet(site.revealing(first.key_id()), 4);
    site.put_back(&newest);
    site.verify();
    searched.search_all_again();
}

/// A sender's file holds its key, and nothing else does; no drop, receipt or reason shows what it is about.
#[test]
fn taking_in_leaves_nothing_behind() {
    let passwords: Vec<Made> = (1..=6).map(made).collect();
    let searched = Searched::new(&passwords);
    let site = &searched.site;
    let quiet = |run: Run, code: i32| drop(searched.quiet(run, code));
    let both = |words: &[&str], input: &str, codes: [i32; 2]| {
        for (json, code) in [&[] as &[&str], &["--json"]].into_iter().zip(codes) {
            quiet(site.run(&[json, words].concat()).stdin(input), code);
        }
    };
    let text = |path: &Path| path.display().to_string();
    let (sender, key) = (text(&sender_file(site)), text(&key_file(site)));
    let (lying, receipts, volume) = (spool(site), text(&site.beside("receipts")), text(&image(site)));

    quiet(site.run(&["init", "--tpm", "simulator", "--pin"]), 0);
    let table = csv(&[(1, "LAB-01"), (2, "")]);
    both(&["import", "-", "--dry-run"], &table, [0, 0]);
    both(&["import", "-"], &table, [0, 0]);
    let spoilt = csv(&[(6, "LAB-01")]).replace(&passwords[5].text, &passwords[5].with_a_slip_in(3));
    both(&["import", "-"], &spoilt, [1, 1]);
    let unassigned = passwords[1].protector.as_str();
    both(
        &["assign", unassigned, "--device", "PC-02", "--volume", "C:"],
        "",
        [0, 1],
    );
    both(
        &["drop", "enrol", "courier", "--any-device", "--out", &sender],
        "",
        [0, 1],
    );
    both(&["drop", "key"], "", [0, 0]);
    both(&["drop", "key", "--out", &key], "", [0, 1]);
    both(&["drop", "list"], "", [0, 0]);

    make_spool(site);
    for (name, [option, with], number) in [
        ("mine", ["--sender", sender.as_str()], 3),
        ("strange", ["--to", key.as_str()], 4),
    ] {
        let (made, out) = (made(number), text(&lying.join(name)));
        let words = ["drop", "seal", option, with, "--device", "PC-03", "--out", &out];
        let words = [&words[..], &["--protector", &made.protector]].concat();
        quiet(Run::new(&words).stdin(made.with_a_slip_in(1)), 1);
        quiet(Run::new(&words).stdin(made.text.as_str()), 0);
        let again = words[1..].iter().map(|word| word.replace(name, "other"));
        quiet(Run::of(DROP_PROGRAM, again).stdin(made.text.as_str()), 0);
        fs::rename(lying.join("other"), lying.join(format!("{name}.2"))).unwrap();
    }
    fs::write(lying.join("words"), "no drop").unwrap();
    quiet(import_spool(site), 1);
    let done = text(&lying.join("done/mine"));
    both(&["import", &done, "--receipts", &receipts], "", [0, 0]);
    let receipt = format!("{receipts}/mine.receipt");
    quiet(Run::of(DROP_PROGRAM, ["receipt", &receipt, &done, "--to", &key]), 0);
    let strange = passwords[3].protector.as_str();
    // It was handed in twice, and is held twice.
    both(&["confirm", strange, "--note", "the courier brought it"], "", [0, 0]);

    write_volume(&passwords[0], &image(site));
    both(&["prove", &volume], "", [0, 0]);
    for (number, code) in [(1, 0), (5, 1)] {
        for json in [&[] as &[&str], &["--json"]] {
            let words = [json, &["prove", &volume, "--password-stdin"]].concat();
            quiet(Run::new(words).stdin(made(number).text), code);
        }
    }
    both(&["drop", "revoke", "courier"], "", [0, 3]);
    both(&["list", "--problems"], "", [0, 0]);
    site.verify();
    searched.search_all_again();
}

#[test]
fn every_verb_is_searched() {
    let source = include_str!("leaks.rs");
    for verb in verbs()
        .iter()
        .filter(|verb| !["audit", "drop", "rotation"].contains(&verb.as_str()))
    {
        let words: Vec<String> = verb.split(' ').map(|word| format!("\"{word}\"")).collect();
        // An escrow is a run of the site's own.
        let is_run = verb == "escrow" || source.contains(&words.join(", "));
        assert!(is_run, "the lifecycle lacks `{verb}`");
    }
}

/// What lies about after a death: the write-ahead log, its index, an init's half-made file.
#[test]
fn what_is_killed_leaves_no_more() {
    let passwords: Vec<Made> = (1..=3).map(made).collect();
    let searched = Searched::new(&passwords);
    let site = &searched.site;
    searched.quiet(site.run(&["init", "--tpm", "simulator", "--pin"]), 0);
    searched.quiet(site.escrowing("LAB-01", &passwords[0]), 0);
    searched.quiet(enrol(site, "courier", &sender_file(site)), 0);
    make_spool(site);
    seal(site, "--sender", &sender_file(site), 3, &spool(site).join("a.drop"));
    let keys = Secrets::of(&passwords).with_keys_of(site);
    for run in [
        &|site: &Site| site.escrowing("LAB-01", &made(2)) as Run,
        &|site: &Site| site.revealing(&made(1).protector),
        &|site: &Site| site.run(&["import", "-"]).stdin(csv(&[(2, "LAB-01"), (3, "")])),
        &import_spool,
    ] as [&dyn Fn(&Site) -> Run; 4]
    {
        let points = points_on_a_copy(site, run);
        sweep_sample("leaks of the killed", &points, 6, |point| {
            let copy = site.copied();
            let killed = point.signalling("KILL", run(&copy), &log(&copy)).output();
            fs::remove_file(log(&copy)).unwrap();
            keys.assert_absent_from(&copy);
            killed.code == -1
        });
    }
}

/// `check` may show the one group that is wrong, corrected; and nothing else.
#[test]
fn check_shows_one_group_at_most() {
    let password = made(7);
    let spoilt = password.with_a_slip_in(5);
    for json in [&[] as &[&str], &["--json"]] {
        let output = Run::new([json, &["check"]].concat())
            .stdin(spoilt.as_str())
            .output()
            .code(1);
        for (index, group) in password.groups().into_iter().enumerate() {
            let shown = output.stdout.contains(group) || output.stderr.contains(group);
            assert_eq!(shown, index == 4, "group {}: {output:?}", index + 1);
        }
        let output = Run::new([json, &["check"]].concat())
            .stdin(password.text.as_str())
            .output()
            .ok();
        for group in password.groups() {
            assert!(!output.stdout.contains(group), "{output:?}");
        }
    }
}

/// A password given where none belongs is not repeated, whatever the error.
#[test]
fn an_argument_that_is_a_password_is_not_repeated() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let password = made(2);
    let secrets = Secrets::of(&[made(2)]);
    let text = password.text.as_str();
    for arguments in [
        &["escrow", text] as &[&str],
        &["escrow", "--device", "LAB-01", "--protector", text],
        &["escrow", "--device", text, "--protector", &password.protector],
        &["reveal", text, "--reason", "forensic", "--yes"],
        &["devices", text],
        &["audit", "list", "--operator", text],
        &["list", "--vault", text],
        &["status", "--pin-file", text],
        &["init", "--no-pin", "--tpm", &format!("device:/{text}")],
        &["generate", "man", text],
        &["reveal", &made(1).protector, "--reason", text, "--yes"],
        &[
            "reveal",
            &made(1).protector,
            "--reason",
            "forensic",
            "--note",
            text,
            "--yes",
        ],
        &[
            "reveal",
            &made(1).protector,
            "--reason",
            "forensic",
            "--ticket",
            text,
            "--yes",
        ],
        &[
            "reveal",
            &made(1).protector,
            "--reason",
            "forensic",
            "--caller",
            text,
            "--yes",
        ],
        &["expose", &made(1).protector, "--note", text],
        &["outcome", &made(1).protector, text],
        &["find", text],
        &["show", text],
        &["devices", text],
        &["list", "--device", text],
        &["list", "--state", text],
        &["list", "--after", text],
        &["audit", "list", "--operator", text],
        &["audit", "list", "--since", text],
        &["init", "--site", text, "--tpm", "simulator", "--no-pin"],
        &["init", "--tpm", text, "--no-pin"],
        &[text],
        &["rotation", text],
    ] {
        let output = site.run(arguments).output().code(1);
        secrets.assert_absent("stdout", output.stdout.as_bytes());
        secrets.assert_absent("stderr", output.stderr.as_bytes());
    }
    site.verify();
}
