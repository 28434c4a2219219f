//! Passwords that anyone can hand in with the vault's public key: they stand in nobody's way, and everyone is told what they
//! are.

use std::fs;

use strongroom_core::drop::DropContents;
use strongroom_core::drop::DropFile;
use strongroom_core::drop::DropKey;
use strongroom_core::drop::DroppedEscrow;
use strongroom_core::state::Naming;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Time;

use crate::end_to_end::passwords::Made;
use crate::end_to_end::passwords::made;
use crate::end_to_end::site::Site;

/// Hands in a drop without a sender's file: passwords of one protector, for drive C: of a device.
fn hand_in(site: &Site, device: &str, protector: &str, passwords: impl IntoIterator<Item = u64>) {
    let [key, drop] = ["vault.key", "a.drop"].map(|name| site.beside(name));
    if !key.exists() {
        site.json(&["drop", "key", "--out", &key.display().to_string()]);
    }
    let key: DropKey = fs::read_to_string(&key).unwrap().parse().unwrap();
    let escrow = |number| DroppedEscrow {
        device: device.parse().unwrap(),
        naming: Naming {
            mount: Some("C:".parse().unwrap()),
            ..Naming::default()
        },
        protector: protector.parse().unwrap(),
        password: RecoveryPassword::parse(&made(number).text).unwrap(),
        created_at: None,
        listed: Vec::new(),
    };
    let contents = DropContents {
        sequence: 1,
        created_at: Time::from_millis(1_700_000_000_000).unwrap(),
        escrows: passwords.into_iter().map(escrow).collect(),
    };
    let sealed = DropFile::encrypt(&key, None, &contents).unwrap();
    fs::write(&drop, sealed.to_bytes()).unwrap();
    site.lines(&["import", &drop.display().to_string()]);
}

#[test]
fn many_of_them_hide_no_confirmed_one() {
    let site = Site::new();
    site.escrow("PC-1", &made(1));
    hand_in(&site, "PC-1", &made(1).protector, 100..130);
    for which in [&[made(1).key_id()] as &[&str], &["--device", "PC-1"]] {
        let arguments = [&["--json", "reveal", "--reason", "tpm-reset", "--yes"], which].concat();
        let revealed = site.run(&arguments).output().ok().json();
        assert_eq!(revealed["recovery_password"], made(1).text);
        assert_eq!(revealed["unconfirmed"], false);
    }
    site.json(&["expose", made(1).key_id(), "--note", "on paper"]);
    site.json(&["outcome", made(1).key_id(), "unlocked"]);
    // `confirm` is about the others; there are several.
    site.run(&["confirm", made(1).key_id(), "--note", "brought"])
        .output()
        .code(1)
        .says("20 of 30");
    site.verify();
}

#[test]
fn a_list_of_candidates_ends_after_a_screenful() {
    let site = Site::new();
    hand_in(&site, "PC-1", &made(1).protector, 100..130);
    let output = site
        .run(&["reveal", made(1).key_id(), "--reason", "tpm-reset", "--yes"])
        .output();
    let listed = output
        .stdout
        .lines()
        .filter(|line| line.contains("unconfirmed"))
        .count();
    assert_eq!(listed, 20, "{}", output.stdout);
    output.code(1).says("the list shows 20 of 30");
}

#[test]
fn each_answer_says_so() {
    let site = Site::new();
    hand_in(&site, "x & calc", &made(1).protector, [1]);
    let key_id = made(1).key_id().to_owned();
    for arguments in [
        &["list"] as &[&str],
        &["list", "--problems=never-proven"],
        &["show", "x & calc"],
        &["find", &key_id],
        &["reveal", &key_id, "--reason", "tpm-reset", "--yes"],
        &["outcome", &key_id, "unlocked"],
        &["rotation", "list"],
        &["expose", &key_id, "--note", "on paper"],
    ] {
        let output = site.run(arguments).output().ok();
        assert!(
            output.stdout.contains("unconfirmed"),
            "{arguments:?}: {}",
            output.stdout
        );
        // No command is given that a stranger had a word in.
        for command in ["manage-bde", "calc -", "escrow --device"] {
            assert!(!output.stdout.contains(command), "{arguments:?}: {}", output.stdout);
        }
        let told = site.run(&[&["--json"], arguments].concat()).output().ok();
        assert!(
            told.stdout.contains("\"unconfirmed\":true"),
            "{arguments:?}: {}",
            told.stdout
        );
    }
    site.run(&["rotation", "waive", &key_id, "--reason", "moved", "--note", "gone"])
        .output()
        .ok()
        .shows("unconfirmed");
    let claimed = site.run(&["rotation", "list", "--claimed"]).output().ok();
    claimed.shows("unconfirmed");
}

#[test]
fn a_suggested_command_means_the_same_in_every_shell() {
    let site = Site::new();
    let shown = |device: &str, mount: &str, made: &Made| {
        site.run(&[
            "escrow",
            "--device",
            device,
            "--volume",
            mount,
            "--protector",
            &made.protector,
        ])
        .stdin(made.text.as_str())
        .output()
        .ok();
        site.run(&["reveal", made.key_id(), "--reason", "tpm-reset", "--yes"])
            .output()
            .ok()
    };
    let hostile = shown("x & calc", r"C:\x & curl evil", &made(1));
    let shown_hostile = hostile.stdout.clone();
    let commands: Vec<&str> = shown_hostile.lines().filter(|line| line.starts_with("  ")).collect();
    assert!(commands.len() >= 4, "{shown_hostile}");
    for line in commands {
        assert!(
            !line.contains('&') && !line.contains("curl") && !line.contains("calc"),
            "{line}"
        );
    }
    hostile
        .shows("manage-bde -protectors -add DRIVE: ")
        .shows("escrow --device NAME --volume MOUNT ");
    let plain = shown("LAB 7", "D:", &made(2));
    plain
        .shows("manage-bde -protectors -add D: ")
        .shows("escrow --device \"LAB 7\" --volume D: ")
        .shows(&format!("-delete D: -id \"{{{}}}\"", made(2).protector));
}

/// A machine that was renamed is held twice, with one password.
#[test]
fn one_password_of_several_escrows_is_revealed_once_for_all() {
    let site = Site::new();
    let first = site.escrow("PC-1", &made(1));
    let second = site.escrow("PC-1-NEW", &made(1));
    let output = site
        .run(&["reveal", made(1).key_id(), "--reason", "tpm-reset", "--yes"])
        .output()
        .ok();
    output
        .shows("PC-1-NEW")
        .shows("Also of    PC-1 C:")
        .shows(&made(1).text);
    for device in ["PC-1", "PC-1-NEW"] {
        assert_eq!(site.lines(&["show", device])[0]["state"], "exposed");
    }
    let revealed = site.reveal(made(1).key_id());
    let mut named = vec![revealed["escrow_id"].clone(), revealed["also"][0].clone()];
    let mut held = vec![first["escrow_id"].clone(), second["escrow_id"].clone()];
    named.sort_by_key(ToString::to_string);
    held.sort_by_key(ToString::to_string);
    assert_eq!(named, held);
    // With another password under the same protector it is not clear any more.
    let other = Made {
        protector: made(1).protector,
        ..made(9)
    };
    site.escrow("PC-9", &other);
    site.revealing(made(1).key_id()).output().code(1).says("more than one");
    site.verify();
}
