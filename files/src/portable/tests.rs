use std::fs;
use std::path::Path;

use crate::PathError;
use crate::Readers;
use crate::portable::{KeptFile, OutFile};

fn out(path: &Path) -> Result<OutFile, PathError> {
    OutFile::new(path, Readers::Folder)
}

#[test]
fn a_file_appears_whole_and_replaces_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let late = out(&path).unwrap();
    out(&path).unwrap().write(b"first").unwrap();
    assert!(matches!(late.write(b"second"), Err(PathError::Exists { .. })));
    assert!(matches!(out(&path), Err(PathError::Exists { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"first");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(out(&folder.path().join("no/a")).is_err());
}

#[test]
fn a_kept_file_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    for bytes in [b"1", b"2"] {
        let (kept, _) = KeptFile::open(&path, 8).unwrap();
        kept.write(bytes).unwrap();
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
    assert_eq!(KeptFile::open(&path, 8).unwrap().1.unwrap(), b"2");
    assert!(KeptFile::open(folder.path(), 8).is_err());
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_a_link_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real"), folder.path().join("link"));
    fs::create_dir(&real).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    assert!(matches!(out(&link.join("a")), Err(PathError::Link { .. })));
    assert!(matches!(
        KeptFile::open(&link.join("a"), 8),
        Err(PathError::Link { .. })
    ));
}
