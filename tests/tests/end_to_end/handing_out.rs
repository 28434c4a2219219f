//! What is handed out, and dies on the way: at any system call, by a failing call, and on a failing TPM. It is on record
//! or nothing came of it, and whoever asks again gets it.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::path::PathBuf;

use crate::end_to_end::auditors::audited;
use crate::end_to_end::auditors::exporting;
use crate::end_to_end::auditors::grown;
use crate::end_to_end::auditors::keys;
use crate::end_to_end::calls::log;
use crate::end_to_end::calls::points_on_a_copy;
use crate::end_to_end::held::Held;
use crate::end_to_end::held::names;
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

/// Operators carry exports away, and are not the user that writes them.
#[test]
fn readers_of_a_folder_can_read_the_export_in_it() {
    let site = Site::new();
    for mode in [0o700, 0o750, 0o2750, 0o755] {
        let folder = site.beside(&format!("export-{mode:o}"));
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
        exporting(&site, &folder).output().ok();
        assert_modes(&folder, mode);
    }
    exporting(&site, &stick(&site)).output().ok();
    assert_modes(&stick(&site), 0o700);
    assert_eq!(mode_of(&site.vault()), 0o700);
    for name in names(&site.vault()) {
        assert_eq!(mode_of(&site.vault().join(&name)) & 0o077, 0, "{name}");
    }
}

/// Asserts that a folder and the folders in it have this mode, and that their files can be read by the same users.
#[track_caller]
fn assert_modes(folder: &Path, mode: u32) {
    assert_eq!(mode_of(folder), mode, "{}", folder.display());
    for name in names(folder) {
        let path = folder.join(name);
        if path.is_dir() {
            assert_modes(&path, mode);
        } else {
            assert_eq!(mode_of(&path), mode & 0o644, "{}", path.display());
        }
    }
}

fn mode_of(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
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

/// The stick comes from outside: whatever lies on it, nothing is written but below its folder.
#[test]
fn nothing_is_written_through_a_link() {
    let site = Site::new();
    let folder = stick(&site);
    let outside = site.beside("outside");
    let link = |to: &Path, place: &Path| symlink(to, place).unwrap();
    let plants: [&dyn Fn(&Path); 6] = [
        &|place| link(&site.file(), place),
        &|place| link(Path::new("/dev/zero"), place),
        &fifo,
        &|place| link(&outside, place),
        &|place| link(&outside, place),
        &|place| fs::write(place, "in the way").unwrap(),
    ];
    let names_of_ours = [".new", "checkpoint", "checkpoint", "tile", "tile/entries", "tile/0"];
    for (name, plant) in names_of_ours.into_iter().zip(plants) {
        fs::create_dir(&folder).unwrap();
        fs::create_dir(&outside).unwrap();
        if name.contains('/') {
            fs::create_dir(folder.join("tile")).unwrap();
        }
        plant(&folder.join(name));
        let refused = exporting(&site, &folder).under("timeout", ["60"]).output();
        refused.refused(1, "holds something that no export writes");
        assert!(names(&outside).is_empty(), "{name}");
        site.verify();
        fs::remove_dir_all(&folder).unwrap();
        fs::remove_dir(&outside).unwrap();
    }
}

#[test]
fn two_exports_into_one_folder_take_turns() {
    let site = Site::new();
    let folder = stick(&site);
    fs::create_dir(&folder).unwrap();
    let held = fs::File::open(&folder).unwrap();
    rustix::fs::flock(&held, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let busy = exporting(&site, &folder).output().refused(6, "is under way").error();
    assert_eq!(busy["kind"], "busy", "{busy}");
    assert_eq!(
        busy["hint"],
        "wait until it is done, and export again; or name another folder"
    );
    assert!(names(&folder).is_empty());
    drop(held);
    exporting(&site, &folder).output().ok();
    audited(&folder, &keys(&site), &[]).ok();
}

fn fifo(place: &Path) {
    Run::of("mkfifo", [place]).output().ok();
}
