use std::fs;

use super::*;

#[test]
fn a_number_is_known_as_ours() {
    let check = |text: &str, expected: Option<u64>| assert_eq!(last_number(text.as_bytes()), expected, "{text:?}");
    check("strongroom-drop sequence\n0\n", Some(0));
    check("strongroom-drop sequence\r\n7\r\n", Some(7));
    check("strongroom-drop sequence\n18446744073709551615\n", Some(u64::MAX));
    check("strongroom-drop sequence\n18446744073709551616\n", None);
    check("strongroom-drop sequence\n", None);
    check("strongroom-drop sequence\n7\n8\n", None);
    check("strongroom-drop sequence\n07\n", None);
    // As earlier versions wrote it.
    check("1795312800000\n", Some(1_795_312_800_000));
    check("1795312800000", Some(1_795_312_800_000));
    // What other programs keep in files.
    for foreign in [
        "",
        "1234\n",
        "-7",
        "+1795312800000",
        "01795312800000",
        "1795312800000\n8\n",
        "7\0",
        "words",
    ] {
        check(foreign, None);
    }
}

#[test]
fn without_a_file_it_is_the_time() {
    let check = |millis: i64, expected: u64| {
        let now = Time::from_millis(millis).unwrap();
        assert_eq!(Sequence::next(now, None).unwrap().number, expected);
    };
    check(1_795_312_800_000, 1_795_312_800_000);
    check(0, 0);
    check(-1, 0);
}

#[test]
fn it_grows_where_the_clock_was_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("last");
    let mut numbers = Vec::new();
    for millis in [1_795_312_800_000, 5, 1_795_312_900_000] {
        let sequence = Sequence::next(Time::from_millis(millis).unwrap(), Some(&path)).unwrap();
        numbers.push(sequence.number);
        sequence.keep().unwrap();
    }
    assert_eq!(numbers, [1_795_312_800_000, 1_795_312_800_001, 1_795_312_900_000]);
    // Another program's number is not replaced.
    fs::write(&path, "1234\n").unwrap();
    assert!(Sequence::next(Time::EPOCH, Some(&path)).is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), "1234\n");
}
