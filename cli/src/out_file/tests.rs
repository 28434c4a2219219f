use std::fs;

use crate::out_file::OutFile;

#[test]
fn it_is_whole_or_as_if_nobody_had_begun_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page");
    let names = || {
        let entries = fs::read_dir(folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>()
    };
    drop(OutFile::create(&path).unwrap());
    assert!(names().is_empty(), "{:?}", names());
    // Two writers that were killed: one before it wrote, one while.
    fs::write(&path, "").unwrap();
    fs::write(folder.path().join("page.new"), "half").unwrap();
    OutFile::create(&path).unwrap().write("whole").unwrap();
    assert_eq!(
        (names(), fs::read_to_string(&path).unwrap()),
        (vec!["page".into()], "whole".to_owned())
    );
    assert!(OutFile::create(&path).is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), "whole", "nothing is overwritten");
    assert!(OutFile::create(folder.path()).is_err());
    assert!(OutFile::create(&folder.path().join("not/there")).is_err());
}

#[test]
fn a_link_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("page"), folder.path().join("other"));
    fs::write(&other, "").unwrap();
    std::os::unix::fs::symlink(&other, &path).unwrap();
    assert!(OutFile::create(&path).is_err());
    assert_eq!(fs::read_to_string(&other).unwrap(), "");
}
