//! Files as Windows, the directory and scripts write them, and ways in which they are spoilt: one a case, with the
//! outcome beside it in `NAME.expected`.
//!
//! The files imitate the layouts that Microsoft documents and that published samples show; their passwords and GUIDs
//! are made up.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use strongroom_core::intake::{self, Hints, Ready, Record, Rejected, Unused};
use strongroom_core::values::DeviceName;

#[test]
fn every_file_reads_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/intake");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let (expected, cases): (Vec<_>, Vec<_>) = files
        .into_iter()
        .partition(|path| path.to_string_lossy().ends_with(".expected"));
    let faults: Vec<String> = cases.iter().filter_map(|case| fault(case)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(expected.len(), cases.len(), "one outcome for each file");
    println!("{} files", cases.len());
}

#[expect(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]
fn fault(case: &Path) -> Option<String> {
    let told = told(&fs::read(case).unwrap());
    let expected = fs::read_to_string(format!("{}.expected", case.display())).unwrap();
    (told != expected).then(|| format!("{}: expected\n{expected}but read\n{told}", case.display()))
}

fn told(bytes: &[u8]) -> String {
    match intake::read(bytes, &Hints::default()) {
        Err(error) => format!("error: {error}\n"),
        Ok(intake) => {
            let records = intake.records.iter().map(record);
            let mut told = format!("{}\n{}", intake.format, records.collect::<String>());
            let Unused { guids, groups } = intake.unused;
            if guids + groups > 0 {
                told += &format!("unused: {guids} GUIDs, {groups} groups\n");
            }
            told
        }
    }
}

#[expect(clippy::unwrap_used, reason = "a name that is none fails the test")]
fn said() -> DeviceName {
    "SAID".parse().unwrap()
}

/// A line for the outcome, and an indented one for each other thing that is known.
fn record(record: &Record) -> String {
    let mut told = format!("{}: ", record.at);
    told += &match &record.outcome {
        Ok(Ready { protector, password }) => format!("{protector} {}\n", password.to_text().as_str()),
        Err(Rejected { protector, why }) => {
            let protector = protector.map(|id| format!(" {id}")).unwrap_or_default();
            format!("rejected{protector}: {why}\n")
        }
    };
    let naming = &record.naming;
    let said = said();
    let known = [
        ("device", record.owner(None).map(ToString::to_string)),
        ("mount", naming.mount.as_ref().map(ToString::to_string)),
        ("volume", naming.id.map(|id| id.to_string())),
        ("type", naming.kind.map(|kind| kind.to_string())),
        ("created", record.created.map(|time| time.to_string())),
    ];
    for (name, value) in known {
        told += &value.map(|value| format!("  {name} {value}\n")).unwrap_or_default();
    }
    if record.device.is_some() && record.owner(Some(&said)) == Some(&said) {
        told += "  the device only if no other is said\n";
    }
    for id in &record.unbelieved {
        told += &format!("  not believed {id}\n");
    }
    for note in &record.notes {
        told += &format!("  note: {note}\n");
    }
    told
}
