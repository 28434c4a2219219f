use std::fmt::Write;

use data_encoding::BASE64;
use proptest::prelude::ProptestConfig;
use proptest::prelude::Strategy;
use proptest::prop_assert_eq;
use proptest::proptest;

use crate::values::ProtectorId;
use crate::values::RecoveryPassword;
use crate::values::Secret;

use super::*;

/// A record as every format can say it: device, protector, password.
#[derive(Clone, Debug)]
struct Said {
    device: String,
    id: u128,
    password: u128,
}

impl Said {
    fn id(&self) -> String {
        ProtectorId::new(self.id.to_be_bytes()).to_string()
    }

    fn password(&self) -> String {
        let password = RecoveryPassword::from_bytes(Secret::from_fn(|bytes| *bytes = self.password.to_be_bytes()));
        password.to_text().to_string()
    }

    fn octets(&self) -> String {
        BASE64.encode(&directory::guid(&self.id.to_be_bytes()).unwrap())
    }
}

fn said() -> impl Strategy<Value = Vec<Said>> {
    let one = ("[A-Z][A-Z0-9]{0,8}( [A-Z]{1,3})?", 0..u128::MAX, 0..u128::MAX);
    let one = one.prop_map(|(device, id, password)| Said { device, id, password });
    proptest::collection::vec(one, 1..6)
}

type Writer = fn(&mut String, &Said);

/// Each format that names the device: what comes first, each record, what comes between and last.
const NAMED: [(Format, &str, Writer, &str, &str); 9] = [
    (
        Format::Csv,
        "Device;Key ID;Recovery Key\n",
        |text, said| {
            writeln!(text, "\"{}\";{};{}", said.device, said.id(), said.password()).unwrap();
        },
        "",
        "",
    ),
    (
        Format::Mbam,
        "Machine Name,Recovery Key ID,Recovery Key,LastUpdateTime\n",
        |text, said| {
            writeln!(
                text,
                "{},{},{},2023-10-10 10:00:00.000",
                said.device,
                said.id(),
                said.password()
            )
            .unwrap();
        },
        "",
        "",
    ),
    (
        Format::AdTable,
        "msFVE-RecoveryPassword\tDistinguishedName\n",
        |text, said| {
            writeln!(
                text,
                "{}\tCN=2023-10-10T10:00:00Z{{{}}},CN={},DC=x",
                said.password(),
                said.id(),
                said.device
            )
            .unwrap();
        },
        "",
        "",
    ),
    (
        Format::Ldif,
        "version: 1\n\n",
        |text, said| {
            write!(
                text,
                "dn: CN=2023-10-10T10:00:00Z{{{}}},\n CN={},DC=x\n",
                said.id(),
                said.device
            )
            .unwrap();
            write!(
                text,
                "msFVE-RecoveryGuid:: {}\nmsFVE-RecoveryPassword: {}\n\n",
                said.octets(),
                said.password()
            )
            .unwrap();
        },
        "",
        "",
    ),
    (
        Format::AdScript,
        "",
        |text, said| {
            writeln!(
                text,
                "DistinguishedName : CN=2023-10-10T10:00:00Z{{{}}},CN={},DC=x",
                said.id(),
                said.device
            )
            .unwrap();
            writeln!(text, "msFVE-RecoveryPassword : {}", said.password()).unwrap();
        },
        "\n",
        "",
    ),
    (
        Format::PowerShellList,
        "",
        |text, said| {
            writeln!(
                text,
                "ComputerName : {}\nKeyProtectorId : {{{}}}",
                said.device,
                said.id()
            )
            .unwrap();
            writeln!(text, "RecoveryPassword : {}", said.password()).unwrap();
        },
        "\n",
        "",
    ),
    (
        Format::PowerShellTable,
        "RecoveryGuid                         RecoveryPassword                                        ComputerName\n------------                         ----------------                                        ------------\n",
        |text, said| {
            writeln!(text, "{} {} {}", said.id(), said.password(), said.device).unwrap();
        },
        "",
        "",
    ),
    (
        Format::PowerShellJson,
        "[",
        |text, said| {
            write!(text, "{{\"KeyProtector\":{{\"RecoveryPassword\":\"{}\",\"KeyProtectorId\":\"{{{}}}\"}},\"ComputerName\":\"{}\"}}", said.password(), said.id(), said.device).unwrap();
        },
        ",",
        "]",
    ),
    (
        Format::Graph,
        "{\"@odata.context\":\"x\",\"value\":[",
        |text, said| {
            write!(
                text,
                "{{\"id\":\"{}\",\"deviceName\":\"{}\",\"key\":\"{}\"}}",
                said.id(),
                said.device,
                said.password()
            )
            .unwrap();
        },
        ",",
        "]}",
    ),
];

/// Each format that does not.
const UNNAMED: [(Format, &str, Writer, &str, &str); 4] = [
    (
        Format::ManageBde,
        "",
        |text, said| {
            write!(
                text,
                "Volume C: []\n\n    X:\n      Y: {{{}}}\n      Z:\n        {}\n",
                said.id(),
                said.password()
            )
            .unwrap();
        },
        "\n",
        "",
    ),
    (
        Format::SaveText,
        "",
        |text, said| {
            write!(text, "BitLocker\n\n\t{}\n\n\t{}\n", said.id(), said.password()).unwrap();
        },
        "\n",
        "",
    ),
    (
        Format::Text,
        "",
        |text, said| writeln!(text, "{} {}", said.password(), said.id()).unwrap(),
        "",
        "",
    ),
    (
        Format::Csv,
        "",
        |text, said| writeln!(text, "{},{}", said.password(), said.id()).unwrap(),
        "",
        "",
    ),
];

fn written(said: &[Said], (_, first, write, between, last): (Format, &str, Writer, &str, &str)) -> String {
    let mut text = first.to_owned();
    for (at, said) in said.iter().enumerate() {
        if at > 0 {
            text += between;
        }
        write(&mut text, said);
    }
    text + last
}

fn utf_16le(text: &str) -> Vec<u8> {
    [0xfeff]
        .into_iter()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect()
}

/// What was read, in the words of what was said.
fn taken(bytes: &[u8]) -> (Format, Vec<(String, String, String)>) {
    let intake = read(bytes, &Hints::default()).unwrap();
    let mut taken: Vec<_> = intake
        .records
        .into_iter()
        .map(|record| {
            let ready = record.outcome.unwrap();
            let device = record.device.map(|device| device.to_string()).unwrap_or_default();
            (
                device,
                ready.protector.to_string(),
                ready.password.to_text().to_string(),
            )
        })
        .collect();
    taken.sort();
    (intake.format, taken)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_same_records_in_each_format_are_the_same(said in said()) {
        for (format, named) in NAMED.into_iter().map(|format| (format, true)).chain(UNNAMED.into_iter().map(|format| (format, false))) {
            let text = written(&said, format);
            let mut expected: Vec<_> = said
                .iter()
                .map(|said| (if named { said.device.clone() } else { String::new() }, said.id(), said.password()))
                .collect();
            expected.sort();
            for bytes in [text.as_bytes().to_vec(), utf_16le(&text), text.replace('\n', "\r\n").into_bytes(), text.replace('\n', "\r").into_bytes()] {
                prop_assert_eq!(taken(&bytes), (format.0, expected.clone()), "{}", text);
            }
        }
    }
}

/// Whatever is not taken says so without a digit of what stands there.
#[test]
fn no_reason_repeats_what_stands_there() {
    let said = Said {
        device: "PC".to_owned(),
        id: 7,
        password: u128::MAX / 3,
    };
    for format in NAMED.into_iter().chain(UNNAMED) {
        let text = written(std::slice::from_ref(&said), format);
        let spoilt = text.replacen("-240295-", "-240296-", 1);
        assert_ne!(spoilt, text);
        let records = read(spoilt.as_bytes(), &Hints::default()).unwrap().records;
        assert!(!records.is_empty(), "{spoilt}");
        for record in records {
            let why = record.outcome.err().unwrap().why.to_string();
            assert!(
                !why.contains(char::is_numeric) || why.starts_with("recovery password: group "),
                "{why}"
            );
        }
    }
}

#[test]
fn a_format_that_is_named_is_used() {
    let read_as = |text: &str, format| {
        read(
            text.as_bytes(),
            &Hints {
                format: Some(format),
                ..Hints::default()
            },
        )
        .map(|intake| intake.records.len())
    };
    let said = Said {
        device: "PC".to_owned(),
        id: 7,
        password: 8,
    };
    let text = written(&[said], NAMED[0]);
    for format in Format::ALL {
        let is_json = matches!(format, Format::Json | Format::Graph | Format::PowerShellJson);
        let expected = if is_json {
            Err(IntakeError::Json(JsonError::Syntax { line: 1 }))
        } else if *format == Format::Xml {
            Err(IntakeError::Xml(XmlError::Syntax { line: 1 }))
        } else {
            Ok(1)
        };
        // A list has no line of it, but is searched all the same.
        assert_eq!(read_as(&text, *format), expected, "{format}");
    }
    assert_eq!(
        read_as("PK\u{3}\u{4}", Format::Text),
        Err(IntakeError::NoPassword { looks: Looks::Binary })
    );
}

#[test]
fn no_more_than_the_limit_is_read() {
    let long = vec![0; MAX_INPUT + 1];
    let error = read(&long, &Hints::default()).err().unwrap();
    assert_eq!(error.to_string(), "the input is longer than 256 MiB");
}

/// A whole directory: all of it is read, in a time that grows as it does. Times are printed, for they are no promise.
#[test]
fn a_hundred_thousand_records_are_read() {
    let some = |count: u128| -> Vec<Said> {
        let numbers = (1..=count).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
        let said = numbers.map(|number| Said {
            device: format!("PC{}", number % 100_000),
            id: number,
            password: number.rotate_left(64),
        });
        said.collect()
    };
    for format in [Format::Csv, Format::Ldif, Format::Graph] {
        let writer = NAMED.into_iter().find(|(named, ..)| *named == format).unwrap();
        for count in [10_000, 100_000] {
            let text = written(&some(count.try_into().unwrap()), writer);
            let began = std::time::Instant::now();
            let records = read(text.as_bytes(), &Hints::default()).unwrap().records;
            println!(
                "{format}: {count} records of {} bytes in {:?}",
                text.len(),
                began.elapsed()
            );
            assert_eq!(records.len(), count);
            assert!(
                records
                    .iter()
                    .all(|record| record.outcome.is_ok() && record.device.is_some())
            );
        }
    }
}
