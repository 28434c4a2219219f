//! The vault file in the hands of Debian's `sqlite3`: another build of SQLite than the program's own.

use std::path::Path;
use std::process::Command;

use crate::end_to_end::passwords::made;
use crate::end_to_end::site::Site;

/// What `sqlite3` answers to this question about this file.
#[track_caller]
pub(crate) fn ask(file: &Path, question: &str) -> String {
    let output = Command::new("sqlite3")
        .args(["-batch", "-bail", "-init", "/dev/null", "-readonly"])
        .args([file.as_os_str(), question.as_ref()])
        .output()
        .unwrap_or_else(|err| panic!("sqlite3: {err}; apt install sqlite3"));
    assert!(output.status.success(), "{question}: {output:?}");
    let mut answer = String::from_utf8(output.stdout).unwrap();
    // It ends the last row with a newline too.
    assert_eq!(answer.pop().unwrap_or('\n'), '\n', "{question}: {answer}");
    answer
}

#[test]
fn the_file_is_whole_and_has_the_schema_that_is_written_down() {
    let site = Site::new();
    for number in 1..=3 {
        site.escrow("LAB-01", &made(number));
    }
    site.reveal(made(3).key_id());
    let file = site.file();
    assert_eq!(ask(&file, "SELECT count(*) FROM escrow"), "3");
    assert_eq!(ask(&file, "PRAGMA integrity_check"), "ok");
    assert_eq!(ask(&file, "PRAGMA foreign_key_check"), "");
    let statements = "SELECT sql || ';' || char(10) FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
    // The newline behind the last row is gone.
    assert_eq!(ask(&file, statements) + "\n", strongroom_schema::SCHEMA);
    let id = ask(&file, "PRAGMA application_id");
    assert_eq!(id, strongroom_schema::APPLICATION_ID.to_string());
    let version = ask(&file, "PRAGMA user_version");
    assert_eq!(version, strongroom_schema::VERSION.to_string());
}
