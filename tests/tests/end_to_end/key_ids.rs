//! GUIDs and their beginnings, as people type them.

use crate::end_to_end::passwords::made;
use crate::end_to_end::site::Site;

#[test]
fn the_shape_of_a_guid() {
    let site = Site::new();
    let guid = made(1).protector;
    let upper = guid.to_uppercase();
    for (number, text) in [
        guid.clone(),
        upper.clone(),
        format!("{{{guid}}}"),
        format!("{{{upper}}}"),
    ]
    .into_iter()
    .enumerate()
    {
        let taken = site
            .run(&[
                "--json",
                "escrow",
                "--device",
                "LAB-01",
                "--volume",
                "C:",
                "--protector",
                &text,
            ])
            .stdin(made(1).text)
            .output()
            .ok()
            .json();
        assert_eq!(taken["protector_id"], guid.as_str());
        assert_eq!(taken["already_held"], number > 0);
    }
    for text in [
        "",
        "x",
        &guid[..35],
        &format!("{{{guid}"),
        &guid.replace('-', ""),
        "00000000-0000-0000-0000-00000000000g",
    ] {
        site.run(&["escrow", "--device", "LAB-01", "--protector", text])
            .stdin(made(1).text)
            .output()
            .refused(2, "");
    }
    for text in [
        &guid[..8],
        &upper[..13],
        &format!("{{{guid}}}"),
        &format!("{{{}", &upper[..9]),
    ] {
        assert_eq!(site.lines(&["find", text]).len(), 1, "{text}");
        assert_eq!(site.reveal(text)["protector_id"], guid.as_str(), "{text}");
    }
    for text in [&guid[..7], "", "zzzzzzzz", "0000-0000"] {
        site.revealing(text).output().refused(2, "");
    }
    site.revealing("ffffffff").output().refused(3, "");
    site.run(&["find", "ffffffff"]).output().refused(3, "");
    site.run(&["find", "ab"]).output().refused(2, "");
    site.run(&["show", "NOBODY"]).output().refused(3, "");
}

#[test]
fn a_key_id_of_several_escrows_is_listed_and_nothing_done() {
    let site = Site::new();
    let protectors = [
        "12345678-0000-0000-0000-000000000001",
        "12345678-0000-0000-0000-000000000002",
    ];
    let mut escrows = Vec::new();
    for (number, protector) in (1..).zip(protectors) {
        let device = format!("LAB-0{number}");
        let escrow = [
            "--json",
            "escrow",
            "--device",
            &device,
            "--volume",
            "C:",
            "--protector",
            protector,
        ];
        let taken = site.run(&escrow).stdin(made(number).text).output().ok().json();
        escrows.push(taken["escrow_id"].as_str().unwrap().to_owned());
    }
    let output = site
        .run(&["reveal", "12345678", "--reason", "forensic", "--yes"])
        .output()
        .code(1);
    let told = format!("{}{}", output.stdout, output.stderr);
    for escrow in &escrows {
        assert!(told.contains(escrow), "{escrow}: {output:?}");
    }
    for group in made(1).groups() {
        assert!(!told.contains(group), "{output:?}");
    }
    site.run(&["expose", "12345678", "--note", "which?"]).output().code(1);
    assert_eq!(site.lines(&["rotation", "list"]).len(), 0);
    assert_eq!(site.reveal(&escrows[1])["recovery_password"], made(2).text.as_str());
    assert_eq!(site.reveal(protectors[0])["recovery_password"], made(1).text.as_str());
}
