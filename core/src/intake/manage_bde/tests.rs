use super::*;

#[track_caller]
fn check(line: &str, expected: Option<&str>) {
    assert_eq!(
        volume(line).map(|mount| mount.to_string()).as_deref(),
        expected,
        "{line}"
    );
}

#[test]
fn knows_a_volume_in_any_language() {
    check("Volume C: []", Some("C:"));
    check("Volume \"C:\" [OS]", Some("C:"));
    check("Volumen c: [Windows]  ", Some("C:"));
    check("\u{30dc}\u{30ea}\u{30e5}\u{30fc}\u{30e0} C: [Windows]", Some("C:"));
    check("\u{fffd}{\u{fffd}\u{fffd}[\u{fffd} C: [Windows]", Some("C:"));
    check("C: s\u{fc}r\u{fc}c\u{fc}s\u{fc} [Windows]", Some("C:"));
    check("Volume D: [a [b] c: d]", Some("D:"));
    check("Volume \u{ab}D:\u{bb} [x]", Some("D:"));
    check("Volume D: \"Data\"", Some("D:"));
    check(r"Volume D:\Mount [Data]", Some(r"D:\Mount"));
    let name = r"\\?\Volume{081f6236-98b8-4ff7-b769-3c1b86b69533}\";
    check(&format!("Volume {name} []"), Some(name.trim_end_matches('\\')));
}

#[test]
fn takes_no_other_line_for_one() {
    check("", None);
    check("    Volume C: []", None);
    check("Volume C:", None);
    check("Volume [C:]", None);
    check("All Key Protectors", None);
    check("BitLocker Drive Encryption: Configuration [Tool]", None);
    check("Password: [none]", None);
    check("Volume CC: []", None);
    check("Volume C:[]", None);
    check(&format!("Volume C: [{}]", "x".repeat(LONGEST_LINE)), None);
    check(&format!("see C: {} [x]", "word ".repeat(20)), None);
}
