//! The file and the TPM remember the same, or nothing more is done.

use std::fs;

use crate::end_to_end::machine::wait_until;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::Output;
use crate::end_to_end::site::Site;
use crate::end_to_end::site::copy_folder;
use crate::end_to_end::swtpm::Swtpm;

/// What the anchor is made with; tpm2-tools take numbers too.
const ATTRIBUTES: &str = "authread|authwrite|ownerread|no_da";

/// That nothing is shown, taken in or called well, and why.
#[track_caller]
pub(crate) fn assert_stopped(site: &Site, words: &str) {
    site.revealing(made(1).key_id()).output().refused(4, words);
    site.escrowing("LAB-01", &made(99)).output().refused(4, words);
    for arguments in [&["status", "--check"] as &[&str], &["audit", "verify"]] {
        let output = site.run(arguments).output().code(4);
        assert!(says(&output, words), "{arguments:?}: no {words:?} in {output:?}");
    }
    // What asks no TPM speaks of no freshness, and answers.
    site.run(&["list"]).output().ok();
}

fn says(output: &Output, words: &str) -> bool {
    output.stdout.contains(words) || output.stderr.contains(words)
}

/// That the vault works.
#[track_caller]
pub(crate) fn assert_works(site: &Site) {
    site.escrow("LAST-09", &made(90));
    assert_eq!(
        site.reveal(made(90).key_id())["recovery_password"],
        made(90).text.as_str()
    );
    site.verify();
}

#[test]
fn an_older_file_is_refused() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let older = site.keep_file();
    site.escrow("LAB-01", &made(2));
    let newer = site.keep_file();
    site.put_back(&older);
    let escrow = site.escrowing("LAB-01", &made(3)).output();
    let error = escrow.error();
    let text = error["error"].as_str().unwrap();
    assert!(text.starts_with("the vault file was rolled back"), "{error}");
    assert!(
        text.contains("commit 2") && text.contains("remembers 3"),
        "by how many: {error}"
    );
    assert_eq!(error["kind"], "integrity", "{error}");
    let plain = site
        .run(&["reveal", made(1).key_id(), "--reason", "forensic", "--yes"])
        .output();
    assert!(
        plain.stderr.starts_with("error: the vault file was rolled back"),
        "{plain:?}"
    );
    assert!(plain.stderr.contains("\nhint: "), "{plain:?}");
    assert_stopped(&site, "the vault file was rolled back");
    // Nothing was done meanwhile: with the right file back, all is well.
    site.put_back(&newer);
    assert_works(&site);
}

#[test]
fn the_very_first_file_is_refused() {
    let site = Site::new();
    let first = site.keep_file();
    for number in 1..=3 {
        site.escrow("LAB-01", &made(number));
    }
    site.put_back(&first);
    site.escrowing("LAB-01", &made(4))
        .output()
        .refused(4, "the vault file was rolled back");
    // A vault file that is of the first commit does not pass for a new vault.
    site.run(&["audit", "verify"]).output().code(4);
}

#[test]
fn a_file_of_another_history_is_refused() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let (file, tpm) = (site.keep_file(), site.keep_tpm());
    site.escrow("LAB-01", &made(2));
    let other = site.keep_file();
    site.put_back(&file);
    site.put_back_tpm(&tpm);
    site.escrow("LAB-01", &made(3));
    site.put_back(&other);
    assert_stopped(&site, "forked");
}

#[test]
fn a_tpm_put_back_by_two_commits_is_refused() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let tpm = site.keep_tpm();
    site.escrow("LAB-01", &made(2));
    site.escrow("LAB-01", &made(3));
    site.put_back_tpm(&tpm);
    assert_stopped(&site, "the TPM was put back");
}

/// That is what a power cut between COMMIT and NV_Write looks like.
#[test]
fn a_tpm_one_commit_behind_goes_on() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let tpm = site.keep_tpm();
    site.escrow("LAB-01", &made(2));
    site.put_back_tpm(&tpm);
    let verified = site.run(&["audit", "verify"]).output().ok();
    assert!(
        says(&verified, "power") || says(&verified, "interrupted") || says(&verified, "next"),
        "{verified:?}"
    );
    site.reveal(made(2).key_id());
    // It was finished on the way, and nothing is left to finish.
    site.verify();
    site.put_back_tpm(&tpm);
    site.escrowing("LAB-01", &made(3))
        .output()
        .refused(4, "the TPM was put back");
}

/// A reveal whose commit the TPM does not remember yet is on record all the same: it is finished, and not forgotten.
#[test]
fn a_reveal_is_not_forgotten_by_a_tpm_one_commit_behind() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let tpm = site.keep_tpm();
    site.reveal(made(1).key_id());
    site.put_back_tpm(&tpm);
    site.escrow("LAB-01", &made(2));
    let events = site.lines(&["audit", "list", "--action", "reveal"]);
    assert_eq!(events.len(), 1, "{events:?}");
    site.verify();
}

#[test]
fn an_anchor_that_is_gone_is_an_alarm() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let swtpm = Swtpm::start(&site.tpm_state());
    let anchor = swtpm.anchor();
    swtpm.tool("tpm2_nvundefine", &[&anchor, "-C", "o"]);
    drop(swtpm);
    assert_stopped(&site, "the anchor is missing");
}

/// The owner can make an index with the same Name, and write the same into it; not with our authorisation.
#[test]
fn an_anchor_made_anew_by_the_owner_is_an_alarm() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let swtpm = Swtpm::start(&site.tpm_state());
    let anchor = swtpm.anchor();
    let content = site.beside("content");
    fs::write(&content, swtpm.tool("tpm2_nvread", &[&anchor, "-C", "o"])).unwrap();
    swtpm.tool("tpm2_nvundefine", &[&anchor, "-C", "o"]);
    let attributes = ["-s", "40", "-a", ATTRIBUTES, "-p", "forged"];
    swtpm.tool(
        "tpm2_nvdefine",
        &[&[anchor.as_str(), "-C", "o"], &attributes[..]].concat(),
    );
    drop(swtpm);
    // Unwritten, it does not pass for one that was only just made.
    assert_stopped_but_unauthenticated(&site);

    let swtpm = Swtpm::start(&site.tpm_state());
    let input = content.to_str().unwrap();
    swtpm.tool("tpm2_nvwrite", &[&anchor, "-C", &anchor, "-P", "forged", "-i", input]);
    drop(swtpm);
    assert_stopped(&site, "was replaced");
}

#[track_caller]
fn assert_stopped_but_unauthenticated(site: &Site) {
    site.revealing(made(1).key_id()).output().refused(4, "was replaced");
    site.run(&["audit", "verify"]).output().code(4);
}

#[test]
fn another_tpm_is_refused() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let tpm = site.keep_tpm();
    site.put_back_tpm(&Site::new().keep_tpm());
    let error = site
        .revealing(made(1).key_id())
        .output()
        .refused(5, "another TPM")
        .error();
    assert_eq!(error["kind"], "tpm", "{error}");
    site.escrowing("LAB-01", &made(2)).output().refused(5, "another TPM");
    site.run(&["status", "--check"]).output().code(5);
    site.run(&["audit", "verify"]).output().code(5);
    site.put_back_tpm(&tpm);
    assert_works(&site);
}

#[test]
fn a_tpm_without_any_state_is_another_one() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    fs::remove_dir_all(site.tpm_state()).unwrap();
    site.revealing(made(1).key_id()).output().refused(5, "another TPM");
}

#[test]
fn a_cleared_tpm_is_refused() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let swtpm = Swtpm::start(&site.tpm_state());
    swtpm.tool("tpm2_clear", &["-c", "p"]);
    drop(swtpm);
    site.revealing(made(1).key_id()).output().refused(5, "cleared");
    site.escrowing("LAB-01", &made(2)).output().refused(5, "cleared");
    site.run(&["status", "--check"]).output().code(5).says("cleared");
}

/// It is a simulator: its TPM is in the folder.
#[test]
fn a_copied_folder_is_a_vault_of_its_own() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let copy = site.copied();
    assert_works(&site);
    assert_works(&copy);
    assert_eq!(
        copy.reveal(made(1).key_id())["recovery_password"],
        made(1).text.as_str()
    );
    // From here on they are two histories, and neither takes the other's file.
    site.put_back(&copy.keep_file());
    let output = site.escrowing("LAB-01", &made(5)).output().code(4);
    assert!(says(&output, "put back") || says(&output, "forked"), "{output:?}");
}

/// A TPM of its own, outside of the folder, with PCRs that mean something.
#[test]
fn on_a_tpm_outside() {
    let mut site = Site::empty();
    let (state, spare) = (site.beside("swtpm"), site.beside("spare"));
    fs::create_dir(&state).unwrap();
    fs::create_dir(&spare).unwrap();
    let swtpm = Swtpm::start(&state);
    let measured = format!("7:sha256={}", "5a".repeat(32));
    let refused = site.bare(&["init", "--tpm", &swtpm.tcti(), "--no-pin", "--pcr", "7"]);
    refused.output().refused(5, "PCR 7 is void");
    assert_eq!(swtpm.indices(), [] as [u32; 0], "nothing is left of it");
    swtpm.tool("tpm2_pcrextend", &[&measured]);
    site.set_pin("4711");
    let made_vault = site.init(&["--tpm", &swtpm.tcti(), "--pin", "--pcr", "7"]);
    assert_eq!(made_vault["pcrs"], serde_json::json!([7]));
    assert_eq!(made_vault["simulated"], false);
    site.escrow("LAB-01", &made(1));
    let before = site.keep_file();
    site.reveal(made(1).key_id());
    site.verify();
    let newer = site.keep_file();
    site.put_back(&before);
    assert_stopped(&site, "the vault file was rolled back");
    site.put_back(&newer);

    // A power cut: the PCRs begin anew.
    swtpm.tool("tpm2_shutdown", &["-c"]);
    copy_folder(&state, &spare);
    let swtpm = swtpm.replaced_by(&spare);
    site.revealing(made(1).key_id())
        .output()
        .refused(5, "PCRs have changed");
    swtpm.tool("tpm2_pcrextend", &[&measured]);
    assert_eq!(
        site.reveal(made(1).key_id())["recovery_password"],
        made(1).text.as_str()
    );

    // Another one at the same place, then none.
    let other = site.beside("other");
    fs::create_dir(&other).unwrap();
    let mut swtpm = swtpm.replaced_by(&other);
    site.revealing(made(1).key_id()).output().refused(5, "another TPM");
    swtpm.kill();
    wait_until("nobody listens", || {
        let output = site.revealing(made(1).key_id()).output();
        output.code == 5 && output.stderr.contains("cannot be reached")
    });
    site.run(&["find", made(1).key_id()]).output().ok();
}
