use std::fs;
use std::os::unix::net::UnixListener;
use std::process::Command;

use super::*;

#[track_caller]
fn refused(path: &Path, limit: usize, line: &str) {
    let error = read(path, limit).err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some(line));
}

#[test]
fn a_file_is_read_up_to_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    for len in [0, 1, 9, 10] {
        fs::write(&path, vec![7; len]).unwrap();
        assert_eq!(read(&path, 10).unwrap().as_slice(), vec![7; len]);
    }
    fs::write(&path, [7; 1025]).unwrap();
    refused(&path, 1024, "it is longer than 1 KiB");
    File::create(&path).unwrap().set_len(4 << 30).unwrap();
    refused(&path, 256 << 20, "it is longer than 256 MiB");
}

#[test]
fn what_is_no_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    refused(folder.path(), 10, "it is a folder");
    refused(Path::new("/dev/zero"), 10, "it is a device");
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    refused(&pipe, 10, "it is a pipe");
    let socket = folder.path().join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    refused(&socket, 10, "No such device or address (os error 6)");
    refused(
        &folder.path().join("none"),
        10,
        "No such file or directory (os error 2)",
    );
}

#[test]
fn a_file_that_grows_while_it_is_read_is_refused() {
    // The kernel makes it up as it is read, and says that it is empty.
    refused(Path::new("/proc/self/status"), 1 << 20, "it changed while it was read");
}

#[test]
fn a_stream_is_read_up_to_the_limit() {
    let long = vec![7; PIECE * 3 + 5];
    assert_eq!(read_stream(long.as_slice(), long.len()).unwrap().as_slice(), long);
    let over = read_stream(long.as_slice(), long.len() - 1);
    assert!(matches!(over, Err(InFileError::TooLong { .. })));
}
