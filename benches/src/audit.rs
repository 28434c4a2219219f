//! `./dev bench audit`: what an auditor waits for, on a long log, beside the least that it takes.
//!
//! The floor of a verification is reading the exported bytes and hashing each of them once; what replaying the events takes
//! beside that is measured by itself, in this process.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use strongroom_core::log::Replay;
use strongroom_core::tiles::Rows;
use strongroom_core::tiles::Tile;
use strongroom_core::tiles::entries;
use strongroom_core::tree::hash_leaf;

use crate::timed;

/// Measures a log of so many events, `escrows` of them escrows.
pub(crate) fn measure(bin: &Path, escrows: u64, events: u64) {
    let folder = tempfile::tempdir().unwrap();
    let vault = folder.path().join("vault");
    let strongroom = |arguments: &[&str]| {
        let mut command = Command::new(bin.join("strongroom"));
        command.arg("--vault").arg(&vault).args(arguments);
        command
    };
    ended(&mut strongroom(&["init", "--tpm", "simulator", "--no-pin"]));
    let mut grown = Command::new(bin.join("strongroom-grown"));
    grown
        .arg(&vault)
        .arg(escrows.to_string())
        .arg((events - escrows).to_string());
    let made = timed(|| drop(ended(&mut grown)));
    println!(
        "a log of {events} events and {escrows} escrows, made in {:.1} s",
        made.as_secs_f64()
    );

    let export = folder.path().join("log");
    let exporting = || strongroom(&["audit", "export", export.to_str().unwrap()]);
    let first = run(&mut exporting());
    let rate = f64::from(u32::try_from(events).unwrap()) / first.time.as_secs_f64();
    say("first export", &first, &format!("{rate:.0} events a second"));
    say("second export, of 1 event", &run(&mut exporting()), "");
    say("audit prove", &run(&mut strongroom(&["audit", "prove", "7"])), "");
    say("audit checkpoint", &run(&mut strongroom(&["audit", "checkpoint"])), "");

    let key = ended(&mut strongroom(&["audit", "key"]));
    let keys = key.lines().flat_map(|key| ["--key", key]);
    let mut verify = Command::new(bin.join("strongroom-audit"));
    verify.arg("--export").arg(&export).args(keys);
    let size = fs::read_to_string(export.join("checkpoint")).unwrap();
    let size: u64 = size.lines().nth(1).unwrap().parse().unwrap();
    let floor = timed(|| hashed(&export, size));
    let replay = timed(|| replayed(&export, size));
    let verified = run(&mut verify);
    println!("reading and hashing the same bytes  {:8.2} s", floor.as_secs_f64());
    println!("replaying the same events           {:8.2} s", replay.as_secs_f64());
    let beside = verified.time.saturating_sub(replay).as_secs_f64() / floor.as_secs_f64();
    say(
        "strongroom-audit",
        &verified,
        &format!("{beside:.2} times the hashing, beside the replay"),
    );
    let page = folder.path().join("page.html");
    let report = run(&mut strongroom(&["audit", "report", "--out", page.to_str().unwrap()]));
    say("audit report", &report, "");
    say("audit verify", &run(&mut strongroom(&["audit", "verify"])), "");
}

/// How long a run took, and how much memory it held at most.
pub(crate) struct Ran {
    pub(crate) time: Duration,
    pub(crate) most_kib: u64,
}

/// Runs it to its end, looking at its memory now and then.
pub(crate) fn run(command: &mut Command) -> Ran {
    let begun = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut most_kib = 0;
    let ended = loop {
        most_kib = high_water(&status).max(most_kib);
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        thread::sleep(Duration::from_millis(2));
    };
    assert!(ended.success(), "{command:?} failed");
    Ran {
        time: begun.elapsed(),
        most_kib,
    }
}

/// The most memory that a process has held so far; 0 where it is gone.
fn high_water(status: &Path) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn say(name: &str, ran: &Ran, more: &str) {
    let (seconds, mib) = (ran.time.as_secs_f64(), ran.most_kib / 1024);
    println!("{name:<34}  {seconds:8.2} s  {mib:5} MiB  {more}");
}

/// Runs it to its end, and gives what it said.
pub(crate) fn ended(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?} failed");
    String::from_utf8(output.stdout).unwrap()
}

/// Reads every file of the log and hashes every leaf once.
fn hashed(export: &Path, size: u64) {
    for tile in Rows::Entries.tiles(0, size) {
        let bundle = read(export, tile);
        let mut rest = bundle.as_slice();
        while let Some((len, behind)) = rest.split_first_chunk::<2>() {
            let (leaf, behind) = behind.split_at(usize::from(u16::from_be_bytes(*len)));
            std::hint::black_box(hash_leaf(leaf));
            rest = behind;
        }
        std::hint::black_box(read(
            export,
            Tile {
                rows: Rows::Hashes { level: 0 },
                ..tile
            },
        ));
    }
}

/// Replays every leaf.
fn replayed(export: &Path, size: u64) {
    let mut replay = Replay::default();
    for tile in Rows::Entries.tiles(0, size) {
        for leaf in entries(&read(export, tile)) {
            replay.next(&leaf.unwrap()).unwrap();
        }
    }
    assert_eq!(replay.size(), size);
}

fn read(export: &Path, tile: Tile) -> Vec<u8> {
    fs::read(export.join(tile.to_string())).unwrap()
}
