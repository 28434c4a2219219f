use super::*;
use crate::intake::format::Format;

fn read_ldif(text: &str) -> Vec<Record> {
    read(text, Format::Ldif.into(), &Names::default())
}

#[track_caller]
fn check_lines(text: &str, expected: &[(usize, &str)]) {
    let lines: Vec<_> = Lines { rest: text, line: 1 }
        .map(|(line, raw)| (line, unfolded(raw).to_string()))
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(line, text)| (*line, (*text).to_owned()))
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn unfolds() {
    check_lines("a\nb\n", &[(1, "a"), (2, "b")]);
    check_lines("a\n b\n  c\nd", &[(1, "ab c"), (4, "d")]);
    check_lines("a\n\n b", &[(1, "a"), (2, "b")]);
    check_lines("\n \n", &[(1, "")]);
    check_lines("", &[]);
}

const PASSWORD: &str = "002816-008470-014124-019778-025432-031086-036740-042394";
const ID: &str = "081f6236-98b8-4ff7-b769-3c1b86b69533";

/// Whether the lines behind a good name make one record that is taken.
#[track_caller]
fn check(lines: &str, taken: bool) {
    let records = read_ldif(&format!("dn: CN=2023-10-10T10:00:00Z{{{ID}}},CN=PC1\n{lines}"));
    assert_eq!(records.len(), 1, "{lines}");
    assert_eq!(records[0].outcome.is_ok(), taken, "{lines}");
}

#[test]
fn reads_attributes() {
    check(&format!("msFVE-RecoveryPassword: {PASSWORD}"), true);
    check(&format!("msFVE-RecoveryPassword:{PASSWORD}"), true);
    check(&format!("MSFVE-RECOVERYPASSWORD;lang-en:   {PASSWORD}  "), true);
    check(
        &format!("msFVE-RecoveryPassword:: {}", BASE64.encode(PASSWORD.as_bytes())),
        true,
    );
    check(
        &format!("msFVE-RecoveryPassword: {}\n {}", &PASSWORD[..20], &PASSWORD[20..]),
        true,
    );
    check(
        &format!("# {PASSWORD}\nmsFVE-RecoveryPassword: {PASSWORD}\n-\nobjectClass: top"),
        true,
    );
}

#[test]
fn follows_nothing_and_guesses_nothing() {
    check("msFVE-RecoveryPassword:< file:///etc/passwd", false);
    check("msFVE-RecoveryPassword:: ====", false);
    check("msFVE-RecoveryPassword:: /w==", false);
    check("msFVE-RecoveryPassword:", false);
    check("objectClass: top", false);
    check(
        &format!("msFVE-RecoveryPassword: {PASSWORD}\nmsFVE-RecoveryGuid:: AAAA"),
        true,
    );
    check(
        &format!(
            "msFVE-RecoveryPassword: {PASSWORD}\nmsFVE-RecoveryGuid:: {}",
            BASE64.encode(&[0; 16])
        ),
        false,
    );
    check(
        &format!(
            "msFVE-RecoveryPassword: {PASSWORD}\nname: 2023-10-10T10:00:00Z{{{}}}",
            ID.replace('0', "1")
        ),
        false,
    );
}

#[test]
fn a_comment_hides_what_goes_on_from_it() {
    assert_eq!(read_ldif(&format!("dn: CN=x\n# a\n {PASSWORD}\n")).len(), 0);
}
