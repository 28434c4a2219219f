use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::out_file::OutFile;

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn it_is_whole_or_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page");
    drop(OutFile::create(&path).unwrap());
    assert!(names(folder.path()).is_empty());
    // Two writers that were killed: one before it wrote, one while. And a file of somebody else.
    fs::write(&path, "").unwrap();
    fs::write(folder.path().join(".page.strongroom"), "half").unwrap();
    fs::write(folder.path().join("page.new"), "mine").unwrap();
    OutFile::create(&path).unwrap().write("whole").unwrap();
    assert_eq!(names(folder.path()), ["page", "page.new"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "whole");
    assert!(OutFile::create(&path).is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), "whole", "nothing is overwritten");
    assert!(OutFile::create(folder.path()).is_err());
    assert!(OutFile::create(&folder.path().join("not/there")).is_err());
}

#[test]
fn a_place_is_taken_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page");
    let first = OutFile::create(&path).unwrap();
    assert!(OutFile::create(&path).is_err(), "it is empty, and somebody's");
    first.write("first").unwrap();
    assert!(OutFile::create(&path).is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), "first");
    // Somebody put another file there meanwhile: a failure takes only our own away.
    let path = folder.path().join("other");
    let unwritten = OutFile::create(&path).unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(&path, "theirs").unwrap();
    drop(unwritten);
    assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
}

#[test]
fn a_link_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("page"), folder.path().join("other"));
    fs::write(&other, "").unwrap();
    symlink(&other, &path).unwrap();
    assert!(OutFile::create(&path).is_err());
    fs::remove_file(&path).unwrap();
    symlink(&other, folder.path().join(".page.strongroom")).unwrap();
    OutFile::create(&path).unwrap().write("whole").unwrap();
    assert_eq!(fs::read_to_string(&other).unwrap(), "");
    assert!(fs::symlink_metadata(&path).unwrap().is_file());
}
