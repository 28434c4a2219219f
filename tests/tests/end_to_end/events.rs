//! `audit events`, read back by programs that are not ours: Python's csv, PyPI's pycef (`tests/checkers/events.py`) and
//! Debian's rsyslog.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::end_to_end::checkers::python;
use crate::end_to_end::passwords::made;
use crate::end_to_end::rsyslog::Rsyslog;
use crate::end_to_end::site::Site;

/// What an event says, by the names of `audit list --json`; what it does not say is left out.
type Fields = BTreeMap<String, String>;

/// What an operator can type to break a line, a cell, a key or a quotation.
const TYPED: [&str; 17] = [
    r#"=HYPERLINK("http://example.com/","open")"#,
    "+1",
    "-2+3",
    "@SUM(A1:A9)",
    "'=1",
    "＝1",
    r"x;=cmd|' /C calc'!A0",
    "x| +1",
    r#"x;"=1""#,
    "x;'=1;''@2",
    "x;;-1,＝2",
    r#"a|b, "c"; d=e [f] (g) {h}"#,
    r#"x suser=root outcome=none cs1Label=y"#,
    r#""] [event@32473 operator="root""#,
    r"ends with \",
    r"\= \\ \] \n \|",
    "<script>alert(1)</script> ü — \u{1f511}",
];

/// A vault with each of them in every field that takes it.
fn vault() -> Site {
    let site = Site::new();
    for (number, typed) in (1..).zip(TYPED) {
        let made = made(number);
        site.run(&["escrow", "--protector", &made.protector, &format!("--device={typed}")])
            .stdin(made.text.as_str())
            .output()
            .ok();
        site.revealing(made.key_id())
            .args(["note", "ticket", "caller"].map(|field| format!("--{field}={typed}")))
            .output()
            .ok();
    }
    site
}

fn written(site: &Site, format: &str) -> String {
    site.run(&["audit", "events", "--format", format]).output().ok().stdout
}

fn listed(site: &Site) -> Vec<Fields> {
    let events = site.lines(&["audit", "list"]);
    for typed in TYPED {
        let fields = ["device", "note", "ticket", "caller"];
        assert!(
            fields
                .iter()
                .all(|field| events.iter().any(|event| event[field] == typed)),
            "{typed}"
        );
    }
    events.iter().map(fields).collect()
}

fn fields(event: &Value) -> Fields {
    let known = event.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
    known
        .map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), text)
        })
        .collect()
}

#[test]
fn each_format_is_read_as_it_was_meant() {
    let site = vault();
    let listed = listed(&site);
    for format in ["csv", "cef"] {
        let file = site.beside(format);
        fs::write(&file, written(&site, format)).unwrap();
        let read = python("events.py")
            .args([format.as_ref(), file.as_os_str()])
            .output()
            .ok();
        assert_eq!(read.lines().iter().map(fields).collect::<Vec<_>>(), listed, "{format}");
    }

    let server = Rsyslog::start(&site.beside("rsyslog"));
    let received = server.receive(&written(&site, "syslog"), listed.len());
    assert_eq!(received.len(), listed.len());
    for (received, listed) in received.iter().zip(&listed) {
        let data = received["data"].as_object().unwrap();
        assert_eq!(data.keys().collect::<Vec<_>>(), ["event@32473"]);
        assert_eq!(fields(&data["event@32473"]), *listed);
        assert_eq!(received["time"], listed["time"]);
        assert_eq!(received["msgid"], listed["action"]);
        assert_eq!(received["app-name"], "strongroom");
        let priority = match listed["action"].as_str() {
            "init" | "escrow" => "110",
            "reveal" => "109",
            other => panic!("{other}"),
        };
        assert_eq!(received["pri"], priority);
    }
}

#[test]
fn json_lines_are_those_of_the_list() {
    let site = vault();
    let list = site.run(&["--json", "audit", "list"]).output().ok().stdout;
    assert_eq!(written(&site, "jsonl"), list);
    assert_eq!(list.lines().count(), 1 + 2 * TYPED.len());
}

/// A spreadsheet takes what begins so for a formula, whichever character it takes for the one that parts cells; and RFC
/// 4180 ends each record with CR LF.
#[test]
fn no_cell_is_a_formula() {
    let csv = written(&vault(), "csv");
    assert_eq!(csv.matches("\r\n").count(), csv.matches('\n').count());
    assert!(csv.ends_with("\r\n"));
    for separator in [',', ';', '|', '\t'] {
        for cell in csv.lines().flat_map(|line| line.split(separator)) {
            let cell = cell.trim_start_matches(['"', ' ']);
            assert!(!cell.starts_with(['=', '+', '-', '@', '＝']), "{cell}");
        }
    }
}

#[test]
fn a_period_cuts_what_is_written() {
    let site = Site::new();
    for format in ["jsonl", "cef", "syslog"] {
        let events = site.run(&["audit", "events", "--format", format, "--until", "2024-12-31"]);
        assert_eq!(events.output().ok().stdout, "", "{format}");
    }
    let events = site.run(&["audit", "events", "--format", "csv", "--until", "2024-12-31"]);
    let header = events.output().ok().stdout;
    assert!(
        header.starts_with("leaf,time,operator,") && header.lines().count() == 1,
        "{header}"
    );
}
