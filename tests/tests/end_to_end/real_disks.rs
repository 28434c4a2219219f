//! A file system that is mounted read-only, and one that has no room left: real ones, each in a mount namespace of its
//! own.

use std::fs;

use crate::end_to_end::passwords::made;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;
use crate::end_to_end::swtpm::Swtpm;

/// A vault whose TPM is elsewhere, so that its folder alone is on the disk in question.
fn site() -> (Site, Swtpm) {
    let site = Site::empty();
    let state = site.beside("swtpm");
    fs::create_dir(&state).unwrap();
    let swtpm = Swtpm::start(&state);
    site.init(&["--tpm", &swtpm.tcti(), "--no-pin"]);
    site.escrow("LAB-01", &made(1));
    (site, swtpm)
}

/// The run in a mount namespace in which `mount` was done first; `$VAULT` is the vault folder, `$SITE` the one around it.
fn mounted(site: &Site, mount: &str, run: Run) -> Run {
    let script = format!("set -e; {mount}; exec \"$@\"");
    let run = run.under("unshare", ["--map-root-user", "--mount", "sh", "-c", &script, "sh"]);
    run.env("VAULT", site.vault()).env("SITE", site.root())
}

#[test]
fn a_read_only_file_system_is_told_and_nothing_is_done() {
    let (site, _swtpm) = site();
    let read_only = r#"mount --bind "$VAULT" "$VAULT"; mount -o remount,ro,bind "$VAULT""#;
    for run in [
        site.escrowing("LAB-01", &made(2)),
        site.revealing(made(1).key_id()),
        site.run(&["--json", "list"]),
        site.run(&["--json", "audit", "verify"]),
    ] {
        let error = mounted(&site, read_only, run).output().refused(1, "read-only").error();
        assert!(error["hint"].as_str().unwrap().contains("read-only"), "{error}");
    }
    assert_eq!(site.verify()["events"], 2);
    assert_eq!(
        site.reveal(made(1).key_id())["recovery_password"],
        made(1).text.as_str()
    );
}

/// All of the free room is taken but a few pages: too few for a commit, and for none of them at all.
#[test]
fn a_full_file_system_is_told_and_nothing_is_half_done() {
    let (site, _swtpm) = site();
    for left in [0, 1, 2, 4, 8, 12] {
        // What is on it afterwards is kept beside.
        let full = format!(
            r#"cp -a "$VAULT" "$SITE/before"
            mount -t tmpfs -o size=1m,mode=700 tmpfs "$VAULT"; cp -a "$SITE/before/." "$VAULT"
            dd if=/dev/zero of="$VAULT/filler" bs=4k 2>"$SITE/dd" || true
            truncate -s "-$(({left} * 4))k" "$VAULT/filler"
            code=0; "$@" || code=$?
            rm "$VAULT/filler"; mkdir "$SITE/after"; cp -a "$VAULT/." "$SITE/after"; exit $code"#
        );
        let output = mounted(&site, &full, site.escrowing("LAB-01", &made(2)))
            .output()
            .refused(1, "the disk is full");
        assert!(
            output.error()["hint"].as_str().unwrap().contains("make room"),
            "{output:?}"
        );
        fs::remove_dir_all(site.vault()).unwrap();
        fs::remove_dir_all(site.beside("before")).unwrap();
        fs::rename(site.beside("after"), site.vault()).unwrap();
        assert_eq!(site.verify()["events"], 2, "{left} pages left");
    }
    site.escrow("LAB-01", &made(2));
    assert_eq!(site.lines(&["list"]).len(), 2);
}
