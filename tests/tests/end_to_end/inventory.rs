//! Reading the inventory: without the TPM, without a lock, without whole tables.

use std::fs;
use std::process::Command;

use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Folder;
use strongroom_vault::store::Page;
use strongroom_vault::store::Store;

use serde_json::Value;

use crate::end_to_end::machine::hold_lock;
use crate::end_to_end::machine::processes_in;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::PROGRAM;
use crate::end_to_end::site::Site;

const READING: [&[&str]; 9] = [
    &["find", "lab"],
    &["show", "LAB-01"],
    &["list"],
    &["list", "--problems"],
    &["list", "--unproven"],
    &["devices"],
    &["devices", "LAB"],
    &["rotation", "list"],
    &["audit", "list"],
];

#[test]
fn it_is_read_without_the_tpm() {
    let site = Site::with_pin();
    site.escrow("LAB-01", &made(1));
    fs::remove_dir_all(site.tpm_state()).unwrap();
    let lock = hold_lock(&site.vault());
    for arguments in READING {
        site.bare(arguments).output().ok();
        site.bare(&["find", made(1).key_id()]).output().ok().shows("LAB-01");
    }
    drop(lock);
    assert!(!site.tpm_state().exists(), "no TPM was started");
    assert_eq!(processes_in(&site.vault()), [] as [u32; 0]);
}

#[test]
fn what_is_looked_for_is_found_by_an_index() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let folder = Folder::existing(&site.vault()).unwrap();
    let mut store = Store::open_read_only(&folder).unwrap();
    let snapshot = store.snapshot().unwrap();
    let lab: DeviceName = "LAB-01".parse().unwrap();
    let scans = |filter: &Filter, page: &Page| -> Vec<String> {
        let plan = snapshot.plan(filter, page).unwrap();
        assert!(!plan.is_empty());
        let whole = |line: &String| {
            ["SCAN escrow", "SCAN volume", "SCAN device"].iter().any(|scan| {
                // A scan of the search index is how a search is called.
                line.starts_with(scan) && !line.contains("VIRTUAL TABLE") && !line.contains("USING INDEX")
            })
        };
        plan.into_iter().filter(whole).collect()
    };
    for filter in [
        Filter::Protector("abcd".parse().unwrap()),
        Filter::Protector(made(1).protector.parse().unwrap()),
        Filter::DeviceText("lab".to_owned()),
        Filter::Device(lab),
        Filter::Escrow(EscrowId::new([7; 16])),
        Filter::ToRotate,
        Filter::Claimed,
    ] {
        assert_eq!(scans(&filter, &Page::default()), [] as [String; 0], "{filter:?}");
    }
    // The test can fail: all of them are a whole table.
    assert_ne!(scans(&Filter::All, &Page::default()), [] as [String; 0]);
}

#[test]
fn a_list_by_pages_shows_everything_once() {
    let site = Site::new();
    for number in 0..7 {
        site.escrow(&format!("LAB-0{}", number % 3), &made(number));
    }
    let all = walk(&site, &["list"], "escrow_id");
    assert_eq!(all.len(), 7);
    // Oldest first.
    let protectors: Vec<_> = all.iter().map(|item| item["protector_id"].as_str().unwrap()).collect();
    let taken: Vec<_> = (0..7).map(|number| made(number).protector).collect();
    assert_eq!(protectors, taken);
}

#[test]
fn devices_and_the_worklist_page_too() {
    let site = Site::new();
    for number in 0..5 {
        site.escrow(&format!("LAB-0{number}"), &made(number));
        site.reveal(made(number).key_id());
    }
    assert_eq!(walk(&site, &["devices"], "device").len(), 5);
    assert_eq!(walk(&site, &["rotation", "list"], "escrow_id").len(), 5);
    for number in 0..5 {
        site.escrow(&format!("LAB-0{number}"), &made(number + 10));
    }
    assert_eq!(walk(&site, &["rotation", "list", "--claimed"], "escrow_id").len(), 5);
    site.run(&["devices", "--after", "LAB-99"])
        .output()
        .refused(3, "LAB-99");
}

/// What a list gives page by page, three at a time; it is what it gives at once.
#[track_caller]
fn walk(site: &Site, list: &[&str], key: &str) -> Vec<Value> {
    let mut walked = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mut arguments = [list, &["--limit", "3"]].concat();
        if let Some(after) = &after {
            arguments.extend(["--after", after]);
        }
        let page = site.lines(&arguments);
        assert!(page.len() <= 3);
        let Some(last) = page.last() else { break };
        after = Some(last[key].as_str().unwrap().to_owned());
        walked.extend(page);
    }
    assert_eq!(walked, site.lines(list));
    walked
}

#[test]
fn devices_are_called_as_they_were_first_called() {
    let site = Site::new();
    site.escrow("Lab-Straße", &made(1));
    site.escrow("LAB-STRASSE", &made(2));
    let devices = site.lines(&["devices"]);
    assert_eq!(devices.len(), 1, "{devices:?}");
    assert_eq!(devices[0]["device"], "Lab-Straße");
    for text in ["lab-strasse", "LAB-STRAßE", "lab-Straße"] {
        let shown = site.lines(&["show", text]);
        assert_eq!(shown.len(), 2, "{text}");
        assert_eq!(shown[0]["device"], "Lab-Straße");
        assert_eq!(site.lines(&["find", text]).len(), 2, "{text}");
        assert_eq!(site.lines(&["list", "--device", text]).len(), 2, "{text}");
    }
    assert_eq!(site.lines(&["find", "B-STR"]).len(), 2, "any part of the name");
    site.run(&["find", "\"-str"]).output().refused(3, "");
    site.run(&["find", "a* OR b"]).output().refused(3, "");
}

#[test]
fn an_empty_list_is_an_answer_and_nothing_found_is_not() {
    let site = Site::new();
    for arguments in [
        &["list"] as &[&str],
        &["devices"],
        &["devices", "nothing"],
        &["rotation", "list"],
        &["rotation", "list", "--claimed"],
    ] {
        assert_eq!(site.lines(arguments).len(), 0, "{arguments:?}");
        site.run(arguments).output().ok();
    }
    for arguments in [
        &["find", "nothing"] as &[&str],
        &["find", "ffff"],
        &["show", "NOTHING"],
        &["reveal", "ffffffff", "--reason", "forensic", "--yes"],
        &["reveal", "--device", "NOTHING", "--reason", "forensic", "--yes"],
        &["expose", "ffffffff", "--note", "gone"],
        &["outcome", "ffffffff", "unlocked"],
        &["rotation", "waive", "ffffffff", "--reason", "moved", "--note", "gone"],
    ] {
        site.run(arguments).output().refused(3, "");
    }
    assert_eq!(site.lines(&["audit", "list"]).len(), 1);
}

/// `strongroom list | head`: who reads no further is told nothing, and that is no failure.
#[test]
fn a_broken_pipe_is_quiet() {
    let site = Site::new();
    for number in 0..5 {
        site.escrow("LAB-01", &made(number));
    }
    for arguments in &READING {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(PROGRAM)
            .arg("--vault")
            .arg(site.vault())
            .args(*arguments)
            .stdout(writer)
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            !stderr.contains("error") && !stderr.contains("pipe"),
            "{arguments:?}: {stderr}"
        );
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}
