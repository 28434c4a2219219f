use std::path::Path;

use crate::ui::pin::PIN;
use crate::ui::pin::PinError;
use crate::ui::pin::only_line;

#[track_caller]
fn check(input: &[u8], expected: Result<&str, &str>) {
    let found = only_line(input, Path::new("pin")).map(|pin| pin.expose().to_owned());
    let found = found.map_err(|error: PinError| error.to_string());
    assert_eq!(found.as_deref().map_err(String::as_str), expected);
}

#[test]
fn a_pin_is_one_line() {
    check(b"1234", Ok("1234"));
    check(b"1234\n", Ok("1234"));
    check(b"1234\r\n", Ok("1234"));
    check(b" 12 34 ", Ok(" 12 34 "));
    check(b"", Err("the PIN is empty"));
    check(b"\n", Err("the PIN is empty"));
    check(b"1234\n\n", Err("the PIN has more than one line"));
    check(b"\xff\n", Err("the PIN is not UTF-8 text"));
    check(&[b'1'; PIN + 1], Err("the PIN is longer than 1024 bytes"));
}
