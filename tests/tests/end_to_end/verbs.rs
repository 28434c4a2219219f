//! What happens beside the main job: other ways out, other endings, passwords that contradict each other.

use serde_json::Value;

use crate::end_to_end::passwords::Made;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::Run;
use crate::end_to_end::run::assert_fields;
use crate::end_to_end::site::Site;

/// The states of a device's passwords, in order of arrival.
fn states(site: &Site, device: &str) -> Vec<String> {
    let items = site.lines(&["show", device]);
    items
        .iter()
        .map(|item| item["state"].as_str().unwrap().to_owned())
        .collect()
}

fn key_id(number: u64) -> String {
    made(number).protector
}

#[test]
fn what_got_out_otherwise_is_to_be_rotated_too() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    site.run(&["expose", &key_id(1), "--note", "printed on paper"])
        .output()
        .ok();
    assert_eq!(states(&site, "LAB-01"), ["exposed"]);
    assert_eq!(site.lines(&["rotation", "list"]).len(), 1);
    let events = site.lines(&["audit", "list", "--action", "expose"]);
    assert_eq!(events[0]["note"], "printed on paper");
    site.run(&["expose", &key_id(1)]).output().refused(2, "--note");
}

#[test]
fn an_exposure_that_nothing_newer_can_end_is_waived() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let waive = |note: &str| {
        let key_id = key_id(1);
        site.run(&[
            "rotation",
            "waive",
            &key_id,
            "--reason",
            "device-destroyed",
            "--note",
            note,
        ])
        .output()
    };
    waive("too early").refused(1, "not exposed");
    site.reveal(&key_id(1));
    waive("shredded").ok();
    assert_eq!(site.lines(&["rotation", "list"]).len(), 0);
    let claimed = site.lines(&["rotation", "list", "--claimed"]);
    assert_eq!(claimed.len(), 1, "{claimed:?}");
    let actions: Vec<Value> = site
        .lines(&["audit", "list"])
        .iter()
        .map(|event| event["action"].clone())
        .collect();
    assert_eq!(actions, ["init", "escrow", "refused", "reveal", "waive"]);
    for arguments in [
        &["rotation", "waive", "00000000", "--reason", "lost", "--note", "x"] as &[&str],
        &["rotation", "waive", "00000000", "--note", "x"],
        &["rotation", "waive", "00000000", "--reason", "moved"],
    ] {
        site.run(arguments).output().code(2);
    }
    site.verify();
}

#[test]
fn what_did_not_unlock_is_a_problem() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    site.reveal(&key_id(1));
    site.run(&["outcome", &key_id(1), "unlocked"]).output().ok();
    assert_eq!(site.lines(&["list", "--problems=conflict"]).len(), 0);
    site.run(&["outcome", &key_id(1), "did-not-unlock", "--note", "read twice"])
        .output()
        .ok();
    let problems = site.lines(&["list", "--problems=conflict"]);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0]["conflict"], true);
    let results: Vec<Value> = site
        .lines(&["audit", "list", "--action", "outcome"])
        .iter()
        .map(|event| event["result"].clone())
        .collect();
    assert_eq!(results, ["unlocked", "did-not-unlock"]);
    site.verify();
}

/// Two passwords of one protector: one of them is wrong, and nobody knows which.
#[test]
fn another_password_of_the_same_protector_is_kept_beside_it() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let other = Made {
        protector: key_id(1),
        ..made(2)
    };
    let output = site.escrowing("LAB-01", &other).output().ok();
    assert!(!output.stderr.is_empty(), "it warns: {output:?}");
    let taken = output.json();
    assert_eq!(taken["superseded"], serde_json::json!([]));
    assert_eq!(states(&site, "LAB-01"), ["current", "current"]);
    assert_eq!(site.lines(&["list", "--problems=conflict"]).len(), 2);
    // Which of them is shown is for a person to say.
    let asked = site.revealing(&key_id(1)).output().code(1);
    let escrow = taken["escrow_id"].as_str().unwrap();
    assert!(
        format!("{}{}", asked.stdout, asked.stderr).contains(escrow),
        "{asked:?}"
    );
    assert_eq!(site.reveal(escrow)["recovery_password"], made(2).text.as_str());
}

#[test]
fn an_older_password_ends_nothing() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    site.reveal(&key_id(1));
    let older = site
        .escrowing("LAB-01", &made(2))
        .args(["--created", "2020-01-01T00:00:00Z"])
        .output()
        .ok()
        .json();
    assert_eq!(older["state"], "superseded", "{older}");
    assert_eq!(older["exposure_ended"], "no", "{older}");
    assert_eq!(states(&site, "LAB-01"), ["exposed", "superseded"]);
    // And shown all the same where an old image needs it.
    assert_eq!(site.reveal(&key_id(2))["recovery_password"], made(2).text.as_str());
    site.verify();
}

/// The same password in two places: shown once, it is to be rotated in both.
#[test]
fn a_password_of_two_volumes_is_exposed_in_both() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let clone = Made {
        text: made(1).text,
        ..made(2)
    };
    site.escrow("CLONE-02", &clone);
    site.reveal(&key_id(1));
    assert_eq!(states(&site, "CLONE-02"), ["exposed"]);
    assert_eq!(site.lines(&["rotation", "list"]).len(), 2);
    site.verify();
}

#[test]
fn a_device_with_several_volumes_asks_which() {
    let site = Site::new();
    for (number, volume) in [(1, "C:"), (2, "D:")] {
        site.run(&[
            "escrow",
            "--device",
            "LAB-01",
            "--volume",
            volume,
            "--protector",
            &key_id(number),
        ])
        .stdin(made(number).text)
        .output()
        .ok();
    }
    let reveal = [
        "--json",
        "reveal",
        "--device",
        "lab-01",
        "--reason",
        "hardware-replaced",
        "--yes",
    ];
    let asked = site.run(&reveal).output().code(1);
    let told = format!("{}{}", asked.stdout, asked.stderr);
    assert!(told.contains("C:") && told.contains("D:"), "{asked:?}");
    let shown = site.run(&reveal).args(["--volume", "d:\\"]).output().ok().json();
    assert_eq!(shown["recovery_password"], made(2).text.as_str());
    assert_eq!(states(&site, "LAB-01"), ["current", "exposed"]);
    site.run(&reveal).args(["--volume", "E:"]).output().refused(3, "");
    site.run(&["reveal", "--reason", "forensic", "--yes"]).output().code(2);
}

/// A volume known by its mount point takes the id that is named with it later.
#[test]
fn a_volume_takes_its_id_later() {
    let site = Site::new();
    let id = "8f595209-f5b9-49a0-85d4-cb8f80258c27";
    site.escrow("LAB-01", &made(1));
    let named = site
        .escrowing("LAB-01", &made(2))
        .args(["--volume-id", id])
        .output()
        .ok()
        .json();
    assert_eq!(named["superseded"], serde_json::json!([key_id(1)]), "{named}");
    let items = site.lines(&["show", "LAB-01"]);
    assert_eq!(items[1]["volume_id"], id, "{items:?}");
    assert_eq!(site.lines(&["devices"])[0]["volumes"], 1);
    site.verify();
}

#[test]
fn check_names_the_fault_of_each_line() {
    let good = made(1).text;
    let input = format!(
        "{good}\n{}\nnot a password\n{}\n",
        made(1).with_a_slip_in(8),
        &good[..54]
    );
    let output = Run::new(["--json", "check"]).stdin(input).output().code(1);
    let lines = output.lines();
    assert_eq!(lines.len(), 4, "{lines:?}");
    for (number, line) in (1..).zip(&lines) {
        assert_fields(line, "line valid group fault corrections");
        assert_eq!(line["line"], number);
        assert_eq!(line["valid"], number == 1);
    }
    let [first, second, third, fourth] = &lines[..] else {
        unreachable!()
    };
    assert_eq!(
        (&first["group"], &first["fault"]),
        (&Value::Null, &Value::Null),
        "{first}"
    );
    assert_eq!(
        (&second["group"], &second["fault"]),
        (&8.into(), &"checksum".into()),
        "{second}"
    );
    let corrections = second["corrections"].as_array().unwrap();
    assert!(corrections.contains(&made(1).groups()[7].into()), "{second}");
    assert_eq!(third["group"], Value::Null, "{third}");
    assert_eq!(
        (&fourth["group"], &fourth["fault"]),
        (&8.into(), &"digits".into()),
        "{fourth}"
    );
    Run::new(["check"]).stdin(good).output().ok();
}
