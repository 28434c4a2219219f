use super::*;

#[track_caller]
fn check(one: &str, other: &str, same: bool) {
    let (one, other): (DeviceName, DeviceName) = (one.parse().unwrap(), other.parse().unwrap());
    assert_eq!(one == other, same);
    assert_eq!(one.folded() == other.folded(), same);
}

#[test]
fn compares_without_case() {
    check("PC-0042", "pc-0042", true);
    check("PC-0042", " PC-0042 ", true);
    check("MÜNCHEN-1", "münchen-1", true);
    check("ΟΔΟΣ", "οδος", true);
    check("STRASSE", "straße", true);
    check("MÜNCHEN", "mu\u{308}nchen", true);
    check("ＰＣ－０１", "pc-01", true);
    check("PC-0042", "PC-0043", false);
    check("PC-0042", "PC 0042", false);
}

#[test]
fn is_shown_as_given() {
    let name: DeviceName = "Pc-Ümlaut".parse().unwrap();
    assert_eq!(name.to_string(), "Pc-Ümlaut");
    assert_eq!(serde_json::to_string(&name).unwrap(), "\"Pc-Ümlaut\"");
    assert_eq!(
        serde_json::from_str::<DeviceName>("\"Pc-Ümlaut\"").unwrap().as_str(),
        "Pc-Ümlaut"
    );
}

#[test]
fn refuses_what_is_no_name() {
    assert_eq!("".parse::<DeviceName>(), Err(TextError::Empty));
    assert_eq!("PC\n1".parse::<DeviceName>(), Err(TextError::Invisible { position: 3 }));
    assert_eq!("1".repeat(24).parse::<DeviceName>(), Err(TextError::Password));
    assert_eq!(
        "a".repeat(256).parse::<DeviceName>(),
        Err(TextError::TooLong { limit: 255 })
    );
    for (name, position) in [
        ("PC\u{fe0f}1", 3),
        ("PC1\u{e0100}", 4),
        ("\u{3164}A", 1),
        ("A\u{600}", 2),
        ("A\u{ad}", 2),
    ] {
        assert_eq!(
            name.parse::<DeviceName>(),
            Err(TextError::Invisible { position }),
            "{name:?}"
        );
    }
    for unknown in [
        '\u{2800}',
        '\u{e000}',
        '\u{10ffff}',
        '\u{fdd0}',
        '\u{378}',
        '\u{16fe4}',
        '\u{1d159}',
        '\u{f0000}',
    ] {
        let name = format!("PC{unknown}");
        assert_eq!(
            name.parse::<DeviceName>(),
            Err(TextError::Unknown { position: 3 }),
            "{name:?}"
        );
        // A vault that has it keeps it.
        assert_eq!(DeviceName::kept(&name).unwrap().as_str(), name);
    }
    for name in ["-", "…", "\u{301}", "(!)", "🖥"] {
        assert_eq!(name.parse::<DeviceName>(), Err(TextError::Nameless), "{name:?}");
    }
    for name in ["7", "Büro – PC №5 💻", "ノート", "मेज़-१", "Müller’s PC"] {
        assert_eq!(name.parse::<DeviceName>().unwrap().as_str(), name);
    }
    assert!("a".repeat(255).parse::<DeviceName>().is_ok());
}
