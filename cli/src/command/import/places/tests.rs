use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::command::import::places::own_name;
use crate::command::import::places::place;
use crate::command::import::places::receipt_name;

#[track_caller]
fn check(file: &[u8], name: &str) {
    assert_eq!(own_name(Path::new(OsStr::from_bytes(file))), name);
}

#[test]
fn a_name_is_its_own_where_that_can_be() {
    check(b"/spool/a.drop", "a.drop");
    check("plant-ü".as_bytes(), "plant-ü");
    check(b"a\xff", "a\u{fffd}");
    check(&[b'x'; 255], &"x".repeat(200));
    check("ü".repeat(120).as_bytes(), &"ü".repeat(100));
    check(b"a.2", "a.2");
    for beside in ["a.receipt", "a.receipt.2", "a.reason", ".reason"] {
        check(beside.as_bytes(), &format!("{beside}.drop"));
    }
    check(b"a.receipt.x", "a.receipt.x");
}

/// Whatever two files are called, neither has the name of the other's receipts.
#[test]
fn no_file_has_the_name_of_anothers_receipt() {
    let names = ["a", "a.2", "a.receipt", "a.receipt.2", "a.2.receipt", "a.reason"];
    let owns = names.map(|name| own_name(Path::new(name)));
    for own in &owns {
        for number in 1..4 {
            let receipt = receipt_name(own, number);
            assert!(!owns.contains(&receipt), "{receipt}");
            let others = owns.iter().filter(|other| *other != own);
            let mut others = others.flat_map(|other| (1..4).map(|number| receipt_name(other, number)));
            assert!(others.all(|other| other != receipt), "{receipt}");
        }
    }
}

#[test]
fn a_place_is_free_or_holds_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    fs::create_dir_all(&from).unwrap();
    fs::create_dir_all(&to).unwrap();
    let file = from.join("a");
    fs::write(&file, "new").unwrap();
    assert_eq!(place(&to, &file), "a");
    fs::write(to.join("a"), "old").unwrap();
    assert_eq!(place(&to, &file), "a.2");
    fs::write(to.join("a.2"), "new").unwrap();
    assert_eq!(place(&to, &file), "a.2");
    std::os::unix::fs::symlink("nowhere", to.join("b")).unwrap();
    assert_eq!(place(&to, &from.join("b")), "b.2");
}
