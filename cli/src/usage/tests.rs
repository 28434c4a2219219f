use clap::Parser;
use strongroom_terminal::Arguments as Words;

use crate::args::Arguments;
use crate::exit::Kind;
use crate::failure::Failure;
use crate::hint::hint;
use crate::usage::failure;

fn parsed(line: &[&str]) -> Failure {
    let given = Words::new(["strongroom"].iter().chain(line));
    let error = Arguments::try_parse_from(given.words()).expect_err("it is wrong");
    failure(&given, &error)
}

#[track_caller]
fn check(line: &[&str], expected: &str, in_hint: &str) {
    let failure = parsed(line);
    assert_eq!(failure.line(), expected);
    assert!(hint(&failure).contains(in_hint), "{}", hint(&failure));
}

#[test]
fn what_is_wrong_stands_in_one_line() {
    check(&[], "no verb was given", "--help");
    check(&["lsit"], "unrecognized subcommand 'lsit'", "'list'");
    check(
        &["escrow", "--device", "PC"],
        "the following required arguments were not provided: --protector <GUID>",
        "usage: strongroom escrow",
    );
}

#[test]
fn a_password_among_the_arguments_is_not_repeated() {
    let password = "000011-000022-000033-000044-000055-000066-000077-000088";
    for line in [
        vec!["escrow", "--device", "PC", password],
        vec!["reveal", "4f2a1b3c", "--reason", password],
        vec!["check", "000011", "000022", "000033", "000044", "000055", "000066"],
    ] {
        let failure = parsed(&line);
        assert!(matches!(failure, Failure::PasswordInArgument), "{}", failure.line());
    }
    let note = format!("he said {password}");
    let long = note.repeat(60);
    for note in [&note, &long] {
        let failure = parsed(&["expose", "4f2a1b3c", "--note", note]);
        assert!(!failure.line().contains("0000"), "{}", failure.line());
        assert_eq!(
            failure.kind(),
            Kind::Operation(strongroom_vault::ops::ErrorKind::Refused)
        );
    }
}
