//! Files that are not what they are taken for: each is refused in one line, without waiting for it and without holding it
//! in memory.

use std::ffi::OsString;
use std::fs;
use std::fs::File;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::end_to_end::agent::Agent;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;

/// Made in a folder.
const MADE: [&str; 6] = ["sparse", "folder", "pipe", "empty", "zip", "loop"];
/// A device without end; a file that cannot be read; one that the kernel makes longer while it is read.
const KERNEL: [&str; 3] = ["/dev/zero", "/proc/self/mem", "/proc/self/status"];

fn make(folder: &Path) {
    let at = |name| folder.join(name);
    File::create(at("sparse")).unwrap().set_len(4 << 30).unwrap();
    fs::create_dir(at("folder")).unwrap();
    assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    fs::write(at("empty"), "").unwrap();
    let zip = [b"PK\x03\x04\x14\0\0\0\x08\0".as_slice(), &[0x9c; 900]].concat();
    fs::write(at("zip"), zip).unwrap();
    symlink("loop", at("loop")).unwrap();
}

/// With a quarter of a GiB of addresses, and an end where it waits for something that does not come: neither is reached
/// by what does not read such a file.
///
/// It runs as root of a user namespace: the kernel lets root alone open `/proc/self/mem` of a program that is not
/// dumpable, and the tests are for every user.
fn bounded(run: Run) -> Output {
    run.under("prlimit", ["--as=268435456", "timeout", "--signal=KILL", "300"])
        .under("unshare", ["--map-root-user"])
        .output()
}

/// That one line says which file it is and what is wrong with it, and one more what to do.
#[track_caller]
fn refused(run: Run, code: i32, file: &str, words: &str) {
    let output = bounded(run).refused(code, "");
    let lines: Vec<&str> = output.stderr.lines().collect();
    let [error, hint] = lines[..] else {
        panic!("{output:?}");
    };
    assert!(error.starts_with("error: ") && hint.starts_with("hint: "), "{output:?}");
    assert!(
        error.contains(file) && error.ends_with(words),
        "no {words:?} in {output:?}"
    );
}

#[test]
fn import_and_prove_refuse_them_in_one_line() {
    let site = Site::new();
    make(&site.root());
    for (file, import, prove) in [
        (
            "sparse",
            "it is longer than 256 MiB",
            "neither a BitLocker volume nor a partition table",
        ),
        ("folder", "it is a folder", "it is neither a file nor a block device"),
        ("pipe", "it is a pipe", "it is neither a file nor a block device"),
        ("empty", "it is empty", "the image is too short for a volume"),
        (
            "zip",
            "save it as text or CSV",
            "neither a BitLocker volume nor a partition table",
        ),
        (
            "loop",
            "Too many levels of symbolic links (os error 40)",
            "Too many levels of symbolic links (os error 40)",
        ),
        ("/dev/zero", "it is a device", "it is neither a file nor a block device"),
        (
            "/proc/self/mem",
            "Input/output error (os error 5)",
            "Invalid argument (os error 22)",
        ),
        (
            "/proc/self/status",
            "it changed while it was read",
            "Invalid argument (os error 22)",
        ),
    ] {
        let path = site.beside(file);
        let path = path.to_str().unwrap();
        refused(site.run(&["import", path]), 1, file, import);
        refused(site.run(&["prove", path]), 1, file, prove);
        refused(
            site.run(&["prove", path, "--password-stdin"]).stdin(made(1).text),
            1,
            file,
            prove,
        );
    }
    assert_eq!(site.lines(&["audit", "list"]).len(), 1, "nothing of it is on record");
}

/// A sound file beside one that is not is not taken in either: the command was not what was meant.
#[test]
fn one_that_cannot_be_read_stops_the_import_before_anything_is_taken_in() {
    let site = Site::new();
    make(&site.root());
    let sound = site.beside("sound.csv");
    fs::write(&sound, format!("{},{}\n", made(1).protector, made(1).text)).unwrap();
    let pipe = site.beside("pipe");
    refused(site.run(&["import"]).args([&sound, &pipe]), 1, "pipe", "it is a pipe");
    assert_eq!(site.lines(&["list"]).len(), 0);
}

#[test]
fn a_stream_without_end_is_not_held() {
    let site = Site::new();
    let words: Vec<OsString> = ["-c".into(), "exec \"$0\" --vault \"$1\" import - < /dev/zero".into()]
        .into_iter()
        .chain([crate::end_to_end::run::PROGRAM.into(), site.vault().into()])
        .collect();
    let output = Run::of("/bin/sh", words)
        .under("prlimit", ["--as=2147483648", "timeout", "--signal=KILL", "300"])
        .output();
    output.refused(1, "it is longer than 256 MiB");
}

#[test]
fn a_spool_rejects_them_and_takes_what_is_sound() {
    let site = Site::new();
    let spool = site.beside("spool");
    crate::end_to_end::handed_in::make_spool(&site);
    make(&spool);
    symlink("/dev/zero", spool.join("zero")).unwrap();
    symlink("../key", spool.join("link")).unwrap();
    let key = site.beside("key");
    site.run(&["drop", "key", "--out"]).args([&key]).output().ok();
    site.run(&[
        "drop",
        "seal",
        "--device",
        "LAB-01",
        "--protector",
        &made(1).protector,
        "--to",
    ])
    .args([&key, Path::new("--out"), &spool.join("sound")])
    .stdin(made(1).text)
    .output()
    .ok();
    let output = site
        .run(&["import", "--once", "--spool"])
        .args([&spool])
        .under("prlimit", ["--as=1073741824", "timeout", "--signal=KILL", "300"])
        .output()
        .code(1);
    for (name, why) in [
        ("empty", "it does not begin as a drop does"),
        ("link", "it is a link"),
        ("loop", "it is a link"),
        ("pipe", "it is a pipe"),
        ("sparse", "it is longer than 64 KiB"),
        ("zero", "it is a link"),
        ("zip", "it does not begin as a drop does"),
    ] {
        assert!(
            output.stdout.contains(&format!("{name}: rejected: {why}\n")),
            "{output:?}"
        );
        let reason = fs::read_to_string(spool.join(format!("rejected/{name}.reason"))).unwrap();
        assert_eq!(reason, format!("{why}\n"));
        assert!(fs::symlink_metadata(spool.join("rejected").join(name)).is_ok());
        assert!(fs::symlink_metadata(spool.join(name)).is_err());
    }
    assert!(spool.join("folder").is_dir(), "a folder is nobody's drop");
    assert!(spool.join("done/sound.receipt").exists());
    assert_eq!(site.lines(&["list"]).len(), 1);
    site.verify();
}

#[test]
fn an_agent_is_told_the_same() {
    let agent = Agent::new();
    make(&agent.path(""));
    for (file, words) in [
        ("sparse", "it is longer than 256 MiB"),
        ("folder", "is a directory"),
        ("pipe", "it is a pipe or a device"),
        ("empty", "it is empty"),
        ("zip", "save it as text or CSV"),
        ("loop", "Too many levels of symbolic links (os error 40)"),
        ("/dev/zero", "it is a pipe or a device"),
        ("/proc/self/mem", "Input/output error (os error 5)"),
        ("/proc/self/status", "it changed while it was read"),
    ] {
        let run = agent.run(&format!("seal --to vault.key --device PC-1 --out made.drop {file}"));
        refused(run, 1, file, words);
        assert!(!agent.path("made.drop").exists());
    }
    // Of a receipt and its drop, whichever it is.
    agent.seal("--sender courier.sender --out sound.drop").output().ok();
    for file in MADE.iter().chain(&KERNEL) {
        for arguments in [
            format!("receipt {file} sound.drop --to vault.key"),
            format!("receipt proof {file} --to vault.key"),
            format!("seal --to {file} --device PC-1 --out made.drop zip"),
        ] {
            let output = bounded(agent.run(&arguments));
            assert!(
                [1, 4].contains(&output.code) && output.stdout.is_empty(),
                "{arguments}: {output:?}"
            );
            assert_eq!(output.stderr.lines().count(), 2, "{arguments}: {output:?}");
            assert!(output.stderr.contains(file), "{arguments}: {output:?}");
        }
    }
}
