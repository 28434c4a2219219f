use super::*;

#[track_caller]
fn check(text: &str, expected: Result<&str, ParseMountPointError>) {
    let parsed = text.parse::<MountPoint>();
    assert_eq!(
        parsed.as_ref().map(MountPoint::as_str).map_err(|error| *error),
        expected,
        "{text}"
    );
}

#[test]
fn reads_the_three_forms() {
    check("C:", Ok("C:"));
    check(r"c:\", Ok("C:"));
    check(r"c:\Mount\Data", Ok(r"C:\Mount\Data"));
    check(r"C:\Mount Point\Dätä\", Ok(r"C:\Mount Point\Dätä"));
    let volume = r"\\?\Volume{081f6236-98b8-4ff7-b769-3c1b86b69533}";
    check(volume, Ok(volume));
    check(&format!(r"{volume}\"), Ok(volume));
}

#[test]
fn refuses_all_else() {
    for text in [
        "C",
        ":",
        "CC:",
        "1:",
        "C:/",
        r"C:\\",
        r"C:Data",
        r"C:\a\\b",
        r"C:\a:b",
        r"C:\a*",
        r"\\server\share",
        r"\\?\C:",
        r"\\?\Volume081f6236-98b8-4ff7-b769-3c1b86b69533",
        r"\\?\Volume{081f6236}",
        "/mnt",
        "Ä:",
    ] {
        check(text, Err(ParseMountPointError::Form));
    }
    check("", Err(ParseMountPointError::Text(TextError::Empty)));
    check(
        "C:\\a\nb",
        Err(ParseMountPointError::Text(TextError::Invisible { position: 5 })),
    );
}

#[test]
fn compares_without_case() {
    let same = |one: &str, other: &str| one.parse::<MountPoint>().unwrap() == other.parse().unwrap();
    assert!(same(r"c:\", "C:"));
    assert!(same(r"C:\MOUNT\data", r"c:\mount\DATA\"));
    assert!(!same("C:", "D:"));
}

#[test]
fn json_is_a_string() {
    let mount_point: MountPoint = serde_json::from_str(r#""c:\\""#).unwrap();
    assert_eq!(serde_json::to_string(&mount_point).unwrap(), "\"C:\"");
    assert_eq!(serde_json::to_string(&VolumeType::Os).unwrap(), "\"os\"");
}

#[test]
fn volume_types_are_the_words_of_the_command_line() {
    assert_eq!(VolumeType::CODES, ["os", "fixed", "removable", "unknown"]);
    assert_eq!("removable".parse(), Ok(VolumeType::Removable));
    let error = "OS".parse::<VolumeType>().unwrap_err();
    assert_eq!(error.to_string(), "not one of os, fixed, removable, unknown");
}
