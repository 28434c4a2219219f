use crate::intake::format::Format;

use super::*;

const PASSWORD: &str = "002816-008470-014124-019778-025432-031086-036740-042394";
const ID: &str = "081f6236-98b8-4ff7-b769-3c1b86b69533";

fn read_xml(text: &str) -> Result<Vec<Record>, XmlError> {
    read(text, Format::Xml.into(), &Names::default())
}

/// One record that is taken, of this device.
#[track_caller]
fn check(text: &str, device: Option<&str>) {
    let text = text.replace("ID", ID).replace("PW", PASSWORD);
    let records = read_xml(&text).unwrap();
    assert_eq!(records.len(), 1, "{text}");
    assert!(records[0].outcome.is_ok(), "{text}");
    let read = records[0].device.as_ref().map(ToString::to_string);
    assert_eq!(read.as_deref(), device, "{text}");
}

#[test]
fn reads_elements_and_attributes() {
    check(
        "<c><computer>PC1</computer><keyid>ID</keyid><key>PW</key></c>",
        Some("PC1"),
    );
    check(
        "<c><computer name='PC1'><protector id='{ID}' password='PW'/></computer></c>",
        Some("PC1"),
    );
    check("<?xml version='1.0'?><c><k keyId='ID'>PW</k></c>", None);
    check(
        "<x:c xmlns:x='u'><x:KeyId>ID</x:KeyId><x:Key><![CDATA[PW]]></x:Key></x:c>",
        None,
    );
    check(
        &format!("<c><KeyId>ID</KeyId><Key>{}</Key></c>", PASSWORD.replace('-', "&#45;")),
        None,
    );
    check(
        "<c><volume name='Data'><keyid>ID</keyid><key>PW</key></volume></c>",
        None,
    );
}

#[test]
fn expands_no_entity() {
    let text = format!(
        "<!DOCTYPE c [<!ENTITY a \"{PASSWORD}\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]><c><keyid>{ID}</keyid><key>&a;</key><x>&f;</x></c>"
    );
    let records = read_xml(&text).unwrap();
    assert!(records.iter().all(|record| record.outcome.is_err()));
}

#[test]
fn is_bounded() {
    let deep = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert!(read_xml(&deep(DEEPEST)).is_ok());
    assert_eq!(read_xml(&deep(DEEPEST + 1)).err(), Some(XmlError::Depth { line: 1 }));
    assert_eq!(read_xml("<a>\n<b>").err(), Some(XmlError::End { line: 2 }));
    assert_eq!(read_xml("<a>\n</b>").err(), Some(XmlError::Syntax { line: 2 }));
}

#[test]
fn a_web_page_is_none() {
    assert!(begins("<Objs></Objs>"));
    assert!(begins("\n<?xml version='1.0'?>"));
    assert!(!begins("<!DOCTYPE html><table></table>"));
    assert!(!begins("<html></html>"));
    assert!(!begins("<081f6236>"));
}
