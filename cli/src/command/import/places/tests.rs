use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use strongroom_files::Folder;

use crate::command::import::places::first_of;
use crate::command::import::places::own_name;
use crate::command::import::places::put_reason;
use crate::command::import::places::put_receipts;
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

fn put(folder: &Path, receipts: &[&str]) -> String {
    let receipts: Vec<String> = receipts.iter().map(|text| (*text).to_owned()).collect();
    let folder = Folder::open(folder).unwrap();
    put_receipts(&folder, "a", &receipts, None, |_| Ok(true)).unwrap()
}

const PROOF: &str = "c2sp.org/tlog-proof@v1\nextra AAAA\nindex 7\nhash\n\ncheckpoint 8\n";

/// A receipt takes no other file's place; one of the same event is one receipt.
#[test]
fn a_receipt_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(put(folder.path(), &[PROOF]), "a");
    // A later checkpoint of the same event.
    assert_eq!(
        put(folder.path(), &[&PROOF.replace("checkpoint 8", "checkpoint 9")]),
        "a"
    );
    assert_eq!(text("a.receipt"), PROOF);
    // Another event.
    let other = PROOF.replace("index 7", "index 8");
    assert_eq!(put(folder.path(), &[&other]), "a.2");
    assert_eq!(
        (text("a.receipt"), text("a.2.receipt")),
        (PROOF.to_owned(), other.clone())
    );
    fs::write(folder.path().join("a.receipt"), "theirs").unwrap();
    fs::write(folder.path().join("a.3.receipt.2"), "").unwrap();
    assert_eq!(put(folder.path(), &[PROOF, &other]), "a.4");
    std::os::unix::fs::symlink("nowhere", folder.path().join("a.5.receipt")).unwrap();
    assert_eq!(text("a.receipt"), "theirs");
}

#[test]
fn a_reason_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let put = |why| put_reason(&Folder::open(folder.path()).unwrap(), "a", why, |_| Ok(true)).unwrap();
    assert_eq!([put("one"), put("one"), put("two")], ["a", "a", "a.2"]);
    assert_eq!(fs::read_to_string(folder.path().join("a.reason")).unwrap(), "one\n");
}

/// The looks grow with the digits of the number, not with the number.
#[test]
fn a_free_name_is_found_quickly() {
    for taken in [0, 1, 2, 3, 4, 7, 8, 100_000_u64] {
        let mut looks = 0;
        let name = first_of("a", |name| {
            looks += 1;
            let number = name.strip_prefix("a.").map_or(1, |number| number.parse().unwrap());
            Ok(number > taken)
        });
        let expected = if taken == 0 {
            "a".to_owned()
        } else {
            format!("a.{}", taken + 1)
        };
        assert_eq!(name.unwrap(), expected);
        assert!(looks < 50, "{looks}");
    }
}
