use std::fmt::Write;

use proptest::prop_assert;
use proptest::prop_assert_eq;
use proptest::proptest;

use crate::values::Secret;
use crate::values::ShapeFault;

use super::*;

const ONE: &str = "002816-008470-014124-019778-025432-031086-036740-042394";
const TWO: &str = "048048-053702-059356-065010-070664-076318-081972-087626";
const A: &str = "081f6236-98b8-4ff7-b769-3c1b86b69533";
const B: &str = "168f1291-82c1-4bf2-b634-9cccec63e9ed";

type Row = (
    usize,
    Result<&'static str, ParseRecoveryPasswordError>,
    Option<&'static str>,
);

#[track_caller]
fn check(text: &str, expected: &[Row]) {
    let found: Vec<_> = find(text)
        .into_iter()
        .map(|found| {
            let password = found.password.map(|password| password.to_text().to_string());
            (found.line, password, found.protector.map(|id| id.to_string()))
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(line, password, id)| (*line, password.map(str::to_owned), id.map(str::to_owned)))
        .collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn check_fault(text: &str, fault: impl Into<ParseRecoveryPasswordError>) {
    check(text, &[(1, Err(fault.into()), None)]);
}

/// One space parts groups, two part passwords.
#[test]
fn finds_two_that_stand_in_a_row() {
    let spaced = |password: &str| password.replace('-', " ");
    let text = format!("{}  {}", spaced(ONE), spaced(TWO));
    check(&text, &[(1, Ok(ONE), None), (1, Ok(TWO), None)]);
}

#[test]
fn finds_the_three_forms() {
    for text in [ONE.to_owned(), ONE.replace('-', " "), ONE.replace('-', "")] {
        for (before, after) in [
            ("", ""),
            ("\u{feff}", "\r\n"),
            ("\t", "\t"),
            ("key:", "."),
            ("\"", "\","),
            ("; ", ";"),
            ("<td>", "</td>"),
            ("\u{a0}", "\u{a0}"),
            ("x", "x"),
            ("7 \t", "\t2026"),
            ("- ", " -"),
            ("2026\u{a0}", "  2026"),
        ] {
            check(&format!("{before}{text}{after}"), &[(1, Ok(ONE), None)]);
        }
    }
    check(&format!("7 {ONE} 2026-11-22 10:00"), &[(1, Ok(ONE), None)]);
    check(&format!("7 {} 2026", ONE.replace('-', " ")), &[(1, Ok(ONE), None)]);
}

#[test]
fn pairs_with_the_guid_before() {
    check(
        &format!("{A}\n\n{ONE}\n{{{B}}} {TWO}"),
        &[(3, Ok(ONE), Some(A)), (4, Ok(TWO), Some(B))],
    );
    check(&format!("{A},{B},{ONE}"), &[(1, Ok(ONE), Some(B))]);
    check(&format!("{A} {ONE} {B}"), &[(1, Ok(ONE), Some(A))]);
    check(&format!("{A}-{ONE}"), &[(1, Ok(ONE), Some(A))]);
    check(
        &format!("{ONE}-{A}-{TWO}"),
        &[(1, Ok(ONE), None), (1, Ok(TWO), Some(A))],
    );
    let upper = A.to_uppercase();
    check(&format!("PC-{upper}_{ONE}"), &[(1, Ok(ONE), Some(A))]);
}

#[test]
fn a_guid_serves_once() {
    check(
        &format!("{A}\n{ONE}\n{TWO}"),
        &[(2, Ok(ONE), Some(A)), (3, Ok(TWO), None)],
    );
    let spoilt = ONE.replace("014124", "014125");
    let fault = Err(ParseRecoveryPasswordError::Checksum { group: 3 });
    check(
        &format!("{A}\n{spoilt}\n{TWO}"),
        &[(2, fault, Some(A)), (3, Ok(TWO), None)],
    );
}

#[test]
fn takes_no_part_of_a_guid_for_one() {
    check(&format!("{} {ONE}", &A[..16]), &[(1, Ok(ONE), None)]);
    check(&format!("{A}0 {ONE}"), &[(1, Ok(ONE), None)]);
    check(&format!("x{A} {ONE}"), &[(1, Ok(ONE), None)]);
    check(&format!("{} {ONE}", A.replace('-', "")), &[(1, Ok(ONE), None)]);
}

#[test]
fn reads_a_guid_of_digits() {
    let id = "12345678-1234-1234-1234-123456789012";
    check(
        &format!("{ONE} {id} {TWO}"),
        &[(1, Ok(ONE), None), (1, Ok(TWO), Some(id))],
    );
}

#[test]
fn reports_what_is_spoilt() {
    check_fault(
        &ONE.replace("002816", "723712"),
        ParseRecoveryPasswordError::Range { group: 1 },
    );
    check_fault(
        &ONE.replace("008470", "8470"),
        ParseRecoveryPasswordError::Digits { group: 2 },
    );
    check_fault(
        &ONE.replace("008470", "\u{ff10}08470"),
        ParseRecoveryPasswordError::Digits { group: 2 },
    );
    check_fault(&ONE[7..], ShapeFault::Groups { found: 7 });
    check_fault(&format!("{ONE}-000000"), ShapeFault::Groups { found: 9 });
    check_fault(&format!("1-{ONE}"), ShapeFault::Groups { found: 9 });
    check_fault(&format!("1{ONE}"), ParseRecoveryPasswordError::Digits { group: 1 });
    check_fault(&ONE.replace('-', "")[1..], ShapeFault::Length { found: 47 });
}

/// Eight whole groups with whatever stands between them, if every checksum holds; else it is told of.
#[test]
fn takes_groups_that_are_parted_otherwise() {
    for gap in [
        "\u{2013}",
        "\t",
        " - ",
        "  ",
        "-\u{200b}",
        "\u{ad}",
        ".",
        "_",
        ",",
        ", ",
        " / ",
        "&#8209;",
        "&nbsp;",
        "\u{a0}\u{2011}",
        "-\n",
        "-<wbr>",
        "</td><td>",
        "|",
        " | ",
        "\",\"",
        "\0",
        "\n",
    ] {
        check(&ONE.replace('-', gap), &[(1, Ok(ONE), None)]);
        let spoilt = ONE.replace("014124", "014125").replace('-', gap);
        let found = find(&spoilt);
        assert_eq!(
            found.iter().filter(|found| found.password.is_err()).count(),
            found.len(),
            "{gap:?}"
        );
        assert!(!found.is_empty(), "{gap:?}");
    }
    check(
        &format!("{}; {}", ONE.replace('-', "."), TWO.replace('-', ".")),
        &[(1, Ok(ONE), None), (1, Ok(TWO), None)],
    );
    // A console that is too narrow.
    check(&format!("{}\n    {}", &ONE[..33], &ONE[33..]), &[(1, Ok(ONE), None)]);
    check(&format!("{}\n{}\n", ONE.replace('-', "\n"), "x"), &[(1, Ok(ONE), None)]);
}

/// Halves of two passwords are not one.
#[test]
fn joins_no_halves() {
    let halves = [&ONE[..27], &TWO[..27]];
    for text in [
        halves.join("\n"),
        halves.join("\n\n"),
        halves.map(|half| format!("{half}-")).join("\n"),
        halves.join("…\n"),
        halves.join("-******\n"),
    ] {
        assert!(find(&text).iter().all(|found| found.password.is_err()), "{text}");
        assert!(!find(&text).is_empty(), "{text}");
    }
}

#[test]
fn takes_no_other_number_for_one() {
    for text in [
        "",
        "2026-11-22T02:00:00",
        "S-1-5-21-1004336348-1177238915-682003330-512",
        "100001 100002 100003",
        "100001,100002,100003,100004,100005",
        "111111-222222-333333-######",
        "393943-22222-xxxxx",
        "0, 2, 4, 8, 9, 10, 11",
    ] {
        check(text, &[]);
    }
}

/// The file that Windows 8.1 and later save, with the NUL after its title.
#[test]
fn reads_a_saved_file() {
    let text = format!(
        "\u{feff}BitLocker Drive Encryption recovery key\0\r\n\r\nTo verify that this is the correct recovery key, compare \
         …\r\n\r\nIdentifier:\r\n\r\n\t{}\r\n\r\nIf the above …\r\n\r\nRecovery Key:\r\n\r\n\t{ONE}\r\n\r\n… \
         http://go.microsoft.com/fwlink/?LinkID=260589 for additional assistance.\r\n",
        A.to_uppercase(),
    );
    check(&text, &[(13, Ok(ONE), Some(A))]);
}

/// Windows 7 prints a shortened GUID first, and one that is whole.
#[test]
fn reads_a_file_of_windows_7() {
    let text = format!(
        "BitLocker-Wiederherstellungsschlüssel\0\n\n\0…: {}\r\n…: {A}\r\n\r\nSchlüssel:\r\n{ONE}\n\n\0",
        &A[..16],
    );
    check(&text, &[(7, Ok(ONE), Some(A))]);
}

/// `manage-bde -protectors -get` lists the TPM's protector, too.
#[test]
fn reads_a_listing() {
    let text = format!(
        "Volume C: []\n    TPM:\n      ID: {{{B}}}\n      PCR:\n        0, 2, 4, 8, 9, 10, 11\n    Numerical Password:\n      \
         ID: {{{A}}}\n      Password:\n        {ONE}\n\n    External Key:\n      ID: {{{B}}}\n",
    );
    check(&text, &[(9, Ok(ONE), Some(A))]);
}

#[test]
fn a_long_text_of_digits_is_one_finding_or_none() {
    assert_eq!(find(&"000000-".repeat(10_000)).len(), 1);
    assert_eq!(find(&"000000 ".repeat(10_000)).len(), 1);
    assert_eq!(find(&"0".repeat(100_000)).len(), 0);
    assert_eq!(find(&"a-".repeat(100_000)).len(), 0);
}

proptest! {
    #[test]
    fn finds_every_password_in_a_text(
        passwords in proptest::collection::vec((proptest::option::of(0..u128::MAX), 0..u128::MAX, "[ -][^\\pN\\pC-]{0,40}"), 0..8),
    ) {
        let mut text = String::new();
        for (id, password, words) in &passwords {
            if let Some(id) = id {
                write!(text, "{}", ProtectorId::new(id.to_be_bytes())).unwrap();
            }
            let password = RecoveryPassword::from_bytes(Secret::from_fn(|bytes| *bytes = password.to_be_bytes()));
            write!(text, " : {}\n{words}\n", password.to_text().as_str()).unwrap();
        }
        let found = find(&text);
        prop_assert_eq!(found.len(), passwords.len());
        for (found, (id, password, _)) in found.iter().zip(&passwords) {
            prop_assert_eq!(found.protector.map(|id| u128::from_be_bytes(*id.as_bytes())), *id);
            prop_assert!(found.password.as_ref().is_ok_and(|read| *read.expose() == password.to_be_bytes()));
        }
    }
}
