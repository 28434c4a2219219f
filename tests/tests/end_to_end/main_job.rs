//! The main job, from the first command to the last: take in, find, show, rotate, prove.

use serde_json::Value;

use crate::end_to_end::passwords::made;
use crate::end_to_end::run::assert_fields;
use crate::end_to_end::site::Site;

const ESCROW: &str = "escrow_id device volume protector_id state why superseded exposure_ended already_held leaf";
const LISTED: &str = "escrow_id device volume volume_type volume_id protector_id state conflict unconfirmed \
     escrowed_at created_at exposed_at rotate_by superseded_at proven_at source";
const REVEAL: &str = "recovery_password protector_id device volume state proven_at rotate_by leaf";
const DUE: &str = "device volume protector_id exposed_at exposed_by rotate_by overdue";
const EVENT: &str = "leaf time operator action escrow_id device volume protector_id reason note ticket caller result";

#[test]
fn without_a_pin() {
    let site = Site::empty();
    let made = site.init(&["--tpm", "simulator", "--no-pin", "--site", "Plant 7"]);
    assert_fields(&made, "vault_id site tpm simulated pcrs pin log_key");
    assert_eq!(made["site"], "Plant 7");
    assert_eq!(made["tpm"], "simulator");
    assert_eq!(made["simulated"], true);
    assert_eq!(made["pcrs"], serde_json::json!([]));
    assert_eq!(made["pin"], false);
    assert!(made["log_key"].as_str().unwrap().starts_with("strongroom/"), "{made}");
    main_job(&site);
}

#[test]
fn with_a_pin() {
    let site = Site::with_pin();
    main_job(&site);
}

fn main_job(site: &Site) {
    let (lab, desk, old, new) = (made(1), made(2), made(3), made(4));

    // Taken in; one with a wrong digit is not, and its group is named without a digit of it.
    let escrowed = site.escrow("LAB-01", &lab);
    assert_fields(&escrowed, ESCROW);
    assert_eq!(escrowed["device"], "LAB-01");
    assert_eq!(escrowed["volume"], "C:");
    assert_eq!(escrowed["protector_id"], lab.protector.as_str());
    assert_eq!(escrowed["state"], "current");
    assert_eq!(escrowed["superseded"], serde_json::json!([]));
    assert_eq!(escrowed["exposure_ended"], "no");
    assert_eq!(escrowed["already_held"], false);
    assert_eq!(escrowed["leaf"], 1);
    assert!(escrowed["why"].is_string(), "{escrowed}");
    site.escrow("DESK-02", &desk);
    let spoilt = old.with_a_slip_in(4);
    let refused = site.escrowing("PLANT-03", &old).stdin(spoilt.as_str()).output();
    assert_eq!((refused.code, refused.stdout.as_str()), (1, ""), "{refused:?}");
    let error = refused.error();
    assert_fields(&error, "error kind hint");
    assert!(error["error"].as_str().unwrap().contains("group 4"), "{error}");
    for group in spoilt.split('-') {
        assert!(!refused.stderr.contains(group), "{refused:?}");
    }
    site.escrow("PLANT-03", &old);
    let again = site.escrow("PLANT-03", &old);
    assert_eq!(again["already_held"], true, "{again}");
    assert_eq!(again["leaf"], Value::Null, "{again}");

    // Found by the eight digits on the recovery screen.
    let found = site.lines(&["find", &old.key_id().to_uppercase()]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_fields(&found[0], LISTED);
    assert_eq!(found[0]["device"], "PLANT-03");
    assert_eq!(found[0]["volume"], "C:");
    assert_eq!(found[0]["volume_type"], "os");
    assert_eq!(found[0]["volume_id"], Value::Null);
    assert_eq!(found[0]["state"], "current");
    assert_eq!(found[0]["conflict"], false);
    assert_eq!(found[0]["unconfirmed"], false);
    assert_eq!(found[0]["source"], "escrow");
    let shown = site.lines(&["show", "plant-03"]);
    assert_eq!(shown, found);
    assert_eq!(site.lines(&["rotation", "list"]), [] as [Value; 0]);

    // Shown, as a script sees it and as a person does.
    let revealed = site.reveal(old.key_id());
    assert_fields(&revealed, REVEAL);
    assert_eq!(revealed["recovery_password"], old.text.as_str());
    assert_eq!(revealed["protector_id"], old.protector.as_str());
    assert_eq!(revealed["state"], "exposed");
    assert_eq!(revealed["leaf"], 4);
    let text = site
        .run(&[
            "reveal",
            old.key_id(),
            "--reason",
            "other",
            "--note",
            "read out again",
            "--yes",
        ])
        .output()
        .ok();
    for group in old.groups() {
        assert!(text.stdout.contains(group), "{text:?}");
    }
    let text = text.shows("PLANT-03").shows(&old.protector);
    assert!(!text.stderr.contains(old.groups()[0]), "{text:?}");

    // On the worklist until its successor comes.
    let due = site.lines(&["rotation", "list"]);
    assert_eq!(due.len(), 1, "{due:?}");
    assert_fields(&due[0], DUE);
    assert_eq!(due[0]["device"], "PLANT-03");
    assert_eq!(due[0]["protector_id"], old.protector.as_str());
    assert_eq!(due[0]["rotate_by"], revealed["rotate_by"]);
    assert_eq!(due[0]["overdue"], false);
    let rotated = site.escrow("plant-03", &new);
    assert_fields(&rotated, ESCROW);
    assert_eq!(rotated["device"], "PLANT-03", "as first given");
    assert_eq!(rotated["superseded"], serde_json::json!([old.protector]));
    assert_eq!(rotated["exposure_ended"], "claimed");
    assert_eq!(site.lines(&["rotation", "list"]), [] as [Value; 0]);
    let claimed = site.lines(&["rotation", "list", "--claimed"]);
    assert_eq!(claimed.len(), 1, "{claimed:?}");
    assert_eq!(claimed[0]["protector_id"], old.protector.as_str());
    assert!(claimed[0]["claimed_by"].is_string(), "{claimed:?}");

    the_record(site);
    no_password_is_listed(site);
}

/// What is on record of it.
fn the_record(site: &Site) {
    let events = site.lines(&["audit", "list"]);
    for (leaf, event) in events.iter().enumerate() {
        assert_fields(event, EVENT);
        assert_eq!(event["leaf"], leaf);
    }
    let actions: Vec<_> = events.iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(
        actions,
        ["init", "escrow", "escrow", "escrow", "reveal", "reveal", "escrow"]
    );
    assert_eq!(events[5]["reason"], "other");
    assert_eq!(events[5]["note"], "read out again");
    assert_eq!(site.lines(&["audit", "list", "--action", "reveal"]).len(), 2);
    assert_eq!(site.lines(&["audit", "list", "--device", "lab-01"]).len(), 1);
    assert_eq!(
        site.lines(&["audit", "list", "--since", "2099-01-01T00:00:00Z"]).len(),
        0
    );

    let verified = site.verify();
    assert_fields(&verified, "ok authenticated events escrows first_wrong");
    assert_eq!(verified["authenticated"], true);
    assert_eq!(verified["events"], 7);
    assert_eq!(verified["escrows"], 4);
    assert_eq!(verified["first_wrong"], Value::Null);
    let unasked = site
        .bare(&["--json", "audit", "verify", "--no-tpm"])
        .output()
        .ok()
        .json();
    assert_eq!(
        (&unasked["ok"], &unasked["authenticated"]),
        (&Value::Bool(true), &Value::Bool(false))
    );

    site.run(&["status"]).output().ok().shows("SIMULATED");
    let status = site.json(&["status"]);
    for (name, count) in [
        ("escrows", 4),
        ("current", 3),
        ("exposed", 0),
        ("superseded", 1),
        ("overdue", 0),
    ] {
        assert_eq!(status[name], count, "{name} in {status}");
    }
    let devices = site.lines(&["devices"]);
    assert_eq!(devices.len(), 3);
    assert_fields(&devices[0], "device volumes current exposed last_escrow_at");
    assert_eq!(site.lines(&["list"]).len(), 4);
    assert_eq!(site.lines(&["list", "--state", "superseded"]).len(), 1);
}

/// No answer but that of `reveal` holds a password.
fn no_password_is_listed(site: &Site) {
    for arguments in [
        &["list"] as &[&str],
        &["devices"],
        &["show", "PLANT-03"],
        &["rotation", "list"],
        &["audit", "list"],
        &["status"],
        &["audit", "verify"],
    ] {
        let output = site.run(arguments).output().ok();
        // Colour is for terminals.
        assert!(!output.stdout.contains('\u{1b}'), "{arguments:?}: {output:?}");
        for number in 1..=4 {
            for group in made(number).groups() {
                assert!(!output.stdout.contains(group), "{arguments:?}: {output:?}");
                assert!(!output.stderr.contains(group), "{arguments:?}: {output:?}");
            }
        }
    }
}
