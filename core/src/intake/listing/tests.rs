use super::*;

#[track_caller]
fn check(line: &str, expected: Option<(Field, &str)>) {
    assert_eq!(named(line), expected);
}

#[test]
fn knows_names() {
    check("KeyProtectorId      : {0}", Some((Field::Protector, " {0}")));
    check("msFVE-RecoveryPassword: 1", Some((Field::Password, " 1")));
    check("  MountPoint : C:", Some((Field::Mount, " C:")));
    check("Anything else: 1", Some((Field::Other, " 1")));
    check(": 1", None);
    check("no name", None);
    check("Schl\u{fc}ssel: 1", None);
    check(&format!("{}: 1", "a".repeat(LONGEST_NAME + 1)), None);
}

#[test]
fn tells_by_names_that_no_language_has() {
    assert_eq!(is_telling("RecoveryPassword : 1"), Some(Format::PowerShellList));
    assert_eq!(is_telling(" msfve-recoverypassword: 1"), Some(Format::AdScript));
    assert_eq!(is_telling("Password: 1"), None);
    assert_eq!(is_telling("RecoveryPassword"), None);
}
