//! The demo plays the main job as it says, and leaves nothing behind.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what cannot be had fails the test"
)]

use std::io::BufRead;
use std::io::BufReader;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use rustix::process::Pid;
use rustix::process::Signal;

const PROGRAM: &str = env!("CARGO_BIN_EXE_strongroom-under-test");

fn demo() -> Command {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/run");
    // Whoever runs the tests may ignore Ctrl-C, and bash cannot trap what it was started without.
    let mut command = Command::new("env");
    command.arg("--default-signal=INT").arg(script).stdin(Stdio::null());
    command
}

/// The folder that the demo says it works in.
fn folder(line: &str) -> Option<PathBuf> {
    let word = line
        .split_whitespace()
        .find(|word| word.starts_with("/tmp/strongroom-demo."))?;
    Some(PathBuf::from(word))
}

fn text(output: &Output) -> String {
    format!(
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn plays_the_main_job() {
    let output = demo().arg(PROGRAM).output().expect("demo/run starts");
    let text = text(&output);
    assert!(output.status.success(), "{text}");
    // Nine steps, in order.
    let mut rest = text.as_str();
    for step in 1..=9 {
        let at = rest
            .find(&format!("\n{step}. "))
            .unwrap_or_else(|| panic!("no step {step} in {text}"));
        rest = &rest[at + 1..];
    }
    assert!(rest.contains("strongroom init --tpm device:/dev/tpmrm0"), "{text}");
    let folder = text.lines().find_map(folder).expect("the demo names its folder");
    assert!(!folder.exists(), "{} is left behind", folder.display());
}

#[test]
fn fails_where_the_program_does_not_do_what_it_should() {
    for program in ["/bin/true", "/bin/false"] {
        let output = demo().arg(program).output().expect("demo/run starts");
        assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    }
    assert_eq!(demo().output().expect("demo/run starts").status.code(), Some(2));
}

#[test]
fn leaves_nothing_when_it_is_interrupted() {
    let mut child = demo()
        .arg(PROGRAM)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("demo/run starts");
    // What it writes behind what is read fills the pipe, so that it cannot come to its end however slow this test is.
    let pipe = child.stdout.take().expect("a pipe");
    rustix::pipe::fcntl_setpipe_size(&pipe, 4096).expect("a small pipe");
    let mut lines = BufReader::with_capacity(1, pipe).lines().map_while(Result::ok);
    let folder = lines
        .by_ref()
        .find_map(|line| folder(&line))
        .expect("the demo names its folder");
    assert!(folder.exists());
    // Ctrl-C in the middle of the second step, to the whole group as a terminal sends it.
    assert!(lines.by_ref().any(|line| line.starts_with("2. ")));
    rustix::process::kill_process_group(Pid::from_child(&child), Signal::INT).expect("a group to signal");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert!(!folder.exists(), "{} is left behind", folder.display());
}
