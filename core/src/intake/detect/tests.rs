use super::*;

#[track_caller]
fn check(text: &str, expected: Format) {
    assert_eq!(detect(text, &Names::default()), expected, "{text}");
}

const PASSWORD: &str = "002816-008470-014124-019778-025432-031086-036740-042394";
const ID: &str = "081f6236-98b8-4ff7-b769-3c1b86b69533";

#[test]
fn knows_json_from_braces() {
    check(" {\"a\":1}", Format::Json);
    check("[]", Format::Json);
    check("{ }", Format::Json);
    check("[[", Format::Json);
    check("{\"value\":[{\"@odata.type\":1}]}", Format::Graph);
    check("[{\"KeyProtector\":[]}]", Format::PowerShellJson);
    check(&format!("{{{ID}}} {PASSWORD}"), Format::Text);
    check(&format!("[2023-10-10] {PASSWORD}"), Format::Text);
    check("{", Format::Text);
}

#[test]
fn knows_ldif_from_its_beginning() {
    check("# comment\n folded\n\ndn: CN=x\n", Format::Ldif);
    check("version: 1\ndn:: Q04=\n", Format::Ldif);
    check("version: 1\n", Format::Text);
    check("x\ndn: CN=x\n", Format::Text);
}

#[test]
fn knows_a_listing_of_manage_bde() {
    check(&format!("Volume C: []\n    X:\n      ID: {{{ID}}}"), Format::ManageBde);
    check(&format!("A \"C: drive\"\n{ID}\n{PASSWORD}"), Format::Text);
}

#[test]
fn knows_tables() {
    check("Device,Key ID,Recovery Key\n", Format::Csv);
    check("Device;Recovery Key\n", Format::Csv);
    check("Recovery Key ID\tRecovery Key\tLastUpdateTime\n", Format::Mbam);
    check("DN,msFVE-RecoveryPassword\n", Format::AdTable);
    check(&format!("{ID},{PASSWORD}\n"), Format::Csv);
    check(&format!("a;b\n{ID};{PASSWORD}\n"), Format::Csv);
    check(&format!("a b\n{ID};{PASSWORD}\n"), Format::Text);
    check(&format!("The key, as asked\n{ID}\n{PASSWORD}\n"), Format::Text);
    check("Password\n", Format::Text);
}

/// A comma in a cell is not the separator.
#[test]
fn takes_the_separator_that_says_most() {
    let table = Table::find("Device;Note, and more;Key ID;Recovery Key\na;b;c;d", &Names::default()).unwrap();
    assert_eq!(table.read(Format::Csv.into(), &Names::default()).unwrap().0.len(), 1);
}

#[test]
fn knows_lists() {
    check("RecoveryPassword : 1\n", Format::PowerShellList);
    check("RecoveryPassword : 1\nmsFVE-RecoveryPassword : 1\n", Format::AdScript);
}

#[test]
fn knows_the_file_that_windows_saves() {
    check("\n\nWiederherstellung BitLocker\n", Format::SaveText);
    check("a\nBitLocker\n", Format::Text);
}
