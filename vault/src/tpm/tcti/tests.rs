use std::io;
use std::path::Path;
use std::path::PathBuf;

use crate::tpm::TpmError;
use crate::tpm::tcti::ParseTctiError;
use crate::tpm::tcti::Tcti;
use crate::tpm::tcti::device_failure;

#[track_caller]
fn check(text: &str, expected: Tcti) {
    assert_eq!(text.parse(), Ok(expected.clone()));
    assert_eq!(expected.to_string(), text);
}

#[test]
fn texts_that_name_a_tpm() {
    check("simulator", Tcti::Simulator);
    check("device:/dev/tpmrm0", Tcti::Device(PathBuf::from("/dev/tpmrm0")));
    let host = "127.0.0.1".to_owned();
    check("swtpm:host=127.0.0.1,port=2321", Tcti::Swtpm { host, port: 2321 });
    let host = "tpm.example".to_owned();
    check("swtpm:host=tpm.example,port=65534", Tcti::Swtpm { host, port: 65534 });
}

#[test]
fn texts_that_do_not() {
    for text in [
        "",
        "Simulator",
        "simulator ",
        "simulator:",
        "device",
        "device:",
        "device:dev/tpmrm0",
        "device:/dev/tpm\n0",
        "/dev/tpmrm0",
        "tabrmd",
        "mssim:host=localhost,port=2321",
        "swtpm",
        "swtpm:",
        "swtpm:port=2321,host=localhost",
        "swtpm:host=localhost",
        "swtpm:host=,port=2321",
        "swtpm:host=a b,port=2321",
        "swtpm:host=-a,port=2321",
        "swtpm:host=a,port=",
        "swtpm:host=a,port=0",
        "swtpm:host=a,port=+2321",
        "swtpm:host=a,port=02321",
        "swtpm:host=a,port=65535",
        "swtpm:host=a,port=65536",
        "swtpm:host=a,port=2321,path=b",
    ] {
        assert_eq!(text.parse::<Tcti>(), Err(ParseTctiError), "{text}");
    }
}

#[test]
fn a_device_that_is_none() {
    for path in ["/nonexistent/tpmrm0", "/etc/passwd", "/etc/passwd/tpmrm0"] {
        let error = Tcti::Device(PathBuf::from(path)).probe().unwrap_err();
        assert!(matches!(error, TpmError::NoDevice { .. }), "{path}: {error}");
    }
}

/// Whoever runs the tests as root is denied nothing, so the kernel's answer is made up.
#[test]
fn a_device_that_is_not_ours_or_busy() {
    let path = Path::new("/dev/tpmrm0");
    let denied = device_failure(path, &io::ErrorKind::PermissionDenied.into());
    assert!(matches!(denied, TpmError::PermissionDenied { .. }), "{denied}");
    let busy = device_failure(path, &io::ErrorKind::ResourceBusy.into());
    assert!(matches!(busy, TpmError::Unreachable { .. }), "{busy}");
}
