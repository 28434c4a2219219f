use super::*;

#[track_caller]
fn check(line: &str, expected: Option<(Field, &str)>) {
    assert_eq!(named(line, &Names::default()), expected);
}

#[test]
fn knows_names() {
    check("KeyProtectorId      : {0}", Some((Field::Protector, " {0}")));
    check("msFVE-RecoveryPassword: 1", Some((Field::Password, " 1")));
    check("  MountPoint : C:", Some((Field::Mount, " C:")));
    check("Anything else: 1", Some((Field::Other, " 1")));
    check(": 1", None);
    check("no name", None);
    check("Schl\u{fc}ssel: 1", Some((Field::Password, " 1")));
    check(
        "\u{56de}\u{5fa9}\u{30ad}\u{30fc}\u{ff1a}1",
        Some((Field::Password, "1")),
    );
    check("a, b: 1", None);
    check(&format!("{}: 1", "a".repeat(LONGEST_NAME + 1)), None);
}

#[test]
fn tells_by_names_that_no_language_has() {
    assert_eq!(is_telling("RecoveryPassword : 1"), Some(Format::PowerShellList));
    assert_eq!(is_telling(" msfve-recoverypassword: 1"), Some(Format::AdScript));
    assert_eq!(is_telling("Password: 1"), None);
    assert_eq!(is_telling("RecoveryPassword"), None);
}

#[test]
fn a_value_goes_on_over_lines() {
    let text = "KeyProtectorId : {081f6236-98b8\n                 -4ff7-b769-3c1b86b6\n                 9533}\n\
                RecoveryPassword : 002816-008470-014124-019778-\n                   025432-031086-036740-042394\n";
    let records = read(text, Format::PowerShellList.into(), &Names::default());
    assert_eq!(records.len(), 1);
    let ready = records[0].outcome.as_ref().ok().unwrap();
    assert_eq!(ready.protector.to_string(), "081f6236-98b8-4ff7-b769-3c1b86b69533");
}

/// The mount point of one volume is that of all protectors; of two it is none's.
#[test]
fn volumes_are_printed_apart_from_their_protectors() {
    let protector = "KeyProtectorId : {081f6236-98b8-4ff7-b769-3c1b86b69533}\n\
                     RecoveryPassword : 002816-008470-014124-019778-025432-031086-036740-042394\n";
    for (volumes, mount) in [
        ("MountPoint : C:\n\n", Some("C:")),
        ("MountPoint : C:\n\nMountPoint : c:\n\n", Some("C:")),
        ("MountPoint : C:\n\nMountPoint : D:\n\n", None),
        ("", None),
    ] {
        let records = read(
            &format!("{volumes}{protector}"),
            Format::PowerShellList.into(),
            &Names::default(),
        );
        let read = records[0].naming.mount.as_ref().map(ToString::to_string);
        assert_eq!(read.as_deref(), mount, "{volumes}");
    }
}
