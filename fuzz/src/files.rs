//! Intake files, of any format and of a given one.

use strongroom_core::intake;
use strongroom_core::intake::Format;
use strongroom_core::intake::Hints;
use strongroom_core::intake::Intake;
use strongroom_core::intake::Record;

/// Whatever a file is taken for.
pub fn intake(input: &[u8]) {
    read_as(input, None);
}

/// Tables of separated values.
pub fn intake_csv(input: &[u8]) {
    for format in [Format::Csv, Format::Mbam, Format::AdTable] {
        read_as(input, Some(format));
    }
}

/// JSON.
pub fn intake_json(input: &[u8]) {
    for format in [Format::Graph, Format::PowerShellJson, Format::Json] {
        read_as(input, Some(format));
    }
}

/// LDIF.
pub fn intake_ldif(input: &[u8]) {
    read_as(input, Some(Format::Ldif));
}

/// What goes line by line.
pub fn intake_lines(input: &[u8]) {
    for format in [
        Format::AdScript,
        Format::List,
        Format::ManageBde,
        Format::PowerShellList,
        Format::PowerShellTable,
    ] {
        read_as(input, Some(format));
    }
}

/// Any text.
pub fn intake_text(input: &[u8]) {
    read_as(input, Some(Format::Text));
}

/// There are no more records than the input has room for, they stand within it, no reason repeats what stands there, and
/// the same text read again, and as UTF-16, gives the same.
fn read_as(input: &[u8], format: Option<Format>) {
    let hints = Hints {
        format,
        ..Hints::default()
    };
    let read = match intake::read(input, &hints) {
        Ok(read) => read,
        Err(error) => return assert_tells_nothing(&error.to_string()),
    };
    assert!(
        format.is_none_or(|format| format == read.format),
        "the format that was named"
    );
    assert!(read.records.len() <= input.len(), "a record takes a character");
    let ready = read.records.iter().filter(|record| record.outcome.is_ok()).count();
    assert!(ready <= input.len() / 48, "a password takes 48 digits");
    let lines = input.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
    for (record, number) in read.records.iter().zip(1..) {
        assert!((1..=lines).contains(&record.at.line), "a line of the text");
        assert_eq!(record.at.record, number, "in order");
        if let Err(rejected) = &record.outcome {
            assert_tells_nothing(&rejected.why.to_string());
        }
        for note in &record.notes {
            assert_tells_nothing(&note.to_string());
        }
    }
    let again = intake::read(input, &hints);
    assert!(again.is_ok_and(|again| are_same(&again, &read)), "the same again");
    if let Ok(text) = str::from_utf8(input)
        && !text.contains(['\0', '\u{feff}'])
    {
        let units = [0xfeff].into_iter().chain(text.encode_utf16());
        let utf_16: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
        let encoded = intake::read(&utf_16, &hints);
        assert!(
            encoded.is_ok_and(|encoded| are_same(&encoded, &read)),
            "the same as UTF-16"
        );
    }
}

/// There is no group of digits in it but the largest that there is.
#[track_caller]
fn assert_tells_nothing(reason: &str) {
    let groups = reason.split(|character: char| !character.is_numeric());
    let mut told = groups.filter(|group| group.len() >= 6 && *group != "720885");
    assert!(told.next().is_none(), "{reason}");
}

fn are_same(one: &Intake, other: &Intake) -> bool {
    let same_record = |(one, other): (&Record, &Record)| {
        let same_outcome = match (&one.outcome, &other.outcome) {
            (Ok(one), Ok(other)) => one.protector == other.protector && one.password.same_as(&other.password),
            (Err(one), Err(other)) => one == other,
            _ => false,
        };
        same_outcome
            && one.at == other.at
            && one.device == other.device
            && one.naming.id == other.naming.id
            && one.naming.mount == other.naming.mount
            && one.naming.kind == other.naming.kind
            && one.created == other.created
            && one.notes == other.notes
    };
    one.format == other.format
        && one.records.len() == other.records.len()
        && one.records.iter().zip(&other.records).all(same_record)
}
