use std::os::unix::fs::symlink;
use std::path::PathBuf;

use super::*;

/// A spool of this mode, in which something may lie already.
#[track_caller]
fn check(mode: u32, before: impl FnOnce(PathBuf), is_ours: bool) {
    let around = tempfile::tempdir().unwrap();
    fs::set_permissions(around.path(), Permissions::from_mode(mode)).unwrap();
    let done = around.path().join("done");
    before(done.clone());
    assert_eq!(own_folder(&done).is_ok(), is_ours, "{mode:o}");
}

fn make(mode: u32) -> impl FnOnce(PathBuf) {
    move |done| {
        fs::create_dir(&done).unwrap();
        fs::set_permissions(&done, Permissions::from_mode(mode)).unwrap();
    }
}

#[test]
fn a_folder_is_ours_where_nobody_else_can_put_another() {
    for mode in [0o755, 0o700, 0o1777, 0o1733, 0o1770] {
        check(mode, |_| {}, true);
        check(mode, make(0o755), true);
    }
    for mode in [0o777, 0o733, 0o770] {
        check(mode, |_| {}, false);
    }
    check(0o1777, make(0o775), false);
    check(0o1777, make(0o777), false);
    check(0o1777, |done| symlink("/tmp", done).unwrap(), false);
    check(0o1777, |done| fs::write(done, "").unwrap(), false);
}
