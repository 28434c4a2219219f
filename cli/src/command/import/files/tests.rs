use std::fs;
use std::os::unix::fs::symlink;
use std::thread;

use rustix::fs::CWD;
use rustix::fs::FileType;
use rustix::fs::Mode;

use crate::command::import::files::replace;

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
