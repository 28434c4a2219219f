use super::*;

#[track_caller]
fn check_name(name: &str, first: &str, second: &str) {
    assert_eq!(first_two(name), (first.to_owned(), second.to_owned()), "{name}");
}

#[test]
fn reads_the_name_of_an_object() {
    let name = object_name("2023-10-10T10:00:00-08:00{063EA4E1-220C-4293-BA01-4754620A96E7}").unwrap();
    assert_eq!(name.protector.to_string(), "063ea4e1-220c-4293-ba01-4754620a96e7");
    assert_eq!(name.created.unwrap().to_string(), "2023-10-10T18:00:00.000Z");
    let name = object_name("x{063EA4E1-220C-4293-BA01-4754620A96E7}").unwrap();
    assert_eq!(name.created, None);
}

#[test]
fn takes_no_other_name() {
    for name in [
        "",
        "PC1",
        "{",
        "2023-10-10T10:00:00-08:00",
        "2023-10-10T10:00:00-08:00{063EA4E1}",
        "2023-10-10T10:00:00-08:00{063EA4E1-220C-4293-BA01-4754620A96E7",
        "2023-10-10T10:00:00-08:00{063EA4E1-220C-4293-BA01-4754620A96E7}x",
    ] {
        assert!(object_name(name).is_none(), "{name}");
    }
}

#[test]
fn parts_a_distinguished_name() {
    check_name("CN=a,CN=PC1,DC=example", "a", "PC1");
    check_name(r"CN=a\,b,CN=PC\2C1", "a,b", "PC,1");
    check_name(r"CN=2023\+01,CN=B\C3\9CRO", "2023+01", "B\u{dc}RO");
    check_name(r"CN=a\\,CN=b", r"a\", "b");
    check_name(r"CN=\ff,CN=b", "\u{fffd}", "b");
    check_name("CN = a , CN = PC1 ", "a", "PC1");
    check_name("CN=a", "a", "");
    check_name(r"CN=a\", "a", "");
    check_name("", "", "");
    check_name("no name", "", "");
}

#[test]
fn the_first_fields_of_a_guid_are_little_endian() {
    let octets: Vec<u8> = (0..16).collect();
    assert_eq!(
        guid(&octets).unwrap(),
        [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
    );
    assert_eq!(guid(&octets[1..]), None);
    assert_eq!(guid(&[0; 17]), None);
}
