use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::thread;

use rustix::fs::CWD;
use rustix::fs::FileType;
use rustix::fs::Mode;

use super::*;

#[test]
fn what_lies_in_the_way_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let beside = path(".a.strongroom");
    let theirs = path("theirs");
    fs::write(&theirs, "theirs").unwrap();
    let plants: [&dyn Fn(); 4] = [
        &|| fs::write(&beside, "what a killed run left").unwrap(),
        &|| symlink(&theirs, &beside).unwrap(),
        &|| fs::hard_link(&theirs, &beside).unwrap(),
        &|| rustix::fs::mknodat(CWD, &beside, FileType::Fifo, Mode::RWXU, 0).unwrap(),
    ];
    for plant in plants {
        plant();
        replace(&path("a"), b"ours").unwrap();
        assert_eq!(fs::read(path("a")).unwrap(), b"ours");
        assert!(fs::symlink_metadata(&beside).is_err());
    }
    assert_eq!(fs::read(&theirs).unwrap(), b"theirs");
    assert!(replace(&path("no/b"), b"ours").is_err());
}

/// Whoever writes the same file at the same time: it is that of one of them, and whole.
#[test]
fn many_write_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    thread::scope(|scope| {
        for worker in 0..8_u8 {
            let path = &path;
            scope.spawn(move || {
                for _ in 0..20 {
                    replace(path, &[worker; 5000]).unwrap();
                    let bytes = fs::read(path).unwrap();
                    assert!(bytes.len() == 5000 && bytes.iter().all(|byte| *byte == bytes[0]));
                }
            });
        }
    });
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

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
