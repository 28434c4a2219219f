use super::*;

const ONE: &str = "002816-008470-014124-019778-025432-031086-036740-042394";
const TWO: &str = "048048-053702-059356-065010-070664-076318-081972-087626";
const A: &str = "081f6236-98b8-4ff7-b769-3c1b86b69533";
const B: &str = "168f1291-82c1-4bf2-b634-9cccec63e9ed";

type Row = Result<(&'static str, &'static str), Rejection>;

/// `text` with 1 and 2 for passwords, A and B for GUIDs.
#[track_caller]
fn check(text: &str, expected: &[Row]) {
    let upper = A.to_uppercase();
    let spelled = text.split_inclusive(['1', '2', 'A', 'B']).flat_map(|piece| {
        let (before, last) = piece.split_at(piece.len().saturating_sub(1));
        match last {
            "1" => [before, ONE],
            "2" => [before, TWO],
            "A" => [before, &upper],
            "B" => [before, B],
            _ => [before, last],
        }
    });
    let text: String = spelled.collect();
    let read: Vec<_> = read(&text)
        .into_iter()
        .map(|record| match record.outcome {
            Ok(ready) => Ok((ready.protector.to_string(), ready.password.to_text().to_string())),
            Err(rejected) => Err(rejected.why),
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|row| row.map(|(id, password)| (id.to_owned(), password.to_owned())))
        .collect();
    assert_eq!(read, expected, "{text}");
}

#[test]
fn pairs_on_one_line() {
    check("x B 1", &[Ok((B, ONE))]);
    check("1 B", &[Ok((B, ONE))]);
    check("B 1 {B}", &[Ok((B, ONE))]);
    check("1 B\n2 A", &[Ok((B, ONE)), Ok((A, TWO))]);
    check("B 1; A 2", &[Ok((B, ONE)), Ok((A, TWO))]);
}

#[test]
fn pairs_over_lines() {
    check("B\n\n1\nA\n2\n", &[Ok((B, ONE)), Ok((A, TWO))]);
    check("B\nB\n1", &[Ok((B, ONE))]);
    check("A\nB 1\n2", &[Ok((B, ONE)), Err(Rejection::NoProtector)]);
}

/// One of each belongs together, and so it is in paragraphs that all have one of each.
#[test]
fn pairs_what_stands_alone() {
    check("1\nA", &[Ok((A, ONE))]);
    check("1\n\nA", &[Ok((A, ONE))]);
    check("1\nA\n\n2\nB", &[Ok((A, ONE)), Ok((B, TWO))]);
    check("1\nA\n-----\nB\n2", &[Ok((A, ONE)), Ok((B, TWO))]);
}

/// A label says that a GUID is a key protector's, or that it is not.
#[test]
fn believes_labels() {
    check("Key ID: A\nDevice ID: B\nKey: 1", &[Ok((A, ONE))]);
    check("Device ID: B\nKey: 1\nKey ID: A", &[Ok((A, ONE))]);
    check("Hardware UUID: B\n1", &[Err(Rejection::Unbelieved)]);
    check("agent B: 1", &[Err(Rejection::Unbelieved)]);
    check("\\\\?\\Volume{B}\\ 1", &[Err(Rejection::Unbelieved)]);
    check("PC-7: B 1", &[Ok((B, ONE))]);
    check("C: {B} 1", &[Ok((B, ONE))]);
    check("PC-VERY-LONG-NAME C:    {B} 1", &[Ok((B, ONE))]);
    check("WORKSTATION D: {B} 1", &[Ok((B, ONE))]);
    check("Volume C: {B} 1", &[Err(Rejection::Unbelieved)]);
    check("Router E: {B} 1", &[Err(Rejection::Unbelieved)]);
}

#[test]
fn guesses_nothing() {
    check("1", &[Err(Rejection::NoProtector)]);
    check("A\n1\n2", &[Ok((A, ONE)), Err(Rejection::NoProtector)]);
    check("A\n1  2", &[Ok((A, ONE)), Err(Rejection::NoProtector)]);
    check("A\nB\n1", &[Err(Rejection::SeveralProtectors)]);
    check("A B 1", &[Err(Rejection::SeveralProtectors)]);
    check(
        "1 A; 2 B",
        &[Err(Rejection::SeveralProtectors), Err(Rejection::SeveralProtectors)],
    );
    check(
        "A 1; 2; B",
        &[Err(Rejection::SeveralProtectors), Err(Rejection::SeveralProtectors)],
    );
    check(
        "1\nA\n2\nB\n",
        &[Err(Rejection::OrderUnclear), Err(Rejection::OrderUnclear)],
    );
    // What stands on one line is clear all the same.
    check("1\nA 2\nB", &[Err(Rejection::OrderUnclear), Ok((A, TWO))]);
}
