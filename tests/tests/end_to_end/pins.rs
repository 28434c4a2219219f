//! The PIN: asked for once, never guessed twice.

use std::fs;

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
