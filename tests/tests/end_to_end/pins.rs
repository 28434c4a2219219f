//! The PIN: asked for once, never guessed twice.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use crate::end_to_end::passwords::made;
use crate::end_to_end::site::PIN;
use crate::end_to_end::site::Site;

#[test]
fn a_pin_is_asked_for_once() {
    let site = Site::with_pin();
    site.escrow("LAB-01", &made(1));
    let reveal = || site.bare(&["--json", "reveal", &made(1).protector, "--reason", "forensic", "--yes"]);
    let left = || site.json(&["status"])["pin_tries_left"].as_u64().unwrap();
    assert_eq!(left(), 5);
    reveal().output().refused(1, "PIN");
    reveal().stdin("\n").output().refused(1, "empty");
    assert_eq!(left(), 5, "the TPM was not asked");
    let error = reveal().stdin("wrong").output().refused(5, "wrong PIN").error();
    assert!(error["error"].as_str().unwrap().contains("4 tries left"), "{error}");
    assert_eq!(left(), 4, "it was tried once");
    reveal().stdin(format!("{PIN}\n")).output().ok();
    let sentinel = site.beside("sentinel");
    fs::create_dir(&sentinel).unwrap();
    fs::copy(site.pin_file(), sentinel.join("strongroom.pin")).unwrap();
    reveal().env("CREDENTIALS_DIRECTORY", &sentinel).output().ok();
    // The wrong one is on record with the next that was right.
    let events = site.lines(&["audit", "list", "--action", "reveal"]);
    assert_eq!(events.len(), 2, "{events:?}");
    // Given where none is taken.
    let bare = Site::new();
    bare.escrow("LAB-01", &made(1));
    let pin = site.pin_file();
    bare.revealing(&made(1).protector)
        .args(["--pin-file".as_ref(), pin.as_os_str()])
        .output()
        .refused(1, "no PIN");
}

#[test]
fn a_locked_out_tpm_says_how_long() {
    let site = Site::with_pin();
    site.escrow("LAB-01", &made(1));
    for left in (0..5).rev() {
        let output = site
            .bare(&["reveal", &made(1).protector, "--reason", "forensic", "--yes"])
            .stdin("wrong")
            .output();
        assert_eq!((output.code, output.stdout.as_str()), (5, ""), "{left}: {output:?}");
    }
    let output = site
        .revealing(&made(1).protector)
        .output()
        .refused(5, "refuses every PIN");
    assert!(output.stderr.contains(" s"), "how long: {output:?}");
    site.run(&["list"]).output().ok();
}

#[test]
fn a_pin_file_is_its_owners_alone_and_one_line() {
    let site = Site::with_pin();
    site.escrow("LAB-01", &made(1));
    let file = site.pin_file();
    let refused = |content: &str, mode: u32, words: &str| {
        fs::write(&file, content).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        site.revealing(&made(1).protector).output().refused(1, words);
    };
    refused(PIN, 0o644, "may be read by others");
    refused("", 0o600, "empty");
    refused("\n", 0o600, "empty");
    refused(&format!("{PIN}\n{PIN}\n"), 0o600, "more than one line");
    refused(&"x".repeat(5000), 0o600, "longer");
    fs::remove_file(&file).unwrap();
    site.revealing(&made(1).protector).output().code(1);
    fs::create_dir(&file).unwrap();
    site.revealing(&made(1).protector).output().code(1);
    let left = site.bare(&["--json", "status"]).output().ok().json();
    assert_eq!(left["pin_tries_left"], 5, "none of it reached the TPM: {left}");
    assert_eq!(left["authenticated"], false, "nobody gave the PIN: {left}");
}

/// What asks for no PIN looks at the TPM by the owner's authorisation, and says that this proves nothing.
#[test]
fn without_the_pin_the_anchor_is_read_and_not_authenticated() {
    let site = Site::with_pin();
    site.escrow("LAB-01", &made(1));
    for arguments in [&["status"] as &[&str], &["audit", "verify"]] {
        let output = site.bare(arguments).output().ok();
        assert!(output.stdout.contains("not authenticated"), "{output:?}");
    }
    let verified = site.bare(&["--json", "audit", "verify"]).output().ok().json();
    assert_eq!(
        (&verified["ok"], &verified["authenticated"]),
        (&true.into(), &false.into())
    );
    // An older file is seen even so.
    let older = site.keep_file();
    site.escrow("LAB-01", &made(2));
    site.put_back(&older);
    site.bare(&["audit", "verify"]).output().code(4).says("rolled back");
    site.bare(&["status", "--check"]).output().code(4).says("rolled back");
}
