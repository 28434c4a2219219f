use super::*;

const ONE: &str = "002816-008470-014124-019778-025432-031086-036740-042394";
const TWO: &str = "048048-053702-059356-065010-070664-076318-081972-087626";
const A: &str = "081f6236-98b8-4ff7-b769-3c1b86b69533";
const B: &str = "168f1291-82c1-4bf2-b634-9cccec63e9ed";

/// The outcome of each record that the fields make: a GUID, or why not.
#[track_caller]
fn check(format: Format, fields: &[(Field, &str)], expected: &[Result<&str, Rejection>]) {
    let mut draft = Draft::new(format, 1);
    for (field, value) in fields {
        draft.put(*field, value);
    }
    let mut records = Vec::new();
    draft.finish(&mut records);
    let read: Vec<_> = records
        .into_iter()
        .map(|record| match record.outcome {
            Ok(ready) => Ok(ready.protector.to_string()),
            Err(rejected) => Err(rejected.why),
        })
        .collect();
    let expected: Vec<_> = expected.iter().map(|row| row.map(str::to_owned)).collect();
    assert_eq!(read, expected, "{fields:?}");
}

#[test]
fn the_best_field_names_the_protector() {
    use Field::*;
    check(Format::Csv, &[(Id, A), (Protector, B), (Password, ONE)], &[Ok(B)]);
    check(Format::Csv, &[(Password, ONE), (Id, A), (Unnamed, B)], &[Ok(A)]);
    check(Format::Csv, &[(Unnamed, B), (Password, ONE), (OtherId, A)], &[Ok(B)]);
    check(
        Format::Csv,
        &[(Other, B), (Password, ONE)],
        &[Err(Rejection::Unbelieved)],
    );
    check(
        Format::Json,
        &[(Other, B), (Password, ONE)],
        &[Err(Rejection::Unbelieved)],
    );
    check(
        Format::Json,
        &[(Device(5), B), (Password, ONE)],
        &[Err(Rejection::NoProtector)],
    );
    check(Format::Csv, &[(Password, &format!("{A} {ONE}"))], &[Ok(A)]);
    check(
        Format::AdTable,
        &[
            (RecoveryGuid, "System.Byte[]"),
            (Name, &format!("x{{{A}}}")),
            (Password, ONE),
        ],
        &[Ok(A)],
    );
}

#[test]
fn guesses_no_protector() {
    use Field::*;
    check(
        Format::Csv,
        &[(Protector, A), (Protector, B), (Password, ONE)],
        &[Err(Rejection::SeveralProtectors)],
    );
    check(
        Format::Csv,
        &[(Protector, A), (Password, &format!("{B} {ONE}"))],
        &[Err(Rejection::SeveralProtectors)],
    );
    check(
        Format::Csv,
        &[(Protector, "081f6236"), (Other, A), (Password, ONE)],
        &[Err(Rejection::UnreadableProtector)],
    );
    check(
        Format::AdTable,
        &[
            (RecoveryGuid, "X'00112233445566778899aabbccddeeff'"),
            (Name, &format!("x{{{A}}}")),
            (Password, ONE),
        ],
        &[Err(Rejection::ProtectorsDiffer)],
    );
}

#[test]
fn a_password_is_found_wherever_it_stands() {
    use Field::*;
    check(Format::Csv, &[(Protector, A), (Other, ONE)], &[Ok(A)]);
    check(Format::Csv, &[(Protector, A), (Password, ONE), (Other, ONE)], &[Ok(A)]);
    check(
        Format::Csv,
        &[(Protector, A), (Password, ONE), (Other, TWO)],
        &[Err(Rejection::SeveralPasswords), Err(Rejection::SeveralPasswords)],
    );
    check(
        Format::Csv,
        &[(Protector, A), (Password, ONE), (Password, "")],
        &[Ok(A)],
    );
}

#[test]
fn what_ought_to_hold_a_password_is_told() {
    use Field::*;
    let none: &[Result<&str, Rejection>] = &[Err(Rejection::NoPassword)];
    check(Format::Csv, &[(Protector, A), (Password, "")], none);
    check(Format::Mbam, &[(Protector, A), (Password, "NULL")], none);
    check(Format::Csv, &[(Protector, A)], &[]);
    check(Format::Csv, &[(Device(0), "PC1"), (Password, "")], &[]);
    check(
        Format::Csv,
        &[(Protector, A), (ProtectorType, "Tpm"), (Password, "")],
        &[],
    );
    check(Format::PowerShellJson, &[(Protector, A), (Password, "")], &[]);
    check(
        Format::PowerShellJson,
        &[(Protector, A), (ProtectorType, "3"), (Password, "")],
        none,
    );
    check(Format::Ldif, &[(Name, &format!("x{{{A}}}"))], none);
    check(Format::Graph, &[(Id, A), (Created(1), "2020-06-15T13:45:30Z")], none);
    check(Format::Graph, &[(Id, A)], &[]);
}
