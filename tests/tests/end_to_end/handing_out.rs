//! What is handed out, and dies on the way: at any system call, by a failing call, and on a failing TPM. It is on record
//! or nothing came of it, and whoever asks again gets it.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::end_to_end::auditors::audited;
use crate::end_to_end::auditors::exporting;
use crate::end_to_end::auditors::grown;
use crate::end_to_end::auditors::keys;
use crate::end_to_end::calls::log;
use crate::end_to_end::calls::points_on_a_copy;
use crate::end_to_end::held::Held;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;
use crate::end_to_end::sweep::sweep;

#[test]
fn a_killed_export_is_gone_on_with() {
    let held = Held::new();
    grown(&held.site, 0, 300);
    let keys = keys(&held.site);
    let export = |site: &Site| exporting(site, &stick(site));
    let points = points_on_a_copy(&held.site, export);
    sweep("export killed", &points, 11, |point| {
        let site = held.site.copied();
        let killed = point.signalling("KILL", export(&site), &log(&site)).output();
        assert_whole_or_no_export(&site, &keys, &killed);
        killed.code == -1
    });
}

#[test]
fn an_export_with_a_failing_call_is_gone_on_with() {
    let held = Held::new();
    grown(&held.site, 0, 300);
    let keys = keys(&held.site);
    let export = |site: &Site| exporting(site, &stick(site));
    let points = points_on_a_copy(&held.site, export);
    sweep("export with a failing call", &points, 13, |point| {
        let site = held.site.copied();
        let failed = point.failing("ENOSPC", export(&site), &log(&site)).output();
        assert_whole_or_no_export(&site, &keys, &failed);
        failed.code != 0
    });
}

/// A folder with a checkpoint is whole up to that. What the export said is there, is there; and the next one goes on.
#[track_caller]
fn assert_whole_or_no_export(site: &Site, keys: &[String], output: &Output) {
    let folder = stick(site);
    let answered = !output.stdout.is_empty();
    if folder.join("checkpoint").exists() {
        audited(&folder, keys, &[]).ok();
    } else {
        assert!(!answered, "{output:?}");
    }
    site.verify();
    exporting(site, &folder).output().ok();
    let report = audited(&folder, keys, &[]).ok().json();
    let exports = report["handed_out"].as_array().unwrap().len();
    assert!(exports == 2 || (exports == 1 && !answered), "{report}");
    assert!(!folder.join(".new").exists());
}

#[test]
fn a_killed_checkpoint_that_was_given_out_is_on_record() {
    let held = Held::new();
    let keys = keys(&held.site);
    let checkpoint = |site: &Site| checkpointing(site, &site.beside("out"));
    let points = points_on_a_copy(&held.site, checkpoint);
    sweep("checkpoint killed", &points, 9, |point| {
        let site = held.site.copied();
        let killed = point.signalling("KILL", checkpoint(&site), &log(&site)).output();
        assert_checkpoint_on_record_if_given(&site, &keys);
        killed.code == -1
    });
}

/// Whatever of a checkpoint came out is one that the log extends; and the vault hands out another.
#[track_caller]
pub(crate) fn assert_checkpoint_on_record_if_given(site: &Site, keys: &[String]) {
    let (out, folder) = (site.beside("out"), stick(site));
    site.verify();
    exporting(site, &folder).output().ok();
    let given = fs::read_to_string(&out).is_ok_and(|text| !text.is_empty());
    let earlier: &[&str] = if given {
        &["--since", out.to_str().unwrap()]
    } else {
        &[]
    };
    let report = audited(&folder, keys, earlier).ok().json();
    let on_record = report["handed_out"].as_array().unwrap().len();
    assert!(on_record == 2 || (on_record == 1 && !given), "{report}");
    fs::remove_dir_all(folder).unwrap();
}

pub(crate) fn checkpointing(site: &Site, out: &Path) -> Run {
    site.run(&["--json", "audit", "checkpoint", "--phrase", "it rains"])
        .args(["--out".as_ref(), out.as_os_str()])
}

fn stick(site: &Site) -> PathBuf {
    site.beside("stick")
}
